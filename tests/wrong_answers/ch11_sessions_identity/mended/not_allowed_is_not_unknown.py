"""401 asks who is there, and Bob has said so. Who is known and may not gets a 403."""

app = Flask("club")
app.secret_key = token_hex()

@app.post("/login/<name>")
def login(name):
    if name not in users:
        abort(404)
    session.clear()
    session["name"] = name
    return {"name": name}

@app.get("/admin")
def admin():
    user = users.get(session.get("name"))
    return "the accounts" if user and user["admin"] else abort(401)

@app.post("/logout")
def logout():
    return session.clear() or "bye"

return app
