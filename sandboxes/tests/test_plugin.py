"""The fixtures, as somebody else's tests use them."""

import os
import subprocess
import sys

TESTS = """
import time

import pytest
from rethinkdb import r

names = set()


@pytest.mark.parametrize("number", range(5))
def test_each_has_a_database(rethinkdb_conn, number):
    assert r.table_list().run(rethinkdb_conn) == []
    r.table_create("t").run(rethinkdb_conn)
    names.add(rethinkdb_conn.db)


@pytest.mark.parametrize("number", range(5))
def test_each_has_a_keyspace(cassandra_session, number):
    cassandra_session.execute("CREATE TABLE t (k int PRIMARY KEY)")
    cassandra_session.execute("INSERT INTO t (k) VALUES (1)")
    assert len(list(cassandra_session.execute("SELECT * FROM t"))) == 1
    names.add(cassandra_session.keyspace)


def test_no_two_are_the_same(rethinkdb_server, cassandra_server):
    assert len(names) == 10
    assert rethinkdb_server.port != cassandra_server.port
"""


def test_fixtures_give_each_test_a_place_of_its_own(tmp_path):
    tmp_path.joinpath("test_app.py").write_text(TESTS)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "sandboxes.pytest_plugin",
        "-p",
        "no:cacheprovider",
        "-W",
        "ignore",
    ]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60)
    assert "11 passed" in done.stdout, done.stdout + done.stderr
