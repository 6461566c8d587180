"""the session still has the role, and nobody asks it"""

app = Flask("club")
app.secret_key = token_hex()

@app.post("/login/<name>")
def login(name):
    session["user"] = {"name": name, **(users.get(name) or abort(404))}
    return {"name": name}

@app.get("/admin")
def admin():
    user = session.get("user") or abort(401)
    now = users.get(user["name"]) or abort(401)
    return "the accounts" if now["admin"] else abort(403)

@app.post("/logout")
def logout():
    return session.clear() or "bye"

return app
