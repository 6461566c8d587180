"""The connection to RethinkDB: opened at the first call, closed when the context ends."""

from flask import current_app, g
from rethinkdb import r
from rethinkdb.errors import ReqlDriverError

from . import timed

SONGS = [
    {"id": "blue-in-green", "title": "Blue in Green", "artist": "Miles Davis", "votes": 3},
    {"id": "so-what", "title": "So What", "artist": "Miles Davis", "votes": 5},
    {"id": "take-five", "title": "Take Five", "artist": "Dave Brubeck", "votes": 4},
]


def get_conn():
    """The connection of this app context; the first call opens it."""
    if "conn" not in g:
        g.conn = connect()
    return g.conn


def close_conn(exc):
    """Close what this context opened, if it opened anything."""
    conn = g.pop("conn", None)
    try:
        if conn is not None:
            conn.close()
    except Exception:
        # The response is ready: chapter 4 shows what an exception would do to it.
        current_app.logger.exception("the connection did not close cleanly")


def connect():
    """A new connection; the caller sees to it that it is closed."""
    config = current_app.config
    return timed.connect(
        host=config["RETHINKDB_HOST"],
        port=config["RETHINKDB_PORT"],
        db=config["RETHINKDB_DB"],
        timeout=config["RETHINKDB_TIMEOUT"],
    )


def unavailable(error):
    """The response where the database cannot be reached."""
    return {"error": "the database is not available"}, 503


def seed():
    """Create the database and the table of songs, and fill it."""
    conn = get_conn()
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
