"""A mark of its own for what is missing."""

missing = object()
user = g.get("user", missing)
if user is missing:
    user = g.user = "user_id" in session and find_user(session["user_id"]) or None
return user
