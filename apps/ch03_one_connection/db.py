"""The connection to RethinkDB: opened at the first call, closed when the context ends."""

from flask import current_app, g
from rethinkdb import r

SONGS = [
    {"id": "blue-in-green", "title": "Blue in Green", "artist": "Miles Davis", "votes": 3},
    {"id": "so-what", "title": "So What", "artist": "Miles Davis", "votes": 5},
    {"id": "take-five", "title": "Take Five", "artist": "Dave Brubeck", "votes": 4},
]


def get_conn():
    """The connection of this app context; the first call opens it."""
    if "conn" not in g:
        g.conn = r.connect(
            host=current_app.config["RETHINKDB_HOST"],
            port=current_app.config["RETHINKDB_PORT"],
            db=current_app.config["RETHINKDB_DB"],
        )
    return g.conn


def close_conn(exc):
    """Close what this context opened, if it opened anything."""
    conn = g.pop("conn", None)
    if conn is not None:
        conn.close()


def seed():
    """Create the table of songs and fill it."""
    conn = get_conn()
    if "songs" not in r.table_list().run(conn):
        r.table_create("songs").run(conn)
    r.table("songs").insert(SONGS, conflict="replace").run(conn)
    print(f"{len(SONGS)} songs")


def init_app(app):
    app.teardown_appcontext(close_conn)
    app.cli.command("seed")(seed)
