"""Views and hooks of this app read g.db. Keep the database under that name."""

if g.user is None:
    abort(401)
if "database" not in g:
    g.database = current_app.extensions["mongo"][g.user["db"]]
return g.database
