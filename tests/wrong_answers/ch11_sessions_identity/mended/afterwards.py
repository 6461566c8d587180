"""One request too late. The role is asked for before the view decides, not after it."""

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
    return "the accounts" if user["admin"] else abort(403)

@app.post("/logout")
def logout():
    session.clear()
    return "", 204

@app.after_request
def refresh(response):
    if "user" in session:
        name = session["user"]["name"]
        session["user"] = {"name": name, **users.get(name, {"admin": False})}
    return response

return app
