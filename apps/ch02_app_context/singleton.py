"""A wrong way, kept to be looked at: what belongs to one request, kept as long as the app."""

from flask import Blueprint, current_app, request

from .users import find_user

bp = Blueprint("singleton", __name__, url_prefix="/singleton")


@bp.post("/login")
def login():
    current_app.extensions["user"] = find_user(request.form["name"])
    return current_app.extensions["user"]


@bp.get("/me")
def me():
    return {"user": current_app.extensions.get("user")}
