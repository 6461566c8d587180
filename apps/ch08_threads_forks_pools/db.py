"""RethinkDB: a connection for a context, borrowed from the pool of this process."""

from flask import current_app, g
from rethinkdb import r
from rethinkdb.errors import ReqlDriverError

from . import bounded
from .mongo import get_plays
from .pool import Pool

SONGS = [
    {"id": "blue-in-green", "title": "Blue in Green"},
    {"id": "so-what", "title": "So What"},
    {"id": "take-five", "title": "Take Five"},
]
LISTENERS = [{"id": name, "email": f"{name}@example.org"} for name in ("ann", "bob", "cleo", "dan")]


def connect(config):
    """Open a connection to the database that the config names."""
    return bounded.connect(
        config["RETHINKDB_TIMEOUT"],
        host=config["RETHINKDB_HOST"],
        port=config["RETHINKDB_PORT"],
        db=config["RETHINKDB_DB"],
    )


def get_conn():
    """The connection of this app context; the first call borrows it."""
    if "conn" not in g:
        pool = current_app.extensions["rethinkdb"]
        g.conn = pool.take() if pool else connect(current_app.config)
    return g.conn


def give_back(exc):
    """Return what this context borrowed, if it borrowed anything."""
    conn = g.pop("conn", None)
    if conn is None:
        return
    pool = current_app.extensions["rethinkdb"]
    try:
        if pool:
            pool.give(conn)
        else:
            conn.close()
    except ReqlDriverError:
        # The response is made: a goodbye that fails must not turn it into a 500.
        current_app.logger.warning("the connection to RethinkDB did not close cleanly", exc_info=True)


def seed():
    """Create the database, the tables and the collection, and fill them."""
    conn, database = get_conn(), current_app.config["RETHINKDB_DB"]
    if database not in r.db_list().run(conn):
        r.db_create(database).run(conn)
    for table, rows in (("songs", SONGS), ("listeners", LISTENERS)):
        if table not in r.table_list().run(conn):
            r.table_create(table).run(conn)
        r.table(table).insert(rows, conflict="replace").run(conn)
    for number, song in enumerate(SONGS, 1):
        get_plays().replace_one({"_id": song["id"]}, {"plays": number}, upsert=True)
    print(f"{len(SONGS)} songs, {len(LISTENERS)} listeners")


def init_app(app):
    config = app.config
    pool = None
    if config["POOL_SIZE"]:
        pool = Pool(
            lambda: connect(config),
            config["POOL_SIZE"],
            wait=config["POOL_WAIT"],
            check_after=config["POOL_CHECK_AFTER"],
        )
    app.extensions["rethinkdb"] = pool
    app.teardown_appcontext(give_back)
    app.cli.command("seed")(seed)
