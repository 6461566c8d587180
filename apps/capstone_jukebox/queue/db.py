"""RethinkDB: one connection for each app context that asks for it, and one for each thread of our own."""

from flask import current_app, g
from rethinkdb import r
from rethinkdb.errors import ReqlDriverError, ReqlTimeoutError

from .timeouts import TimedConnection

TABLES = ("queue", "plays")


def connect(config):
    """Open a connection to the database that the config names.

    ``with connect(config) as conn`` closes it without a last question to the server, which may be gone.
    """
    return r.make_connection(
        TimedConnection,
        host=config["RETHINKDB_HOST"],
        port=config["RETHINKDB_PORT"],
        db=config["RETHINKDB_DB"],
        timeout=config["RETHINKDB_TIMEOUT"],
        read_timeout=config["RETHINKDB_TIMEOUT"],
    )


def get_db():
    """The connection of this context; the first call opens it."""
    if "db" not in g:
        g.db = connect(current_app.config)
    return g.db


def run(query):
    """Run a query on the connection of this context -> its result.

    Where the connection breaks, once more on a new one: the query may then have happened twice.
    All queries of this app end in the same state the second time.
    """
    conn = get_db()
    try:
        return query.run(conn)
    except ReqlTimeoutError:
        raise  # a second wait would be as long
    except ReqlDriverError:
        close_db()
        return query.run(get_db())


def close_db(exc=None):
    conn = g.pop("db", None)
    if conn is None:
        return
    try:
        # No last question: all writes of this app have been answered, and the server may be gone.
        conn.close(noreply_wait=False)
    except Exception:
        # What is raised here would cost the finished response.
        current_app.logger.exception("RethinkDB did not close cleanly")


def create_tables():
    """Make what is not there yet: the database, its tables, their index."""
    name = current_app.config["RETHINKDB_DB"]
    if name not in run(r.db_list()):
        run(r.db_create(name))
    for table in set(TABLES).difference(run(r.table_list())):
        run(r.table_create(table))
    if "played_at" not in run(r.table("plays").index_list()):
        run(r.table("plays").index_create("played_at"))
    run(r.table("plays").index_wait())


def init_app(app):
    app.teardown_appcontext(close_db)
