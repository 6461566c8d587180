"""The wire: handshake, cursors, noreply, changefeeds, connections, users."""

import json
import struct
import threading
import time
from types import SimpleNamespace

import psutil
import pytest
from reql_server import Wire
from rethinkdb import r
from rethinkdb.errors import (
    ReqlAuthError,
    ReqlDriverError,
    ReqlOpFailedError,
    ReqlPermissionError,
    ReqlQueryLogicError,
    ReqlTimeoutError,
)

from sandboxes.rethinkdb.feeds import Feed

NUMBERS, SONGS = r.table("numbers"), r.table("songs")
STATS = r.db("rethinkdb").table("stats")


@pytest.fixture
def numbers(conn):
    """A table of 2,000 rows of about a kilobyte; its connection."""
    r.table_create("numbers").run(conn)
    NUMBERS.insert(r.range(2000).map(lambda i: {"id": i, "text": "x" * 1000})).run(conn)
    return conn


def engine(conn):
    return STATS.get(["cluster"])["query_engine"].run(conn)


def until(condition):
    """Wait for a condition that another thread or process brings about."""
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


# Handshake and users


def test_the_server_says_that_it_is_a_sandbox(connect):
    info = connect().server()
    assert "sandbox" in info["name"]
    assert info["proxy"] is False


def test_wrong_password_and_unknown_user(server):
    for options, message in (
        ({"password": "guess"}, "Wrong password"),
        ({"user": "nobody"}, "Unknown user"),
        ({"user": "nobody", "password": "guess"}, "Unknown user"),
    ):
        with pytest.raises(ReqlAuthError, match=f"{message}$"):
            r.connect(port=server.port, **options)


def test_a_user_is_added_changes_the_password_and_is_removed(connect, server):
    admin, users = connect(), r.db("rethinkdb").table("users")
    assert users.insert({"id": "a=b,c", "password": "one"}).run(admin)["inserted"] == 1
    assert r.expr(1).run(connect(user="a=b,c", password="one")) == 1
    users.get("a=b,c").update({"password": "two"}).run(admin)
    with pytest.raises(ReqlAuthError):
        connect(user="a=b,c", password="one")
    assert r.expr(1).run(connect(user="a=b,c", password="two")) == 1
    assert users.get("a=b,c").run(admin) == {"id": "a=b,c", "password": True}
    users.get("a=b,c").delete().run(admin)
    with pytest.raises(ReqlAuthError, match="Unknown user"):
        connect(user="a=b,c", password="two")
    assert users.get("admin").delete().run(admin)["errors"] == 1


def test_without_grant_only_admin_may_touch_tables(songs, connect):
    r.db("rethinkdb").table("users").insert({"id": "eve", "password": "e"}).run(songs)
    eve = connect(user="eve", password="e")
    eve.use(songs.db)
    assert r.expr(1).run(eve) == 1
    for query, permission in (
        (r.table("songs"), "read"),
        (r.table("songs").insert({}), "read"),
        (r.db_create("evil"), "config"),
        (r.db("rethinkdb").table("users"), "read"),
    ):
        with pytest.raises(ReqlPermissionError, match=f"required `{permission}` permission"):
            query.run(eve)


def test_another_protocol_is_told_so(server):
    for greeting in (b"GET / HTTP/1.1\r\n\r\n", struct.pack("<I", 0x5F75E83E) + bytes(8)):
        wire = Wire(server.port, handshake=False)
        wire.sock.sendall(greeting)
        assert wire.text().startswith(b"ERROR: Received an unsupported protocol version.")
        with pytest.raises((EOFError, ConnectionResetError)):
            wire.receive()
        wire.close()


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"{", 8),
        (b"[]", 1),
        (b'{"protocol_version": 1}', 2),
        (b'{"protocol_version": 0}', 3),
        (b'{"protocol_version": 0, "authentication_method": "PLAIN"}', 4),
        (b'{"protocol_version": 0, "authentication_method": "SCRAM-SHA-256"}', 5),
        (b'{"protocol_version": 0, "authentication_method": "SCRAM-SHA-256", "authentication": "x"}', 15),
        (b'{"protocol_version": 0, "authentication_method": "SCRAM-SHA-256", "authentication": "n,,x"}', 10),
        (b"x" * 4000, 7),
    ],
)
def test_a_handshake_that_goes_wrong_gets_the_servers_code(server, message, code):
    wire = Wire(server.port, handshake=False)
    wire.sock.sendall(struct.pack("<I", 0x34C2BDC3) + message + b"\0")
    assert json.loads(wire.text())["success"] is True
    answer = json.loads(wire.text())
    assert (answer["success"], answer["error_code"]) == (False, code)
    wire.close()


