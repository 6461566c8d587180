"""The claims of chapter 10: pieces that are valid JSON, pages that are fetched late, nothing left open."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import httpx
import pytest
from flask import Flask, has_app_context
from rethinkdb import r
from rethinkdb.errors import ReqlDriverError, ReqlTimeoutError

from ch10_streaming import create_app, json_provider, pieces
from ch10_streaming.config import Config
from ch10_streaming.live import connect
from ch10_streaming.readings import EVER
from workbook import Recorder, Timeline, Wire, databases, launch

STEM = "ch10_streaming"
ROWS, PAGE = 120, 50
STATION = "/stations/bell-rock/readings"
SECONDS = "a number of seconds up to 3600"
TWO_WARNINGS = [{"id": 1, "text": "Gale"}, {"id": 2, "text": "Fog"}]


@pytest.fixture(scope="module")
def servers():
    archive, live = databases.cassandra(f"test_{STEM}"), databases.rethinkdb(f"test_{STEM}")
    app = create_app(type("TestConfig", (Config,), {**archive.settings, **live.settings}))
    runner = app.test_cli_runner()
    assert runner.invoke(args=["load", "--rows", str(ROWS)]).output == f"{ROWS} readings\n"
    assert runner.invoke(args=["warn", "Gale", "Fog"]).output == "2 warnings\n"
    return archive, live


@pytest.fixture
def archive(servers):
    return servers[0]


@pytest.fixture
def wire(servers):
    """Between the app and RethinkDB. Cut after a while: a test that waits for news for ever fails."""
    with Wire(servers[1].host, servers[1].port) as wire:
        watchdog = threading.Timer(30, wire.cut)
        watchdog.start()
        yield wire
        watchdog.cancel()


@pytest.fixture
def live(servers, wire):
    """Warnings as they were at the beginning."""
    with servers[1].connect() as conn:
        r.table("warnings").delete().run(conn)
        r.table("warnings").insert(TWO_WARNINGS).run(conn)
    return servers[1].through(wire)


@pytest.fixture
def make_app(servers, live):
    apps = []

    def make(archive=servers[0], **settings):
        base = {**archive.settings, **live.settings, "FETCH_SIZE": PAGE, "KEEP_ALIVE": 0.1}
        settings = {"WRONG_WAYS": True, **base, **settings}
        apps.append(create_app(type("TestConfig", (Config,), settings)))
        return apps[-1]

    yield make
    for app in apps:
        app.extensions["archive"].close()


@pytest.fixture
def app(make_app):
    return make_app()


@pytest.fixture
def warn(servers):
    def warn(*warnings):
        with servers[1].connect() as conn:
            r.table("warnings").insert(warnings, conflict="replace").run(conn)

    return warn


def recorded(app, action):
    with Recorder(app) as recorder:
        action(app.test_client())
    return Timeline(recorder.events)


def first_piece(client, path, **options):
    """The first piece of an answer, and then the client hangs up."""
    with client.get(path, **options) as response:
        return next(response.iter_encoded()).decode()


# JSON in pieces


@pytest.mark.parametrize(
    ("query", "rows"),
    [("since=2030-01-01", 0), *((f"limit={rows}", rows) for rows in (1, 50, 51, 100)), ("", ROWS)],
)
def test_all_formats_have_the_same_rows(client, query, rows):
    listed = client.get(f"/listed{STATION}.json?{query}").json
    assert len(listed) == rows
    assert client.get(f"{STATION}.json?{query}").json == listed
    lines = client.get(f"{STATION}.ndjson?{query}").text
    assert [json.loads(line) for line in lines.splitlines()] == listed
    assert lines.count("\n") == rows


def test_no_such_station(client):
    assert client.get("/stations/nowhere/readings.json").json == []
    assert client.get("/stations/nowhere/readings.ndjson").text == ""


def test_values(client):
    response = client.get(f"{STATION}.json?limit=4")
    assert response.mimetype == "application/json"
    assert "NaN" not in response.text
    assert response.json[3] == {
        "station": "bell-rock",
        "at": "2026-01-01T00:03:00.000Z",
        "id": str(UUID(int=3)),
        "height": "1.11",
        "period": None,
        "raw": "00000003~~~~~~~~~~~~",
    }


@pytest.mark.parametrize("shape", [[], [0], [1], [2, 2], [0, 1], [1, 0], [1, 0, 2], [0, 0], [3, 0, 0, 1]])
def test_any_pages_are_one_array(shape):
    numbers = iter(range(9))
    pages = [[{"n": next(numbers)} for _ in range(rows)] for rows in shape]
    expected = [row for page in pages for row in page]
    assert json.loads("".join(pieces.as_array(iter(pages), json.dumps))) == expected
    lines = "".join(pieces.as_lines(iter(pages), json.dumps)).splitlines()
    assert [json.loads(line) for line in lines] == expected


def test_values_that_json_does_not_know():
    app = Flask("values")
    json_provider.init_app(app)
    nan, infinity = float("nan"), float("inf")
    berlin = datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    values = [{"x": [nan, -infinity, 1.5]}, berlin, datetime(2026, 1, 1), Decimal("1.10")]
    midnight = "2026-01-01T00:00:00.000Z"
    assert json.loads(app.json.dumps(values)) == [{"x": [None, None, 1.5]}, midnight, midnight, "1.10"]
    with pytest.raises(TypeError):
        app.json.dumps(object())
    with pytest.raises(TypeError):
        app.json.dumps([nan, object()])


# Pages


def test_pages_before_the_first_byte(app, archive):
    client = app.test_client()
    for path, pages in ((f"/listed{STATION}.json", 3), (f"{STATION}.json", 1), (f"{STATION}.ndjson", 1)):
        with archive.counting() as counts:
            first_piece(client, path)
        assert counts["pages"] == pages


def test_a_page_is_fetched_when_it_is_asked_for(client, archive):
    with client.get(f"{STATION}.json") as response:
        body = response.iter_encoded()
        next(body)
        with archive.counting() as second:
            next(body)
        with archive.counting() as waiting:
            time.sleep(0.1)
        with archive.counting() as rest:
            list(body)
    assert (second["pages"], waiting["pages"], rest["pages"]) == (1, 0, 1)


def test_hanging_up_stops_the_pages(client, archive):
    with archive.counting() as counts:
        with client.get(f"{STATION}.json") as response:
            next(response.iter_encoded())
        time.sleep(0.1)
    assert counts["pages"] == 1


def test_one_session_and_one_statement_for_all_threads(app, archive):
    with archive.counting() as counts, Recorder(app) as recorder, ThreadPoolExecutor(8) as threads:
        answers = threads.map(lambda _: len(app.test_client().get(f"{STATION}.json").json), range(16))
        assert set(answers) == {ROWS}
    assert Timeline(recorder.events).opened == 1
    assert counts["prepared"] <= 1


# Where the connection is opened


def test_the_generator_owns_its_connection(app, wire):
    read = recorded(app, lambda client: client.get("/warnings.ndjson").data)
    given_up = recorded(app, lambda client: first_piece(client, "/warnings.ndjson"))
    head = recorded(app, lambda client: client.head("/warnings.ndjson").close())
    for timeline in (read, given_up, head):
        assert (timeline.opened, timeline.closed) == (1, 1)
        assert str(timeline).count("outside any context") == 1
    assert wire.open == 0


def test_warnings(client):
    response = client.get("/warnings.ndjson")
    assert response.mimetype == "application/x-ndjson"
    assert [json.loads(line) for line in response.text.splitlines()] == TWO_WARNINGS


def teardowns(recorder):
    ended = [event for event in recorder.events if event["kind"] == "exit"]
    return [event["name"] for event in ended if event["hook"].startswith("teardown")]


def test_opened_in_the_view_it_is_closed_before_the_first_row(app, wire):
    with Recorder(app) as recorder:
        response = app.test_client().get("/places/view")
        assert response.status_code == 200
        body = response.iter_encoded()
        assert next(body) == b"[\n"
        with pytest.raises(ReqlDriverError, match="Connection is closed"):
            next(body)
        response.close()
    kinds = [e["kind"] for e in recorder.events if e["kind"] in ("open", "close") or e.get("of") == "app"]
    assert kinds == ["push", "open", "close", "pop", "push", "pop"]
    assert teardowns(recorder) == ["close_conn(None)", "close_conn(ReqlDriverError)"]
    assert wire.open == 0


def test_teardowns_run_twice_around_a_wrapped_body(app):
    with Recorder(app) as recorder:
        assert app.test_client().get("/places/wrapped").json == TWO_WARNINGS
    assert teardowns(recorder) == ["close_conn(None)"] * 2
    timeline = Timeline(recorder.events)
    assert (timeline.opened, timeline.closed) == (1, 1)
    assert "app context 1, pushed again" in str(timeline)


def test_a_wrapped_body_that_is_given_up_tells_its_teardowns(app, wire):
    with Recorder(app) as recorder:
        first_piece(app.test_client(), "/places/wrapped")
    assert teardowns(recorder) == ["close_conn(None)", "close_conn(GeneratorExit)"]
    assert wire.open == 0


def test_a_connection_that_does_not_close_cleanly_costs_no_response(client, wire, caplog):
    with client.get("/places/wrapped") as response:
        body = response.iter_encoded()
        text = next(body) + next(body)
        wire.cut()
        text += b"".join(body)
    assert json.loads(text) == TWO_WARNINGS
    assert "did not close cleanly" in caplog.text


def test_without_the_wrapper_there_is_no_context(client):
    response = client.get("/places/getter")
    with pytest.raises(RuntimeError, match="outside of application context"):
        response.get_data()
    response.close()


def test_an_open_body_holds_its_context(client):
    response = client.get("/places/wrapped")
    next(response.iter_encoded())
    assert has_app_context()
    response.close()
    assert not has_app_context()


def test_a_changed_schema_is_not_left_to_atexit(make_app, archive):
    with Wire(archive.host, archive.port) as wire:
        loading = make_app(archive.through(wire)).test_cli_runner().invoke(args=["load", "--rows", "1"])
        assert loading.exit_code == 0
        assert (wire.opened, wire.open) == (2, 0)


# Errors


def broken(error):
    yield [{"n": 1}, {"n": 2}]
    raise error


def test_an_error_in_the_middle_leaves_the_array_open():
    got = []
    with pytest.raises(ConnectionError):
        for piece in pieces.as_array(broken(ConnectionError("gone")), json.dumps):
            got.append(piece)
    assert got == ['[{"n": 1}, {"n": 2}']


def test_an_error_in_the_middle_is_the_last_line(caplog):
    lines = "".join(pieces.as_lines(broken(ConnectionError("secret")), json.dumps)).splitlines()
    assert json.loads(lines[-1]) == {"error": "the rest is missing", "rows": 2}
    assert len(lines) == 3 and "secret" not in lines[-1]
    assert "secret" in caplog.text


@pytest.mark.parametrize("path", ["/warnings.ndjson", "/warnings/feed"])
def test_rethinkdb_away(client, wire, path):
    wire.refuse()
    response = client.get(path)
    assert (response.status_code, response.json) == (503, {"error": "database unavailable"})
    assert response.headers["Retry-After"] == "1"
    wire.accept()
    assert first_piece(client, path)


@pytest.mark.parametrize("path", [f"{STATION}.json", f"{STATION}.ndjson", f"/listed{STATION}.json"])
def test_cassandra_away(make_app, archive, path):
    with Wire(archive.host, archive.port) as wire:
        wire.refuse()
        client = make_app(archive.through(wire)).test_client()
        assert [client.get(path).status_code for _ in range(2)] == [503, 503]
        wire.accept()
        assert client.get(path).status_code == 200
    with client.get(path) as response:
        assert response.status_code == 503


def test_cassandra_goes_in_the_middle(make_app, archive):
    with Wire(archive.host, archive.port) as wire:
        client = make_app(archive.through(wire)).test_client()
        with client.get(f"{STATION}.ndjson") as response:
            body = response.iter_encoded()
            assert next(body).count(b"\n") == PAGE
            wire.refuse()
            wire.cut()
            assert json.loads(b"".join(body)) == {"error": "the rest is missing", "rows": PAGE}


def wait_for_all(app, path, number=8):
    """Statuses of so many visitors at once, and the most seconds that one of them waited."""
    together = threading.Barrier(number, timeout=30)

    def ask(_):
        together.wait()
        start = time.perf_counter()
        status = app.test_client().get(path).status_code
        return status, time.perf_counter() - start

    with ThreadPoolExecutor(number) as threads:
        answers = list(threads.map(ask, range(number)))
    return {status for status, _ in answers}, max(seconds for _, seconds in answers)


@pytest.mark.parametrize(
    ("path", "asked_before"),
    [(f"{STATION}.json", None), (f"{STATION}.json", "session"), ("/warnings.ndjson", None), ("/warnings/feed", None)],
)
def test_eight_visitors_of_silent_servers_wait_once(make_app, archive, wire, path, asked_before):
    with Wire(archive.host, archive.port) as archive_wire:
        app = make_app(archive.through(archive_wire), CASSANDRA_TIMEOUT=1, RETHINKDB_TIMEOUT=1)
        if asked_before:
            assert app.extensions["archive"].session
        wire.delay(20)
        archive_wire.delay(20)
        statuses, seconds = wait_for_all(app, path)
        assert statuses == {503}
        assert 0.9 < seconds < 3
        wire.delay(0)
        archive_wire.delay(0)
        assert app.test_client().get("/places/wrapped").status_code == 200


def test_a_server_that_falls_silent_in_the_middle(make_app, archive, wire):
    with Wire(archive.host, archive.port) as archive_wire:
        client = make_app(archive.through(archive_wire), CASSANDRA_TIMEOUT=0.5).test_client()
        with client.get(f"{STATION}.ndjson") as response:
            body = response.iter_encoded()
            next(body)
            archive_wire.delay(20)
            start = time.perf_counter()
            assert json.loads(next(body)) == {"error": "the rest is missing", "rows": PAGE}
        assert time.perf_counter() - start < 2


def test_a_query_that_is_not_answered(make_app, wire):
    """The driver's own time-out covers connecting alone."""
    conn = connect(make_app(RETHINKDB_TIMEOUT=0.5).config)
    wire.delay(20)
    start = time.perf_counter()
    with pytest.raises(ReqlTimeoutError):
        r.table("warnings").count().run(conn)
    assert time.perf_counter() - start < 3
    # Its response may come yet, and would be taken for that of the next query.
    assert not conn.is_open()


