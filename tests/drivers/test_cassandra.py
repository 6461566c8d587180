import pytest

from workbook import databases

pytestmark = pytest.mark.usefixtures("no_servers_of_the_shell")


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
