"""What the tests of the Cassandra sandbox share: connecting, and the protocol by hand."""

import itertools
import socket
import struct

from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
from cassandra.policies import RoundRobinPolicy
from cassandra.query import tuple_factory

import sandboxes

numbers = itertools.count()
SIMPLE = "{'class': 'SimpleStrategy', 'replication_factor': 1}"


started = []  # every server, so that no test passes with a fault of the sandbox


def start(*options):
    server = sandboxes.start("cassandra", *options)
    started.append(server)
    return server


def faults():
    """What the servers wrote of mistakes of their own."""
    return [server.log for server in started if "[sandbox fault]" in server.log or "Traceback" in server.log]


def connect(port, keyspace=None, **options):
    """A quiet session; ``session.cluster.shutdown()`` closes it."""
    profile = ExecutionProfile(RoundRobinPolicy(), request_timeout=30, row_factory=tuple_factory)
    patient = {"connect_timeout": 30, "control_connection_timeout": 30}
    options = {"protocol_version": 4, "schema_metadata_enabled": False, **patient, **options}
    cluster = Cluster(["127.0.0.1"], port=port, execution_profiles={EXEC_PROFILE_DEFAULT: profile}, **options)
    return cluster.connect(keyspace)


def new_keyspace(session):
    """The name of a keyspace that was not there, now in use."""
    name = f"test_{next(numbers)}"
    session.execute(f"CREATE KEYSPACE {name} WITH replication = {SIMPLE}")
    session.set_keyspace(name)
    return name


def counters(session):
    return dict(session.execute("SELECT name, value FROM sandbox.counters"))


def fill(port, insert, rows):
    """Run an INSERT for each of ``rows``, lists of bytes, without waiting for one before the next is sent."""
    wire = Wire(port)
    opcode, body = wire.ask(PREPARE, long_string(insert))
    assert opcode == RESULT, body
    key = body[4 : 6 + struct.unpack_from(">H", body, 4)[0]]
    for row in rows:
        values = b"".join(struct.pack(">i", len(value)) + value for value in row)
        wire.send(EXECUTE, key + struct.pack(">HBH", 1, 1, len(row)) + values)
    for _ in rows:
        assert wire.receive()[0] == RESULT
    wire.close()


def pages(session, statement, values=None):
    """The rows of each page."""
    result = session.execute(statement, values)
    found = [list(result.current_rows)]
    while result.has_more_pages:
        result.fetch_next_page()
        found.append(list(result.current_rows))
    return found


OPTIONS, STARTUP, QUERY, PREPARE, EXECUTE = 5, 1, 7, 9, 10
ERROR, READY, RESULT, EVENT = 0, 2, 8, 12


def short_string(text):
    return struct.pack(">H", len(text)) + text.encode()


def long_string(text):
    return struct.pack(">i", len(text.encode())) + text.encode()


HELLO = struct.pack(">H", 1) + short_string("CQL_VERSION") + short_string("3.0.0")


def batch_of_one(kind, text):
    """The body of a BATCH with one statement."""
    return struct.pack(">BHB", kind, 1, 0) + long_string(text) + struct.pack(">HHB", 0, 1, 0)


class Wire:
    """The protocol spoken by hand."""

    def __init__(self, port, hello=True, timeout=10):
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.file = self.sock.makefile("rb")
        if hello:
            assert self.ask(STARTUP, HELLO)[0] == READY

    def send(self, opcode, body=b"", version=4, flags=0, stream=1):
        self.sock.sendall(struct.pack(">BBhBi", version, flags, stream, opcode, len(body)) + body)

    def receive(self):
        """``(opcode, body)`` of the next frame; EOFError if there is none."""
        head = self.file.read(9)
        if len(head) < 9:
            raise EOFError
        _, self.flags, self.stream, opcode, size = struct.unpack(">BBhBi", head)
        return opcode, self.file.read(size)

    def ask(self, opcode, body=b"", **more):
        self.send(opcode, body, **more)
        return self.receive()

    def query(self, text, parameters=b"\0\1\0"):
        """Consistency ONE, no flags."""
        return self.ask(QUERY, long_string(text) + parameters)

    def code(self, opcode, body=b"", **more):
        """The code of the error that is the answer, None if it is none."""
        answered, body = self.ask(opcode, body, **more)
        return struct.unpack(">i", body[:4])[0] if answered == ERROR else None

    def close(self):
        self.file.close()
        self.sock.close()
