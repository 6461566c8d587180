"""Who is logged in, and what they may do."""

from functools import wraps

from flask import session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from .errors import fail
from .people import accounts

# Each role may do what those before it may.
ROLES = ["listener", "dj", "admin"]

# A global, as it holds names of views and no connection: init_app ties it to an app.
login_manager = LoginManager()


class User(UserMixin):
    def __init__(self, person):
        self.name = person["_id"]
        self.login_id = person["login_id"]
        # Those of a role and of all before it.
        self.roles = ROLES[: ROLES.index(person["role"]) + 1]

    def get_id(self):
        """What the session keeps: the name, for what needs no more, and an id that can be changed."""
        return f"{self.name}:{self.login_id}"


@login_manager.user_loader
def load_user(key):
    name, _, login_id = key.partition(":")
    person = accounts.find(name, login_id)
    return User(person) if person else None


@login_manager.unauthorized_handler
def unauthorized():
    fail(401, "unauthorized", "Log in first.")


def reader():
    """The name in the session, or None, without a question to the database: for what anybody may read."""
    return session.get("_user_id", "").partition(":")[0] or None


def needs(role):
    """Let only those in who have the role; others get 401 or 403."""

    def decorate(view):
        @wraps(view)
        def guarded(*args, **kwargs):
            if not current_user.is_authenticated:
                unauthorized()
            if role not in current_user.roles:
                fail(403, "forbidden", f"This needs the role {role}.")
            return view(*args, **kwargs)

        return guarded

    return decorate


def log_in(person):
    # What belonged to whoever sat here before is gone, their CSRF token too.
    session.clear()
    user = User(person)
    login_user(user)
    return user


def log_out():
    logout_user()
    session.clear()


def init_app(app):
    # Every template would look the user up, and so would need the database.
    login_manager.init_app(app, add_context_processor=False)
