import socket

import pytest

from workbook.drivers import cassandra, rethinkdb


@pytest.mark.parametrize(
    ("driver", "label", "host", "port"),
    [
        (rethinkdb, "RethinkDB", "RETHINKDB_HOST", "RETHINKDB_PORT"),
        (cassandra, "Cassandra", "CASSANDRA_CONTACT_POINTS", "CASSANDRA_PORT"),
    ],
)
def test_a_server_that_answers(monkeypatch, driver, label, host, port):
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv(host, "127.0.0.1, 127.0.0.2" if label == "Cassandra" else "127.0.0.1")
        monkeypatch.setenv(port, str(server.getsockname()[1]))
        assert driver.look().fix == ""
        assert driver.look().what == f"{label} can be reached"
    finding = driver.look()
    assert "refused" in finding.detail and "docker compose up -d" in finding.fix


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "28015 ", "²"])
def test_a_port_that_is_none(monkeypatch, port):
    monkeypatch.setenv("RETHINKDB_HOST", "127.0.0.1")
    monkeypatch.setenv("RETHINKDB_PORT", port)
    assert f"RETHINKDB_PORT is {port!r}" in rethinkdb.look().detail
    assert "export RETHINKDB_PORT=28015" in rethinkdb.look().fix
