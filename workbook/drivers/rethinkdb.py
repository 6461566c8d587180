"""RethinkDB: an empty database for a chapter, its connections on the timeline, the doctor's row."""

import dataclasses
import os

from workbook.drivers import servers

PACKAGE = "rethinkdb"
SOCKETS = "rethinkdb.net"
PORT = 28015


@dataclasses.dataclass(frozen=True)
class RethinkDB:
    """A database on a RethinkDB server; ``settings`` is what an app needs to reach it."""

    host: str
    port: int
    name: str

    @property
    def settings(self):
        return {
            "RETHINKDB_HOST": self.host,
            "RETHINKDB_PORT": self.port,
            "RETHINKDB_DB": self.name,
        }

    def through(self, wire):
        """The same database by way of a ``Wire``."""
        return dataclasses.replace(self, host=wire.host, port=wire.port)

    def connect(self):
        """A connection of the official driver; the caller closes it."""
        from rethinkdb import r

        return r.connect(host=self.host, port=self.port, db=self.name)


def rethinkdb(name):
    """An empty RethinkDB database called ``name`` (letters, digits, _).

    On the server of ``RETHINKDB_HOST`` (and ``RETHINKDB_PORT``) where that is set, in a
    namespace of the learner's; otherwise on a sandbox that lives as long as this process.
    What an earlier run left under that name is dropped. Raises ValueError for a port
    that is no number, ReqlDriverError if the server cannot be reached.
    """
    from rethinkdb import r

    host = os.environ.get("RETHINKDB_HOST")
    if host:
        database = RethinkDB(host, servers.port("RETHINKDB_PORT", PORT), f"{name}_{servers.learner()}")
    else:
        database = RethinkDB(*servers.sandbox("rethinkdb", lambda: servers.start_own("rethinkdb")), name)
    with r.connect(host=database.host, port=database.port) as conn:
        if database.name in r.db_list().run(conn):
            r.db_drop(database.name).run(conn)
        r.db_create(database.name).run(conn)
    return database


def watch(recorder, net):
    """Report to a Recorder which connections the module SOCKETS opens, uses and closes."""

    def connect(original, instance, *args, **kwargs):
        result = original(*args, **kwargs)
        recorder.opened("rethinkdb", instance)
        return result

    def run_query(original, instance, query, *args, **kwargs):
        # Not the batches that a cursor asks for: where they end is the server's business.
        if query.type == net.pQuery.START:
            recorder.used(instance)
        return noticing(original, instance, query, *args, **kwargs)

    def noticing(original, instance, *args, **kwargs):
        try:
            return original(*args, **kwargs)
        except BaseException:
            # A goodbye that fails is for close() to tell.
            if not instance._closing and not instance.is_open():
                recorder.closed(instance, cut=True)
            raise

    def close(original, instance, *args, **kwargs):
        failed = None
        try:
            return original(*args, **kwargs)
        except BaseException as error:
            failed = error
            raise
        finally:
            # The driver drops its socket even when the goodbye on it failed.
            recorder.closed(instance, failed, cut=isinstance(failed, net.ReqlDriverError))

    recorder.replace(net.ConnectionInstance, "connect", connect)
    recorder.replace(net.ConnectionInstance, "run_query", run_query)
    recorder.replace(net.ConnectionInstance, "_read_response", noticing)
    recorder.replace(net.ConnectionInstance, "close", close)


def look():
    """RethinkDB can be reached"""
    return servers.look(look.__doc__, "RETHINKDB_HOST", "RETHINKDB_PORT", PORT)
