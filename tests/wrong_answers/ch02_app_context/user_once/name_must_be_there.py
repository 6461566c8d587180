"""Nobody may be logged in: session.get() answers None for a missing name."""

if "user" not in g:
    g.user = find_user(session["name"])
return g.user
