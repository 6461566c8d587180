"""Users in MongoDB, and who is logged in."""

import re
from secrets import token_urlsafe

from flask import Blueprint, abort, redirect, request, session
from flask_login import (
    LoginManager,
    UserMixin,
    current_user,
    login_required,
    login_user,
    logout_user,
)
from pymongo.errors import DuplicateKeyError
from werkzeug.security import check_password_hash, generate_password_hash

from .mongo import get_db
from .server_side import renew_session

bp = Blueprint("auth", __name__)
login_manager = LoginManager()
login_manager.login_view = "auth.login_form"
login_manager.login_message = None

# What an unknown name is checked against, so that it takes as long as a known one.
NOBODY = {"password": generate_password_hash(token_urlsafe())}


class User(UserMixin):
    def __init__(self, document):
        self.name = document["_id"]
        self.login_id = document["login_id"]

    def get_id(self):
        # Written into the session. Not the name: this one can be changed.
        return self.login_id


@login_manager.user_loader
def load_user(login_id):
    document = get_db()["users"].find_one({"login_id": login_id})
    return User(document) if document else None


def credentials():
    """(name, password) as posted: two strings of a sane shape, or 400."""
    try:
        data = request.get_json()
    except RecursionError:
        # Ten thousand brackets, one in the other.
        abort(400)
    if not isinstance(data, dict):
        abort(400)
    name, password = data.get("name"), data.get("password")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z]{1,30}", name):
        abort(400)
    if not isinstance(password, str) or not password.isprintable() or not 1 <= len(password) <= 200:
        abort(400)
    return name, password


def safe_next(target):
    """A path of this app, or the start page."""
    ours = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if ours and target.isprintable() else "/"


@bp.post("/users")
def sign_up():
    name, password = credentials()
    user = {
        "_id": name,
        "password": generate_password_hash(password),
        "login_id": token_urlsafe(),
    }
    try:
        get_db()["users"].insert_one(user)
    except DuplicateKeyError:
        abort(409)
    return {"name": name}, 201


@bp.get("/login")
def login_form():
    return {"post": ["name", "password"]}


@bp.post("/login")
def login():
    name, password = credentials()
    document = get_db()["users"].find_one({"_id": name})
    known = check_password_hash((document or NOBODY)["password"], password)
    if document is None or not known:
        abort(401)
    renew_session()
    login_user(User(document))
    return redirect(safe_next(request.args.get("next", "/")))


@bp.get("/me")
@login_required
def me():
    return {"name": current_user.name, "logged_in": current_user.is_authenticated}


@bp.post("/logout")
def logout():
    logout_user()
    session.clear()
    return "", 204


@bp.post("/logout/everywhere")
@login_required
def logout_everywhere():
    """Change the id that every session of this user names."""
    change = {"$set": {"login_id": token_urlsafe()}}
    get_db()["users"].update_one({"_id": current_user.name}, change)
    return logout()


def init_db():
    """Index what load_user looks for."""
    get_db()["users"].create_index("login_id", unique=True)
    print("users: login_id")


def init_app(app):
    login_manager.init_app(app)
    app.register_blueprint(bp)
    app.cli.command("init-db")(init_db)
