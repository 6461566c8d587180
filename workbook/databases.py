"""Which server a notebook talks to: the sandbox, or a real one named by the environment."""

import atexit
import dataclasses
import getpass
import os
import re
from importlib.util import find_spec

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
        database = RethinkDB(*_sandbox("rethinkdb", _start_rethinkdb), name)
    with r.connect(host=database.host, port=database.port) as conn:
        if database.name in r.db_list().run(conn):
            r.db_drop(database.name).run(conn)
        r.db_create(database.name).run(conn)
    return database


@dataclasses.dataclass(frozen=True)
class MongoDB:
    """A database on a MongoDB server; ``settings`` is what an app needs to reach it."""

    uri: str
    name: str

    @property
    def settings(self):
        return {"MONGODB_URI": self.uri, "MONGODB_DB": self.name}

    @property
    def address(self):
        """``(host, port)`` of the server, for a ``Wire``."""
        from pymongo.uri_parser import parse_uri

        return parse_uri(self.uri)["nodelist"][0]

    def through(self, wire):
        """The same database by way of a ``Wire``."""
        host, port = self.address
        uri = self.uri.replace(f"{host}:{port}", f"{wire.host}:{wire.port}")
        return dataclasses.replace(self, uri=uri)

    def connect(self):
        """A ``MongoClient``; the caller closes it."""
        return _client(self.uri)


def mongodb(name):
    """An empty MongoDB database called ``name``.

    On the server of ``MONGODB_URI`` where that is set, in a namespace of the learner's;
    otherwise on a SecantusDB of its own that lives as long as this process. Raises
    LookupError where neither is to be had, PyMongoError if the server cannot be reached.
    """
    uri = os.environ.get("MONGODB_URI")
    if uri:
        database = MongoDB(uri, f"{name}_{_learner()}")
    else:
        database = MongoDB("mongodb://{}:{}".format(*_sandbox("mongodb", _start_secantus)), name)
    with database.connect() as client:
        client.drop_database(database.name)
    return database


def _client(uri):
    from pymongo import MongoClient

    return MongoClient(uri, serverSelectionTimeoutMS=5000)


def _start_rethinkdb():
    child = Child("workbook.sandbox", "rethinkdb", "--follow-parent")
    address = child.wait_for("port")
    return child, (address["host"], address["port"])


def _start_secantus():
    if find_spec("secantus") is None:
        raise LookupError(
            "SecantusDB has no package for this machine: start a MongoDB and set MONGODB_URI "
            "(see `workbook doctor`)"
        )
    options = ["--port", "0", "--standalone"]
    child = Child("workbook.child", "secantus", *options)
    return child, ("127.0.0.1", int(child.wait_for_line(r"listening on [\d.]+:(\d+)")[1]))


def _sandbox(kind, start):
    """The address of this process's sandbox of that kind, started when first asked for."""
    if kind not in _sandboxes or not _sandboxes[kind][0].running:
        _sandboxes[kind] = start()
        atexit.register(_sandboxes[kind][0].stop)
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
