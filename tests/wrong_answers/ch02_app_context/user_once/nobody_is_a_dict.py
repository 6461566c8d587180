"""Views ask whether there is a user. Nobody is None, and nothing else."""

if "user" not in g:
    user_id = session.get("user_id")
    g.user = find_user(user_id) if user_id else {"name": "anonymous"}
return g.user
