"""MongoDB: an empty database for a chapter, its sockets on the timeline, the doctor's row."""

import dataclasses
import os
import re
import shutil
import socket
import tempfile
import time
from importlib.util import find_spec

from workbook.child import Child, ChildDied
from workbook.drivers import servers
from workbook.drivers.mongod import REPLICA_SET
from workbook.finding import Finding, setting

PACKAGE = "pymongo"
SOCKETS = "pymongo.synchronous.pool"
ONE_SERVER = re.compile(r"mongodb://(?P<login>[^/?@]*@)?[^/?@,]+(?:/(?P<database>[^?]*))?(?:\?(?P<options>.*))?")
# What serves MongoDB, the first that is installed: its module and the arguments for a port.
SERVED_BY = {
    "secantus": lambda port: ["secantus", "--port", port],
    "mongoeco": lambda port: ["workbook.drivers.mongoeco_server", port],
}
ROOM = 4  # MB that the chapters need on disk


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
        options = [word for word in (parts["options"] or "").split("&") if word]
        options = [word for word in options if not word.lower().startswith("directconnection=")]
        options = "&".join([*options, "directConnection=true"])
        uri = f"mongodb://{parts['login'] or ''}{wire.host}:{wire.port}/{parts['database'] or ''}?{options}"
        return dataclasses.replace(self, uri=uri)

    def connect(self):
        """A ``MongoClient``; the caller closes it."""
        from pymongo import MongoClient

        return MongoClient(self.uri, serverSelectionTimeoutMS=5000)

    def kill(self):
        """End the sandbox as a crash does, in the middle of whatever it is doing.

        Raises LookupError if no sandbox of this process runs at this address: the servers of
        others are not ours to kill.
        """
        import psutil

        child, address = servers.sandboxes.get("mongodb", (None, None))
        if address != self.address or not child.running:
            raise LookupError("no sandbox of this process runs there")
        psutil.Process(child.wait_for("server")["server"]).kill()
        child.stop()

    def start(self):
        """Start the sandbox again after ``kill()``: on the same port, and empty."""
        servers.sandbox("mongodb", lambda: _start(self.address[1]))


def mongodb(name):
    """An empty MongoDB database called ``name``.

    On the server of ``MONGODB_URI`` where that is set, in a namespace of the learner's;
    otherwise on a server of its own that lives as long as this process: an installed package, or
    the program that ``mongod()`` names. Raises LookupError where none is to be had, ChildDied
    if that program does not start, PyMongoError if the server cannot be reached.
    """
    uri = os.environ.get("MONGODB_URI")
    if uri:
        database = MongoDB(uri, f"{name}_{servers.learner()}")
    else:
        # One node of a replica set: asked by itself, it needs no time to be discovered.
        database = MongoDB("mongodb://{}:{}/?directConnection=true".format(*servers.sandbox("mongodb", _start)), name)
    with database.connect() as client:
        client.drop_database(database.name)
    return database


def mongod():
    """Path of the program that serves MongoDB here, or None where a package of PyPI does.

    ``WORKBOOK_MONGOD`` names one (a command on PATH, or a path); where neither SecantusDB nor
    mongoeco is installed, a ``mongod`` on PATH is taken unasked. Raises LookupError if there is no such program.
    """
    name = os.environ.get("WORKBOOK_MONGOD")
    if not name and package():
        return None
    if program := shutil.which(name or "mongod"):
        return os.path.abspath(program)
    if name:
        raise LookupError(f"WORKBOOK_MONGOD is {name!r}, and there is no such program: correct it or unset it")
    raise LookupError(
        "SecantusDB has no package for this machine: put a `mongod` on PATH, or start a MongoDB "
        "and set MONGODB_URI (see `workbook doctor`)"
    )


def package():
    """``secantus``, ``mongoeco`` or None: what is installed that serves MongoDB."""
    return next((name for name in SERVED_BY if find_spec(name)), None)


def _start(port=0):
    if program := mongod():
        return _start_program(program, port or _free_port())
    child = Child("workbook.child", *SERVED_BY[package()](str(port)))
    return child, ("127.0.0.1", int(child.wait_for_line(r"listening on [\d.]+:(\d+)")[1]))


def _start_program(program, port):
    child = Child("workbook.drivers.mongod", program, str(port))
    try:
        child.wait_for_line("(?i)waiting for connections", timeout=60)
    except ChildDied as died:
        raise ChildDied(f"{program} took no connections; {died}\n{died.log}", died.log) from None
    _make_primary(port)
    return child, ("127.0.0.1", port)


