"""The cookie, or a copy, still says what was true at the login. Ask `users` itself, at each request."""

app = Flask("club")
app.secret_key = token_hex()
app.config["PERMANENT_SESSION_LIFETIME"] = 3600

@app.post("/login/<name>")
def login(name):
    user = users.get(name) or abort(404)
    session["user"] = {"name": name, "admin": user["admin"]}
    session.permanent = True
    return {"name": name}

@app.get("/admin")
def admin():
    user = session.get("user") or abort(401)
    return "the accounts" if user["admin"] else abort(403)

@app.post("/logout")
def logout():
    session.clear()
    return "", 204

return app
