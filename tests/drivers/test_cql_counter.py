"""Frames made by the driver itself, and the sandbox's own counts, say what the relay must count."""

import socket

import lz4.block
import pytest
from cassandra.protocol import BatchMessage, ExecuteMessage, PrepareMessage, ProtocolHandler, QueryMessage
from cassandra.query import BatchStatement, BatchType

from workbook import Wire, databases
from workbook.drivers.cql_counter import Statements

ROWS, VOID = bytes([0x84, 0, 0, 1, 8, 0, 0, 0, 4, 0, 0, 0, 2]), bytes([0x84, 0, 0, 1, 8, 0, 0, 0, 4, 0, 0, 0, 1])


def frame(message, version=4, compressor=None):
    return ProtocolHandler.encode_message(message, 1, version, compressor, False)


def query(text):
    return QueryMessage(text, consistency_level=1)


def compress(data):
    """As the driver does it: the length, big-endian, and the block without its own."""
    return len(data).to_bytes(4) + lz4.block.compress(data, store_size=False)


@pytest.fixture
def statements():
    return Statements()


@pytest.fixture
def connection(statements):
    return statements.connection()


def counts(**numbers):
    return {"parsed": 0, "prepared": 0, "executed": 0, "pages": 0, **numbers}


def test_each_text_is_parsed_and_executed(statements, connection):
    for _ in range(3):
        connection.sent(frame(query("SELECT * FROM t")))
    assert statements.counts == counts(parsed=3, executed=3)


def test_a_text_is_prepared_each_time_and_parsed_once_on_all_connections(statements):
    for _ in range(2):
        statements.connection().sent(frame(PrepareMessage("SELECT * FROM t WHERE id = ?")))
    assert statements.counts == counts(parsed=1, prepared=2)


def test_what_is_prepared_is_executed_unparsed(statements, connection):
    connection.sent(frame(ExecuteMessage(b"id", [b"1"], consistency_level=1)))
    assert statements.counts == counts(executed=1)


def test_the_statements_of_a_batch(statements, connection):
    entries = [
        (False, "INSERT INTO t (id) VALUES (%s)", [b"1", None]),
        (True, b"id", [b"22", b"333"]),
        (False, "DELETE FROM t", []),
    ]
    connection.sent(frame(BatchMessage(BatchType.LOGGED, entries, 1)))
    assert statements.counts == counts(parsed=2, executed=3)


@pytest.mark.parametrize(
    "text", ["SELECT * FROM system.local", "select key from system_schema.tables", 'USE "jukebox"', "use jukebox"]
)
def test_what_the_driver_asks_for_itself_is_left_out(statements, connection, text):
    connection.sent(frame(query(text)) + frame(PrepareMessage(text)))
    connection.received(ROWS)
    assert statements.counts == counts(parsed=0, executed=0)


def test_a_table_that_only_sounds_like_the_servers_counts(statements, connection):
    connection.sent(frame(query("SELECT system FROM systems WHERE use = 'system.local'")))
    assert statements.counts == counts(parsed=1, executed=1)


@pytest.mark.parametrize("prepared", [True, False])
def test_later_pages_are_not_executed_anew(statements, connection, prepared):
    for state in (None, b"where it was"):
        page = {"consistency_level": 1, "fetch_size": 2, "paging_state": state}
        message = ExecuteMessage(b"id", [b"1"], **page) if prepared else QueryMessage("SELECT * FROM t", **page)
        connection.sent(frame(message))
        connection.received(ROWS)
    assert statements.counts == counts(parsed=0 if prepared else 2, executed=1, pages=2)


def test_pages_are_answers_with_rows_that_somebody_waits_for(statements, connection):
    connection.received(ROWS)
    for answer in (ROWS, VOID):
        connection.sent(frame(query("SELECT * FROM t")))
        connection.received(answer)
    assert statements.counts == counts(parsed=2, executed=2, pages=1)


def test_frames_come_in_pieces_and_compressed(statements, connection):
    text = "SELECT * FROM t WHERE name = '" + "x" * 1000 + "'"
    data = frame(query(text), compressor=compress) + frame(PrepareMessage(text), compressor=compress)
    assert data[1] == 1 and len(data) < len(text)
    for byte in data:
        connection.sent(bytes([byte]))
    assert statements.counts == counts(parsed=2, prepared=1, executed=1)


def test_another_version_of_the_protocol_is_not_read(statements, connection):
    connection.sent(frame(query("SELECT * FROM t"), version=5))
    assert statements.counts == counts()


def test_a_relay_shows_its_watcher_what_passes_both_ways():
    class Watcher:
        seen = []

        def sent(self, data):
            self.seen.append(("sent", data))

        def received(self, data):
            self.seen.append(("received", data))

    with socket.create_server(("127.0.0.1", 0)) as server, Wire(*server.getsockname(), watch=Watcher) as wire:
        with socket.create_connection((wire.host, wire.port)) as app:
            end, _ = server.accept()
            with end:
                app.sendall(b"ping")
                end.recv(4)
                end.sendall(b"pong")
                app.recv(4)
    assert Watcher.seen == [("sent", b"ping"), ("received", b"pong")]


def test_the_relay_and_the_sandbox_count_the_same():
    database = databases.cassandra("counted_twice")
    statements = Statements()
    with Wire(database.host, database.port, watch=statements.connection) as wire:
        before = dict(statements.counts)
        with database.counting() as counted, database.through(wire).connect() as session:
            session.execute("CREATE TABLE t (id int PRIMARY KEY, name text)")
            for number in range(3):
                session.execute("INSERT INTO t (id, name) VALUES (%s, %s)", (number, "x" * 1000))
            for number in range(3):
                session.execute(session.prepare("SELECT * FROM t WHERE id = ?"), [number])
            everything = session.prepare("SELECT * FROM t")
            everything.fetch_size = 2
            assert len(list(session.execute(everything))) == 3
            batch = BatchStatement()
            batch.add("INSERT INTO t (id, name) VALUES (%s, 'a')", (7,))
            batch.add(session.prepare("INSERT INTO t (id, name) VALUES (?, ?)"), (8, "b"))
            session.execute(batch)
        assert counted == {name: statements.counts[name] - before[name] for name in before}
        assert counted == {"parsed": 8, "prepared": 5, "executed": 10, "pages": 5}
