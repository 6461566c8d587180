"""RethinkDB: a connection for whoever opens one."""

from rethinkdb import r


def connect(config):
    """Open a connection to the database that the config names."""
    return r.connect(
        host=config["RETHINKDB_HOST"], port=config["RETHINKDB_PORT"], db=config["RETHINKDB_DB"]
    )
