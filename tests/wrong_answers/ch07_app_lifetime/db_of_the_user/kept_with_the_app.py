"""The choice outlived the request. Keep it in g, not with the app or in a global."""

if g.user is None:
    abort(401)
if "db" not in current_app.extensions:
    current_app.extensions["db"] = current_app.extensions["mongo"][g.user["db"]]
return current_app.extensions["db"]
