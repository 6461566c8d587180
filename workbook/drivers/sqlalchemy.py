"""SQLAlchemy: an empty database for a chapter, its connections on the timeline, the doctor's row.

Connections are told by the events of their pools, whatever driver is below.
"""

import dataclasses
import itertools
import os
import tempfile
import threading
from pathlib import Path

from workbook.drivers import servers
from workbook.finding import Finding, setting

PACKAGE = "sqlalchemy"
SOCKETS = "sqlalchemy.pool.base"
PORT = 5432
LONGEST = 63  # bytes of a name that PostgreSQL keeps
FAILED = (
    "DATABASE_URL must begin with postgresql://, as in postgresql://name:password@host/database; unset it for SQLite"
)

_numbers = itertools.count(1)
_folders = []  # of this process's files: one, from the first file on


@dataclasses.dataclass(frozen=True)
class SQL:
    """A database for SQLAlchemy; ``settings`` is what an app needs to reach it."""

    url: str

    @property
    def settings(self):
        return {"DATABASE_URL": self.url}

    @property
    def address(self):
        """``(host, port)`` of the server, for a ``Wire``. LookupError for SQLite, which has none."""
        return self._server.host, self._server.port or PORT

    def through(self, wire):
        """The same database by way of a ``Wire``. LookupError for SQLite."""
        return SQL(self._server.set(host=wire.host, port=wire.port).render_as_string(hide_password=False))

    @property
    def _server(self):
        from sqlalchemy import make_url

        url = make_url(self.url)
        if not url.host:
            raise LookupError("SQLite has no server")
        return url

    def connect(self):
        """A SQLAlchemy ``Connection`` that no pool keeps; the caller closes it."""
        from sqlalchemy import create_engine
        from sqlalchemy.pool import NullPool

        return create_engine(self.url, poolclass=NullPool).connect()


def sql(name):
    """An empty database called ``name``.

    On the PostgreSQL of ``DATABASE_URL`` where that is set, in a schema of the learner's; otherwise a file
    of SQLite, which is there as long as this process. Raises ValueError if the URL names another kind of
    database, SQLAlchemyError if the server cannot be reached.
    """
    if url := os.environ.get("DATABASE_URL"):
        return _schema(_postgresql(url), f"{name}_{servers.learner()}".lower()[:LONGEST])
    if not _folders:
        _folders.append(tempfile.TemporaryDirectory(prefix="workbook-", ignore_cleanup_errors=True))
    # A file of its own each time: an app may still have the last one open.
    path = Path(_folders[0].name) / f"{name}-{next(_numbers)}.db"
    return SQL(f"sqlite:///{path.as_posix()}")


def _postgresql(text):
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text)
    except ArgumentError:
        raise ValueError(FAILED) from None
    if url.get_backend_name() not in ("postgres", "postgresql"):
        raise ValueError(FAILED)
    return url.set(drivername="postgresql+psycopg")


def _schema(url, name):
    """An empty schema of that name; what an earlier run left connected to it is disconnected first."""
    from sqlalchemy import text

    with SQL(url.render_as_string(hide_password=False)).connect() as conn, conn.begin():
        conn.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = :name AND usename = current_user AND pid <> pg_backend_pid()"
            ),
            {"name": name},
        )
        conn.execute(text(f'DROP SCHEMA IF EXISTS "{name}" CASCADE'))
        conn.execute(text(f'CREATE SCHEMA "{name}"'))
    url = url.update_query_dict({"options": f"-csearch_path={name}", "application_name": name})
    return SQL(url.render_as_string(hide_password=False))


class _Connection:
    """Stands for a connection of the driver below, which is SQLAlchemy's to open and close."""


def watch(recorder, base):
    """Report to a Recorder which pools are filled, and which connections they open, use and close.

    A statement counts as a use; the end of a transaction is a ``commit`` or a ``rollback``. What is
    taken from a pool and given back is told with events of its own, ``taken`` and ``returned``; the
    latter has ``collected``: whether only the garbage collector gave it back.
    """
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    pools = threading.local()  # .giving: what this thread gives back because it was told to

    def connect(original, instance):
        pool = instance._ConnectionRecord__pool
        # The driver below may be one that the recorder knows, too.
        with recorder.silent("open"):
            original()
        if not recorder.knows(pool):
            recorder.made("pool", pool)
        # Under the recorder as its key: another one may be at work, too.
        instance.info[recorder] = stands = _Connection()
        recorder.opened("sqlalchemy", stands, owner=pool)

    def give_back(original, instance, *args, **kwargs):
        pools.giving = True
        try:
            return original(*args, **kwargs)
        finally:
            pools.giving = False

    def dispose(original, instance, *args, **kwargs):
        pool = instance.pool
        try:
            return original(*args, **kwargs)
        finally:
            recorder.ended(pool)

    def when(owner, name, tell):
        """Call ``tell`` with what stands for the connection of that event, and what else there is."""

        def listener(connection, *others):
            # Of an engine it is SQLAlchemy's connection, of a pool the driver's and its record.
            if owner is Engine and connection.invalidated:
                return  # it has no more, and would raise
            info = connection.info if owner is Engine else others[0].info
            if recorder in info:
                tell(info[recorder], *others)

        event.listen(owner, name, listener)
        recorder.at_end(event.remove, owner, name, listener)

    def returned(stands, *others):
        recorder.tell("returned", stands, collected=not getattr(pools, "giving", False))

    def lost(stands, record, error):
        if error is not None:
            recorder.closed(stands, cut=True)

    recorder.replace(base._ConnectionRecord, "_ConnectionRecord__connect", connect)
    recorder.replace(base._ConnectionFairy, "_checkin", give_back)
    recorder.replace(Engine, "dispose", dispose)

    def asked(stands, cursor, statement, *others):
        # Where the driver does not begin transactions, an app may say so itself.
        if statement != "BEGIN":
            recorder.used(stands)

    when(Engine, "before_cursor_execute", asked)
    for end in ("commit", "rollback"):
        when(Engine, end, lambda stands, *others, end=end: recorder.tell(end, stands))
    when(base.Pool, "checkout", lambda stands, *others: recorder.tell("taken", stands))
    when(base.Pool, "checkin", returned)
    when(base.Pool, "invalidate", lost)
    when(base.Pool, "close", lambda stands, *others: recorder.closed(stands))


def look():
    """SQLite or PostgreSQL can be reached"""
    url = os.environ.get("DATABASE_URL")
    if not url:
        return Finding(look.__doc__, "SQLite; DATABASE_URL is not set", "")
    try:
        url = _postgresql(url).update_query_dict({"connect_timeout": "2"})
        SQL(url.render_as_string(hide_password=False)).connect().close()
        return Finding(look.__doc__, "the PostgreSQL of DATABASE_URL", "")
    except Exception as error:
        fix = f"`docker compose up -d postgresql`, {setting('DATABASE_URL')}...; or `unset DATABASE_URL` for SQLite"
        # No more of it: what the driver says may have the login in it.
        return Finding(look.__doc__, str(error) if str(error) == FAILED else type(error).__name__, fix)
