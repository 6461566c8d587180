"""RethinkDB: a connection for whoever opens one."""

from rethinkdb import r

from .timeouts import TimedConnection


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
