"""Keep what find_user returns as it is, also when it is None."""

if "user" not in g:
    user_id = session.get("user_id")
    g.user = (find_user(user_id) or {}) if user_id else None
return g.user
