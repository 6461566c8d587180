"""Follow both ways through the function: each must return the database."""

if "db" not in g:
    if g.user is None:
        abort(401)
    g.db = current_app.extensions["mongo"][g.user["db"]]
    return g.db
