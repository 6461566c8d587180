"""Nothing that is sent to the server takes it down, stops it for long or fills its memory."""

import os
import random
import socket
import struct
import threading
import time

import lz4.block
import psutil
import pytest
from cassandra import ReadTimeout
from cassandra.query import SimpleStatement
from cql_server import (
    ERROR,
    EXECUTE,
    HELLO,
    PREPARE,
    QUERY,
    RESULT,
    SIMPLE,
    STARTUP,
    Wire,
    batch_of_one,
    connect,
    counters,
    fill,
    long_string,
    new_keyspace,
    short_string,
    start,
)

FUZZ = int(os.environ.get("SANDBOX_FUZZ", "1000"))
MB = 2**20


def memory(server):
    """Resident bytes of a server."""
    return psutil.Process(server.pid).memory_info().rss


def test_a_select_that_takes_too_long_is_stopped():
    server = start("--deadline", "0.001")
    session = connect(server.port)
    new_keyspace(session)
    session.execute("CREATE TABLE t (p int, c int, v int, PRIMARY KEY (p, c))")
    rows = [[struct.pack(">i", c)] for c in range(3000)]
    fill(server.port, f"INSERT INTO {session.keyspace}.t (p, c, v) VALUES (1, ?, 1)", rows)
    with pytest.raises(ReadTimeout):
        session.execute("SELECT c FROM t WHERE v = 2 ALLOW FILTERING")
    assert session.execute("SELECT c FROM t WHERE p = 1 AND c = 7").one() == (7,)
    session.cluster.shutdown()
    server.stop()


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM t WHERE id = " + "[" * 100_000,
        "INSERT INTO t (id) VALUES (" + "(" * 100_000,
        "CREATE TABLE t (id " + "list<" * 100_000,
        "SELECT " + "f(" * 100_000,
        "SELECT " + "a, " * 150_000,
        ";" * 1_000_000,
        "SELECT * FROM t " + "/*" * 500_000,
        "SELECT * FROM t " + "-" * 1_000_000,
        "SELECT * FROM t " + "//" * 500_000,
        "SELECT " + "'" * 999_999,
        "SELECT " + '"' * 999_999,
        "SELECT " + "$$$" * 333_333,
        "SELECT " + "1" * 1_000_000,
        "SELECT " + "1d" * 500_000,
        "SELECT " + "1d1" * 300_000,
        "SELECT " + "0x" + "f" * 1_000_000,
        "SELECT " + "abcdef01-" * 100_000,
        "SELECT * FROM t WHERE " + "(a, " * 100_000,
        "BEGIN BATCH " + "DELETE FROM t WHERE id = 1; " * 30_000,
        "BEGIN BATCH " + "BEGIN BATCH " * 10_000,
    ],
)
def test_texts_without_end_are_refused_at_once(wire, text):
    wire = wire()
    started = time.monotonic()
    assert wire.query(text)[0] == ERROR
    assert time.monotonic() - started < 5
    assert wire.query("SELECT key FROM system.local")[0] == RESULT


def test_a_product_of_many_values_is_refused(session, wire):
    session.execute("CREATE TABLE t (a int, b int, c int, PRIMARY KEY ((a, b), c))")
    many = ", ".join(map(str, range(1000)))
    opcode, body = wire().query(f"SELECT * FROM {session.keyspace}.t WHERE a IN ({many}) AND b IN ({many})")
    assert (opcode, b"[sandbox]" in body) == (ERROR, True)


@pytest.mark.parametrize(
    "body",
    [
        b"\x7f\xff\xff\xff",
        b"\x01\x00\x00\x00",
        b"",
        b"\0",
        struct.pack(">i", 100) + b"\xff" * 50,
        struct.pack(">i", 16 * MB) + lz4.block.compress(bytes(1000), store_size=False),
    ],
)
def test_what_does_not_decompress_is_refused(server, body):
    wire = Wire(server.port, hello=False)
    hello = struct.pack(">H", 2) + HELLO[2:] + short_string("COMPRESSION") + short_string("lz4")
    assert wire.ask(STARTUP, hello)[0] == 2
    assert wire.code(QUERY, body, flags=1) == 0x000A
    assert wire.query("SELECT key FROM system.local")[0] == RESULT
    wire.close()


