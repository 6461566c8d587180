"""a dict with the name alone; who is gone is logged out"""

app = Flask("club")
app.secret_key = token_hex()

@app.post("/login/<name>")
def login(name):
    users.get(name) or abort(404)
    session["user"] = {"name": name}
    return {"name": name}

@app.get("/admin")
def admin():
    if "user" not in session:
        abort(401)
    user = users.get(session["user"]["name"])
    if user is None:
        session.clear()
        abort(401)
    return ("the accounts", 200) if user["admin"] else ("", 403)

@app.post("/logout")
def logout():
    return session.clear() or "bye"

return app
