"""Only members may log in, as before: the name must be in `users`."""

app = Flask("club")
app.secret_key = token_hex()

@app.post("/login/<name>")
def login(name):
    session["name"] = name
    return {"name": name}

@app.get("/admin")
def admin():
    user = users.get(session.get("name")) or abort(401)
    return "the accounts" if user["admin"] else abort(403)

@app.post("/logout")
def logout():
    return session.clear() or "bye"

return app
