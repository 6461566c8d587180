"""Rows and values against models that know nothing of the sandbox's code."""

import datetime
import ipaddress
import os
import random
import time
import uuid

import pytest
from cassandra import InvalidRequest
from cassandra.query import UNSET_VALUE, SimpleStatement
from cassandra.util import Date, Time
from cql_server import pages
from hypothesis import given, settings
from hypothesis import strategies as st

# How many times as many examples as a test run has: each is several trips through the driver.
MORE = int(os.environ.get("SANDBOX_EXAMPLES", "1"))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def integers(bits):
    return st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


MILLIS = st.integers(0, 2_000_000_000_000)  # beyond, the driver is not exact
VALUES = {
    "ascii": st.text(st.characters(max_codepoint=127), max_size=20),
    "bigint": integers(64),
    "blob": st.binary(max_size=30),
    "boolean": st.booleans(),
    "date": st.integers(-(2**31), 2**31 - 1).map(Date),
    "decimal": st.decimals(allow_nan=False, allow_infinity=False),
    "double": st.floats(allow_nan=False),
    "float": st.floats(allow_nan=False, width=32),
    "inet": st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str),
    "int": integers(32),
    "smallint": integers(16),
    "text": TEXT,
    "time": st.integers(0, 24 * 3600 * 10**9 - 1).map(Time),
    "timestamp": MILLIS.map(lambda ms: datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=ms)),
    "timeuuid": st.integers(0, 2**60 - 1).map(lambda n: uuid.UUID(int=n << 64 | n, version=1)),
    "tinyint": integers(8),
    "uuid": st.uuids(),
    "varchar": TEXT,
    "varint": st.integers(-(2**200), 2**200),
}
for kind in ("int", "text", "uuid"):
    VALUES[f"list<{kind}>"] = st.lists(VALUES[kind], max_size=5)
    VALUES[f"frozen<list<{kind}>>"] = st.lists(VALUES[kind], max_size=5)
    VALUES[f"set<{kind}>"] = st.sets(VALUES[kind], max_size=5)
    VALUES[f"map<{kind}, int>"] = st.dictionaries(VALUES[kind], VALUES["int"], max_size=5)
SETS = st.frozensets(VALUES["int"], max_size=3)
VALUES["frozen<map<text, frozen<set<int>>>>"] = st.dictionaries(TEXT, SETS, max_size=3)
VALUES["tuple<int, text>"] = st.tuples(VALUES["int"], st.none() | TEXT)
EMPTIED = {"list", "set", "map"}  # what an empty collection that is not frozen is not


def plain(value):
    """A value of the driver's as Python's own."""
    if hasattr(value, "items"):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)) or type(value).__name__ == "SortedSet":
        return frozenset(plain(item) for item in value)
    if isinstance(value, (list, tuple)):
        return type(value)(plain(item) for item in value)
    return value


@pytest.mark.parametrize("kind", VALUES)
def test_values_come_back_as_they_went_in(session, kind):
    session.execute(f"CREATE TABLE t (id int PRIMARY KEY, v {kind})")
    insert = session.prepare("INSERT INTO t (id, v) VALUES (1, ?)")
    select = session.prepare("SELECT v FROM t WHERE id = 1")

    @settings(max_examples=20 * MORE, deadline=None, database=None)
    @given(VALUES[kind])
    def check(value):
        session.execute(insert, [value])
        found = session.execute(select).one()[0]
        if not value and kind.split("<")[0] in EMPTIED:
            assert found is None
        elif kind == "inet":
            assert ipaddress.ip_address(found) == ipaddress.ip_address(value)
        else:
            assert plain(found) == plain(value)

    check()
    session.execute(insert, [None])
    assert session.execute(select).one()[0] is None


def ordinary(value):
    return value != 0 if isinstance(value, float) else getattr(value, "version", 4) == 4


