"""Wrong ways, kept to be compared. Do not copy anything from this file."""

from threading import Lock

from flask import Blueprint, current_app, g, request

from .db import connect, get_db

bp = Blueprint("wrong", __name__, url_prefix="/wrong")

SELECT = "SELECT species FROM $keyspace.animals WHERE genus = "
lock = Lock()


def get_session():
    """Wrong: a session for each request, as if it were a connection."""
    if "session" not in g:
        g.session = connect(current_app.config)
    return g.session


@bp.teardown_request
def close_session(exc):
    session = g.pop("session", None)
    if session is not None:
        try:
            session.cluster.shutdown()
        except Exception:
            # What is raised here would cost the finished response, and the teardowns after this one.
            current_app.logger.exception("closing a session")


def get_unlocked_session():
    """Wrong: between the check and the assignment another thread checks too."""
    if "unlocked session" not in current_app.extensions:
        current_app.extensions["unlocked session"] = connect(current_app.config)
    return current_app.extensions["unlocked session"]


def get_locked_session():
    """Wrong when nobody answers: each of those who wait tries again, one after the other."""
    with lock:
        if "locked session" not in current_app.extensions:
            current_app.extensions["locked session"] = connect(current_app.config)
        return current_app.extensions["locked session"]


def species_of(rows):
    return [row["species"] for row in rows]


@bp.get("/session-per-request/<genus:genus>")
def session_per_request(genus):
    return species_of(get_session().execute(get_db().named(SELECT + "%s"), [genus]))


@bp.get("/unlocked/<genus:genus>")
def unlocked(genus):
    return species_of(get_unlocked_session().execute(get_db().named(SELECT + "%s"), [genus]))


@bp.get("/locked/<genus:genus>")
def locked(genus):
    return species_of(get_locked_session().execute(get_db().named(SELECT + "%s"), [genus]))


@bp.get("/text/<genus:genus>")
def text_each_time(genus):
    """Wrong, if it is done often: the server reads the same text each time."""
    return species_of(get_db().session().execute(get_db().named(SELECT + "%s"), [genus]))


@bp.get("/prepared-in-view/<genus:genus>")
def prepared_in_view(genus):
    """Wrong: a statement that is prepared to be used once."""
    session = get_db().session()
    return species_of(session.execute(session.prepare(get_db().named(SELECT + "?")), [genus]))


@bp.delete("/formatted")
def formatted():
    """Wrong: what the visitor sent becomes a part of the statement."""
    genus, species = request.args["genus"], request.args["species"]
    text = f"DELETE FROM $keyspace.animals WHERE genus = '{genus}' AND species = '{species}'"
    get_db().session().execute(get_db().named(text))
    return "", 204
