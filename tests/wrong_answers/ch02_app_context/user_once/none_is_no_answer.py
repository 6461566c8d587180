"""Ask whether the key is in g. None is an answer too, and worth keeping."""

if g.get("user") is None:
    user_id = session.get("user_id")
    g.user = find_user(user_id) if user_id else None
return g.user