# Queries and cursors


def test_frames_that_are_no_query_are_refused_and_the_connection_goes_on(wire):
    wire = wire()
    for junk in (b"", b"\xff", b"nonsense", b"{}", b"[]", b"[9]", b"[true]", b'["1"]', b"[1,2,3,4]", b'[1,"\\ud800"]'):
        response = wire.ask(7, junk)
        assert (response["t"], response["b"]) == (16, []), junk
    assert wire.ask(8, [1, 5]) == {"t": 1, "r": [5]}


def test_tokens(wire, numbers):
    wire = wire()
    scan = [15, [[14, [numbers.db]], "numbers"]]
    assert wire.ask(3, [2])["r"] == ["Token 3 not in stream cache."]
    assert wire.ask(3, [3])["r"] == ["Token 3 not in stream cache."]
    assert wire.ask(3, [1, scan])["t"] == 3
    assert wire.ask(3, [1, scan])["r"] == ["ERROR: duplicate token 3"]
    assert wire.ask(-1, [1, 5])["r"] == [5]
    assert wire.ask(3, [3]) == {"t": 2, "r": [], "n": []}
    assert wire.ask(3, [2])["t"] == 16


def test_cursors_come_in_batches_and_the_first_is_smaller(wire, numbers):
    wire = wire()
    response = wire.ask(1, [1, [15, [[14, [numbers.db]], "numbers"]]])
    sizes, rows = [], []
    while True:
        sizes.append(len(json.dumps(response["r"])))
        rows += response["r"]
        if response["t"] == 2:
            break
        response = wire.ask(1, [2])
    assert len(sizes) == 3
    assert sizes[0] == pytest.approx(262_144, rel=0.05)
    assert sizes[1] == pytest.approx(1_048_576, rel=0.05)
    assert sorted(row["id"] for row in rows) == list(range(2000))


def test_each_batch_has_its_own_deadline(hasty_server):
    wire = Wire(hasty_server.port)
    mapped = [38, [[173, [2000]], [69, [[2, [1]], {"text": "x" * 1000}]]]]
    assert wire.ask(1, [1, mapped])["t"] == 3
    time.sleep(0.5)
    assert wire.ask(1, [2])["t"] == 3
    wire.close()


def test_cursors_take_the_options_of_run(numbers):
    cursor = NUMBERS.order_by(index="id").run(numbers, max_batch_rows=10)
    next(cursor)
    assert len(cursor.items) == 9
    with NUMBERS.run(numbers) as cursor:
        next(cursor)
    assert len(list(NUMBERS.run(numbers))) == 2000
    with pytest.raises(Exception, match="Array over size limit `10`"):
        NUMBERS.coerce_to("array").run(numbers, array_limit=10)


def test_several_cursors_on_one_connection(numbers):
    cursors = [NUMBERS.order_by(index="id").run(numbers) for _ in range(3)]
    rows = [[row["id"] for row in each] for each in zip(*cursors, strict=True)]
    assert rows == [[i, i, i] for i in range(2000)]


def test_an_error_in_mid_stream_comes_after_the_rows_before_it(numbers):
    query = NUMBERS.order_by(index="id").map(lambda x: r.branch(x["id"] < 1500, x["text"], x["nosuch"]))
    cursor, count = query.run(numbers), 0
    with pytest.raises(Exception, match="No attribute `nosuch`"):
        for _ in cursor:
            count += 1
    assert 0 < count <= 1500
    assert r.expr(1).run(numbers) == 1


def test_batches_of_an_unordered_read_take_as_many_rows_of_each_shard(wire, numbers):
    wire = wire()
    response, sizes = wire.ask(1, [1, [15, [[14, [numbers.db]], "numbers"]], {"max_batch_rows": 10}]), []
    while response["t"] == 3:
        sizes.append(len(response["r"]))
        response = wire.ask(1, [2])
    assert sizes[:3] == [16, 80, 80]  # as a real server


