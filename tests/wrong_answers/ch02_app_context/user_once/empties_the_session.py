"""The session is the visitor's and goes on: read it, and leave in it what is there."""

if "user" not in g:
    user_id = session.pop("user_id", None)
    g.user = find_user(user_id) if user_id else None
return g.user
