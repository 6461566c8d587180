from flask import Blueprint, abort

from .db import get_db
from .users import current_user

bp = Blueprint("notes", __name__, url_prefix="/notes")


def notes_of(user):
    rows = get_db().execute("SELECT text FROM notes WHERE user_id = ? ORDER BY id", [user["id"]])
    return [row["text"] for row in rows]


@bp.before_request
def require_user():
    if current_user() is None:
        abort(401)


@bp.get("/")
def notes():
    return {"notes": notes_of(current_user()), "greeting": greeting()}


def greeting():
    return f"Good morning, {current_user()['name']}"
