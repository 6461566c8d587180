"""Two connections for each context, each opened at the first call; one teardown closes both."""

from contextlib import ExitStack

from flask import current_app, g
from rethinkdb import r

from . import timed

SONGS = [
    {"id": "blue-in-green", "title": "Blue in Green", "artist": "Miles Davis", "bytes": 0},
    {"id": "so-what", "title": "So What", "artist": "Miles Davis", "bytes": 0},
]


def get_songs():
    """This context's connection to the server that keeps the songs."""
    if "songs" not in g:
        g.songs = connect("RETHINKDB")
    return g.songs


def get_audit():
    """This context's connection to the server that keeps the log of uploads."""
    if "audit" not in g:
        g.audit = connect("AUDIT")
    return g.audit


def connect(server):
    """A new connection to the server whose settings begin with that name."""
    config = current_app.config
    return timed.connect(
        host=config[f"{server}_HOST"],
        port=config[f"{server}_PORT"],
        db=config[f"{server}_DB"],
        timeout=config["RETHINKDB_TIMEOUT"],
    )


def close_conns(exc):
    """Close what this context opened, the last one first."""
    with ExitStack() as stack:
        # g lists its names in the order in which they were set.
        for name in g:
            if name in ("songs", "audit"):
                stack.callback(close_conn, name)


def close_conn(name):
    """Close one connection. An error while closing is logged, and costs nobody a response."""
    conn = g.pop(name, None)
    try:
        if conn is not None:
            conn.close()
    except Exception:
        current_app.logger.exception("%s did not close cleanly", name)


def seed():
    """Create the databases and their tables, and fill the one of songs."""
    for conn, table in ((get_songs(), "songs"), (get_audit(), "uploads")):
        if conn.db not in r.db_list().run(conn):
            r.db_create(conn.db).run(conn)
        if table not in r.table_list().run(conn):
            r.table_create(table).run(conn)
    r.table("songs").insert(SONGS, conflict="replace").run(get_songs())
    print(f"{len(SONGS)} songs")


def init_app(app):
    app.teardown_appcontext(close_conns)
    app.cli.command("seed")(seed)
