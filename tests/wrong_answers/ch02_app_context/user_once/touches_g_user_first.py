"""g.user does not exist before somebody has set it: ask first whether it is there."""

if g.user is None:
    user_id = session.get("user_id")
    g.user = find_user(user_id) if user_id else None
return g.user
