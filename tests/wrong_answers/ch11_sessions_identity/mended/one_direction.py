"""It works in one direction only: a role that was given is not seen. Do not ask the session for the role at all."""

app = Flask("club")
app.secret_key = token_hex()

@app.post("/login/<name>")
def login(name):
    user = users.get(name) or abort(404)
    session["user"] = {"name": name, "admin": user["admin"]}
    return {"name": name}

@app.get("/admin")
def admin():
    user = session.get("user") or abort(401)
    known = users.get(user["name"]) or abort(401)
    return "the accounts" if user["admin"] and known["admin"] else abort(403)

@app.post("/logout")
def logout():
    session.clear()
    return "", 204

return app