def test_an_archive_that_goes_and_comes_back(make_app, archive):
    with Wire(archive.host, archive.port) as archive_wire:
        app = make_app(archive.through(archive_wire))
        session = app.extensions["archive"].session
        archive_wire.refuse()
        archive_wire.cut()
        assert app.test_client().get(f"{STATION}.json").status_code == 503
        archive_wire.accept()
        deadline = time.monotonic() + 15
        while app.test_client().get(f"{STATION}.json").status_code == 503:
            assert time.monotonic() < deadline
        assert app.extensions["archive"].session is session


def test_a_page_that_was_handed_over_is_not_kept(app, monkeypatch):
    archive, results = app.extensions["archive"], []
    select = archive.select
    monkeypatch.setattr(archive, "select", lambda *asked, **options: kept(select(*asked, **options)))

    def kept(result):
        results.append(result)
        return result

    sizes = [len(page) for page in archive.pages("bell-rock", EVER, 2**31 - 1)]
    assert sizes == [50, 50, 20]
    assert [list(result.current_rows) for result in results] == [[], [], []]


def test_a_keyspace_that_is_not_there_leaves_nothing_open(make_app, archive):
    with Wire(archive.host, archive.port) as archive_wire:
        app = make_app(archive.through(archive_wire), CASSANDRA_KEYSPACE="nobody_made_this")
        assert app.test_client().get(f"{STATION}.json").status_code == 503
        assert archive_wire.opened > 0
        assert archive_wire.open == 0


