"""RethinkDB: one connection for each context that asks for it."""

import logging

from flask import current_app, g
from rethinkdb import r
from rethinkdb.errors import ReqlDriverError

from . import bounded

log = logging.getLogger(__name__)
SONGS = [
    {"id": "blue-in-green", "title": "Blue in Green", "votes": 0},
    {"id": "so-what", "title": "So What", "votes": 0},
    {"id": "take-five", "title": "Take Five", "votes": 0},
]


def connect(config):
    """A new connection, which its caller closes. Nothing on it waits longer than RETHINKDB_TIMEOUT."""
    return bounded.connect(
        config["RETHINKDB_TIMEOUT"],
        host=config["RETHINKDB_HOST"],
        port=config["RETHINKDB_PORT"],
        db=config["RETHINKDB_DB"],
    )


def close(conn):
    """Close a connection. The response is made by now: a goodbye that fails is logged, and fails nothing else."""
    try:
        conn.close()
    except ReqlDriverError:
        log.warning("a connection to RethinkDB did not close cleanly")


def get_conn():
    """The connection of this app context; the first call opens it."""
    if "conn" not in g:
        g.conn = connect(current_app.config)
    return g.conn


def close_conn(exc):
    conn = g.pop("conn", None)
    if conn is not None:
        close(conn)


def seed():
    """Create what is missing, and start again with three songs that nobody has voted for."""
    conn, database = get_conn(), current_app.config["RETHINKDB_DB"]
    if database not in r.db_list().run(conn):
        r.db_create(database).run(conn)
    if "songs" not in r.table_list().run(conn):
        r.table_create("songs").run(conn)
    r.table("songs").delete().run(conn)
    r.table("songs").insert(SONGS).run(conn)
    print(f"{len(SONGS)} songs")


def init_app(app):
    app.teardown_appcontext(close_conn)
    app.cli.command("seed")(seed)