def test_a_cursor_sees_what_happens_to_rows_it_has_not_come_to(numbers):
    cursor = NUMBERS.order_by(index="id").run(numbers)
    NUMBERS.get(1999).update({"text": "new"}).run(numbers)
    NUMBERS.between(1500, 1900).delete().run(numbers)
    rows = list(cursor)
    assert (len(rows), rows[-1]["text"]) == (1600, "new")


@pytest.mark.parametrize("query", [NUMBERS, NUMBERS.order_by(index="id"), NUMBERS.between(0, 2000)])
def test_a_cursor_over_a_table_that_is_dropped_fails(numbers, query):
    cursor = query.run(numbers)
    r.table_drop("numbers").run(numbers)
    with pytest.raises(ReqlOpFailedError, match="Cannot perform read"):
        list(cursor)


def test_a_fast_query_overtakes_a_slow_one(hasty_server):
    wire = Wire(hasty_server.port)
    wire.send(1, [1, [43, [[38, [[173, [10**9]], [69, [[2, [1]], [10, [1]]]]]]]]])
    wire.send(2, [1, 5])
    assert wire.receive() == (2, {"t": 1, "r": [5]})
    wire.send(3, b"[4]")
    wire.send(4, [1, 6])
    answers = dict(wire.receive() for _ in range(3))
    assert list(answers) == [1, 3, 4]
    assert "stopped after 0.4 s" in answers[1]["r"][0]
    wire.close()


def test_the_last_noreply_query_is_lost_when_the_client_goes_at_once(conn, connect):
    r.table_create("t").run(conn)
    for close in ({"noreply_wait": False}, {}):
        writer = connect(db=conn.db)
        r.table("t").insert([{}, {}]).run(writer)
        r.table("t").insert({"id": str(close)}).run(writer, noreply=True)
        writer.close(**close)
    assert r.table("t").count().run(conn) == 5
    assert r.table("t").get("{}").run(conn) is not None


def test_an_older_handshake(server):
    for key, answer in ((b"", b"SUCCESS"), (b"guess", b"ERROR: Incorrect authorization key.\n")):
        wire = Wire(server.port, handshake=False)
        wire.sock.sendall(struct.pack("<II", 0x400C2D20, len(key)) + key + struct.pack("<I", 0x7E6970C7))
        assert wire.text() == answer
        if not key:
            assert wire.ask(1, [1, 5])["r"] == [5]
        wire.close()


def test_noreply(conn, wire):
    r.table_create("t").run(conn)
    for i in range(200):
        assert r.table("t").insert({"id": i}).run(conn, noreply=True) is None
    r.expr(1)["a"].run(conn, noreply=True)
    r.table("t").changes().run(conn, noreply=True)
    conn.noreply_wait()
    assert r.table("t").count().run(conn) == 200
    wire = wire()
    wire.send(1, [1, 5, {"noreply": True}])
    wire.send(2, b"[4]")
    assert wire.receive() == (2, {"t": 4, "r": []})


def test_close_waits_for_noreply_writes(conn, connect):
    r.table_create("t").run(conn)
    writer = connect(db=conn.db)
    for i in range(300):
        r.table("t").insert({"id": i}).run(writer, noreply=True)
    writer.close()
    assert r.table("t").count().run(conn) == 300
    with pytest.raises(ReqlDriverError, match="Connection is closed"):
        r.expr(1).run(writer)


def test_times_and_binaries_raw(conn):
    time_ = r.epoch_time(1).run(conn, time_format="raw")
    assert time_ == {"$reql_type$": "TIME", "epoch_time": 1, "timezone": "+00:00"}
    assert r.binary(b"\xff").run(conn, binary_format="raw")["data"] == "/w=="
    groups = r.expr([1, 2]).group(lambda x: x).run(conn, group_format="raw")
    assert groups == {"$reql_type$": "GROUPED_DATA", "data": [[1, [1]], [2, [2]]]}


# Statistics