def test_the_process_closes_the_archive_at_its_end(make_app, archive, monkeypatch):
    at_the_end = []
    monkeypatch.setattr("ch10_streaming.archive.atexit.register", at_the_end.append)
    with Wire(archive.host, archive.port) as archive_wire:
        where = archive.through(archive_wire)
        app = make_app(where, CASSANDRA_CONTACT_POINTS=f" {where.host} ")
        assert app.extensions["archive"].session
        assert archive_wire.open == 2
        (close,) = at_the_end
        close()
        assert archive_wire.open == 0


def test_a_closed_archive_opens_again(app, client):
    for _ in range(2):
        assert client.get(f"{STATION}.json").status_code == 200
        app.extensions["archive"].close()
        app.extensions["archive"].close()


# The settings


def complaints(**changed):
    with pytest.raises(RuntimeError) as error:
        create_app(type("Changed", (Config,), changed))
    return [line.strip() for line in str(error.value).splitlines()[1:]]


@pytest.mark.parametrize(
    ("name", "values", "wanted"),
    [
        ("CASSANDRA_CONTACT_POINTS", [None, "", " , ", "a,", 1], "a host, or hosts with commas between them"),
        ("CASSANDRA_PORT", [True, 0, 65536, "9042", 1.5], "a port number"),
        ("CASSANDRA_KEYSPACE", [None, "", "a b", "x" * 49, 2026, "_a"], "the name of a keyspace"),
        ("CASSANDRA_TIMEOUT", [None, "abc", 0, -1, True, float("nan"), float("inf")], SECONDS),
        ("RETHINKDB_HOST", ["", None, 127], "a host"),
        ("RETHINKDB_PORT", [True, 0, 65536, None], "a port number"),
        ("RETHINKDB_DB", ["", "a-b", 5], "the name of a database"),
        ("RETHINKDB_TIMEOUT", [0, "5"], SECONDS),
        ("KEEP_ALIVE", [0, -1, None], SECONDS),
        ("FETCH_SIZE", [0, 100_001, True, 50.0], "a number of rows up to 100000"),
        ("WRONG_WAYS", [1, "no", None], "true or false"),
    ],
)
def test_a_bad_setting_is_named_and_not_shown(name, values, wanted):
    for value in values:
        assert complaints(**{name: value}) == [f"FLASK_{name} is not {wanted}"], value


