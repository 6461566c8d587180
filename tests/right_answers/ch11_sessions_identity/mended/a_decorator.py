"""a decorator, and a function that looks up"""

def current():
    return users.get(session.get("name"))

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
    user = current()
    if not user:
        abort(401)
    return "the accounts" if user["admin"] else abort(403)

@app.post("/logout")
def logout():
    session.clear()
    return "", 204

return app
