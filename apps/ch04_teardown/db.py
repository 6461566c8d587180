"""Two connections for each context, each opened at the first call; one teardown closes both."""

from contextlib import ExitStack

from flask import current_app, g
from rethinkdb import r

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


def connect(prefix):
    """A new connection to the server whose settings begin with prefix."""
    config = current_app.config
    return r.connect(
        host=config[f"{prefix}_HOST"], port=config[f"{prefix}_PORT"], db=config[f"{prefix}_DB"]
    )


def close_conns(exc):
    """Close what this context opened, the last one first."""
    with ExitStack() as stack:
        for name in ("songs", "audit"):
            stack.callback(close_conn, name)


def close_conn(name):
    """Say goodbye to one server. A goodbye that fails costs nobody an answer."""
    conn = g.pop(name, None)
    try:
        if conn is not None:
            conn.close()
    except Exception:
        current_app.logger.exception("%s did not close cleanly", name)


def seed():
    """Create the two tables and fill the one of songs."""
    for conn, table in ((get_songs(), "songs"), (get_audit(), "uploads")):
        if table not in r.table_list().run(conn):
            r.table_create(table).run(conn)
    r.table("songs").insert(SONGS, conflict="replace").run(get_songs())
    print(f"{len(SONGS)} songs")


def init_app(app):
    app.cli.command("seed")(seed)
