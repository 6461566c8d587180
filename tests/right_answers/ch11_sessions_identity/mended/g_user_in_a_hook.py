"""a hook that fills g.user, as the tutorial of Flask has it"""

app = Flask("club")
app.secret_key = token_hex()

@app.post("/login/<name>")
def login(name):
    users.get(name) or abort(404)
    session.clear()
    session["user"] = {"name": name}
    return {"name": name}

@app.get("/admin")
def admin():
    if g.user is None:
        abort(401)
    if not g.user["admin"]:
        abort(403)
    return "the accounts"

@app.post("/logout")
def logout():
    session.clear()
    return "", 204

@app.before_request
def load_user():
    g.user = users.get(session.get("user", {}).get("name"))

return app