def test_all_bad_settings_are_named_at_once():
    found = complaints(CASSANDRA_PASSWORD=12345, FETCH_SIZE=0, WRONG_WAYS="no")
    assert [line.split()[0] for line in found] == [
        "FLASK_CASSANDRA_PASSWORD",
        "FLASK_FETCH_SIZE",
        "FLASK_WRONG_WAYS",
        "FLASK_CASSANDRA_USERNAME",
    ]
    assert "12345" not in "".join(found)


def test_no_other_way_unless_a_setting_asks():
    app = create_app(type("Plain", (Config,), {}))
    assert not [rule for rule in app.url_map.iter_rules() if rule.rule.startswith(("/listed", "/places"))]
    assert app.teardown_appcontext_funcs == []


# What is asked for


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=2147483647", 200),
        ("limit=0007", 200),
        ("since=2026-01-01", 200),
        ("since=2026-01-01T00:00%2B05:00", 200),
        ("since=0001-01-01", 200),
        ("since=9999-12-31T23:59:59.999999", 200),
        ("unknown=1&limit=1&limit=2", 200),
        ("limit=0", 400),
        ("limit=-1", 400),
        ("limit=2147483648", 400),
        ("limit=" + "0" * 11 + "7", 200),
        ("limit=" + "0" * 5000, 400),
        ("limit=" + "0" * 11 + "1999999999999", 400),
        ("limit=" + "9" * 11, 400),
        ("limit=" + "9" * 4500, 400),
        ("limit=" + "9" * 5000, 400),
        ("limit=" + "0" * 20 + "9" * 5000, 400),
        ("limit=1e3", 400),
        ("limit=%D9%A3", 400),  # a three, but not an ASCII one
        ("limit=", 400),
        ("limit=1%00", 400),
        ("since=", 400),
        ("since=now", 400),
        ("since=0001-01-01T00:00%2B05:00", 400),
        ("since=9999-12-31T23:59-05:00", 400),
        ("since=2026-01-01%00", 400),
        ("since=%FF", 400),
        ("since[]=1&limit[$gt]=1", 200),
    ],
)
@pytest.mark.parametrize("path", [f"{STATION}.json", f"{STATION}.ndjson", f"/listed{STATION}.json"])
def test_hostile_queries(client, path, query, status):
    response = client.get(f"{path}?{query}")
    assert response.status_code == status
    if status == 400:
        assert list(response.json) == ["error"]


