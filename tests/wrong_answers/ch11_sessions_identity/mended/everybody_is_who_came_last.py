"""Somebody else's login let her in. A global is shared by all browsers; each has its own session."""

app = Flask("club")
app.secret_key = token_hex()

current = {}

@app.post("/login/<name>")
def login(name):
    current["name"] = name if name in users else abort(404)
    return {"name": name}

@app.get("/admin")
def admin():
    user = users.get(current.get("name")) or abort(401)
    return "the accounts" if user["admin"] else abort(403)

@app.post("/logout")
def logout():
    current.clear()
    return "bye"

return app
