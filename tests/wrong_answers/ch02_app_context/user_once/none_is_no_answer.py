"""Ask whether the key is in g. None is an answer too, and worth keeping."""

if g.get("user") is None:
    name = session.get("name")
    g.user = find_user(name) if name else None
return g.user