@pytest.mark.parametrize("station", ["%00", "%FF", "'; DROP TABLE readings; --", "a" * 64, "%F0%9F%8C%8A", "%2e%2e"])
def test_hostile_stations(client, station):
    assert client.get(f"/stations/{station}/readings.json").json == []


def test_a_station_with_a_long_name_is_not_found(client):
    assert client.get(f"/stations/{'a' * 70_000}/readings.json").status_code == 404


@pytest.mark.parametrize(
    "seen", ["", "x", "-1", "1.5", "9" * 400, "\xb2", "1\x00", "0", "Infinity", "{}", "9" * 15, "2147483648"]
)
def test_hostile_bookmarks(client, wire, seen):
    assert first_piece(client, "/warnings/feed", headers={"Last-Event-ID": seen}) == "retry: 1000\n\n"
    assert wire.open == 0


# The feed


def listen(client, **headers):
    response = client.get("/warnings/feed", headers=headers)
    return response, map(bytes.decode, response.iter_encoded())


def test_what_was_missed_then_what_is_new(client, warn, wire):
    response, events = listen(client)
    assert response.mimetype == "text/event-stream"
    assert response.headers["Cache-Control"] == "no-cache"
    assert [next(events) for _ in range(4)] == [
        "retry: 1000\n\n",
        'id: 1\ndata: {"id": 1, "text": "Gale"}\n\n',
        'id: 2\ndata: {"id": 2, "text": "Fog"}\n\n',
        ": no news\n\n",
    ]
    warn({"id": 3, "text": "Storm\nfrom the west"})
    assert next(events) == 'id: 3\ndata: {"id": 3, "text": "Storm\\nfrom the west"}\n\n'
    assert wire.open == 1
    response.close()
    assert wire.open == 0