@pytest.mark.parametrize("kind", [kind for kind in VALUES if "<" not in kind and kind != "inet"])
@pytest.mark.parametrize("order", ["ASC", "DESC"])
def test_clustering_columns_are_in_order(session, kind, order):
    """Uuids of version 1 and -0.0 have an order of their own, which the recorded answers cover."""
    table = f"t (p int, c {kind}, PRIMARY KEY (p, c)) WITH CLUSTERING ORDER BY (c {order})"
    session.execute(f"CREATE TABLE {table}")
    insert = session.prepare("INSERT INTO t (p, c) VALUES (?, ?)")
    drop = session.prepare("DELETE FROM t WHERE p = ?")
    select = session.prepare("SELECT c FROM t WHERE p = ?")
    by = {
        "uuid": lambda value: (value.bytes[6] >> 4, value.bytes),
        "timeuuid": lambda value: value.time,
        "text": str.encode,
        "varchar": str.encode,
        "date": lambda value: value.days_from_epoch,
        "time": lambda value: value.nanosecond_time,
    }.get(kind, lambda value: value)

    @settings(max_examples=8 * MORE, deadline=None, database=None)
    @given(st.lists(VALUES[kind].filter(ordinary if kind != "timeuuid" else bool), unique_by=by, max_size=8))
    def check(values):
        session.execute(drop, [1])
        for value in values:
            session.execute(insert, [1, value])
        found = [row[0] for row in session.execute(select, [1])]
        assert found == sorted(values, key=by, reverse=order == "DESC")

    check()


# Which write wins


class Log:
    """All writes ever made: what is there is worked out when it is asked for."""

    def __init__(self):
        self.writes = []

    def rows(self):
        found = {}
        for key in sorted({key for kind, key, *_ in self.writes if kind in ("insert", "update", "drop cell")}):
            gone = max((w[2] for w in self.writes if w[0] == "delete" and w[1](key)), default=-1)
            cells = {}
            for name in ("v", "w"):
                tries = [
                    (w[2], w[3][name] is None, w[3][name] or "") for w in self.writes if w[1] == key and name in w[3]
                ]
                timestamp, none, value = max(tries, default=(-1, True, ""))
                cells[name] = value if timestamp > gone and not none else None
            inserted = any(w[0] == "insert" and w[1] == key and w[2] > gone for w in self.writes)
            if inserted or any(value is not None for value in cells.values()):
                found[key] = cells
        return [(*key, cells["v"], cells["w"]) for key, cells in found.items()]


KEY = st.tuples(st.integers(0, 1), st.integers(0, 2))
CELLS = st.dictionaries(st.sampled_from("vw"), st.sampled_from(["a", "b", "c"]), min_size=1)
STAMP = st.integers(1, 8)
WRITES = st.one_of(
    st.tuples(st.just("insert"), KEY, STAMP, CELLS),
    st.tuples(st.just("update"), KEY, STAMP, CELLS),
    st.tuples(st.just("drop cell"), KEY, STAMP, st.sampled_from("vw")),
    st.tuples(st.just("delete row"), KEY, STAMP, st.none()),
    st.tuples(st.just("delete range"), KEY, STAMP, st.integers(0, 2)),
    st.tuples(st.just("delete partition"), KEY, STAMP, st.none()),
)


