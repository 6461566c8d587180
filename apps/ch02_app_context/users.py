"""Who is asking? Found once in each app context, and kept in g."""

from flask import Blueprint, abort, g, request, session

from .db import get_db

bp = Blueprint("users", __name__)


def find_user(name):
    row = get_db().execute("SELECT id, name FROM users WHERE name = ?", [name]).fetchone()
    return dict(row) if row else None


def current_user():
    """The user who is logged in, or None; the first call in a context asks the database."""
    if "user" not in g:
        name = session.get("name")
        g.user = find_user(name) if name else None
    return g.user


@bp.post("/login")
def login():
    user = find_user(request.form["name"])
    if user is None:
        abort(403)
    # The session is the client's and lasts; g ends with this request.
    session["name"] = user["name"]
    return user


@bp.get("/me")
def me():
    return {"user": current_user()}
