"""The real driver and the protocol: connecting, prepared statements, pages, batches, events, counts."""

import struct
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from cassandra import AlreadyExists, ConsistencyLevel, InvalidRequest, Unauthorized, Unavailable
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import Cluster, NoHostAvailable
from cassandra.concurrent import execute_concurrent_with_args
from cassandra.protocol import ConfigurationException, SyntaxException
from cassandra.query import BatchStatement, BatchType, SimpleStatement
from cql_server import (
    ERROR,
    EVENT,
    EXECUTE,
    HELLO,
    OPTIONS,
    PREPARE,
    QUERY,
    READY,
    RESULT,
    SIMPLE,
    STARTUP,
    Wire,
    connect,
    counters,
    long_string,
    new_keyspace,
    pages,
    short_string,
    start,
)

from sandboxes.cassandra.engine import Engine, Request
from sandboxes.cassandra.system import put

REACTORS = ["asyncio.AsyncioConnection", "libev.LibevConnection"]
if sys.version_info < (3, 12):
    REACTORS.append("asyncore.AsyncoreConnection")


def until(condition, seconds=5):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


# Connecting


def test_a_cluster_with_default_settings_finds_the_version_and_compresses(server):
    with Cluster(["127.0.0.1"], port=server.port) as cluster:
        session = cluster.connect()
        assert cluster.protocol_version == 4
        assert session.execute("SELECT key, data_center FROM system.local").one() == ("local", "datacenter1")
        connection = cluster.get_control_connection_host()
        assert connection.release_version.startswith("5.0")
        assert [pool._connection.compressor is not None for pool in session.get_pools()] == [True]
        assert {"system", "system_schema", "sandbox"} <= set(cluster.metadata.keyspaces)
        assert cluster.metadata.keyspaces["sandbox"].virtual


@pytest.mark.parametrize("compression", [False, True, "lz4"])
def test_compression_is_the_clients_choice(server, compression):
    session = connect(server.port, compression=compression)
    name = new_keyspace(session)
    session.execute("CREATE TABLE t (id int PRIMARY KEY, v text)")
    insert = session.prepare("INSERT INTO t (id, v) VALUES (?, ?)")
    text = "abc" * 100_000
    session.execute(insert, (1, text))
    assert session.execute("SELECT v FROM t").one() == (text,)
    session.execute(f"DROP KEYSPACE {name}")
    session.cluster.shutdown()