def test_only_so_many_statements_stay_prepared(own_server):
    session, wire = connect(own_server.port), Wire(own_server.port)
    new_keyspace(session)
    session.execute("CREATE TABLE t (id int PRIMARY KEY)")

    def prepare(number):
        text = f"SELECT id FROM {session.keyspace}.t WHERE id = ? LIMIT {number}"
        return wire.ask(PREPARE, long_string(text))[1][4:22]

    keys = [prepare(i) for i in range(1, 1002)]
    value = b"\0\1\1" + struct.pack(">Hii", 1, 4, 5)
    assert wire.code(EXECUTE, keys[-1] + value) is None
    assert wire.code(EXECUTE, keys[0] + value) == 0x2500
    assert prepare(1) == keys[0]
    assert wire.code(EXECUTE, keys[0] + value) is None
    before = memory(own_server)
    for i in range(40):
        comment = f"/* {i} {'x' * MB} */"
        wire.ask(PREPARE, long_string(f"SELECT id FROM {session.keyspace}.t {comment} WHERE id = ?"))
    assert memory(own_server) - before < 30 * MB
    wire.close()
    session.cluster.shutdown()


def test_a_client_that_does_not_read_is_not_listened_to(own_server):
    session = connect(own_server.port)
    new_keyspace(session)
    session.execute("CREATE TABLE t (p int, c int, v text, PRIMARY KEY (p, c))")
    insert = session.prepare("INSERT INTO t (p, c, v) VALUES (1, ?, ?)")
    for c in range(100):
        session.execute(insert, (c, "x" * 10_000))
    before = memory(own_server)
    wire = Wire(own_server.port)
    body = long_string(f"SELECT * FROM {session.keyspace}.t") + b"\0\1\0"
    frame = struct.pack(">BBhBi", 4, 0, 1, QUERY, len(body)) + body
    wire.sock.sendall(frame * 200)  # 200 MB of answers
    for _ in range(50):  # as often it is that client's turn
        assert session.execute("SELECT v FROM t WHERE p = 1 AND c = 1").one() == ("x" * 10_000,)
    assert memory(own_server) - before < 60 * MB
    for _ in range(200):
        assert wire.receive()[0] == RESULT
    assert memory(own_server) - before < 60 * MB
    wire.close()
    session.cluster.shutdown()


def test_clients_that_hang_up_leave_nothing(own_server):
    session = connect(own_server.port)
    files = psutil.Process(own_server.pid).num_fds()
    wires = [Wire(own_server.port) for _ in range(200)]
    assert counters(session)["connections"] == 202
    for number, one in enumerate(wires):
        one.send(QUERY, long_string("SELECT * FROM system_schema.columns") + b"\0\1\0")
        if number % 2:
            one.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        one.close()
    deadline = time.monotonic() + 5
    while counters(session)["connections"] != 2 or psutil.Process(own_server.pid).num_fds() != files:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    session.cluster.shutdown()


def test_many_pages_at_once_do_not_read_the_table_again_and_again(session, server):
    session.execute("CREATE TABLE t (id int PRIMARY KEY, v text)")
    rows = [[struct.pack(">i", i)] for i in range(5000)]
    fill(server.port, f"INSERT INTO {session.keyspace}.t (id, v) VALUES (?, 'x')", rows)
    result = session.execute(SimpleStatement("SELECT id FROM t", fetch_size=2500))
    state = result.paging_state

    def cost(paging_state):
        """Seconds of 50 small pages from there."""
        small = SimpleStatement("SELECT id FROM t", fetch_size=2)
        started = time.perf_counter()
        for _ in range(50):
            session.execute(small, paging_state=paging_state)
        return time.perf_counter() - started

    first, middle = min(cost(None) for _ in range(3)), min(cost(state) for _ in range(3))
    assert middle < 5 * first


