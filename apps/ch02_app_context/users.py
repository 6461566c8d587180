"""Who is asking? Found once in each app context, and kept in g."""

from secrets import token_urlsafe

from flask import Blueprint, abort, g, request, session
from werkzeug.security import check_password_hash, generate_password_hash

from .db import get_db

bp = Blueprint("users", __name__)

# What an unknown name is checked against, so that it takes as long as a known one.
NOBODY = {"password": generate_password_hash(token_urlsafe())}


def find_user(user_id):
    row = get_db().execute("SELECT id, name FROM users WHERE id = ?", [user_id]).fetchone()
    return dict(row) if row else None


def current_user():
    """The user who is logged in, or None; the first call in a context asks the database."""
    if "user" not in g:
        user_id = session.get("user_id")
        g.user = find_user(user_id) if user_id else None
    return g.user


@bp.post("/login")
def login():
    name, password = request.form["name"], request.form["password"]
    row = get_db().execute("SELECT id, password FROM users WHERE name = ?", [name]).fetchone()
    if not check_password_hash((row or NOBODY)["password"], password) or row is None:
        abort(401)
    # The session is the visitor's and lasts; g ends with this request.
    forget()
    session["user_id"] = row["id"]
    return current_user()


@bp.post("/logout")
def logout():
    forget()
    return "", 204


def forget():
    """Nothing of whoever was logged in stays, neither in the session nor in this context."""
    session.clear()
    g.pop("user", None)


@bp.get("/me")
def me():
    return {"user": current_user()}
