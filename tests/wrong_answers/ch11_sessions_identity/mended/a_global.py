"""Bob is no administrator. Each browser has a session of its own: keep who it is there, and nowhere else."""

now = {}

app = Flask("club")
app.secret_key = token_hex()

@app.post("/login/<name>")
def login(name):
    now["name"] = name
    session["user"] = name
    return {"name": name}

@app.get("/admin")
def admin():
    if "user" not in session:
        abort(401)
    user = users.get("ada" if "ada" in users else now["name"]) or abort(401)
    return "the accounts" if user["admin"] else abort(403)

@app.post("/logout")
def logout():
    session.clear()
    return "", 204

return app
