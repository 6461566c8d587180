"""Servers and connections for the tests of the RethinkDB sandbox."""

import itertools

import pytest
from reql_server import Wire, start
from rethinkdb import r

numbers = itertools.count()


@pytest.fixture(scope="session")
def server():
    server = start("--deadline", "1")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def hasty_server():
    """A server that stops a query after 0.4 s."""
    server = start("--deadline", "0.4")
    yield server
    server.stop()


SERVERS = {"server", "own_server", "hasty_server"}


@pytest.fixture(autouse=True)
def no_fault(request):
    """No test passes when the sandbox made a mistake of its own."""
    servers = [request.getfixturevalue(name) for name in SERVERS.intersection(request.fixturenames)]
    seen = [len(server.log) for server in servers]
    yield
    for server, before in zip(servers, seen, strict=True):
        assert "[sandbox fault]" not in server.log[before:]


@pytest.fixture
def own_server():
    # Only against hanging: on a busy machine a large query takes a while.
    server = start("--deadline", "120")
    yield server
    server.stop()


@pytest.fixture
def connect(server):
    """Open connections to the shared server; they are closed after the test."""
    connections = []

    def connect(**options):
        connections.append(r.connect(port=server.port, **options))
        return connections[-1]

    yield connect
    for connection in connections:
        connection.close(noreply_wait=False)


@pytest.fixture
def conn(connect):
    """A connection that uses a fresh database."""
    connection = connect()
    name = f"test_{next(numbers)}"
    r.db_create(name).run(connection)
    connection.use(name)
    yield connection
    r.db_drop(name).run(connect())


@pytest.fixture
def songs(conn):
    """The table `songs` with seven rows and three indexes; its connection."""
    r.table_create("songs").run(conn)
    rows = [
        {"id": i, "by": ["ann", "bob", "cyd"][i % 3], "stars": i % 4, "tags": ["old", "live"][: i % 3]}
        for i in range(1, 8)
    ]
    r.table("songs").insert(rows).run(conn)
    r.table("songs").index_create("by").run(conn)
    r.table("songs").index_create("tags", multi=True).run(conn)
    r.table("songs").index_create("by_stars", [r.row["by"], r.row["stars"]]).run(conn)
    r.table("songs").index_wait().run(conn)
    return conn


@pytest.fixture
def wire(server):
    wires = []

    def wire(**options):
        wires.append(Wire(server.port, **options))
        return wires[-1]

    yield wire
    for one in wires:
        one.close()
