import pytest
from rethinkdb import r

from workbook import Wire, databases
from workbook.drivers import servers

pytestmark = pytest.mark.usefixtures("no_servers_of_the_shell")


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


def test_environment_names_a_real_server_and_the_learner(monkeypatch):
    sandbox = databases.rethinkdb("real")
    monkeypatch.setenv("RETHINKDB_HOST", sandbox.host)
    monkeypatch.setenv("RETHINKDB_PORT", str(sandbox.port))
    monkeypatch.setenv("JUPYTERHUB_USER", "ann.o'neil")
    database = databases.rethinkdb("real")
    assert (database.port, database.name) == (sandbox.port, "real_ann_o_neil")


def test_a_port_that_is_no_number_says_so(monkeypatch):
    monkeypatch.setenv("RETHINKDB_HOST", "127.0.0.1")
    monkeypatch.setenv("RETHINKDB_PORT", "many")
    with pytest.raises(ValueError, match="RETHINKDB_PORT must be a port number, not 'many'"):
        databases.rethinkdb("x")


def test_a_sandbox_that_died_is_replaced():
    first = databases.rethinkdb("dies")
    sandbox = servers.sandboxes["rethinkdb"][0].process
    sandbox.kill()
    sandbox.wait()
    second = databases.rethinkdb("dies")
    assert second.port != first.port
