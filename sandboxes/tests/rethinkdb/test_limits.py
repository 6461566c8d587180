"""Nothing that is sent to the server takes it down, stops it for long or fills its memory."""

import json
import os
import random
import socket
import struct
import threading
import time

import psutil
import pytest
from reql_server import Wire
from rethinkdb import r
from rethinkdb.errors import ReqlError, ReqlResourceLimitError

from sandboxes.rethinkdb.datum import weigh
from sandboxes.rethinkdb.errors import Fault
from sandboxes.rethinkdb.server import Clients
from sandboxes.rethinkdb.store import Store

FUZZ = int(os.environ.get("SANDBOX_FUZZ", "1000"))


def memory(pid):
    """Resident bytes of a process."""
    return psutil.Process(pid).memory_info().rss


def test_a_query_that_runs_too_long_is_stopped_and_others_go_on(hasty_server):
    slow, conn = r.connect(port=hasty_server.port), r.connect(port=hasty_server.port)
    result = []

    def run():
        try:
            r.range(10**12).map(lambda i: i * 2).count().run(slow)
        except ReqlError as error:
            result.append(error)

    thread = threading.Thread(target=run)
    start = time.monotonic()
    thread.start()
    while r.db("rethinkdb").table("jobs").filter({"type": "query"}).count().run(conn) < 2:
        time.sleep(0.01)
    for i in range(5):
        assert r.expr(i).run(conn) == i
    assert not result  # the slow one runs still
    thread.join(timeout=8)
    assert isinstance(result[0], ReqlResourceLimitError)
    assert result[0].message == "[sandbox] the query was stopped after 0.4 s."
    assert time.monotonic() - start < 4
    for connection in (slow, conn):
        assert r.expr(1).run(connection) == 1
        connection.close()


@pytest.mark.parametrize(
    "query",
    [r.range(10**12).count(), r.range(10**6).map(lambda i: r.range(10**6).count()).sum()],
)
def test_times_are_bounded(hasty_server, query):
    with r.connect(port=hasty_server.port) as conn:
        before = memory(hasty_server.pid)
        with pytest.raises(ReqlError, match=r"\[sandbox\] the query was stopped after 0\.4 s"):
            query.run(conn)
        assert memory(hasty_server.pid) - before < 400_000_000
        assert r.expr(1).run(conn) == 1


@pytest.mark.parametrize(
    "query",
    [
        r.expr("a").match("(a|a?)*b"),
        r.expr("a" * 30).match("a?" * 30 + "a" * 30),
        r.expr("a" * 5000).match("a*a*a*b"),
        r.range(60).fold([], lambda value, i: [value, value]),
        r.range(60).fold({"a": 1}, lambda value, i: {"a": value, "b": value}).to_json(),
        r.range(60).fold("a", lambda value, i: value + value),
        r.range(60).fold([1], lambda value, i: value + value),
        r.expr([1]) * 2**40,
        r.range(200_000).coerce_to("array"),
        r.range(200_000).group(lambda i: i % 2),
    ],
)
def test_values_are_bounded(connect, server, query):
    conn, before = connect(), memory(server.pid)
    with pytest.raises(ReqlError) as caught:
        query.run(conn)
    assert "[sandbox]" in caught.value.message or "over size limit" in caught.value.message
    assert memory(server.pid) - before < 400_000_000
    assert r.expr(1).run(conn) == 1


def test_what_sharing_has_blown_up_is_weighed_at_once():
    value = [1]
    for _ in range(10):
        value = [value, value]
    assert weigh(value) == weigh(json.loads(json.dumps(value)))
    for _ in range(90):
        value = [value, {"a": value, "b": value}]
    before = time.process_time()
    with pytest.raises(Fault, match="a value of over 32,000,000 bytes"):
        weigh(value)
    assert time.process_time() - before < 0.3


def test_the_store_is_bounded(own_server):
    conn = r.connect(port=own_server.port)
    r.table_create("big").run(conn)
    text = r.range(100).fold("x" * 1000, lambda value, i: r.branch(value.count() < 8_000_000, value + value, value))
    result = r.range(100).for_each(lambda i: r.table("big").insert({"id": i, "text": text})).run(conn)
    assert result["inserted"] > 10
    assert "[sandbox] no more than 256,000,000 bytes are stored." in result["first_error"]
    r.table("big").delete().run(conn)
    assert r.table("big").insert({"id": 1, "text": "x" * 1_000_000}).run(conn)["inserted"] == 1


def test_a_frame_that_is_too_long_is_refused_before_it_is_read(wire, connect):
    wire = wire()
    wire.sock.sendall(struct.pack("<qI", 5, 2**32 - 1))
    token, answer = wire.receive()
    assert (token, answer["t"]) == (5, 16)
    assert answer["r"][0].startswith("[sandbox] Query size")
    with pytest.raises((EOFError, ConnectionResetError)):
        wire.receive()
    assert r.expr(1).run(connect()) == 1


def test_nesting_is_bounded(wire):
    wire = wire()
    for depth in (50, 250, 400, 5_000, 100_000):
        term = b"[1,%s%s]" % (b"[23,[" * depth, b"true" + b"]]" * depth)
        answer = wire.ask(1, term)
        assert answer["t"] == (1 if depth <= 250 else 16 if depth > 90_000 else answer["t"])
        assert answer["r"] == [True] if depth <= 250 else "sandbox" in str(answer) or answer["t"] == 16
        data = b"[1,[98,[%s]]]" % json.dumps("[" * depth + "]" * depth).encode()
        assert wire.ask(2, data)["t"] in (1, 16, 18)
    assert wire.ask(3, [1, 5])["r"] == [5]


