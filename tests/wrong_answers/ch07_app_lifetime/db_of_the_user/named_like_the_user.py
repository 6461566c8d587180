"""A user has two names here: their own, and that of their database in g.user["db"]."""

if g.user is None:
    abort(401)
if "db" not in g:
    g.db = current_app.extensions["mongo"][g.user["name"]]
return g.db