def test_slow_and_broken_clients_do_not_stop_the_others(session, server):
    stopped = threading.Event()

    def disturb():
        while not stopped.is_set():
            with socket.create_connection(("127.0.0.1", server.port)) as sock:
                sock.sendall(random.randbytes(30))

    threads = [threading.Thread(target=disturb) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(50):
            assert session.execute("SELECT key FROM system.local").one() == ("local",)
    finally:
        stopped.set()
        for thread in threads:
            thread.join()


def test_a_frame_torn_at_every_byte_is_no_frame(server, wire):
    body = long_string("SELECT key FROM system.local") + b"\0\1\0"
    frames = struct.pack(">BBhBi", 4, 0, 1, STARTUP, len(HELLO)) + HELLO
    frames += struct.pack(">BBhBi", 4, 0, 2, QUERY, len(body)) + body
    for cut in range(len(frames)):
        with socket.create_connection(("127.0.0.1", server.port)) as sock:
            sock.sendall(frames[:cut])
            if cut % 2:
                sock.shutdown(socket.SHUT_WR)  # half open: it will say no more, and may still listen
    assert wire().query("SELECT key FROM system.local")[0] == RESULT


def test_connections_opened_and_dropped_leave_nothing(own_server):
    """Set SANDBOX_FUZZ for another number of them."""
    process = psutil.Process(own_server.pid)
    files, before = process.num_fds(), memory(own_server)
    for _ in range(FUZZ // 5):
        socket.create_connection(("127.0.0.1", own_server.port)).close()
    deadline = time.monotonic() + 10
    while process.num_fds() != files:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert memory(own_server) - before < 20 * MB


def test_slow_readers_do_not_keep_the_others_waiting(own_server):
    session = connect(own_server.port)
    new_keyspace(session)
    session.execute("CREATE TABLE t (p int, c int, v text, PRIMARY KEY (p, c))")
    for c in range(20):
        session.execute(f"INSERT INTO t (p, c, v) VALUES (1, {c}, '{'x' * 50_000}')")
    before = memory(own_server)
    wires = [Wire(own_server.port) for _ in range(200)]
    body = long_string(f"SELECT * FROM {session.keyspace}.t") + b"\0\1\0"
    for slow in wires[:10]:
        slow.sock.sendall((struct.pack(">BBhBi", 4, 0, 1, QUERY, len(body)) + body) * 20)  # and never reads
    for one in wires[10:]:
        assert one.query("SELECT key FROM system.local")[0] == RESULT
    assert memory(own_server) - before < 150 * MB
    for one in wires:
        one.close()
    session.cluster.shutdown()


@pytest.mark.parametrize(
    "given",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"id": ' + "1" * 100_000 + "}",
        '{"id": 1e999999999}',
        '{"id": "' + "x" * 5_000_000,
    ],
)
def test_json_without_end_is_refused_at_once(session, wire, given):
    session.execute("CREATE TABLE t (id int PRIMARY KEY, v decimal)")
    wire, started = wire(), time.monotonic()
    assert wire.query(f"INSERT INTO {session.keyspace}.t JSON '{given}'")[0] == ERROR
    assert time.monotonic() - started < 2
    assert session.execute("SELECT * FROM t").all() == []


# Fuzz

WORDS = (
    "SELECT INSERT UPDATE DELETE FROM INTO VALUES WHERE AND SET IF NOT EXISTS CREATE TABLE KEYSPACE INDEX ALTER "
    "DROP ADD BEGIN BATCH APPLY USING TTL TIMESTAMP LIMIT ORDER BY ASC DESC ALLOW FILTERING IN CONTAINS KEY "
    "PRIMARY WITH CLUSTERING TRUNCATE USE TOKEN DISTINCT PER PARTITION AS COUNT JSON NULL TRUE PRIMARY KEY "
    "static list<int> int text id c v l s m fuzz.t t fuzz system.local * ( ) [ ] { } , ; . : ? = < > <= >= != "
    "+= -= + - 1 -5 1.5 'a' \"b\" 0xff 11111111-2222-4333-8444-555555555555 $$x$$ /* */ -- \u00e9 \0 "
    "99999999999999999999 now() uuid() token(id) ttl(v)"
).split(" ")
GOOD = [
    "SELECT * FROM fuzz.t WHERE id = 1 AND c > 2 ORDER BY c DESC LIMIT 3",
    "SELECT id, count(*), max(v) FROM fuzz.t WHERE v = 'a' ALLOW FILTERING",
    "INSERT INTO fuzz.t (id, c, v, l, s, m) VALUES (1, ?, 'a', [1, 2], {1}, {'a': 1}) IF NOT EXISTS USING TTL 9",
    "UPDATE fuzz.t USING TIMESTAMP 5 SET v = 'b', l = l + [1], m['k'] = 2, s = s - {1} WHERE id = 1 AND c = 2",
    "UPDATE fuzz.t SET l[0] = ? WHERE id = 1 AND c = 2 IF v = 'a' AND l[1] IN (1, 2)",
    "DELETE v, l[0] FROM fuzz.t WHERE id IN (1, 2) AND c = ?",
    "DELETE FROM fuzz.t WHERE id = 1 AND (c) > (1)",
    "BEGIN UNLOGGED BATCH INSERT INTO fuzz.t (id, c) VALUES (1, 2); DELETE FROM fuzz.t WHERE id = 1 APPLY BATCH",
    "CREATE TABLE IF NOT EXISTS fuzz.u (a int, b text, PRIMARY KEY ((a), b)) WITH CLUSTERING ORDER BY (b DESC)",
    "ALTER TABLE fuzz.u ADD x int",
    "DROP TABLE IF EXISTS fuzz.u",
    "CREATE INDEX IF NOT EXISTS ON fuzz.t (v)",
    "SELECT * FROM system_schema.columns WHERE keyspace_name = 'fuzz'",
    "SELECT JSON DISTINCT id , count(id) FROM fuzz.t WHERE (c) >= (?) AND (c) < (9) ALLOW FILTERING",
    """INSERT INTO fuzz.t JSON '{"id": 1, "c": 2, "l": [1, 2], "m": {"a": 1}, "v": "x"}' DEFAULT UNSET IF NOT EXISTS""",
    "INSERT INTO fuzz.t JSON ? USING TTL ?",
    "DESCRIBE KEYSPACE fuzz",
    "DESC TABLE fuzz.t",
    "ALTER TABLE fuzz.t WITH comment = 'x' AND compaction = {'class': 'LeveledCompactionStrategy'}",
    "ALTER TABLE fuzz.t WITH compression = {} AND speculative_retry = '99p' AND caching = {'keys': 'ALL'}",
    "BEGIN BATCH UPDATE fuzz.t SET v = 'b' WHERE id = 1 AND c = 2 IF l[?] = 1 AND v IN ? APPLY BATCH",
]


class Fuzzer:
    """Random frames, from noise to statements that nearly make sense."""

    def __init__(self, seed):
        self.random, self.keys = random.Random(seed), [short_string("no key")]

    def text(self):
        pick = self.random.random()
        if pick < 0.6:
            words = self.random.choice(GOOD).split(" ")
            for _ in range(self.random.choice([0, 0, 1, 1, 2, 4])):
                words[self.random.randrange(len(words))] = self.random.choice(WORDS)
            return " ".join(words)
        if pick < 0.75:
            text = self.random.choice(GOOD)
            cut = self.random.randrange(len(text))
            other = self.random.choice(["", chr(self.random.randrange(1, 0xD000))])
            return text[:cut] + other + text[cut + 1 :]
        if pick < 0.9:
            return " ".join(self.random.choices(WORDS, k=self.random.randrange(15)))
        return "".join(map(chr, self.random.choices(range(1, 300), k=self.random.randrange(40))))

    def value(self):
        size = self.random.choice([-2, -1, 0, 1, 4, 8, 16, 30, self.random.randrange(-(2**31), 2**31)])
        return struct.pack(">i", size) + self.random.randbytes(min(max(size, 0), 30))

    def parameters(self):
        if self.random.random() < 0.4:
            return b"\0\1\0"
        flags, body = self.random.choice([1, 4, 5, 8, 12, 0x20, 0x41, self.random.randrange(256)]), b""
        if flags & 1:
            count = self.random.randrange(4)
            body += struct.pack(">H", count) + b"".join(
                (short_string("c") if flags & 0x40 else b"") + self.value() for _ in range(count)
            )
        if flags & 4:
            body += struct.pack(">i", self.random.choice([1, 2, 5000, 0, -1, 2**31 - 1]))
        if flags & 8:
            noise = self.random.randbytes(self.random.randrange(30))
            state = self.random.choice([noise, struct.pack(">iiiiii", 5, 1, 4, 1, 4, 2)])
            body += struct.pack(">i", len(state)) + state
        consistency = self.random.choice([1, 4, 6, self.random.randrange(2**16)])
        return struct.pack(">HB", consistency, flags) + body + bytes(12)

    def frame(self):
        """``(bytes, whether they are a whole frame)``."""
        pick = self.random.random()
        if pick < 0.05:
            return self.random.randbytes(self.random.randrange(60)), False
        others = [13, 13, 1, 5, 11, 15, self.random.randrange(256)]
        opcode = self.random.choice([QUERY] * 20 + [PREPARE] * 4 + [EXECUTE] * 6 + others)
        if pick < 0.15:
            body = self.random.randbytes(self.random.randrange(60))
        elif opcode == QUERY:
            body = long_string(self.text()) + self.parameters()
        elif opcode == PREPARE:
            body = long_string(self.text())
        elif opcode == EXECUTE:
            body = self.random.choice(self.keys) + self.parameters()
        elif opcode == 13:
            body = batch_of_one(self.random.randrange(4), self.text())
        else:
            body = short_string(self.text()[:1000].encode("ascii", "replace").decode())
        if self.random.random() < 0.1 and body:
            cut = self.random.randrange(len(body))
            body = body[:cut] + self.random.randbytes(1) + body[cut + 1 :]
        size = len(body) if self.random.random() < 0.98 else self.random.randrange(-5, 2**31)
        version = 4 if self.random.random() < 0.98 else self.random.randrange(256)
        flags = 0 if self.random.random() < 0.95 else self.random.randrange(256)
        stream = self.random.randrange(-(2**15), 2**15)
        whole = size == len(body) and version == 4
        return struct.pack(">BBhBi", version, flags, stream, opcode, size) + body, whole


def test_fuzz(own_server):
    """Set SANDBOX_FUZZ for another number of frames."""
    session = connect(own_server.port)
    session.execute(f"CREATE KEYSPACE fuzz WITH replication = {SIMPLE}")
    columns = "id int, c int, v text, l list<int>, s set<int>, m map<text, int>, PRIMARY KEY (id, c)"
    session.execute(f"CREATE TABLE fuzz.t ({columns})")
    fuzzer, wire, answers, mistakes = Fuzzer(1), None, {}, set()
    before = memory(own_server)
    for i in range(FUZZ):
        data, whole = fuzzer.frame()
        wire = wire or Wire(own_server.port)
        try:
            wire.sock.sendall(data)
            if whole:
                opcode, body = wire.receive()
                if opcode == 12:
                    opcode, body = wire.receive()
                kind = opcode if opcode != ERROR else hex(struct.unpack_from(">i", body)[0])
                answers[kind] = answers.get(kind, 0) + 1
                if opcode == ERROR and b"[sandbox fault]" in body:
                    mistakes.add(body[6:])
                if opcode == RESULT and body[:4] == b"\0\0\0\4":
                    fuzzer.keys = [*fuzzer.keys[-20:], body[4 : 6 + struct.unpack_from(">H", body, 4)[0]]]
                continue
        except (EOFError, OSError):
            pass
        wire.close()
        wire = None
        if i % 100 == 0:
            assert session.execute("SELECT key FROM system.local").one() == ("local",)
    grown = memory(own_server) - before
    print(f"{FUZZ} frames, answers {answers}, memory {before:,} + {grown:,} bytes")
    assert own_server.running
    assert session.execute("SELECT key FROM system.local").one() == ("local",)
    assert {RESULT, "0xa", "0x2000", "0x2200", "0x2500"} <= set(answers)
    assert mistakes == set()
    assert grown < 100 * MB
    assert "Traceback" not in own_server.log
    session.cluster.shutdown()
