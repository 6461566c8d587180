"""Keep what you have found in g.db, and look there first."""

if g.user is None:
    abort(401)
return current_app.extensions["mongo"][g.user["db"]]
