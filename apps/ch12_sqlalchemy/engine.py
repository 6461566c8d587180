"""What an engine is made from, and what it needs before its first connection. Nothing is opened here."""

import atexit
import os
from pathlib import Path
from weakref import WeakSet

from sqlalchemy import event, make_url


def database_url(app):
    """The URL for SQLAlchemy: with the driver that is installed, a file of SQLite in the instance folder."""
    url = make_url(app.config["DATABASE_URL"])
    if url.get_backend_name() == "sqlite":
        path = Path(app.instance_path, url.database)
        path.parent.mkdir(parents=True, exist_ok=True)
        return url.set(database=str(path))
    return url.set(drivername="postgresql+psycopg")


def engine_options(app):
    """The limits: for the pool, and for the driver below it."""
    config, url = app.config, database_url(app)
    seconds = config["DATABASE_STATEMENT_TIMEOUT"]
    if url.get_backend_name() == "sqlite":
        driver = {"timeout": seconds}
    else:
        # PostgreSQL itself ends a statement that takes longer. The URL may have options, too.
        options = f"{url.query.get('options', '')} -c statement_timeout={seconds}s"
        driver = {"connect_timeout": config["DATABASE_CONNECT_TIMEOUT"], "options": options.strip()}
    return {
        "pool_size": config["DATABASE_POOL_SIZE"],
        "max_overflow": config["DATABASE_MAX_OVERFLOW"],
        "pool_timeout": config["DATABASE_POOL_TIMEOUT"],
        "pool_pre_ping": config["DATABASE_PRE_PING"],
        "connect_args": driver,
    }


def prepare(engine):
    """Call it once for each engine that was made."""
    _engines.add(engine)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def _set_up_sqlite(connection, record):
    # Who reads does not wait for who writes.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection):
    # The driver itself begins only before it writes, and so too late for a savepoint.
    connection.exec_driver_sql("BEGIN")


# Weak: an engine that nobody has any more may go.
_engines = WeakSet()


def _after_fork():
    # The child starts with an empty pool, and leaves open what is its parent's.
    for engine in _engines:
        engine.dispose(close=False)


def _at_exit():
    for engine in _engines:
        engine.dispose()


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
