import shlex
import socket
import sys
import types
from pathlib import Path

import psutil
import pytest
from rethinkdb import r

from workbook import databases
from workbook.child import ChildDied
from workbook.wire import Wire


@pytest.fixture(autouse=True)
def no_servers_of_the_shell(monkeypatch):
    for name in ("RETHINKDB_HOST", "RETHINKDB_PORT", "MONGODB_URI", "WORKBOOK_MONGOD", "CASSANDRA_CONTACT_POINTS",
                 "CASSANDRA_PORT", *databases.CASSANDRA_LOGIN):  # fmt: skip
        monkeypatch.delenv(name, raising=False)


def test_rethinkdb_is_empty_each_time():
    for _ in range(2):
        database = databases.rethinkdb("empty_each_time")
        with database.connect() as conn:
            assert r.table_list().run(conn) == []
            r.table_create("t").run(conn)


def test_mongodb_is_empty_each_time():
    for _ in range(2):
        database = databases.mongodb("empty_each_time")
        with database.connect() as client:
            assert client[database.name].list_collection_names() == []
            client[database.name].t.insert_one({})


def test_cassandra_is_empty_each_time():
    for _ in range(2):
        database = databases.cassandra("empty_each_time")
        with database.connect() as session:
            assert session.keyspace == "empty_each_time"
            assert not session.cluster.metadata.keyspaces["empty_each_time"].tables
            session.execute("CREATE TABLE t (id int PRIMARY KEY)")


def test_one_sandbox_of_a_kind_for_one_process():
    assert databases.rethinkdb("a").port == databases.rethinkdb("b").port
    assert databases.mongodb("a").uri == databases.mongodb("b").uri
    assert databases.cassandra("a").port == databases.cassandra("b").port


def test_settings_are_what_an_app_needs():
    database = databases.rethinkdb("settings")
    assert database.settings == {
        "RETHINKDB_HOST": "127.0.0.1",
        "RETHINKDB_PORT": database.port,
        "RETHINKDB_DB": "settings",
    }
    assert isinstance(database.port, int)


def test_through_a_wire():
    database = databases.rethinkdb("wired")
    with Wire(database.host, database.port) as wire, database.through(wire).connect() as conn:
        assert r.expr(1).run(conn) == 1
        assert wire.opened == 1
    cassandra = databases.cassandra("wired")
    with Wire(cassandra.host, cassandra.port) as wire, cassandra.through(wire).connect() as session:
        assert session.execute("SELECT cluster_name FROM system.local").one()
        assert wire.opened == 2  # one for the cluster's own questions
    mongo = databases.mongodb("wired")
    with Wire(*mongo.address) as wire, mongo.through(wire).connect() as client:
        assert client.admin.command("ping")["ok"] == 1
        assert wire.opened >= 1


@pytest.mark.parametrize(
    ("uri", "through"),
    [
        ("mongodb://localhost", "mongodb://127.0.0.1:7/?directConnection=true"),
        ("mongodb://LOCALHOST:27017", "mongodb://127.0.0.1:7/?directConnection=true"),
        ("mongodb://[::1]:27017/", "mongodb://127.0.0.1:7/?directConnection=true"),
        (
            "mongodb://u:p%40x@db.example/?authSource=admin",
            "mongodb://u:p%40x@127.0.0.1:7/?authSource=admin&directConnection=true",
        ),
        ("mongodb://u@db.example:1/shop?tls=true", "mongodb://u@127.0.0.1:7/shop?tls=true&directConnection=true"),
    ],
)
def test_a_mongodb_uri_leads_through_the_wire(uri, through):
    wire = types.SimpleNamespace(host="127.0.0.1", port=7)
    assert databases.MongoDB(uri, "x").through(wire) == databases.MongoDB(through, "x")


@pytest.mark.parametrize(
    "uri", ["mongodb://a,b/", "mongodb+srv://db.example", "mongodb://a/?w=1&replicaSet=rs0", "mongodb://"]
)
def test_a_mongodb_uri_that_would_go_around_the_wire_is_refused(uri):
    wire = types.SimpleNamespace(host="127.0.0.1", port=7)
    with pytest.raises(ValueError, match="MONGODB_URI"):
        databases.MongoDB(uri, "x").through(wire)


