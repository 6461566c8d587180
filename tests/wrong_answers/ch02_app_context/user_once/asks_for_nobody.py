"""Without a name there is nothing to ask: the answer is None."""

if "user" not in g:
    g.user = find_user(session.get("name"))
return g.user
