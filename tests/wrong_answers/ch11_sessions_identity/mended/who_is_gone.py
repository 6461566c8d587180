"""A session can name somebody who is gone. users.get() gives None for that."""

app = Flask("club")
app.secret_key = token_hex()

@app.post("/login/<name>")
def login(name):
    if name not in users:
        abort(404)
    session["name"] = name
    return {"name": name}

@app.get("/admin")
def admin():
    name = session.get("name") or abort(401)
    return "the accounts" if users[name]["admin"] else abort(403)

@app.post("/logout")
def logout():
    session.clear()
    return "", 204

return app
