"""Nobody is logged in, and that is no bug of the app: abort(401) before you read g.user."""

if "db" not in g:
    g.db = current_app.extensions["mongo"][g.user["db"]]
return g.db
