"""What the three ways share: how to connect, and who closes what a context has opened."""

from flask import current_app, g
from rethinkdb import r
from rethinkdb.errors import ReqlDriverError
from rethinkdb.net import Connection

from . import timed

SONGS = [
    {"id": "blue-in-green", "title": "Blue in Green", "artist": "Miles Davis"},
    {"id": "so-what", "title": "So What", "artist": "Miles Davis"},
    {"id": "take-five", "title": "Take Five", "artist": "Dave Brubeck"},
]


def connect() -> Connection:
    """A new connection; the caller sees to it that it is closed."""
    config = current_app.config
    return timed.connect(
        host=config["RETHINKDB_HOST"],
        port=config["RETHINKDB_PORT"],
        db=config["RETHINKDB_DB"],
        timeout=config["RETHINKDB_TIMEOUT"],
    )


def close_conn(exc):
    """Close what this context opened, if it opened anything."""
    conn = g.pop("conn", None)
    try:
        if conn is not None:
            conn.close()
    except Exception:
        current_app.logger.exception("the connection did not close cleanly")


def unavailable(error):
    """The response where the database cannot be reached."""
    return {"error": "database unavailable"}, 503


def seed():
    """Create the database and the table of songs, and fill it."""
    with connect() as conn:
        if conn.db not in r.db_list().run(conn):
            r.db_create(conn.db).run(conn)
        if "songs" not in r.table_list().run(conn):
            r.table_create("songs").run(conn)
        r.table("songs").insert(SONGS, conflict="replace").run(conn)
    print(f"{len(SONGS)} songs")


def init_app(app):
    app.teardown_appcontext(close_conn)
    app.register_error_handler(ReqlDriverError, unavailable)
    app.cli.command("seed")(seed)