def _make_primary(port, timeout=30):
    """Make a ``mongod`` that was started with ``--replSet`` the one member of its set; waits until it takes writes."""
    from pymongo import MongoClient

    with MongoClient("127.0.0.1", port, directConnection=True, serverSelectionTimeoutMS=5000) as client:
        if "setName" not in client.admin.command("hello"):
            member = {"_id": 0, "host": f"127.0.0.1:{port}"}
            client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [member]})
        deadline = time.monotonic() + timeout
        while not client.admin.command("hello")["isWritablePrimary"]:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the server on port {port} did not become the primary of its replica set")
            time.sleep(0.05)


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def watch(recorder, pool):
    """Report to a Recorder which clients are made, and which sockets the module SOCKETS opens, uses and closes."""
    from pymongo.monitoring import ConnectionClosedReason
    from pymongo.synchronous.mongo_client import MongoClient

    # Another socket of the pool failed: this one is not trusted any more.
    failed = {ConnectionClosedReason.ERROR, ConnectionClosedReason.STALE}

    def make(original, instance, *args, **kwargs):
        original(*args, **kwargs)
        recorder.made("client", instance)

    def end(original, instance):
        # The driver says goodbye on one of its sockets.
        with recorder.silent("use"):
            original()
        recorder.ended(instance)

    def pool_of(original, instance, address, options, is_sdam=False, client_id=None):
        original(address, options, is_sdam, client_id)
        instance._client_id = client_id

    # Sockets of the pool only: the monitor's come and go on a thread of their own. A pool that was there before
    # the watching, like a connection that was, is left out.
    def connect(original, instance, conn, its_pool, address, number, is_sdam):
        original(conn, its_pool, address, number, is_sdam)
        if not is_sdam and hasattr(its_pool, "_client_id"):
            recorder.opened("mongodb", instance, owner=MongoClient._clients.get(its_pool._client_id))

    def checkout(original, instance, *args, **kwargs):
        conn = original(*args, **kwargs)
        recorder.used(conn)
        return conn

    def fail(original, instance, error):
        if isinstance(error, OSError):
            recorder.closed(instance, cut=True)
        original(error)

    def close(original, instance, reason):
        original(reason)
        recorder.closed(instance, cut=reason in failed)

    recorder.replace(MongoClient, "__init__", make)
    recorder.replace(MongoClient, "close", end)
    recorder.replace(pool.Pool, "__init__", pool_of)
    recorder.replace(pool.Pool, "_get_conn", checkout)
    recorder.replace(pool.Pool, "__del__", recorder.collected)
    recorder.replace(pool.Connection, "__init__", connect)
    recorder.replace(pool.Connection, "_raise_connection_failure", fail)
    recorder.replace(pool.Connection, "close_conn", close)


def look():
    """MongoDB can be reached"""
    uri = os.environ.get("MONGODB_URI")
    if uri:
        from pymongo import MongoClient

        try:
            with MongoClient(uri, serverSelectionTimeoutMS=2000) as client:
                client.admin.command("ping")
            return Finding(look.__doc__, "the server of MONGODB_URI", "")
        except Exception as error:
            fix = "`docker compose up -d`, or `unset MONGODB_URI` for the sandbox"
            return Finding(look.__doc__, f"{type(error).__name__}: {str(error)[:80]}", fix)
    try:
        program = mongod()
    except LookupError as error:
        fix = (
            "`conda install conda-forge::mongodb` puts a `mongod` on PATH; or `docker compose up -d mongodb`, "
            f"then {setting('MONGODB_URI')}mongodb://127.0.0.1:27017"
        )
        if os.environ.get("WORKBOOK_MONGOD"):
            fix = "`unset WORKBOOK_MONGOD` for the sandbox"
        return Finding(look.__doc__, str(error), fix)
    name, folder = program or package(), tempfile.gettempdir()
    free = shutil.disk_usage(folder).free / 2**20
    if free < ROOM:
        detail = f"{name} keeps its files in {folder}, where only {free:.1f} MB are free"
        return Finding(look.__doc__, detail, f"free {ROOM} MB there, or {setting('TMPDIR')}another folder")
    return Finding(look.__doc__, f"{name}; MONGODB_URI is not set", "")