def test_a_client_for_whom_there_is_no_thread_is_turned_away(monkeypatch, capsys):
    def no_thread(*_):
        raise RuntimeError("can't start new thread")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        clients, port = Clients(listener, Store("", None), 1), listener.getsockname()[1]
        clients.start()
        with monkeypatch.context() as machine:
            machine.setattr("sandboxes.rethinkdb.server._thread.start_new_thread", no_thread)
            with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
                assert sock.recv(1) == b""
        assert "a connection was turned away" in capsys.readouterr().err
        for _ in range(3):
            with r.connect(port=port) as conn:
                assert r.expr(1).run(conn) == 1


# Fuzz


class Fuzzer:
    """Random frames, from noise to queries that nearly make sense."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def value(self, depth=0):
        pick = self.random.random()
        if depth > 4 or pick < 0.6:
            return self.random.choice(
                [
                    0,
                    1,
                    -1,
                    2**31,
                    2**53,
                    1e300,
                    1.5,
                    True,
                    False,
                    None,
                    "",
                    "a",
                    "id",
                    "t",
                    "fuzz",
                    "x" * 50,
                    "\u00e9\U0001f600",
                    "2020-01-01T00:00:00Z",
                    "^a(b)?$",
                    "open",
                    "index",
                    "{}",
                    "[1]",
                    -(2**63),
                ]
            )
        if pick < 0.7:
            names = ["a", "id", "$reql_type$", "data", "epoch_time", "timezone", "value"]
            kinds = ["TIME", "BINARY", "LITERAL", "GEOMETRY", "GROUPED_DATA"]
            obj = {self.random.choice(names): self.value(depth + 1) for _ in range(self.random.randrange(4))}
            if "$reql_type$" in obj:
                obj["$reql_type$"] = self.random.choice(kinds)
            return obj
        return self.term(depth + 1)

    def term(self, depth=0):
        pick = self.random.random()
        if pick < 0.15:
            return [15, [[14, ["fuzz"]], "t"]]
        if pick < 0.3:
            names = [self.random.randrange(3) for _ in range(self.random.randrange(3))]
            body = self.random.choice([[10, [0]], [10, [1]], [13, []], self.value(depth)])
            return [69, [[2, names], body]]
        if pick < 0.35:
            return [2, [self.value(depth + 1) for _ in range(self.random.randrange(4))]]
        code = self.random.randrange(200)
        args = [self.value(depth + 1) for _ in range(self.random.randrange(4))]
        if depth < 2 and args and self.random.random() < 0.5:
            args[0] = [15, [[14, ["fuzz"]], "t"]]
        term = [code, args]
        if self.random.random() < 0.2:
            options = ["index", "multi", "default", "conflict", "return_changes", "non_atomic", "left_bound", "squash"]
            term.append({self.random.choice(options): self.value(depth + 1)})
        return term

    def frame(self):
        pick = self.random.random()
        token = self.random.choice([1, 2, 3, self.random.randrange(-(2**63), 2**63)])
        if pick < 0.1:
            return self.random.randbytes(self.random.randrange(60)), False
        if pick < 0.2:
            data = self.random.randbytes(self.random.randrange(60))
        elif pick < 0.3:
            data = json.dumps(self.value()).encode()
        else:
            kind = self.random.choice([1] * 12 + [2, 3, 4, 5, 6])
            options = {"db": [14, ["fuzz"]]} if self.random.random() < 0.8 else self.value()
            data = json.dumps([kind, self.term(), options]).encode()
            if pick < 0.4:
                cut = self.random.randrange(len(data))
                data = data[:cut] + self.random.randbytes(1) + data[cut + 1 :]
        size = len(data) if self.random.random() < 0.97 else self.random.randrange(2**32)
        return struct.pack("<qI", token, size) + data, size == len(data)


def test_fuzz(own_server):
    """Set SANDBOX_FUZZ for another number of frames."""
    conn = r.connect(port=own_server.port)
    r.db_create("fuzz").run(conn)
    conn.use("fuzz")
    r.table_create("t").run(conn)
    r.table("t").insert([{"id": i, "a": i % 3} for i in range(20)]).run(conn)
    fuzzer, wire, kinds = Fuzzer(1), None, {}
    before = memory(own_server.pid)
    for i in range(FUZZ):
        if wire is None and fuzzer.random.random() < 0.05:
            with socket.create_connection(("127.0.0.1", own_server.port)) as sock:
                sock.sendall(struct.pack("<I", 0x34C2BDC3)[: fuzzer.random.randrange(5)] + fuzzer.random.randbytes(30))
            continue
        wire = wire or Wire(own_server.port)
        data, whole = fuzzer.frame()
        try:
            wire.sock.sendall(data)
            if whole:
                wire.sock.settimeout(0.1 if b'"noreply"' in data or data[12:14] == b"[2" else 12)
                kind = wire.receive()[1]["t"]
                kinds[kind] = kinds.get(kind, 0) + 1
                continue
        except (EOFError, OSError):
            pass
        wire.close()
        wire = None
        if i % 100 == 0:
            assert r.expr(i).run(conn) == i
    grown = memory(own_server.pid) - before
    print(f"{FUZZ} frames, answers by type {kinds}, memory {before:,} + {grown:,} bytes")
    assert own_server.running
    assert r.expr(1).run(conn) == 1
    assert {1, 16, 17, 18} <= set(kinds)
    assert grown < 100_000_000
    assert "Traceback" not in own_server.log
