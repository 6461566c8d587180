"""Servers and sessions for the tests of the Cassandra sandbox."""

import pytest
from cql_server import Wire, connect, faults, new_keyspace, start, started


@pytest.fixture(autouse=True)
def no_faults():
    """A test that passes with a ``[sandbox fault]`` does not."""
    yield
    found = faults()
    started.clear() if found else None
    assert not found, found[0]


@pytest.fixture(scope="session")
def server():
    server = start("--deadline", "1")
    yield server
    server.stop()


@pytest.fixture
def own_server():
    server = start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def shared(server):
    # One for all tests: to shut a cluster down takes the driver a tenth of a second.
    session = connect(server.port)
    yield session
    session.cluster.shutdown()


@pytest.fixture
def session(shared):
    """The shared session, in a fresh keyspace."""
    name = new_keyspace(shared)
    yield shared
    shared.execute(f"DROP KEYSPACE {name}")


@pytest.fixture
def wire(server):
    wires = []

    def wire(**options):
        wires.append(Wire(server.port, **options))
        return wires[-1]

    yield wire
    for one in wires:
        one.close()
