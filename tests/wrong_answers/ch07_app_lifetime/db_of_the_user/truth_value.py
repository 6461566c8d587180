"""A database has no truth value. Ask `"db" not in g`, or `is None`."""

if g.user is None:
    abort(401)
g.db = g.get("db") or current_app.extensions["mongo"][g.user["db"]]
return g.db
