"""Without an id there is nothing to ask: the answer is None."""

if "user" not in g:
    g.user = find_user(session.get("user_id"))
return g.user
