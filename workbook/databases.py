"""Which server a notebook talks to: the sandbox, or a real one named by the environment."""

import atexit
import contextlib
import dataclasses
import getpass
import os
import re
import shutil
import socket
from collections.abc import Callable
from importlib.util import find_spec

import psutil

from workbook.child import Child, ChildDied
from workbook.statements import Statements
from workbook.wire import Wire

ONE_SERVER = re.compile(
    r"mongodb://(?P<login>[^/?@]*@)?[^/?@,]+(?:/(?P<database>[^?]*))?(?:\?(?P<options>.*))?"
)
CASSANDRA_LOGIN = "CASSANDRA_USERNAME", "CASSANDRA_PASSWORD"
# What serves MongoDB, the first that is installed: its module and the arguments for a port.
MONGODB_PACKAGES = {
    "secantus": lambda port: ["secantus", "--port", port, "--standalone"],
    "mongoeco": lambda port: ["workbook.mongoeco_server", port],
}

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
        database = RethinkDB(*_sandbox("rethinkdb", lambda: _start_own("rethinkdb")), name)
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
        """The same database by way of a ``Wire``.

        Raises ValueError for a URI that names more than one server: the driver would find the
        others and go around the wire.
        """
        parts = ONE_SERVER.fullmatch(self.uri)
        if parts is None or "replicaset=" in (parts["options"] or "").lower():
            raise ValueError(
                "a Wire stands before one server: write MONGODB_URI as mongodb://, with one host and without "
                "replicaSet="
            )
        options = "&".join(filter(None, [parts["options"], "directConnection=true"]))
        uri = f"mongodb://{parts['login'] or ''}{wire.host}:{wire.port}/{parts['database'] or ''}?{options}"
        return dataclasses.replace(self, uri=uri)

    def connect(self):
        """A ``MongoClient``; the caller closes it."""
        return _client(self.uri)

    def kill(self):
        """End the sandbox as a crash does, in the middle of whatever it is doing.

        Raises LookupError if no sandbox of this process runs at this address: the servers of
        others are not ours to kill.
        """
        child, address = _sandboxes.get("mongodb", (None, None))
        if address != self.address or not child.running:
            raise LookupError("no sandbox of this process runs there")
        psutil.Process(child.wait_for("server")["server"]).kill()
        child.stop()

    def start(self):
        """Start the sandbox again after ``kill()``: on the same port, and empty."""
        _sandbox("mongodb", lambda: _start_mongodb(self.address[1]))


def mongodb(name):
    """An empty MongoDB database called ``name``.

    On the server of ``MONGODB_URI`` where that is set, in a namespace of the learner's;
    otherwise on a server of its own that lives as long as this process: an installed package, or
    the program that ``mongod()`` names. Raises LookupError where none is to be had, ChildDied
    if that program does not start, PyMongoError if the server cannot be reached.
    """
    uri = os.environ.get("MONGODB_URI")
    if uri:
        database = MongoDB(uri, f"{name}_{_learner()}")
    else:
        database = MongoDB("mongodb://{}:{}".format(*_sandbox("mongodb", _start_mongodb)), name)
    with database.connect() as client:
        client.drop_database(database.name)
    return database


@dataclasses.dataclass(frozen=True)
class Cassandra:
    """A keyspace on a Cassandra server; ``settings`` is what an app needs to reach it."""

    host: str
    port: int
    keyspace: str
    _counts: Callable = dataclasses.field(repr=False, compare=False)
    _wire: Wire | None = dataclasses.field(default=None, repr=False, compare=False)  # held, so that it goes on

    @property
    def settings(self):
        return {
            "CASSANDRA_CONTACT_POINTS": self.host,
            "CASSANDRA_PORT": self.port,
            "CASSANDRA_KEYSPACE": self.keyspace,
            **{name: os.environ[name] for name in CASSANDRA_LOGIN if name in os.environ},
        }

    def through(self, wire):
        """The same keyspace by way of a ``Wire``."""
        return dataclasses.replace(self, host=wire.host, port=wire.port)

    @contextlib.contextmanager
    def connect(self):
        """A ``Session`` in this keyspace for the length of a ``with``."""
        with _cluster(self.host, self.port) as cluster:
            yield cluster.connect(self.keyspace)

    @contextlib.contextmanager
    def counting(self):
        """Gives a dict, filled when the ``with`` ends: what clients made the server do meanwhile.

        ``parsed``, ``prepared``, ``executed`` and ``pages``, as ``workbook.statements`` has them:
        the sandbox's own counts, or those of a relay in front of a real server.
        """
        before, counts = self._counts(), {}
        yield counts
        counts.update({name: number - before[name] for name, number in self._counts().items()})


