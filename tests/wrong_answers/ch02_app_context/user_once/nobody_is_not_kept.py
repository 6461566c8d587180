"""Templates read g.user itself. Set it on every way through the function, before you return."""

user_id = session.get("user_id")
if not user_id:
    return None
if "user" not in g:
    g.user = find_user(user_id)
return g.user
