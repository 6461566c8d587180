"""Which server a notebook talks to: the sandbox, or a real one named by the environment."""

import atexit
import dataclasses
import getpass
import os
import re

from workbook.child import Child

_sandboxes = {}


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
        database = RethinkDB(host, _port("RETHINKDB_PORT", 28015), f"{name}_{_learner()}")
    else:
        database = RethinkDB(*_sandbox("rethinkdb"), name)
    with r.connect(host=database.host, port=database.port) as conn:
        if database.name in r.db_list().run(conn):
            r.db_drop(database.name).run(conn)
        r.db_create(database.name).run(conn)
    return database


def _sandbox(kind):
    if kind not in _sandboxes or not _sandboxes[kind][0].running:
        child = Child("workbook.sandbox", kind, "--follow-parent")
        atexit.register(child.stop)
        address = child.wait_for("port")
        _sandboxes[kind] = (child, (address["host"], address["port"]))
    return _sandboxes[kind][1]


def _port(variable, default):
    value = os.environ.get(variable, str(default))
    if not value.isdigit():
        raise ValueError(f"{variable} must be a port number, not {value!r}")
    return int(value)


def _learner():
    """On a shared server: the learner's own suffix, from the hub's user name or the login."""
    name = os.environ.get("JUPYTERHUB_USER") or getpass.getuser()
    return re.sub(r"\W", "_", name)
