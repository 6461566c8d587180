import contextlib
import gc
import sqlite3
import sys
import threading
import types
from sqlite3 import connect as imported

import pytest
from flask import Flask

from told import told
from workbook import Recorder


@pytest.fixture
def recorder():
    with Recorder(Flask("watched")) as recorder:
        yield recorder


def told_after(recorder, opened):
    """What was told since connection 1 was opened."""
    lines = told(recorder.events)
    assert lines[0] == "open sqlite 1"
    return [line.replace(" sqlite 1", "") for line in lines[1:]]


@pytest.mark.parametrize(
    "statement",
    [
        lambda conn: conn.execute("SELECT 1"),
        lambda conn: conn.executemany("INSERT INTO t VALUES (?)", [(1,), (2,)]),
        lambda conn: conn.executescript("SELECT 1; SELECT 2;"),
        lambda conn: conn.cursor().execute("SELECT ?", [1]),
        lambda conn: conn.cursor().executemany("INSERT INTO t VALUES (?)", iter([(1,), (2,)])),
        lambda conn: conn.cursor().executescript("SELECT 1; SELECT 2;"),
        lambda conn: conn.cursor(factory=type("Own", (sqlite3.Cursor,), {})).execute("SELECT 1"),
    ],
)
def test_a_statement_is_a_use(recorder, statement):
    conn = sqlite3.connect(":memory:")
    conn.execute("CREATE TABLE t (n)")
    statement(conn)
    conn.close()
    conn.close()
    assert told_after(recorder, conn) == ["use", "use", "close"]


def test_a_connection_is_what_it_was_for_its_app(recorder):
    with contextlib.closing(sqlite3.connect(":memory:")) as conn:
        assert isinstance(conn, sqlite3.Connection)
        assert (type(conn).__name__, type(conn).__module__) == ("Connection", "sqlite3")
        conn.row_factory = sqlite3.Row
        with conn:
            conn.execute("CREATE TABLE t (n UNIQUE)")
            conn.execute("INSERT INTO t VALUES (1)")
        with pytest.raises(sqlite3.IntegrityError), conn:
            conn.execute("INSERT INTO t VALUES (2)")
            conn.execute("INSERT INTO t VALUES (1)")
        cursor = conn.cursor()
        assert isinstance(cursor, sqlite3.Cursor) and cursor.connection is conn
        assert [dict(row) for row in cursor.execute("SELECT n FROM t")] == [{"n": 1}]
        assert 'INSERT INTO "t" VALUES(1);' in list(conn.iterdump())
        copy = sqlite3.connect(":memory:")
        conn.backup(copy)
        assert copy.execute("SELECT n FROM t").fetchall() == [(1,)]
        with pytest.raises(TypeError, match="factory must return a cursor"):
            conn.cursor(lambda conn: None)
        with pytest.raises(TypeError):
            conn.execute()
        with pytest.raises(sqlite3.OperationalError, match="syntax"):
            conn.execute("nonsense")
    with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
        conn.execute("SELECT 1")
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        sqlite3.connect("/no such folder/no such file")
    assert told(recorder.events)[-1] == "held sqlite 2"


def test_transactions_are_as_they_were(recorder):
    explicit = sqlite3.connect(":memory:", isolation_level=None)
    explicit.execute("CREATE TABLE t (n)")
    explicit.execute("INSERT INTO t VALUES (1)")
    assert not explicit.in_transaction
    implicit = sqlite3.connect(":memory:")
    implicit.execute("CREATE TABLE t (n)")
    implicit.execute("INSERT INTO t VALUES (1)")
    assert implicit.in_transaction
    if sys.version_info >= (3, 12):
        assert sqlite3.connect(":memory:", autocommit=False).in_transaction


class Own(sqlite3.Connection):
    """An app's own class, in whose terms one statement is another."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.execute("PRAGMA foreign_keys = ON")

    def execute(self, *args):
        return self.cursor().execute(*args)


@pytest.mark.filterwarnings("ignore:Passing more than 1 positional argument:DeprecationWarning")
@pytest.mark.parametrize(
    "connect",
    [lambda: sqlite3.connect(":memory:", factory=Own), lambda: sqlite3.connect(":memory:", 5, 0, "", True, Own)],
)
def test_an_app_s_own_class_is_kept_and_its_statement_counts_once(recorder, connect):
    conn = connect()
    assert isinstance(conn, Own)
    assert conn.execute("PRAGMA foreign_keys").fetchone() == (1,)
    conn.close()
    assert told_after(recorder, conn) == ["use", "close"]


def test_a_factory_that_is_no_class_is_let_alone(recorder):
    conn = sqlite3.connect(":memory:", factory=lambda *args, **kwargs: sqlite3.Connection(*args, **kwargs))
    assert type(conn) is sqlite3.Connection
    assert told(recorder.events) == []


def test_what_is_refused_is_no_use(recorder):
    conn, refused = sqlite3.connect(":memory:"), []

    def elsewhere():
        for method in (conn.close, lambda: conn.execute("SELECT 1")):
            try:
                method()
            except sqlite3.ProgrammingError as error:
                refused.append(str(error)[:22])

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert refused == ["SQLite objects created"] * 2
    assert told(recorder.events) == ["open sqlite 1", "held sqlite 1"]


def test_the_function_is_found_wherever_it_was_imported():
    module = types.ModuleType("of_an_app")
    module.open_database = original = sqlite3.connect
    sys.modules["of_an_app"] = module
    try:
        with Recorder(Flask("watched")) as recorder:
            module.open_database(":memory:").close()
            imported(":memory:").close()
        assert told(recorder.events) == ["open sqlite 1", "close sqlite 1", "open sqlite 2", "close sqlite 2"]
    finally:
        del sys.modules["of_an_app"]
    assert module.open_database is imported is sqlite3.connect is original


def test_afterwards_a_connection_tells_nothing():
    with Recorder(Flask("watched")) as recorder:
        conn = sqlite3.connect(":memory:")
    conn.execute("SELECT 1")
    conn.close()
    assert told(recorder.events) == ["open sqlite 1"]


def test_what_nobody_closes_is_not_closed(recorder):
    conn = sqlite3.connect(":memory:")
    conn.itself = conn  # for the collector alone to find
    del conn
    gc.collect()
    assert told(recorder.events) == ["open sqlite 1"]