@pytest.mark.parametrize("reactor", REACTORS)
def test_the_reactors_of_the_driver(server, reactor):
    module, name = reactor.split(".")
    program = f"""
from cassandra.cluster import Cluster
from cassandra.io.{module}reactor import {name}
with Cluster(["127.0.0.1"], port={server.port}, connection_class={name}) as cluster:
    session = cluster.connect()
    prepared = session.prepare("SELECT key FROM system.local WHERE key = ?")
    assert [session.execute(prepared, ["local"]).one().key for _ in range(20)] == ["local"] * 20
print("done")
"""
    command = [sys.executable, "-W", "ignore", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert (done.stdout, done.returncode) == ("done\n", 0), done.stderr


def test_a_password_is_asked_for_when_there_is_one():
    server = start("--user", "ann", "--password", "secret")
    try:
        session = connect(server.port, auth_provider=PlainTextAuthProvider("ann", "secret"))
        assert session.execute("SELECT key FROM system.local").one() == ("local",)
        session.cluster.shutdown()
        for login in (None, PlainTextAuthProvider("ann", "wrong"), PlainTextAuthProvider("bob", "secret")):
            with pytest.raises(NoHostAvailable, match="Bad credentials|requires authentication"):
                connect(server.port, auth_provider=login)
        wire = Wire(server.port, hello=False)
        assert wire.ask(STARTUP, HELLO)[0] == 3
        assert wire.code(QUERY, long_string("SELECT key FROM system.local") + b"\0\1\0") == 0x000A
        wire.close()
    finally:
        server.stop()


def test_a_login_does_no_harm_where_none_is_needed(server):
    session = connect(server.port, auth_provider=PlainTextAuthProvider("ann", "secret"))
    assert session.execute("SELECT key FROM system.local").one() == ("local",)
    session.cluster.shutdown()


# Frames


@pytest.mark.parametrize("version", [1, 2, 3, 5, 6, 65, 66, 127])
def test_other_versions_are_refused_in_words_that_drivers_know(server, version):
    wire = Wire(server.port, hello=False)
    opcode, body = wire.ask(OPTIONS, version=version)
    assert (opcode, body[:4]) == (ERROR, b"\0\0\0\x0a")
    assert f"unsupported protocol version ({version}); supported versions are (4/v4)".encode() in body
    with pytest.raises(EOFError):
        wire.receive()
    wire.close()


def test_options_are_told_before_and_after_startup(wire):
    for one in (wire(hello=False), wire()):
        opcode, body = one.ask(OPTIONS)
        assert opcode == 6
        assert b"lz4" in body


def test_a_connection_lives_on_after_an_error(wire):
    wire = wire()
    assert wire.code(0x55) == 0x000A
    assert wire.code(QUERY, b"") == 0x000A
    assert wire.code(QUERY, long_string("SELECT") + b"\0\1") == 0x0000
    assert wire.code(QUERY, long_string("SELECT") + b"\0\1\0") == 0x2000
    assert wire.code(QUERY, long_string("SELECT key FROM system.local") + b"\0\x63\0") == 0x000A
    assert wire.code(EXECUTE, short_string("no such id") + b"\0\1\0") == 0x2500
    assert wire.code(QUERY, long_string("SELECT key FROM system.local") + b"\0\1\0", flags=2) == 0x2200
    assert wire.query("SELECT key FROM system.local")[0] == RESULT


def test_a_frame_that_is_too_large_ends_the_connection(wire):
    wire = wire()
    wire.sock.sendall(struct.pack(">BBhBi", 4, 0, 1, QUERY, 17 * 2**20))
    assert wire.receive()[0] == ERROR
    with pytest.raises(EOFError):
        wire.receive()


def test_frames_may_come_in_pieces_and_several_at_once(wire):
    wire = wire()
    body = long_string("SELECT key FROM system.local") + b"\0\1\0"
    frames = b"".join(struct.pack(">BBhBi", 4, 0, i, QUERY, len(body)) + body for i in range(10))
    for i in range(0, len(frames), 7):
        wire.sock.sendall(frames[i : i + 7])
    streams = []
    for _ in range(10):
        assert wire.receive()[0] == RESULT
        streams.append(wire.stream)
    assert streams == list(range(10))


def test_metadata_can_be_left_out(wire):
    wire = wire()
    _opcode, body = wire.query("SELECT key FROM system.local", b"\0\1\2")
    assert body == struct.pack(">iiiii", 2, 5, 1, 1, 5) + b"local"


def test_values_may_have_names(wire):
    wire = wire()
    values = b"\0\1\x41" + struct.pack(">H", 1) + short_string("k") + long_string("local")
    assert wire.query("SELECT rack FROM system.local WHERE key = :k", values)[1].endswith(b"rack1")
    assert wire.query("SELECT rack FROM system.local WHERE key = :other", values)[0] == ERROR


# Errors


@pytest.mark.parametrize(
    ("cql", "error"),
    [
        ("SELEC", SyntaxException),
        ("SELECT * FROM nowhere", InvalidRequest),
        ("CREATE TABLE t (id int PRIMARY KEY)", AlreadyExists),
        ("CREATE KEYSPACE x WITH replication = {'class': 'NoStrategy'}", ConfigurationException),
        ("DROP TABLE system.local", Unauthorized),
        ("SELECT * FROM t WHERE v = 1", InvalidRequest),
    ],
)
def test_errors_have_the_classes_of_cassandra(session, cql, error):
    session.execute("CREATE TABLE t (id int PRIMARY KEY, v int)")
    with pytest.raises(error) as caught:
        session.execute(cql)
    assert "[sandbox]" not in str(caught.value)


@pytest.mark.parametrize(
    ("cql", "name"),
    [
        ("CREATE TABLE x (id int PRIMARY KEY, d duration)", "duration"),
        ("CREATE TABLE x (id int, c int, s int static, PRIMARY KEY (id, c))", "STATIC"),
        ("CREATE MATERIALIZED VIEW v AS SELECT * FROM t WHERE id IS NOT NULL PRIMARY KEY (id)", "MATERIALIZED VIEW"),
        ("SELECT blobAsInt(0x00000001) FROM t", "blobasint"),
        ("CREATE TYPE address (street text)", "CREATE TYPE"),
        ("CREATE TABLE x (id int PRIMARY KEY, d ks.address)", "user-defined type ks.address"),
        ("INSERT INTO t (id, v) VALUES (1, {street: 'x'})", "literal of a user-defined type"),
        ("SELECT id FROM t GROUP BY id", "GROUP BY"),
        ("SELECT CAST(id AS text) FROM t", "CAST"),
        ("INSERT INTO sandbox.counters (name, value) VALUES ('parsed', 0)", "a write to a table of sandbox"),
        ("UPDATE system.local SET rack = 'mine' WHERE key = 'local'", "a write to a table of system"),
        ("TRUNCATE system.peers", "a write to a table of system"),
        ("SELECT id + 1 FROM t", "arithmetic"),
        ("SELECT -id FROM t", "arithmetic"),
        ("SELECT id FROM t WHERE id = 5 - 4", "arithmetic"),
        ("INSERT INTO t (id) VALUES (-(4))", "arithmetic"),
        ("INSERT INTO t (id) VALUES (CAST('1' AS int))", "CAST"),
        ("DESCRIBE TABLE t WITH INTERNALS", "WITH INTERNALS"),
        ("GRANT SELECT ON t TO ann", "GRANT"),
        ("BEGIN COUNTER BATCH APPLY BATCH", "counter batch"),
        ("ALTER TABLE t RENAME id TO key", "RENAME"),
    ],
)
def test_what_is_not_supported_is_named(session, cql, name):
    session.execute("CREATE TABLE t (id int PRIMARY KEY, v int)")
    with pytest.raises(InvalidRequest) as caught:
        session.execute(cql)
    assert 'message="[sandbox] ' in str(caught.value)
    assert name in str(caught.value)


def test_one_node_cannot_promise_more_than_it_is(session):
    session.execute("CREATE TABLE t (id int PRIMARY KEY)")
    for level in ("ONE", "QUORUM", "ALL", "LOCAL_QUORUM"):
        session.execute(SimpleStatement("SELECT * FROM t", consistency_level=getattr(ConsistencyLevel, level)))
    with pytest.raises(NoHostAvailable) as caught:
        session.execute(SimpleStatement("SELECT * FROM t", consistency_level=ConsistencyLevel.TWO))
    (error,) = caught.value.errors.values()
    assert isinstance(error, Unavailable)
    assert (error.required_replicas, error.alive_replicas) == (2, 1)


# Prepared statements


def test_a_prepared_statement_knows_its_markers_and_its_key(session):
    keyspace = session.keyspace
    session.execute("CREATE TABLE t (a int, b text, c int, v text, PRIMARY KEY ((a, b), c))")
    insert = session.prepare("INSERT INTO t (v, c, b, a) VALUES (?, ?, ?, ?)")
    assert [(c.keyspace_name, c.table_name, c.name) for c in insert.column_metadata] == [
        (keyspace, "t", name) for name in "vcba"
    ]
    assert insert.routing_key_indexes == [3, 2]
    bound = insert.bind(("v", 1, "b", 7))
    assert bound.routing_key == b"\0\4\0\0\0\7\0\0\1b\0"
    select = session.prepare("SELECT v FROM t WHERE a = ? AND b = :b")
    assert [c.name for c in select.column_metadata] == ["a", "b"]
    session.execute(insert, {"a": 7, "b": "b", "c": 1, "v": "x"})
    assert session.execute(select, (7, "b")).all() == [("x",)]


def test_a_missing_key_is_refused_when_it_is_prepared(session):
    session.execute("CREATE TABLE t (a int, b int, v int, PRIMARY KEY (a, b))")
    for cql in (
        "INSERT INTO t (a, v) VALUES (?, ?)",
        "UPDATE t SET v = ? WHERE b = ?",
        "SELECT * FROM t WHERE v = ?",
    ):
        with pytest.raises(InvalidRequest):
            session.prepare(cql)


@pytest.mark.parametrize("change", ["ALTER TABLE t ADD w int", "DROP TABLE t", "DROP KEYSPACE {keyspace}"])
def test_what_was_prepared_is_forgotten_when_its_table_changes(session, wire, change):
    keyspace = session.keyspace
    session.execute("CREATE TABLE t (id int PRIMARY KEY, v text)")
    session.execute("CREATE TABLE other (id int PRIMARY KEY)")
    wire = wire()
    keys = []
    for table in ("t", "other"):
        _, body = wire.ask(PREPARE, long_string(f"SELECT * FROM {keyspace}.{table}"))
        keys.append(body[4:22])
    assert [wire.code(EXECUTE, key + b"\0\1\0") for key in keys] == [None, None]
    session.execute(change.format(keyspace=keyspace))
    gone = 0x2500 if "KEYSPACE" in change else None
    assert [wire.code(EXECUTE, key + b"\0\1\0") for key in keys] == [0x2500, gone]
    if "KEYSPACE" in change:
        session.execute(f"CREATE KEYSPACE {keyspace} WITH replication = {SIMPLE}")


def test_the_driver_prepares_again_what_was_forgotten(session):
    session.execute("CREATE TABLE t (id int PRIMARY KEY, v text)")
    session.execute("INSERT INTO t (id, v) VALUES (1, 'a')")
    select = session.prepare("SELECT * FROM t WHERE id = ?")
    assert session.execute(select, [1]).one() == (1, "a")
    before = counters(session)["prepared"]
    session.execute("ALTER TABLE t ADD b int")
    assert session.execute(select, [1]).one() == (1, None, "a")
    assert session.execute(select, [1]).one() == (1, None, "a")
    assert counters(session)["prepared"] - before == 1


def test_definitions_can_be_prepared(session):
    keyspace = session.keyspace
    create = session.prepare(f"CREATE TABLE IF NOT EXISTS {keyspace}.t (id int PRIMARY KEY)")
    drop = session.prepare(f"DROP TABLE IF EXISTS {keyspace}.t")
    for _ in range(2):
        session.execute(create)
        session.execute(create)
        session.execute(f"INSERT INTO {keyspace}.t (id) VALUES (1)")
        session.execute(drop)
        session.execute(drop)
    with pytest.raises(InvalidRequest):
        session.execute(f"SELECT * FROM {keyspace}.t")


# Pages


@pytest.fixture
def hundred(session):
    """A session with the table t: one partition of 100 rows."""
    session.execute("CREATE TABLE t (p int, c int, v text, PRIMARY KEY (p, c))")
    insert = session.prepare("INSERT INTO t (p, c, v) VALUES (1, ?, 'x')")
    execute_concurrent_with_args(session, insert, [(i,) for i in range(100)])
    return session


@pytest.mark.parametrize(("size", "sizes"), [(30, [30, 30, 30, 10]), (50, [50, 50, 0]), (100, [100, 0]), (101, [100])])
def test_a_full_last_page_is_followed_by_an_empty_one(hundred, size, sizes):
    for cql in ("SELECT c FROM t", "SELECT c FROM t WHERE p = 1"):
        found = pages(hundred, SimpleStatement(cql, fetch_size=size))
        assert [len(page) for page in found] == sizes
        assert [row[0] for page in found for row in page] == list(range(100))


def test_a_limit_ends_the_pages(hundred):
    found = pages(hundred, SimpleStatement("SELECT c FROM t LIMIT 60", fetch_size=30))
    assert [len(page) for page in found] == [30, 30]
    backwards = SimpleStatement("SELECT c FROM t WHERE p = 1 ORDER BY c DESC LIMIT 50", fetch_size=20)
    assert [row[0] for page in pages(hundred, backwards) for row in page] == list(range(99, 49, -1))


def test_rows_that_come_and_go_between_pages_do_not_shift_the_others(hundred):
    result = hundred.execute(SimpleStatement("SELECT c FROM t WHERE p = 1", fetch_size=10))
    seen = [row[0] for row in result.current_rows]
    hundred.execute("DELETE FROM t WHERE p = 1 AND c < 5")
    hundred.execute("DELETE FROM t WHERE p = 1 AND c = 10")
    hundred.execute("INSERT INTO t (p, c) VALUES (1, -1)")
    hundred.execute("INSERT INTO t (p, c) VALUES (1, 1000)")
    while result.has_more_pages:
        result.fetch_next_page()
        seen += [row[0] for row in result.current_rows]
    assert seen == [*range(10), *range(11, 100), 1000]


def test_a_page_can_be_asked_for_later_by_another_session(hundred, server):
    first = hundred.execute(SimpleStatement("SELECT c FROM t", fetch_size=40))
    other = connect(server.port, hundred.keyspace)
    second = other.execute(SimpleStatement("SELECT c FROM t", fetch_size=40), paging_state=first.paging_state)
    assert [row[0] for row in second.current_rows] == list(range(40, 80))
    other.cluster.shutdown()


# Batches


@pytest.mark.parametrize("kind", [BatchType.LOGGED, BatchType.UNLOGGED])
def test_a_batch_of_all_kinds_of_statements(session, kind):
    session.execute("CREATE TABLE t (id int PRIMARY KEY, v text)")
    session.execute("INSERT INTO t (id, v) VALUES (3, 'old')")
    batch = BatchStatement(kind)
    batch.add(session.prepare("INSERT INTO t (id, v) VALUES (?, ?)"), (1, "a"))
    batch.add("INSERT INTO t (id, v) VALUES (2, 'b')")
    batch.add(SimpleStatement("DELETE FROM t WHERE id = %s"), (3,))
    session.execute(batch)
    assert sorted(session.execute("SELECT * FROM t")) == [(1, "a"), (2, "b")]


def test_a_batch_with_one_mistake_changes_nothing(session):
    session.execute("CREATE TABLE t (id int PRIMARY KEY, v text, l list<int>)")
    insert = session.prepare("INSERT INTO t (id, v) VALUES (?, ?)")
    batch = BatchStatement()
    batch.add(insert, (1, "a"))
    batch.add("UPDATE t SET l[3] = 1 WHERE id = 1")
    with pytest.raises(InvalidRequest):
        session.execute(batch)
    assert session.execute("SELECT * FROM t").all() == []


def test_a_batch_with_conditions_is_all_or_nothing(session):
    session.execute("CREATE TABLE t (p int, c int, v int, PRIMARY KEY (p, c))")
    session.execute("INSERT INTO t (p, c, v) VALUES (1, 1, 1)")
    for expected, applied in ((2, False), (1, True)):
        batch = BatchStatement()
        batch.add(f"UPDATE t SET v = 5 WHERE p = 1 AND c = 1 IF v = {expected}")
        batch.add("INSERT INTO t (p, c, v) VALUES (1, 2, 2) IF NOT EXISTS")
        assert session.execute(batch).was_applied is applied
        assert session.execute("SELECT v FROM t").all() == ([(5,), (2,)] if applied else [(1,)])


def test_a_batch_cannot_want_a_row_to_be_there_and_not(session):
    session.execute("CREATE TABLE t (p int, c int, v int, PRIMARY KEY (p, c))")
    batch = BatchStatement()
    batch.add("UPDATE t SET v = 5 WHERE p = 1 AND c = 1 IF EXISTS")
    batch.add("INSERT INTO t (p, c, v) VALUES (1, 1, 2) IF NOT EXISTS")
    with pytest.raises(InvalidRequest, match="Cannot mix"):
        session.execute(batch)


def test_large_batches_are_warned_of_and_refused(session):
    session.execute("CREATE TABLE t (id int PRIMARY KEY, v text)")
    insert = session.prepare("INSERT INTO t (id, v) VALUES (?, ?)")
    for size, warned in ((100, 0), (3000, 1)):
        batch = BatchStatement()
        for i in range(2):
            batch.add(insert, (i, "x" * size))
        future = session.execute_async(batch)
        future.result()
        assert len(future.warnings or []) == warned
    batch = BatchStatement()
    for i in range(2):
        batch.add(insert, (i, "x" * 30_000))
    with pytest.raises(InvalidRequest, match="Batch too large"):
        session.execute(batch)


# Events and schema


def test_everyone_who_registered_hears_of_schema_changes(session, wire):
    keyspace, listener, other = session.keyspace, wire(), wire()
    assert listener.ask(11, struct.pack(">H", 1) + short_string("SCHEMA_CHANGE"))[0] == READY
    changes = [
        ("CREATE TABLE t (id int PRIMARY KEY)", "CREATED", "t"),
        ("ALTER TABLE t ADD v int", "UPDATED", "t"),
        ("CREATE INDEX ON t (v)", "UPDATED", "t"),
        ("DROP TABLE t", "DROPPED", "t"),
    ]
    for cql, change, name in changes:
        session.execute(cql)
        opcode, body = listener.receive()
        assert (opcode, listener.stream) == (EVENT, -1)
        words = ["SCHEMA_CHANGE", change, "TABLE", keyspace, name]
        assert body == b"".join(map(short_string, words))
    session.execute("CREATE TABLE IF NOT EXISTS u (id int PRIMARY KEY)")
    session.execute("CREATE TABLE IF NOT EXISTS u (id int PRIMARY KEY)")
    assert b"CREATED" in listener.receive()[1]
    assert other.query("SELECT key FROM system.local")[0] == RESULT
    assert listener.query("SELECT key FROM system.local")[0] == RESULT


def test_the_driver_knows_the_schema_at_once_and_of_other_clients_soon(server, session):
    keyspace = session.keyspace
    with Cluster(["127.0.0.1"], port=server.port, protocol_version=4, schema_event_refresh_window=0) as cluster:
        other = cluster.connect(keyspace)
        other.execute("CREATE TABLE t (a int, b text, c int, PRIMARY KEY (a, b)) WITH CLUSTERING ORDER BY (b DESC)")
        table = cluster.metadata.keyspaces[keyspace].tables["t"]
        assert [column.name for column in table.primary_key] == ["a", "b"]
        assert "CLUSTERING ORDER BY (b DESC)" in table.as_cql_query()
        session.execute("CREATE INDEX by_c ON t (c)")
        until(lambda: "by_c" in cluster.metadata.keyspaces[keyspace].tables["t"].indexes)
        session.execute("DROP TABLE t")
        until(lambda: "t" not in cluster.metadata.keyspaces[keyspace].tables)


def test_a_change_of_one_keyspace_leaves_what_the_system_tables_say_of_others(monkeypatch):
    engine, rows = Engine("127.0.0.1", 9042, 1), []

    def run(text):
        return engine.run(engine.read(text, None), Request(), SimpleNamespace(keyspace=None))

    for name in ("many", "few"):
        run(f"CREATE KEYSPACE {name} WITH replication = {SIMPLE}")
    for n in range(20):
        run(f"CREATE TABLE many.t{n} (k int PRIMARY KEY, v int)")
    columns = "SELECT column_name FROM system_schema.columns WHERE keyspace_name = "
    assert len(run(columns + "'many'").rows) == 40
    monkeypatch.setattr("sandboxes.cassandra.system.put", lambda table, **fields: rows.append(put(table, **fields)))
    run("CREATE TABLE few.t (k int PRIMARY KEY)")
    assert rows == []  # not before they are read
    assert len(run(columns + "'many'").rows) == 40
    assert len(rows) < 10
    assert len(run(columns + "'few'").rows) == 1
    run("DROP KEYSPACE many")
    assert run(columns + "'many'").rows == []


def test_every_change_of_the_schema_has_a_version_of_its_own(session):
    versions = set()
    for cql in ("CREATE TABLE t (id int PRIMARY KEY)", "ALTER TABLE t ADD v int", "CREATE INDEX ON t (v)"):
        versions |= {session.execute("SELECT schema_version FROM system.local").one()[0]}
        session.execute(cql)
    versions |= {session.execute("SELECT schema_version FROM system.local").one()[0]}
    assert len(versions) == 4


def test_what_cassandra_writes_of_a_table_makes_the_table_again(server, session):
    session.execute(
        'CREATE TABLE t (a int, b text, c timestamp, m map<text, frozen<list<int>>>, "Odd" decimal, '
        "PRIMARY KEY ((a, b), c)) "
        "WITH CLUSTERING ORDER BY (c DESC) AND comment = 'it''s' AND gc_grace_seconds = 5"
    )
    with Cluster(["127.0.0.1"], port=server.port, protocol_version=4) as cluster:
        other = cluster.connect(session.keyspace)
        text = cluster.metadata.keyspaces[session.keyspace].tables["t"].as_cql_query(formatted=True)
        other.execute("DROP TABLE t")
        other.execute(text)
        assert cluster.metadata.keyspaces[session.keyspace].tables["t"].as_cql_query(formatted=True) == text


# Counts


def counted(session, before):
    """What has changed in the counts."""
    after = counters(session)
    return {name: after[name] - number for name, number in before.items() if after[name] != number}


def test_statements_are_counted(session):
    session.execute("CREATE TABLE t (id int PRIMARY KEY, v text)")
    before = counters(session)
    assert counted(session, before) == {}
    session.execute("INSERT INTO t (id, v) VALUES (1, 'a')")
    assert counted(session, before) == {"parsed": 1, "executed": 1}
    select = session.prepare("SELECT v FROM t WHERE id = ?")
    assert counted(session, before) == {"parsed": 2, "executed": 1, "prepared": 1}
    for _ in range(5):
        session.execute(select, [1])
    assert counted(session, before) == {"parsed": 2, "executed": 6, "prepared": 1, "pages": 5}
    session.prepare("SELECT v FROM t WHERE id = ?")
    assert counted(session, before) == {"parsed": 2, "executed": 6, "prepared": 2, "pages": 5}


def test_pages_and_batches_are_counted(hundred):
    before = counters(hundred)
    pages(hundred, SimpleStatement("SELECT * FROM t", fetch_size=30))
    assert counted(hundred, before) == {"parsed": 4, "executed": 1, "pages": 4}
    before = counters(hundred)
    batch = BatchStatement()
    insert = hundred.prepare("INSERT INTO t (p, c) VALUES (?, ?)")
    for i in range(3):
        batch.add(insert, (2, i))
    batch.add("INSERT INTO t (p, c) VALUES (2, 3)")
    hundred.execute(batch)
    assert counted(hundred, before) == {"parsed": 2, "prepared": 1, "executed": 4}


def test_what_the_driver_asks_of_its_own_accord_is_not_counted(own_server):
    sessions = [connect(own_server.port) for _ in range(3)]
    with Cluster(["127.0.0.1"], port=own_server.port) as cluster:
        kept = cluster.connect("system")
        assert kept.execute("SELECT key FROM local").one().key == "local"
        assert counters(sessions[0]) == {
            "parsed": 0,
            "prepared": 0,
            "executed": 0,
            "pages": 0,
            "connections": 8,
            "connections_opened": 8,
        }
    until(lambda: counters(sessions[0])["connections"] == 6)
    sessions[2].cluster.shutdown()
    until(lambda: counters(sessions[0])["connections"] == 4)
    assert counters(sessions[0])["connections_opened"] == 8
    for session in sessions[:2]:
        session.cluster.shutdown()


def test_a_connection_that_is_cut_is_counted_down(own_server):
    session = connect(own_server.port)
    wire = Wire(own_server.port)
    wire.sock.sendall(b"\4\0ha")
    assert counters(session)["connections"] == 3
    wire.close()
    until(lambda: counters(session)["connections"] == 2)
    session.cluster.shutdown()


# Threads


def test_many_threads_share_a_session(session):
    session.execute("CREATE TABLE t (id int PRIMARY KEY, v int)")
    insert = session.prepare("INSERT INTO t (id, v) VALUES (?, ?)")
    done = execute_concurrent_with_args(session, insert, [(i, i * i) for i in range(2000)], concurrency=100)
    assert all(one.success for one in done)
    assert sorted(session.execute("SELECT * FROM t")) == [(i, i * i) for i in range(2000)]
