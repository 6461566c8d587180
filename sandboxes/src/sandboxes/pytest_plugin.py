"""Fixtures for pytest: a sandbox for each worker, a fresh database or keyspace for each test.

A server is started when the first test asks for one. With pytest-xdist each worker has its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sandboxes.server import Server

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def rethinkdb_server() -> Iterator[Server]:
    """A running sandbox of RethinkDB, at ``host`` and ``port``."""
    import sandboxes

    with sandboxes.start("rethinkdb") as server:
        yield server


@pytest.fixture(scope="session")
def _rethinkdb_admin(rethinkdb_server: Server) -> Iterator[Any]:
    from rethinkdb import r

    with r.connect(rethinkdb_server.host, rethinkdb_server.port) as conn:
        yield conn


@pytest.fixture
def rethinkdb_conn(rethinkdb_server: Server, _rethinkdb_admin: Any) -> Iterator[Any]:
    """A connection of the driver (``pip install rethinkdb``) that uses a database of this test alone.

    The connection itself goes from test to test: connecting takes longer than most tests.

    ``conn.db`` is its name: an app that is tested is given that name and the address of ``rethinkdb_server``.
    """
    from rethinkdb import r

    name, conn = f"test_{next(_numbers)}", _rethinkdb_admin
    if not conn.is_open():  # an earlier test has closed it
        conn.reconnect(noreply_wait=False)
    r.db_create(name).run(conn)
    conn.use(name)
    yield conn
    if conn.is_open():
        r.db_drop(name).run(conn, noreply=True)


@pytest.fixture(scope="session")
def cassandra_server() -> Iterator[Server]:
    """A running sandbox of Cassandra, at ``host`` and ``port``."""
    import sandboxes

    with sandboxes.start("cassandra") as server:
        yield server


@pytest.fixture(scope="session")
def _cassandra_session(cassandra_server: Server) -> Iterator[tuple[Any, Iterator[str]]]:
    from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
    from cassandra.policies import RoundRobinPolicy

    cluster = Cluster(
        [cassandra_server.host],
        port=cassandra_server.port,
        protocol_version=4,
        # A keyspace for each test: reading the whole schema each time would take longer than most tests.
        schema_event_refresh_window=-1,
        schema_metadata_enabled=False,
        token_metadata_enabled=False,
        max_schema_agreement_wait=0,
        execution_profiles={EXEC_PROFILE_DEFAULT: ExecutionProfile(load_balancing_policy=RoundRobinPolicy())},
    )
    session = cluster.connect()
    yield session, _keyspaces(session)
    cluster.shutdown()


def _keyspaces(session: Any) -> Iterator[str]:
    """Names of new keyspaces. The next one is made while a test runs: nobody waits for it."""

    def make() -> tuple[str, Any]:
        name = f"test_{next(_numbers)}"
        replication = "{'class': 'SimpleStrategy', 'replication_factor': 1}"
        return name, session.execute_async(f"CREATE KEYSPACE {name} WITH replication = {replication}")

    following = make()
    while True:
        name, made = following
        made.result()
        following = make()
        yield name


@pytest.fixture
def cassandra_session(_cassandra_session: tuple[Any, Iterator[str]]) -> Any:
    """A session of the driver that uses a keyspace of this test alone, ``session.keyspace``.

    The driver's metadata of the schema is switched off (``cluster.metadata.keyspaces`` is empty). Keyspaces are not
    dropped: they end with the sandbox.
    """
    session, keyspaces = _cassandra_session
    session.set_keyspace(next(keyspaces))
    return session
