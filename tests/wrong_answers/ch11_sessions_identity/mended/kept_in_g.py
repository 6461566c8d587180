"""An administrator must get in, at every request after the login. What lasts from one to the next?"""

app = Flask("club")
app.secret_key = token_hex()

@app.post("/login/<name>")
def login(name):
    g.name = name
    return {"name": name}

@app.get("/admin")
def admin():
    user = users.get(g.get("name")) or abort(401)
    return "the accounts" if user["admin"] else abort(403)

@app.post("/logout")
def logout():
    session.clear()
    return "", 204

return app
