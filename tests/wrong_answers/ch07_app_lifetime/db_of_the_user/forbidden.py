"""401 asks who is there. 403 is for somebody who is known and may not."""

if g.user is None:
    abort(403)
if "db" not in g:
    g.db = current_app.extensions["mongo"][g.user["db"]]
return g.db
