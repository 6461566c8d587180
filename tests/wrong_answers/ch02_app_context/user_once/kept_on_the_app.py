"""Something that outlives the context keeps the answer. Keep it in g."""

if "user" not in current_app.extensions:
    user_id = session.get("user_id")
    current_app.extensions["user"] = find_user(user_id) if user_id else None
return current_app.extensions["user"]