def test_environment_names_a_real_server_and_the_learner(monkeypatch):
    sandbox = databases.rethinkdb("real")
    monkeypatch.setenv("RETHINKDB_HOST", sandbox.host)
    monkeypatch.setenv("RETHINKDB_PORT", str(sandbox.port))
    monkeypatch.setenv("JUPYTERHUB_USER", "ann.o'neil")
    database = databases.rethinkdb("real")
    assert (database.port, database.name) == (sandbox.port, "real_ann_o_neil")


def test_mongodb_uri_names_a_real_server(monkeypatch):
    sandbox = databases.mongodb("real")
    monkeypatch.setenv("MONGODB_URI", sandbox.uri)
    monkeypatch.setenv("JUPYTERHUB_USER", "ann")
    assert databases.mongodb("real") == databases.MongoDB(sandbox.uri, "real_ann")


def test_cassandra_contact_points_name_a_real_server(monkeypatch):
    sandbox = databases.cassandra("real")
    monkeypatch.setenv("CASSANDRA_CONTACT_POINTS", f"{sandbox.host}, 127.0.0.9")
    monkeypatch.setenv("CASSANDRA_PORT", str(sandbox.port))
    monkeypatch.setenv("CASSANDRA_USERNAME", "ann")
    monkeypatch.setenv("CASSANDRA_PASSWORD", "secret")
    monkeypatch.setenv("JUPYTERHUB_USER", "Ann")
    database = databases.cassandra("real")
    assert database.settings == {
        "CASSANDRA_CONTACT_POINTS": "127.0.0.1",
        "CASSANDRA_PORT": database.port,
        "CASSANDRA_KEYSPACE": "real_ann",
        "CASSANDRA_USERNAME": "ann",
        "CASSANDRA_PASSWORD": "secret",
    }
    assert database.port != sandbox.port  # its statements are counted on the way
    with database.counting() as counts, database.connect() as session:
        session.execute("CREATE TABLE t (id int PRIMARY KEY)")
    assert counts == {"parsed": 1, "prepared": 0, "executed": 1, "pages": 0}


def test_counting_is_the_sandbox_s_own_word():
    database = databases.cassandra("counted")
    with database.connect() as session:
        session.execute("CREATE TABLE t (id int PRIMARY KEY)")
        with database.counting() as counts:
            statement = session.prepare("SELECT id FROM t")
            session.execute(statement)
            session.execute(statement)
    assert counts == {"parsed": 1, "prepared": 1, "executed": 2, "pages": 2}


def test_a_port_that_is_no_number_says_so(monkeypatch):
    monkeypatch.setenv("RETHINKDB_HOST", "127.0.0.1")
    monkeypatch.setenv("RETHINKDB_PORT", "many")
    with pytest.raises(ValueError, match="RETHINKDB_PORT must be a port number, not 'many'"):
        databases.rethinkdb("x")


