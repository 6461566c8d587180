"""Tries g.db first, and raises Unauthorized itself."""

from werkzeug.exceptions import Unauthorized

try:
    return g.db
except AttributeError:
    pass
if not g.user:
    raise Unauthorized("log in")
g.db = getattr(current_app.extensions["mongo"], g.user["db"])
return g.db