def test_the_latest_write_wins(session):
    session.execute("CREATE TABLE t (a int, b int, v text, w text, PRIMARY KEY (a, b))")

    @settings(max_examples=80 * MORE, deadline=None, database=None)
    @given(st.lists(WRITES, min_size=3, max_size=12))
    def check(writes):
        session.execute("TRUNCATE t")
        log = Log()
        for kind, (a, b), stamp, what in writes:
            where, using = f"WHERE a = {a} AND b = {b}", f"USING TIMESTAMP {stamp}"
            if kind == "insert":
                names, values = ", ".join(what), ", ".join(f"'{value}'" for value in what.values())
                session.execute(f"INSERT INTO t (a, b, {names}) VALUES ({a}, {b}, {values}) {using}")
            elif kind == "update":
                changes = ", ".join(f"{name} = '{value}'" for name, value in what.items())
                session.execute(f"UPDATE t {using} SET {changes} {where}")
            elif kind == "drop cell":
                session.execute(f"DELETE {what} FROM t {using} {where}")
                what = {what: None}
            else:
                low, high = (b, b) if kind == "delete row" else (b, what) if kind == "delete range" else (0, 99)
                if kind == "delete range":
                    where = f"WHERE a = {a} AND b >= {low} AND b <= {high}"
                elif kind == "delete partition":
                    where = f"WHERE a = {a}"
                session.execute(f"DELETE FROM t {using} {where}")
                gone = {(a, i) for i in range(low, high + 1)}
                log.writes.append(("delete", gone.__contains__, stamp, {}))
                continue
            log.writes.append((kind, (a, b), stamp, what))
        assert sorted(session.execute("SELECT * FROM t"), key=lambda row: row[:2]) == log.rows()

    check()


def test_what_has_expired_is_gone(session):
    session.execute("CREATE TABLE t (id int PRIMARY KEY, v text, w text)")
    session.execute("INSERT INTO t (id, v) VALUES (1, 'a') USING TTL 1")
    session.execute("UPDATE t SET w = 'stays' WHERE id = 1")
    session.execute("INSERT INTO t (id, v) VALUES (2, 'b') USING TTL 1")
    session.execute("INSERT INTO t (id, v) VALUES (3, 'c') USING TTL 100")
    assert session.execute("SELECT ttl(v), ttl(w) FROM t WHERE id = 3").one()[0] in (99, 100)
    gone = [(1, None, "stays"), (3, "c", None)]
    deadline = time.monotonic() + 5
    while sorted(session.execute("SELECT * FROM t")) != gone:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_an_unset_value_changes_nothing(session):
    session.execute("CREATE TABLE t (id int PRIMARY KEY, v text, l list<int>)")
    insert = session.prepare("INSERT INTO t (id, v, l) VALUES (?, ?, ?)")
    session.execute(insert, (1, "a", [1]))
    session.execute(insert, (1, UNSET_VALUE, UNSET_VALUE))
    assert session.execute("SELECT * FROM t").one() == (1, [1], "a")
    session.execute(insert, (1, None, None))
    assert session.execute("SELECT * FROM t").one() == (1, None, None)
    with pytest.raises(InvalidRequest):
        session.execute(session.prepare("SELECT * FROM t WHERE id IN ?"), (UNSET_VALUE,))


# Queries of one partition

