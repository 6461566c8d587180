"""Flask-SQLAlchemy: an engine for each app, a session for each app context."""

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase

from .engine import database_url, engine_options, prepare


class Base(DeclarativeBase):
    pass


# A global that holds no connection: init_app makes the engine of an app.
# create_savepoint lets a test put a transaction of its own around all that the app commits.
db = SQLAlchemy(model_class=Base, session_options={"join_transaction_mode": "create_savepoint"})


def end_session(exc):
    """End the session of this context; a goodbye that fails must not turn a finished response into a 500."""
    try:
        db.session.remove()
    except SQLAlchemyError as error:
        # The connection is gone, and its place in the pool is free.
        current_app.logger.warning("the session did not end cleanly: %s", type(error).__name__)


def init_app(app):
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url(app)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(app)
    db.init_app(app)
    # After db.init_app: so it runs before the teardown of Flask-SQLAlchemy, which finds next to nothing to do.
    app.teardown_appcontext(end_session)
    with app.app_context():
        engine = db.engine
    prepare(engine)
