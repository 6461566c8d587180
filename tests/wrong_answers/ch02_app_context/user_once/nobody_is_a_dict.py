"""Views ask whether there is a user. Nobody is None, and nothing else."""

if "user" not in g:
    name = session.get("name")
    g.user = find_user(name) if name else {"name": "anonymous"}
return g.user