ROWS = [
    (c, d, v)
    for generator in [random.Random(4)]
    for c in range(-6, 6)
    for d in generator.sample(["", "a", "ab", "b", "B", "é", "z"], 5)
    for v in [generator.choice([None, 1, 2, 3])]
]
COMPARE = {
    "=": lambda a, b: a == b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
NUMBER, WORD = st.integers(-7, 7), st.sampled_from(["", "a", "aa", "ab", "b", "B", "z", "é", "ü"])
BOUND = st.sampled_from(["<", "<=", ">", ">="])


@st.composite
def queries(draw):
    """``(cql, values, page size, function of the table's rows)`` of a SELECT on one partition."""
    where, values, tests = ["p = ?"], [1], []

    def compare(column, place, operator, value):
        where.append(f"{column} {operator} ?")
        values.append(value)
        key = (lambda item: item.encode()) if isinstance(value, str) else (lambda item: item)
        tests.append(lambda row: row[place] is not None and COMPARE[operator](key(row[place]), key(value)))

    def among(column, place, wanted):
        where.append(f"{column} IN ?")
        values.append(wanted)
        tests.append(lambda row: row[place] in wanted)

    first = draw(st.sampled_from(["none", "=", "in", "range"]))
    if first == "=":
        compare("c", 0, "=", draw(NUMBER))
    elif first == "in":
        among("c", 0, draw(st.lists(NUMBER, max_size=5)))
    elif first == "range":
        sides = draw(st.sampled_from(["<", ">", "<>"]))
        for side in sides:
            compare("c", 0, draw(st.sampled_from([side, side + "="])), draw(NUMBER))
    if first in ("=", "in"):
        second = draw(st.sampled_from(["none", "=", "in", "range"]))
        if second == "=":
            compare("d", 1, "=", draw(WORD))
        elif second == "in":
            among("d", 1, draw(st.lists(WORD, max_size=4)))
        elif second == "range":
            compare("d", 1, draw(BOUND), draw(WORD))
    filtering = draw(st.booleans()) and draw(st.booleans())
    if filtering:
        compare("v", 2, draw(st.sampled_from(list(COMPARE))), draw(st.integers(1, 3)))
    backwards = draw(st.booleans())
    limit = draw(st.none() | st.integers(1, 30))
    cql = f"SELECT c, d, v FROM t WHERE {' AND '.join(where)}"
    cql += " ORDER BY c DESC, d ASC" if backwards else draw(st.sampled_from(["", " ORDER BY c ASC, d DESC"]))
    cql += f" LIMIT {limit}" * (limit is not None) + " ALLOW FILTERING" * filtering

    def model(rows):
        found = [row for row in rows if all(test(row) for test in tests)]
        found.sort(key=lambda row: row[1].encode(), reverse=True)
        found.sort(key=lambda row: row[0])
        return (found[::-1] if backwards else found)[:limit]

    return cql, values, draw(st.sampled_from([3, 7, 100] if (limit or 100) > 5 else [1, 2])), model


def test_queries_of_one_partition(session):
    session.execute(
        "CREATE TABLE t (p int, c int, d text, v int, PRIMARY KEY (p, c, d)) WITH CLUSTERING ORDER BY (c ASC, d DESC)"
    )
    insert = session.prepare("INSERT INTO t (p, c, d, v) VALUES (?, ?, ?, ?)")
    for row in ROWS:
        session.execute(insert, (1, *row))
        session.execute(insert, (2, *row))
    answered = []

    @settings(max_examples=200 * MORE, deadline=None, database=None, derandomize=True)
    @given(queries())
    def check(query):
        cql, values, size, model = query
        prepared = session.prepare(cql)
        prepared.fetch_size = size
        found = pages(session, prepared, values)
        expected = model(ROWS)
        assert [row for page in found for row in page] == expected, cql
        assert all(len(page) == size for page in found[:-1])
        answered.append(len(expected))

    check()
    assert len(answered) >= 200 * MORE
    assert sum(1 for size in answered if size) > 80 * MORE


# Queries of several partitions

PLACES = st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 3))
SLICE = st.tuples(st.sampled_from([">", ">="]), st.sampled_from(["<", "<="]), PLACES, PLACES)


