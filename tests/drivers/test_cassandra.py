import dataclasses

import pytest
from cassandra.cluster import NoHostAvailable
from cassandra.query import SimpleStatement
from flask import Flask

from told import told
from workbook import Recorder, databases

HELD = "held cassandra 1, session 1"
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


def test_a_session_and_what_it_is_asked_are_on_the_timeline():
    database = databases.cassandra("watched")
    with Recorder(Flask("watched")) as recorder:
        with database.connect() as session:
            session.execute("CREATE TABLE t (id int PRIMARY KEY)")
            insert = session.prepare("INSERT INTO t (id) VALUES (?)")
            for number in range(3):
                session.execute(insert, [number])
            made = told(recorder.events)
            rows = SimpleStatement("SELECT id FROM t", fetch_size=2)
            assert sorted(row.id for row in session.execute(rows)) == [0, 1, 2]
            pages = told(recorder.events)[len(made) - 1 : -1]
    assert made == ["made session 1", "open cassandra 1 of session 1", *["use cassandra 1"] * 5, HELD]
    assert pages == ["use cassandra 1"] * 2
    assert told(recorder.events)[-2:] == ["close cassandra 1", "ended session 1"]
    with pytest.raises(Exception, match="shutdown"):
        session.execute("SELECT id FROM t")


def test_a_session_that_cannot_be_made_is_not():
    database = databases.cassandra("watched")
    with Recorder(Flask("watched")) as recorder, pytest.raises(NoHostAvailable):
        with dataclasses.replace(database, keyspace="no_such").connect():
            pass
    assert told(recorder.events) == []
