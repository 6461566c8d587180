"""Follow both ways through the function: each must return the user."""

if "user" not in g:
    name = session.get("name")
    g.user = find_user(name) if name else None
    return g.user