def test_slices_and_pages_of_several_partitions(session):
    """Random rows in random partitions: which come back, in which order, in pages of which size."""
    order = "WITH CLUSTERING ORDER BY (b DESC, c DESC)"
    session.execute(f"CREATE TABLE t (a int, b int, c int, PRIMARY KEY (a, b, c)) {order}")
    insert = session.prepare("INSERT INTO t (a, b, c) VALUES (?, ?, ?)")
    slice_of = {
        (low, high): session.prepare(
            f"SELECT a, b, c FROM t WHERE a IN ? AND (b, c) {low} (?, ?) AND (b, c) {high} (?, ?)"
        )
        for low in (">", ">=")
        for high in ("<", "<=")
    }
    all_rows = session.prepare("SELECT a, b, c FROM t PER PARTITION LIMIT ?")

    @settings(max_examples=40 * MORE, deadline=None, database=None)
    @given(st.sets(PLACES, max_size=12), st.sets(st.integers(0, 5), max_size=4), SLICE, st.integers(1, 5))
    def check(rows, wanted, limits, size):
        session.execute("TRUNCATE t")
        for row in rows:
            session.execute(insert, row)
        low, high, (_, *first), (_, *last) = limits
        statement = slice_of[low, high].bind([sorted(wanted), *first, *last])
        statement.fetch_size = size
        expected = [
            row
            for row in sorted(rows, key=lambda row: (row[0], -row[1], -row[2]))
            if row[0] in wanted and COMPARE[low](row[1:], tuple(first)) and COMPARE[high](row[1:], tuple(last))
        ]
        found = pages(session, statement)
        assert [row for page in found for row in page] == expected
        assert all(len(page) == size for page in found[:-1])
        everything = [row for page in pages(session, all_rows.bind([size])) for row in page]
        heads = {a: sorted((row for row in rows if row[0] == a), reverse=True)[:size] for a in {row[0] for row in rows}}
        met = list(dict.fromkeys(row[0] for row in everything))
        assert everything == [row for a in met for row in heads[a]] and met == sorted(heads, key=met.index)

    check()


def test_statements_without_pages_get_all(session):
    session.execute("CREATE TABLE t (p int, c int, PRIMARY KEY (p, c))")
    insert = session.prepare("INSERT INTO t (p, c) VALUES (?, ?)")
    for i in range(300):
        session.execute(insert, (i % 3, i))
    everything = SimpleStatement("SELECT c FROM t", fetch_size=None)
    assert len(session.execute(everything).current_rows) == 300
    assert session.execute("SELECT sum(c) FROM t").one() == (sum(range(300)),)


def test_to_json_gives_what_a_real_node_gave(session):
    session.execute("CREATE TABLE t (k int PRIMARY KEY, v text, l list<int>, m map<text, frozen<list<int>>>, d double)")
    session.execute("INSERT INTO t (k, v, l, m) VALUES (1, 'a', [1, 2], {'x': [1]})")
    result = session.execute("SELECT toJson(v), to_json(l), toJson(m), to_json(d), toJson(k) AS j FROM t")
    assert result.column_names == [
        "system.tojson(v)",
        "system.to_json(l)",
        "system.tojson(m)",
        "system.to_json(d)",
        "j",
    ]
    assert result.one() == ('"a"', "[1, 2]", '{"x": [1]}', "null", "1")
    assert session.execute("SELECT max(toJson(k)), toJson(token(k)) FROM t").one() == ("1", "-4069959284402364209")
    with pytest.raises(InvalidRequest, match="Invalid number of arguments for function system.tojson"):
        session.execute("SELECT toJson(v, k) FROM t")


@pytest.mark.parametrize("when", ["2023-05-17 08:30 CET", "2023-05-17 America/New_York", "0000-01-01", "-2023-01-01"])
def test_times_that_python_does_not_know_are_refused_by_name(session, when):
    session.execute("CREATE TABLE t (id int PRIMARY KEY, v timestamp)")
    with pytest.raises(InvalidRequest, match=r"\[sandbox\] a time zone by its name, or a year before 1"):
        session.execute(f"INSERT INTO t (id, v) VALUES (1, '{when}')")


@pytest.mark.parametrize("value", [None, b""], ids=["null", "empty"])
def test_a_null_that_is_bound_in_a_list_is_refused_by_name(session, value):
    session.execute("CREATE TABLE t (id int PRIMARY KEY, v list<int>)")
    statement = session.prepare("INSERT INTO t (id, v) VALUES (?, ?)").bind((1, []))
    statement.values[1] = b"\0\0\0\1" + (b"\xff\xff\xff\xff" if value is None else b"\0\0\0\0")
    with pytest.raises(InvalidRequest, match=r"\[sandbox\] a null or an empty value"):
        session.execute(statement)
