"""The fixtures, as somebody else's tests use them."""

import os
import subprocess
import sys
from importlib.metadata import entry_points

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
    options = ["-p", "sandboxes.pytest_plugin", "-p", "no:cacheprovider", "-W", "ignore"]
    command = [sys.executable, "-m", "pytest", "-q", *options]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # none of this environment's others
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60)
    assert "11 passed" in done.stdout, done.stdout + done.stderr


def test_pytest_finds_the_plugin_by_itself():
    """By the module's own name: ``-p`` with that name, as above, then does not load it twice."""
    (found,) = entry_points(group="pytest11", name="sandboxes.pytest_plugin")
    assert found.value == found.name
