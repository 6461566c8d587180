"""Follow both ways through the function: each must return the user."""

if "user" not in g:
    user_id = session.get("user_id")
    g.user = find_user(user_id) if user_id else None
    return g.user
