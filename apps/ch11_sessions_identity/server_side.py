"""Sessions in MongoDB; the cookie carries their id."""

from flask import current_app, session
from flask_session import Session


def renew_session():
    """A new id for this session: whoever knows the old one has nothing."""
    session.pop("csrf_token", None)
    regenerate = getattr(current_app.session_interface, "regenerate", None)
    if regenerate and current_app.config["RENEW_SESSION"]:
        regenerate(session)


def leave_unsaved():
    """Keep this request's session out of a MongoDB that is away: each attempt to save it would wait again."""
    session.clear()
    session.modified = False


def init_app(app):
    app.config["SESSION_TYPE"] = "mongodb"
    app.config["SESSION_MONGODB"] = app.extensions["mongo"]
    app.config["SESSION_MONGODB_DB"] = app.config["MONGODB_DB"]
    # Creates an index, so the database must be there when the app starts.
    Session(app)