def test_a_bookmark(client):
    response, events = listen(client, **{"Last-Event-ID": "1"})
    assert [next(events)[:5] for _ in range(3)] == ["retry", "id: 2", ": no "]
    response.close()


def test_nothing_falls_between_and_nothing_comes_twice(client, warn):
    response, events = listen(client)
    next(events)
    # The feed is open, what was missed has been asked for, and nothing is read yet.
    warn({"id": 3, "text": "Storm"})
    warn({"id": 1, "text": "Gale, as before"}, {"id": 4, "text": "Ice"})
    heard = [next(events) for _ in range(5)]
    response.close()
    assert [event.split()[1] for event in heard] == ["1", "2", "3", "4", "no"]


def test_a_warning_that_is_withdrawn_is_no_news(client, servers):
    response, events = listen(client, **{"Last-Event-ID": "2"})
    assert next(events).startswith("retry")
    with servers[1].connect() as conn:
        r.table("warnings").get(1).delete().run(conn)
        r.table("warnings").get(2).update({"text": "Fog, as before"}).run(conn)
    assert next(events) == ": no news\n\n"
    response.close()


def test_the_first_warning_makes_its_database(make_app, servers):
    app = make_app(RETHINKDB_DB="test_ch10_new")
    try:
        assert app.test_cli_runner().invoke(args=["warn", "Ice"]).output == "1 warnings\n"
        assert app.test_client().get("/warnings.ndjson").text == '{"id": 1, "text": "Ice"}\n'
    finally:
        with servers[1].connect() as conn:
            r.db_drop("test_ch10_new").run(conn)


