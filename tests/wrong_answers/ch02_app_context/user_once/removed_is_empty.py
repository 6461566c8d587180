"""Keep what find_user answers as it is, also when it is None."""

if "user" not in g:
    name = session.get("name")
    g.user = (find_user(name) or {}) if name else None
return g.user