def test_statistics_count_connections_and_queries(own_server):
    conn = r.connect(port=own_server.port)
    assert engine(conn)["client_connections"] == 1
    others = [r.connect(port=own_server.port) for _ in range(3)]
    assert engine(conn)["client_connections"] == 4
    assert engine(conn)["clients_active"] == 1
    for other in others:
        other.close()
    until(lambda: engine(conn)["client_connections"] == 1)
    total = STATS.filter(lambda row: row["id"][0] == "server")[0]["query_engine"]["queries_total"]
    first = total.run(conn)
    for _ in range(5):
        r.expr(1).run(conn)
    assert total.run(conn) - first == 6
    assert STATS.count().run(conn) == 2


def test_a_connection_that_is_cut_is_counted_down(own_server):
    conn = r.connect(port=own_server.port)
    wire = Wire(own_server.port)
    wire.sock.sendall(b"half a fra")
    until(lambda: engine(conn)["client_connections"] == 2)
    wire.close()
    until(lambda: engine(conn)["client_connections"] == 1)


# Threads


def test_connections_in_many_threads(songs, server):
    failures = []

    def work(number):
        try:
            with r.connect(port=server.port, db=songs.db) as conn:
                for i in range(40):
                    r.table("songs").insert({"id": f"{number}-{i}", "by": str(number)}).run(conn)
                    r.table("songs").get(1).update({"stars": r.row["stars"] + 1}).run(conn)
                    found = r.table("songs").get_all(str(number), index="by").count().run(conn)
                    assert found == i + 1
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert r.table("songs").get(1)["stars"].run(songs) == 1 + 12 * 40
    assert r.table("songs").count().run(songs) == 7 + 12 * 40


# Changefeeds


def feed_of(query, conn, **options):
    return query.changes(**options).run(conn)


def test_a_feed_of_a_table(songs, connect):
    feed = feed_of(r.table("songs"), connect(db=songs.db))
    r.table("songs").insert({"id": 9}).run(songs)
    r.table("songs").get(9).update({"a": 1}).run(songs)
    r.table("songs").get(9).update({"a": 1}).run(songs)
    r.table("songs").get(9).delete().run(songs)
    assert [feed.next(wait=5) for _ in range(3)] == [
        {"old_val": None, "new_val": {"id": 9}},
        {"old_val": {"id": 9}, "new_val": {"id": 9, "a": 1}},
        {"old_val": {"id": 9, "a": 1}, "new_val": None},
    ]
    with pytest.raises(ReqlTimeoutError):
        feed.next(wait=0.05)


def test_a_feed_begins_with_what_is_there_if_asked(songs, connect):
    feed = feed_of(r.table("songs"), connect(db=songs.db), include_initial=True, include_states=True)
    assert feed.next() == {"state": "initializing"}
    assert {feed.next()["new_val"]["id"] for _ in range(7)} == set(range(1, 8))
    assert feed.next() == {"state": "ready"}
    feed = feed_of(r.table("songs").get(99), connect(db=songs.db), include_initial=True)
    assert feed.next() == {"new_val": None}
    r.table("songs").insert({"id": 99}).run(songs)
    assert feed.next(wait=5) == {"old_val": None, "new_val": {"id": 99}}
    assert feed_of(r.table("songs"), connect(db=songs.db), include_states=True).next() == {"state": "ready"}


def test_a_feed_of_a_filter_sees_rows_come_and_go(songs, connect):
    query = r.table("songs").filter({"by": "zoe"}).pluck("id")
    feed = feed_of(query, connect(db=songs.db), include_initial=True)
    r.table("songs").get(1).update({"by": "zoe"}).run(songs)
    r.table("songs").get(1).update({"stars": 9}).run(songs)
    r.table("songs").get(1).update({"by": "ann"}).run(songs)
    assert feed.next(wait=5) == {"old_val": None, "new_val": {"id": 1}}
    assert feed.next(wait=5) == {"old_val": {"id": 1}, "new_val": None}


def test_a_feed_goes_through_further_terms_and_may_end(songs, connect):
    query = r.table("songs").changes()["new_val"]["id"].limit(2)
    feed = query.run(connect(db=songs.db))
    r.table("songs").insert([{"id": 20}, {"id": 20, "a": 1}, {"id": 21}], conflict="update").run(songs)
    assert list(feed) == [20, 20]