def test_mongodb_where_there_is_no_package(monkeypatch):
    monkeypatch.setattr(databases, "_sandboxes", {})
    monkeypatch.setattr(databases, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(LookupError, match="MONGODB_URI"):
        databases.mongodb("x")


@pytest.fixture
def own_sandboxes(monkeypatch):
    """Sandboxes that are this test's alone and end with it."""
    sandboxes = {}
    monkeypatch.setattr(databases, "_sandboxes", sandboxes)
    yield sandboxes
    for child, _ in sandboxes.values():
        child.stop()


@pytest.fixture
def mongod(tmp_path, monkeypatch, own_sandboxes):
    """A program called mongod on PATH."""
    path = tmp_path / "mongod"
    path.write_text(f"#!/bin/sh\nexec {shlex.join([sys.executable, str(Path(__file__).parent / 'fake_mongod.py')])} \"$@\"\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return path


def test_a_program_serves_mongodb(mongod, monkeypatch, own_sandboxes):
    monkeypatch.setenv("WORKBOOK_MONGOD", "mongod")
    database = databases.mongodb("program")
    child, _ = own_sandboxes["mongodb"]
    [server] = psutil.Process(child.pid).children()
    folder = Path(server.cwd())
    with database.connect() as client:
        client[database.name].t.insert_one({})
        database.kill()
        assert not server.is_running() and not folder.exists()
        database.start()
        assert client[database.name].t.find_one() is None
    child, address = own_sandboxes["mongodb"]
    assert address == database.address
    [server] = psutil.Process(child.pid).children()
    folder = Path(server.cwd())
    child.stop()
    assert not server.is_running() and not folder.exists()


def test_a_program_that_ends_leaves_nothing(mongod, monkeypatch, own_sandboxes):
    monkeypatch.setenv("WORKBOOK_MONGOD", str(mongod))
    databases.mongodb("program")
    child, _ = own_sandboxes["mongodb"]
    [server] = psutil.Process(child.pid).children()
    folder = Path(server.cwd())
    server.kill()
    child.process.wait(timeout=10)
    assert not folder.exists()


def test_a_program_that_does_not_start(mongod, monkeypatch):
    mongod.write_text("#!/bin/sh\necho 'no room for it' >&2\nexit 48\n")
    monkeypatch.setenv("WORKBOOK_MONGOD", "mongod")
    with pytest.raises(ChildDied, match="mongod took no connections; .* code 48\nno room for it"):
        databases.mongodb("program")


def test_a_program_that_is_not_there(mongod, monkeypatch):
    monkeypatch.setenv("WORKBOOK_MONGOD", "mongodd")
    with pytest.raises(LookupError, match="'mongodd', and there is no such program"):
        databases.mongodb("program")


def test_which_server_of_mongodb(mongod, monkeypatch):
    installed = {"secantus", "mongoeco"}
    monkeypatch.setattr(databases, "find_spec", lambda name: name in installed)
    assert (databases.mongod(), databases.mongodb_package()) == (None, "secantus")
    installed.remove("secantus")
    assert (databases.mongod(), databases.mongodb_package()) == (None, "mongoeco")
    installed.remove("mongoeco")
    assert databases.mongod() == str(mongod)


def test_mongoeco_where_secantus_has_no_package(tmp_path, monkeypatch, own_sandboxes):
    """It needs Python 3.13: here its class for a server accepts connections and nothing more."""
    (tmp_path / "mongoeco").mkdir()
    (tmp_path / "mongoeco" / "__init__.py").touch()
    (tmp_path / "mongoeco" / "wire.py").write_text(
        "import asyncio, types\n"
        "class AsyncMongoEcoProxyServer:\n"
        "    def __init__(self, host, port): self.at = host, port\n"
        "    async def start(self):\n"
        "        self.server = await asyncio.start_server(lambda reader, writer: None, *self.at)\n"
        "        host, port = self.server.sockets[0].getsockname()\n"
        "        return types.SimpleNamespace(host=host, port=port)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(databases, "find_spec", lambda name: name == "mongoeco")
    child, address = databases._start_mongodb()
    try:
        socket.create_connection(address).close()
    finally:
        child.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)


def test_a_sandbox_that_died_is_replaced():
    first = databases.rethinkdb("dies")
    sandbox = databases._sandboxes["rethinkdb"][0].process
    sandbox.kill()
    sandbox.wait()
    second = databases.rethinkdb("dies")
    assert second.port != first.port


def test_a_mongodb_sandbox_is_killed_and_comes_back_empty():
    database = databases.mongodb("killed")
    folder = Path(psutil.Process(databases._sandboxes["mongodb"][0].pid).cwd())
    with database.connect() as client:
        client[database.name].t.insert_one({})
        database.kill()
        assert not folder.exists()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(database.address)
        database.start()
        assert client[database.name].t.find_one() is None
    assert databases.mongodb("another").address == database.address


def test_only_a_sandbox_of_this_process_is_killed():
    database = databases.mongodb("killed")
    with pytest.raises(LookupError):
        databases.MongoDB("mongodb://127.0.0.1:1", "killed").kill()
    database.kill()
    with pytest.raises(LookupError):
        database.kill()
    database.start()
