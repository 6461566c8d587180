"""Users in MongoDB, and who is logged in."""

import re
from secrets import token_urlsafe

from flask import Blueprint, abort, redirect, render_template, request, session
from flask_login import (
    LoginManager,
    UserMixin,
    current_user,
    fresh_login_required,
    login_required,
    login_user,
    logout_user,
)
from pymongo.errors import DuplicateKeyError
from werkzeug.security import check_password_hash, generate_password_hash

from .mongo import get_db
from .server_side import renew_session

bp = Blueprint("auth", __name__)
# A global, as it holds names of views and no connection: init_app ties it to an app.
login_manager = LoginManager()
login_manager.login_view = login_manager.refresh_view = "auth.login_form"
login_manager.login_message = login_manager.needs_refresh_message = None

# What an unknown name is checked against, so that it takes as long as a known one.
# (That hides little as long as POST /users says which names are taken.)
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


def posted():
    """What was posted, as a form or as JSON: something like a dict, or 400."""
    if request.form:
        return request.form
    try:
        data = request.get_json()
    except RecursionError:
        # Ten thousand brackets, one in the other.
        abort(400)
    return data if isinstance(data, dict) else abort(400)


def password_in(data, field="password"):
    """A password of a sane shape, or 400."""
    password = data.get(field)
    if not isinstance(password, str) or not password.isprintable() or not 1 <= len(password) <= 200:
        abort(400)
    return password


def name_in(data):
    """A name of a sane shape, or 400."""
    name = data.get("name")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z]{1,30}", name):
        abort(400)
    return name


def safe_next(target):
    """A path of this app, or the start page."""
    ours = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if ours and target.isprintable() else "/"


@bp.post("/users")
def sign_up():
    data = posted()
    name, password = name_in(data), password_in(data)
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
    return render_template("login.html")


@bp.post("/login")
def login():
    data = posted()
    name, password = name_in(data), password_in(data)
    document = get_db()["users"].find_one({"_id": name})
    known = check_password_hash((document or NOBODY)["password"], password)
    if document is None or not known:
        abort(401)
    renew_session()
    login_user(User(document), remember=data.get("remember") in (True, "yes"))
    return redirect(safe_next(request.args.get("next", "/")))


@bp.get("/me")
@login_required
def me():
    return {"name": current_user.name, "logged_in": current_user.is_authenticated}


@bp.post("/password")
@fresh_login_required
def change_password():
    """Only for who typed the old one in this session: a remembered login is not enough."""
    change = {"password": generate_password_hash(password_in(posted())), "login_id": token_urlsafe()}
    get_db()["users"].update_one({"_id": current_user.name}, {"$set": change})
    return logout()


@bp.post("/logout")
def logout():
    session.clear()
    # Last: it leaves a note in the session that ends the cookie of "remember me".
    logout_user()
    return "", 204


@bp.post("/logout/everywhere")
@login_required
def logout_everywhere():
    """Change the id that every session of this user names."""
    change = {"$set": {"login_id": token_urlsafe()}}
    get_db()["users"].update_one({"_id": current_user.name}, change)
    return logout()


def init_db():
    """Index what load_user looks for, and Flask-Session."""
    get_db()["users"].create_index("login_id", unique=True)
    get_db()["sessions"].create_index("id", unique=True)
    print("indexes: users.login_id, sessions.id")


def init_app(app):
    login_manager.init_app(app)
    app.register_blueprint(bp)
    app.cli.command("init-db")(init_db)