@pytest.mark.parametrize("squash", [False, True])
def test_changes_wait_for_the_client_and_squash_merges_those_of_a_row(songs, wire, squash):
    wire = wire()
    table = [15, [[14, [songs.db]], "songs"]]
    wire.ask(1, [1, [152, [[16, [table, 1]]], {"squash": squash}]])
    for n in (1, 2, 3):
        SONGS.get(1).update({"n": n}).run(songs)
        SONGS.get(2).update({"n": n}).run(songs)
    rows = []
    while not rows or rows[-1]["new_val"]["n"] < 3:
        rows += wire.ask(1, [2])["r"]
    seen = [(row["old_val"].get("n"), row["new_val"]["n"]) for row in rows]
    assert seen == ([(None, 3)] if squash else [(None, 1), (1, 2), (2, 3)])
    assert {row["new_val"]["id"] for row in rows} == {1}


@pytest.mark.parametrize("whose", ["of the feed", "of the query"])
def test_a_feed_that_is_not_read_loses_changes_and_says_so(conn, wire, whose):
    r.table_create("t").run(conn)
    wire, size = wire(), {"changefeed_queue_size": 1000}
    feed = [152, [[15, [[14, [conn.db]], "t"]]]]
    wire.ask(1, [1, [*feed, size]] if whose == "of the feed" else [1, feed, size])
    r.table("t").insert(r.range(1011).map(lambda i: {"id": i})).run(conn)
    rows = wire.ask(1, [2])["r"]
    assert rows[0] == {"error": "Changefeed cache over array size limit, skipped 1001 elements."}
    while len(rows) < 11:
        rows += wire.ask(1, [2])["r"]
    assert len(rows) == 11


def test_a_feed_keeps_100_000_changes_for_its_reader():
    feed = Feed(SimpleNamespace(feeds=set()), lambda *change: [change[:3]])
    for i in range(100_011):
        feed.push(i, None, {"id": i}, None)
    assert (feed.skipped, len(feed.changes)) == (100_001, 10)


def test_a_waiting_feed_does_not_block_its_connection(songs, wire):
    wire = wire()
    table = [15, [[14, [songs.db]], "songs"]]
    assert wire.ask(1, [1, [152, [table]]]) == {"t": 3, "r": [], "n": [1]}
    wire.send(1, [2])
    assert wire.ask(2, [1, 5])["r"] == [5]
    r.table("songs").insert({"id": 30}).run(songs)
    assert wire.receive() == (1, {"t": 3, "r": [{"new_val": {"id": 30}, "old_val": None}], "n": [1]})
    wire.send(1, [2])
    wire.send(1, [3])
    answers = [wire.receive(), wire.receive()]
    assert [(token, answer["t"], answer["r"]) for token, answer in answers] == [(1, 2, [])] * 2


def test_the_notes_of_feeds(songs, wire):
    wire = wire()
    table = [15, [[14, [songs.db]], "songs"]]
    assert wire.ask(1, [1, [152, [[16, [table, 1]]]]])["n"] == [2]
    assert wire.ask(2, [1, [152, [table], {"include_states": True}]])["n"] == [1, 5]


def test_a_feed_is_told_when_its_table_is_dropped(conn, connect):
    r.table_create("t").run(conn)
    feed = feed_of(r.table("t"), connect(db=conn.db))
    r.table_drop("t").run(conn)
    with pytest.raises(ReqlOpFailedError, match="Changefeed aborted"):
        feed.next(wait=5)


def test_feeds_end_with_their_connection(own_server):
    conn = r.connect(port=own_server.port)
    r.table_create("t").run(conn)
    r.connect(port=own_server.port).close()  # from now on two threads wait for clients
    count = psutil.Process(own_server.pid).num_threads
    idle = count()
    others = [r.connect(port=own_server.port) for _ in range(3)]
    for other in others:
        r.table("t").changes().run(other)  # the driver asks for changes at once
    for _ in range(2):
        others.append(Wire(own_server.port))
        others[-1].ask(1, [1, [152, [[15, ["t"]]]]])
    assert count() >= idle + 10
    for other in others:
        other.close()
    until(lambda: count() == idle)


def test_a_feed_does_not_follow_what_is_not_deterministic(songs):
    with pytest.raises(ReqlQueryLogicError, match="after a non-deterministic function"):
        r.table("songs").filter(lambda row: r.random() < 1).changes().run(songs)
