"""Keep the answer in g.user, and look there first."""

name = session.get("name")
return find_user(name) if name else None
