"""Wrong ways, kept to be compared. Do not copy anything from this file."""

from flask import Blueprint, abort, redirect, request

from .mongo import get_db

bp = Blueprint("wrong", __name__, url_prefix="/wrong")


@bp.post("/users")
def sign_up():
    """Wrong: keeps the password as it is."""
    get_db()["plain_users"].insert_one(dict(request.get_json()))
    return {}, 201


@bp.post("/login")
def login():
    """Wrong: hands what was posted to the query, and goes wherever it is told."""
    data = request.get_json()
    query = {"name": data["name"], "password": data["password"]}
    if get_db()["plain_users"].find_one(query) is None:
        abort(401)
    return redirect(request.args.get("next", "/"))