def test_numbers_go_on_after_a_warning_was_withdrawn(app, live, servers, runner):
    with servers[1].connect() as conn:
        r.table("warnings").get(1).delete().run(conn)
    assert runner.invoke(args=["warn", "Ice"]).output == "1 warnings\n"
    with servers[1].connect() as conn:
        assert sorted(r.table("warnings")["id"].run(conn)) == [2, 3]


def test_a_number_that_is_taken_is_told(app, live, runner, monkeypatch):
    monkeypatch.setattr("ch10_streaming.commands.enumerate", lambda texts, first: [(0, "Ice")], raising=False)
    result = runner.invoke(args=["warn", "Ice"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: 0 of 1: Duplicate primary key")


def test_the_feed_ends_when_the_database_goes(client, wire):
    response, events = listen(client, **{"Last-Event-ID": "2"})
    next(events)
    wire.cut()
    with pytest.raises(ReqlDriverError):
        list(events)
    response.close()


# In a process of its own


@pytest.fixture
def running(servers, live, archive):
    with launch(STEM, archive, live, name=f"test_{STEM}", FETCH_SIZE=10, KEEP_ALIVE=0.1, WRONG_WAYS=True) as app:
        yield app


def download(app, path):
    return httpx.stream("GET", app.url + path, trust_env=False, verify=False, timeout=30)


def wait_until_closed(wire, seconds=10):
    deadline = time.monotonic() + seconds
    while wire.open and time.monotonic() < deadline:
        time.sleep(0.01)
    return wire.open == 0


def test_hundred_browsers_come_and_go(running, wire):
    for _ in range(10):
        with ExitStack() as browsers:
            tabs = [browsers.enter_context(download(running, "/warnings/feed")).iter_lines() for _ in range(10)]
            assert {next(tab) for tab in tabs} == {"retry: 1000"}
            assert wire.open == 10
        assert wait_until_closed(wire)
    timeline = running.timeline()
    assert (timeline.opened, timeline.closed) == (100, 100)
    assert "Traceback" not in running.log


@pytest.fixture
def large(servers, archive):
    """Readings of 8 kB: more than the sockets between app and client hold. Afterwards they are small again."""
    app = create_app(type("TestConfig", (Config,), {**archive.settings}))
    runner = app.test_cli_runner()
    runner.invoke(args=["load", "--rows", "1500", "--size", "8000"])
    yield 1500
    with archive.connect() as session:
        session.execute("TRUNCATE readings")
    runner.invoke(args=["load", "--rows", str(ROWS)])


def test_a_client_sets_the_pace(running, archive, large):
    with archive.counting() as counts:
        with download(running, f"{STATION}.json") as answer:
            body = answer.iter_raw()
            next(body)
        running.timeline()
    assert counts["pages"] < large / 10 / 2
    with archive.counting() as total, download(running, f"{STATION}.json") as answer:
        body = answer.iter_raw()
        text = next(body)
        time.sleep(0.5)
        with archive.counting() as standing:
            time.sleep(0.3)
        with archive.counting() as rest:
            text += b"".join(body)
    assert standing["pages"] == 0
    assert rest["pages"] > large / 10 / 2
    assert total["pages"] == large / 10 + 1
    assert len(json.loads(text)) == large
