"""g.user does not exist before somebody has set it: ask first whether it is there."""

if g.user is None:
    name = session.get("name")
    g.user = find_user(name) if name else None
return g.user
