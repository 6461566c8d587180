"""Give session['name'] to find_user and return what it answers."""

if "user" not in g:
    g.user = session.get("name")
return g.user
