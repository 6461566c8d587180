"""A 401 with a body, by abort(make_response(...))."""

from flask import jsonify, make_response

if g.user is None:
    abort(make_response(jsonify(error="log in"), 401))
if g.get("db") is None:
    g.db = current_app.extensions["mongo"].get_database(g.user["db"])
return g.db
