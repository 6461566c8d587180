"""Give session['user_id'] to find_user and return what it returns."""

if "user" not in g:
    g.user = session.get("user_id")
return g.user
