"""get_database() in place of the brackets"""

if not g.user:
    abort(401)
if g.get("db") is None:
    g.db = current_app.extensions["mongo"].get_database(g.user["db"])
return g.db
