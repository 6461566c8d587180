"""Something that outlives the context keeps the answer. Keep it in g."""

if "user" not in current_app.extensions:
    name = session.get("name")
    current_app.extensions["user"] = find_user(name) if name else None
return current_app.extensions["user"]
