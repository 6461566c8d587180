import pytest
from flask import Flask
from rethinkdb import r
from rethinkdb.errors import ReqlDriverError

from told import told
from workbook import Recorder, Wire, databases


@pytest.fixture(scope="module")
def database():
    return databases.rethinkdb("watched")


@pytest.fixture
def recorder():
    with Recorder(Flask("watched")) as recorder:
        yield recorder


def test_a_query_is_a_use_and_a_goodbye_is_none(database, recorder):
    with database.connect() as conn:
        assert r.expr(1).run(conn) == 1
        assert list(r.range(3).run(conn)) == [0, 1, 2]
    unused = database.connect()
    unused.close()
    unused.close()
    assert told(recorder.events) == [
        "open rethinkdb 1",
        "use rethinkdb 1",
        "use rethinkdb 1",
        "close rethinkdb 1",
        "open rethinkdb 2",
        "close rethinkdb 2",
    ]


def test_the_batches_of_a_cursor_are_no_uses(database, recorder):
    with database.connect() as conn:
        assert len(list(r.range(100).run(conn, max_batch_rows=10))) == 100
    assert told(recorder.events) == ["open rethinkdb 1", "use rethinkdb 1", "close rethinkdb 1"]


def test_a_query_that_fails_leaves_the_connection_open(database, recorder):
    with database.connect() as conn:
        with pytest.raises(Exception, match="no such table"):
            r.table("no such table").run(conn)
        assert told(recorder.events) == ["open rethinkdb 1", "use rethinkdb 1", "held rethinkdb 1"]


def test_a_connection_is_cut_where_somebody_notices(database, recorder):
    with Wire(database.host, database.port) as wire:
        conn = database.through(wire).connect()
        cursor = r.range(10_000).run(conn, max_batch_rows=10)
        wire.cut()
        assert told(recorder.events)[-1] == "held rethinkdb 1"  # nobody knows of it so far
        with pytest.raises(ReqlDriverError):
            list(cursor)
        with pytest.raises(ReqlDriverError):
            r.expr(1).run(conn)
        with pytest.raises(ReqlDriverError):
            conn.close()
    assert told(recorder.events) == ["open rethinkdb 1", "use rethinkdb 1", "close rethinkdb 1, cut"]


def test_a_goodbye_on_a_cut_connection_tells_of_it(database, recorder):
    with Wire(database.host, database.port) as wire:
        conn = database.through(wire).connect()
        wire.cut()
        with pytest.raises(ReqlDriverError):
            conn.close()
    assert told(recorder.events) == ["open rethinkdb 1", "close rethinkdb 1, cut, ReqlDriverError"]


def test_what_cannot_be_opened_is_not(recorder):
    with Wire("127.0.0.1", 1) as nowhere, pytest.raises(ReqlDriverError):
        r.connect(host=nowhere.host, port=nowhere.port)
    assert told(recorder.events) == []
