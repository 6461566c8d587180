import shlex
import socket
import sys
import types
from pathlib import Path

import psutil
import pytest
from flask import Flask
from pymongo.errors import AutoReconnect

from told import told
from workbook import Recorder, Wire, databases, paths
from workbook.child import ChildDied
from workbook.drivers import mongodb, servers

pytestmark = pytest.mark.usefixtures("no_servers_of_the_shell")


@pytest.mark.parametrize(
    ("uri", "through"),
    [
        ("mongodb://localhost", "mongodb://127.0.0.1:7/?directConnection=true"),
        ("mongodb://a/?directConnection=false&w=1", "mongodb://127.0.0.1:7/?w=1&directConnection=true"),
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


def test_mongodb_uri_names_a_real_server(monkeypatch):
    sandbox = databases.mongodb("real")
    monkeypatch.setenv("MONGODB_URI", sandbox.uri)
    monkeypatch.setenv("JUPYTERHUB_USER", "ann")
    assert databases.mongodb("real") == databases.MongoDB(sandbox.uri, "real_ann")


def test_mongodb_where_there_is_no_package(monkeypatch):
    monkeypatch.setattr(servers, "sandboxes", {})
    monkeypatch.setattr(mongodb, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(LookupError, match="MONGODB_URI"):
        databases.mongodb("x")


@pytest.fixture
def own_sandboxes(monkeypatch):
    """Sandboxes that are this test's alone and end with it."""
    sandboxes = {}
    monkeypatch.setattr(servers, "sandboxes", sandboxes)
    yield sandboxes
    for child, _ in sandboxes.values():
        child.stop()


@pytest.fixture
def mongod(tmp_path, monkeypatch, own_sandboxes):
    """A program called mongod on PATH."""
    path = tmp_path / "mongod"
    path.write_text(
        f'#!/bin/sh\nexec {shlex.join([sys.executable, str(paths.ROOT / "tests" / "fake_mongod.py")])} "$@"\n'
    )
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
    monkeypatch.setattr(mongodb, "find_spec", lambda name: name in installed)
    assert (mongodb.mongod(), mongodb.package()) == (None, "secantus")
    installed.remove("secantus")
    assert (mongodb.mongod(), mongodb.package()) == (None, "mongoeco")
    installed.remove("mongoeco")
    assert mongodb.mongod() == str(mongod)


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
    monkeypatch.setattr(mongodb, "find_spec", lambda name: name == "mongoeco")
    child, address = mongodb._start()
    try:
        socket.create_connection(address).close()
    finally:
        child.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)


def test_a_mongodb_sandbox_is_killed_and_comes_back_empty():
    database = databases.mongodb("killed")
    folder = Path(psutil.Process(servers.sandboxes["mongodb"][0].pid).cwd())
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


def test_the_doctor_where_there_is_no_package(monkeypatch):
    monkeypatch.setattr(mongodb, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")
    assert "conda install conda-forge::mongodb" in mongodb.look().fix


def test_the_doctor_on_a_program(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBOOK_MONGOD", str(tmp_path / "mongod"))
    finding = mongodb.look()
    assert "there is no such program" in finding.detail and "unset WORKBOOK_MONGOD" in finding.fix
    (tmp_path / "mongod").touch(mode=0o755)
    assert mongodb.look().detail.startswith(str(tmp_path / "mongod"))
    assert mongodb.look().fix == ""


def test_the_doctor_on_a_server_that_does_not_answer(monkeypatch):
    monkeypatch.setenv("MONGODB_URI", "mongodb://127.0.0.1:1")
    finding = mongodb.look()
    assert "ServerSelectionTimeoutError" in finding.detail and "unset MONGODB_URI" in finding.fix


def test_the_doctor_on_a_disk_without_room(monkeypatch):
    monkeypatch.setattr(mongodb.shutil, "disk_usage", lambda folder: types.SimpleNamespace(free=300_000))
    finding = mongodb.look()
    assert "only 0.3 MB are free" in finding.detail and "TMPDIR=" in finding.fix


def test_a_client_its_sockets_and_what_they_are_asked_are_on_the_timeline():
    database = databases.mongodb("watched")
    with Recorder(Flask("watched")) as recorder:
        unused = database.connect()
        with database.connect() as client:
            with client.start_session() as session:
                client.admin.command("ping", session=session)
            client.admin.command("ping")
            held = told(recorder.events)
        unused.close()
        client.close()
    assert held == [
        "made client 1",
        "made client 2",
        "open mongodb 1 of client 2",
        "use mongodb 1",
        "use mongodb 1",
        "held mongodb 1, client 1, client 2",
    ]
    # The driver ends its sessions on the socket before it closes it: no use that somebody asked for.
    assert told(recorder.events)[5:] == ["close mongodb 1", "ended client 2", "ended client 1"]


def test_a_pool_that_was_there_before_the_watching_is_left_out():
    database = databases.mongodb("watched")
    with database.connect() as client:
        client.admin.command("ping")
        with Recorder(Flask("watched")) as recorder:
            for pool in [server.pool for server in client._topology._servers.values()]:
                pool.reset()
                pool.ready()  # as the monitor does when it hears from the server
            client.admin.command("ping")
            assert [line for line in told(recorder.events) if line.startswith("open")] == []


def test_a_client_s_goodbye_is_said_once_each():
    database = databases.mongodb("watched")
    with Recorder(Flask("watched")) as recorder:
        client = database.connect()
        client.admin.command("ping")
        client.close()
        client.close()
    assert told(recorder.events)[3:] == ["close mongodb 1", "ended client 1"]


def test_a_socket_is_cut_where_a_command_fails_on_it():
    database = databases.mongodb("watched")
    with Wire(*database.address) as wire, Recorder(Flask("watched")) as recorder:
        with database.through(wire).connect() as client:
            client.admin.command("ping")
            with client[database.name].t.find({}) as rows:
                list(rows)
            connection = next(iter(client._topology._servers.values())).pool.conns[0]
            wire.cut()
            with pytest.raises(AutoReconnect):
                connection.command("admin", {"ping": 1})
            told_of = [line for line in told(recorder.events) if line.startswith("close")]
    assert told_of == ["close mongodb 1, cut"]


def test_a_client_that_nobody_keeps_is_not_held():
    database = databases.mongodb("watched")
    with Recorder(Flask("watched")) as recorder:
        database.connect().admin.command("ping")
        assert told(recorder.events) == ["made client 1", "open mongodb 1 of client 1", "use mongodb 1"]
