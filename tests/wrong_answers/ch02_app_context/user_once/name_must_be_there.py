"""Nobody may be logged in: session.get() returns None where there is no id."""

if "user" not in g:
    g.user = find_user(session["user_id"])
return g.user
