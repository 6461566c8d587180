"""The same with SQLAlchemy alone: an engine in app.extensions, a session in g. Its init_app needs engine.py."""

from flask import Blueprint, current_app, g
from sqlalchemy import create_engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from .engine import database_url, engine_options, prepare
from .models import Record

bp = Blueprint("by_hand", __name__, url_prefix="/by-hand")


def get_session():
    """The session of this app context; the first call makes it."""
    if "db_session" not in g:
        g.db_session = Session(current_app.extensions["engine"])
    return g.db_session


def close_session(exc):
    session = g.pop("db_session", None)
    if session is None:
        return
    try:
        session.close()
    except SQLAlchemyError as error:
        # The connection is gone, and its place in the pool is free.
        current_app.logger.warning("the session did not end cleanly: %s", type(error).__name__)


def init_app(app):
    engine = create_engine(database_url(app), **engine_options(app))
    prepare(engine)
    app.extensions["engine"] = engine
    app.teardown_appcontext(close_session)


@bp.get("/records")
def records():
    return [record.slug for record in get_session().scalars(select(Record).order_by(Record.slug))]