def cassandra(name):
    """An empty Cassandra keyspace called ``name`` (letters, digits, _).

    On the first server of ``CASSANDRA_CONTACT_POINTS`` where that is set (with ``CASSANDRA_PORT``,
    ``CASSANDRA_USERNAME`` and ``CASSANDRA_PASSWORD``), in a namespace of the learner's; otherwise on a sandbox that lives as long as
    this process. Raises ValueError for a port that is no number, NoHostAvailable if the
    server cannot be reached.
    """
    hosts = os.environ.get("CASSANDRA_CONTACT_POINTS")
    if hosts:
        statements = Statements()
        server = hosts.split(",")[0].strip(), _port("CASSANDRA_PORT", 9042)
        wire = Wire(*server, watch=statements.connection)
        name = f"{name}_{_learner()}".lower()
        keyspace = Cassandra(wire.host, wire.port, name, lambda: dict(statements.counts), wire)
    else:
        server = _sandbox("cassandra", lambda: _start_own("cassandra"))
        keyspace = Cassandra(*server, name, lambda: _sandbox_counts(*server))
    with _cluster(keyspace.host, keyspace.port) as cluster:
        session = cluster.connect()
        session.execute(f"DROP KEYSPACE IF EXISTS {keyspace.keyspace}")
        session.execute(
            f"CREATE KEYSPACE {keyspace.keyspace} WITH replication = "
            "{'class': 'SimpleStrategy', 'replication_factor': 1}"
        )
    return keyspace


def _sandbox_counts(host, port):
    with _cluster(host, port) as cluster:
        rows = cluster.connect().execute("SELECT name, value FROM sandbox.counters")
        return {row.name: row.value for row in rows if row.name in Statements().counts}


def _cluster(host, port):
    from cassandra.auth import PlainTextAuthProvider
    from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
    from cassandra.policies import RoundRobinPolicy

    # Said out loud, so that the driver has nothing to guess and to warn of.
    profile = ExecutionProfile(load_balancing_policy=RoundRobinPolicy(), request_timeout=30)
    login = [os.environ.get(name) for name in CASSANDRA_LOGIN]
    return Cluster(
        [host],
        port=port,
        protocol_version=4,
        auth_provider=PlainTextAuthProvider(*login) if all(login) else None,
        execution_profiles={EXEC_PROFILE_DEFAULT: profile},
    )


def _client(uri):
    from pymongo import MongoClient

    return MongoClient(uri, serverSelectionTimeoutMS=5000)


def _start_own(kind):
    child = Child("sandboxes", kind, "--follow-parent")
    address = child.wait_for("port")
    return child, (address["host"], address["port"])


def mongod():
    """Path of the program that serves MongoDB here, or None where a package of PyPI does.

    ``WORKBOOK_MONGOD`` names one (a command on PATH, or a path); where neither SecantusDB nor
    mongoeco is installed, a ``mongod`` on PATH is taken unasked. Raises LookupError if there is no such program.
    """
    name = os.environ.get("WORKBOOK_MONGOD")
    if not name and mongodb_package():
        return None
    if program := shutil.which(name or "mongod"):
        return os.path.abspath(program)
    if name:
        raise LookupError(f"WORKBOOK_MONGOD is {name!r}, and there is no such program: correct it or unset it")
    raise LookupError(
        "SecantusDB has no package for this machine: put a `mongod` on PATH, or start a MongoDB "
        "and set MONGODB_URI (see `workbook doctor`)"
    )


def mongodb_package():
    """``secantus``, ``mongoeco`` or None: what is installed that serves MongoDB."""
    return next((name for name in MONGODB_PACKAGES if find_spec(name)), None)


def _start_mongodb(port=0):
    if program := mongod():
        return _start_program(program, port or _free_port())
    child = Child("workbook.child", *MONGODB_PACKAGES[mongodb_package()](str(port)))
    return child, ("127.0.0.1", int(child.wait_for_line(r"listening on [\d.]+:(\d+)")[1]))


def _start_program(program, port):
    child = Child("workbook.mongod", program, str(port))
    try:
        child.wait_for_line("(?i)waiting for connections", timeout=60)
    except ChildDied as died:
        raise ChildDied(f"{program} took no connections; {died}\n{died.log}", died.log) from None
    return child, ("127.0.0.1", port)


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def _sandbox(kind, start):
    """The address of this process's sandbox of that kind, started when first asked for."""
    if kind not in _sandboxes or not _sandboxes[kind][0].running:
        if kind in _sandboxes:
            _sandboxes[kind][0].stop()  # it ended by itself: what it left goes too
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
