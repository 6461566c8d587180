import itertools
import json
import socket
import struct
from functools import partial

import pytest
from rethinkdb import r

from processes import start_sandbox

numbers = itertools.count()


start = partial(start_sandbox, "rethinkdb")


@pytest.fixture(scope="session")
def server():
    server = start("--deadline", "1")
    yield server
    server.stop()


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
    return conn


class Wire:
    """The protocol spoken by hand."""

    def __init__(self, port, user="admin", password="", handshake=True):
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.file = self.sock.makefile("rb")
        if handshake:
            with r.connect(port=port, user=user, password=password) as other:
                proof = other.handshake
            proof.reset()
            message = proof.next_message(None)
            while message is not None:
                if message:
                    self.sock.sendall(message)
                message = proof.next_message(self.text())

    def text(self):
        """The server's next message of the handshake."""
        data = b""
        while not data.endswith(b"\0"):
            byte = self.file.read(1)
            if not byte:
                raise EOFError
            data += byte
        return data[:-1]

    def send(self, token, query):
        data = query if isinstance(query, bytes) else json.dumps(query).encode()
        self.sock.sendall(struct.pack("<qI", token, len(data)) + data)

    def receive(self):
        head = self.file.read(12)
        if len(head) < 12:
            raise EOFError
        token, size = struct.unpack("<qI", head)
        return token, json.loads(self.file.read(size))

    def ask(self, token, query):
        self.send(token, query)
        answered, response = self.receive()
        assert answered == token
        return response

    def close(self):
        self.file.close()
        self.sock.close()


@pytest.fixture
def wire(server):
    wires = []

    def wire(**options):
        wires.append(Wire(server.port, **options))
        return wires[-1]

    yield wire
    for one in wires:
        one.close()
