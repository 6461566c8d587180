"""The claims of chapter 3, in-process: who opens a connection, how many, and who closes it."""

import socket
import threading
import time

import pytest
from flask import g
from rethinkdb import r
from rethinkdb.errors import ReqlTimeoutError

from ch03_one_connection import create_app, db
from ch03_one_connection.config import Config
from workbook import APPS, Recorder, Timeline, Wire, databases

VISITORS = 8
start, join = threading.Thread.start, threading.Thread.join

# A request, and the connections that it opens with the getter; the hook opens one for each.
REQUESTS = {
    "index": ("GET", "/", 200, 0),
    "404": ("GET", "/nope", 404, 0),
    "static file": ("GET", "/static/style.css", 200, 0),
    "all songs": ("GET", "/songs", 200, 1),
    "one song": ("GET", "/songs/so-what", 200, 1),
    "no such song": ("GET", "/songs/nope", 404, 1),
    "two calls of the getter": ("POST", "/songs/so-what/vote", 200, 1),
}


@pytest.fixture(scope="module")
def jukebox():
    return databases.rethinkdb("test_ch03_one_connection")


@pytest.fixture
def make_app(jukebox):
    def make(**settings):
        return create_app(type("TestConfig", (Config,), {"TESTING": True, **jukebox.settings, **settings}))

    return make


@pytest.fixture
def app(make_app):
    app = make_app()
    assert app.test_cli_runner().invoke(args=["seed"]).output == "3 songs\n"
    return app


@pytest.fixture
def wire(jukebox):
    with Wire(jukebox.host, jukebox.port) as wire:
        yield wire


@pytest.fixture
def far(make_app, jukebox, wire):
    """The app behind a wire."""
    return make_app(**jukebox.through(wire).settings)


def fall_silent(wire, conn):
    """The server says no more; whoever reads gives up after a fifth of a second."""
    assert conn.connect_timeout == Config.RETHINKDB_TIMEOUT
    conn.connect_timeout = 0.2  # not the setting: under load to connect may take as long
    wire.delay(30)


def errors(caplog):
    return [record.getMessage() for record in caplog.records if record.name == "ch03_one_connection"]


def recorded(app, action):
    """What ``action()`` returns, and the Timeline of what the app did meanwhile."""
    with Recorder(app) as recorder:
        result = action()
    return result, Timeline(recorder.events)


@pytest.mark.parametrize("request_kind", REQUESTS)
@pytest.mark.parametrize("eager", [False, True])
def test_connections_of_a_request(app, make_app, request_kind, eager):
    method, path, status, lazily = REQUESTS[request_kind]
    app = make_app(EAGER_CONNECTION=eager)
    reply, timeline = recorded(app, lambda: app.test_client().open(path, method=method))
    reply.close()
    assert reply.status_code == status
    assert (timeline.opened, timeline.closed) == ((1 if eager else lazily),) * 2


def test_each_context_has_a_connection_of_its_own(app, client):
    _, timeline = recorded(app, lambda: [client.get("/songs") for _ in range(3)])
    assert (timeline.opened, timeline.closed) == (3, 3)


def test_votes_are_counted(client):
    before = client.get("/songs/so-what").json["votes"]
    assert client.post("/songs/so-what/vote").json["votes"] == before + 1


def test_a_command_closes_too(app, runner):
    result, timeline = recorded(app, lambda: runner.invoke(args=["seed"]))
    assert result.exit_code == 0 and (timeline.opened, timeline.closed) == (1, 1)


def test_what_trusts_the_hook_fails_in_a_command(app, make_app):
    result = make_app(EAGER_CONNECTION=True).test_cli_runner().invoke(args=["count-songs"])
    assert isinstance(result.exception, AttributeError) and "get_conn" in str(result.exception)


def test_two_contexts_on_two_threads_have_a_connection_each(app):
    both, seen = threading.Barrier(2, timeout=10), []

    def work():
        with app.app_context():
            seen.append(db.get_conn())
            both.wait()

    threads = [threading.Thread(target=work) for _ in range(2)]
    _, timeline = recorded(app, lambda: [act(thread) for act in (start, join) for thread in threads])
    assert (timeline.opened, timeline.closed) == (2, 2)
    assert seen[0] is not seen[1]


def test_seed_makes_the_database_and_can_be_repeated(make_app, jukebox):
    app = make_app(RETHINKDB_DB="test_ch03_made_by_seed")
    for _ in range(2):
        assert app.test_cli_runner().invoke(args=["seed"]).output == "3 songs\n"
    with jukebox.connect() as conn:
        assert len(list(r.db("test_ch03_made_by_seed").table("songs").run(conn))) == 3
        r.db_drop("test_ch03_made_by_seed").run(conn)


def test_seed_puts_everything_back(app, client, runner):
    client.post("/songs/so-what/vote")
    with app.app_context():
        r.table("songs").get("so-what").update({"year": 1959}).run(db.get_conn())
    runner.invoke(args=["seed"])
    assert client.get("/songs/so-what").json == db.SONGS[1]


def test_a_view_that_raises_is_closed_too(app, make_app):
    app = make_app(TESTING=False)
    app.add_url_rule("/fails", view_func=lambda: db.get_conn().no_such_attribute)
    reply, timeline = recorded(app, lambda: app.test_client().get("/fails"))
    assert (reply.status_code, timeline.opened, timeline.closed) == (500, 1, 1)


def test_songs_come_in_the_order_of_their_titles(client):
    assert [song["title"] for song in client.get("/songs").json] == ["Blue in Green", "So What", "Take Five"]
    assert client.get("/").json == {"service": "jukebox"}


def test_the_wrong_way_is_there_only_if_a_setting_asks_for_it(make_app):
    assert "count-songs" not in make_app().cli.commands
    assert make_app().before_request_funcs == {}


@pytest.mark.parametrize(
    ("key", "bad"),
    [
        *[("HOST", bad) for bad in (None, "", 1)],
        *[("PORT", bad) for bad in (None, "28015", True, 0, 65536, 28015.0)],
        *[("DB", bad) for bad in (None, "", 2026, "a name", "jukebox\n")],
        *[("TIMEOUT", bad) for bad in (None, "5", True, 0, -1, 301, float("inf"), float("nan"))],
    ],
)
def test_a_bad_setting_stops_the_app_at_its_start(make_app, key, bad):
    with pytest.raises(RuntimeError, match=f"^the settings:\n  FLASK_RETHINKDB_{key} is no [^\n]*$"):
        make_app(**{f"RETHINKDB_{key}": bad})


@pytest.mark.parametrize(
    "good",
    [{"RETHINKDB_PORT": 1}, {"RETHINKDB_PORT": 65535}, {"RETHINKDB_DB": "a-1_B"}, {"RETHINKDB_TIMEOUT": 300}],
)
def test_settings_that_will_do(make_app, good):
    assert make_app(**good)


def test_one_message_names_every_bad_setting(make_app, monkeypatch):
    monkeypatch.setenv("FLASK_EAGER_CONNECTION", "no")
    names = [f"RETHINKDB_{key}" for key in ("HOST", "PORT", "DB", "TIMEOUT")]
    with pytest.raises(RuntimeError) as caught:
        make_app(**dict.fromkeys(names))
    lines = str(caught.value).splitlines()
    assert [line.split()[0] for line in lines[1:]] == [f"FLASK_{name}" for name in [*names, "EAGER_CONNECTION"]]


# A database that refuses, dies, or says nothing.


def test_503_while_the_server_is_away_and_200_when_it_is_back(app, far, wire):
    wire.refuse()
    reply = far.test_client().get("/songs")
    assert (reply.status_code, reply.json) == (503, {"error": "the database is not available"})
    wire.accept()
    assert far.test_client().get("/songs").status_code == 200
    assert wire.open == 0


def test_a_goodbye_that_fails_is_logged_and_costs_nothing(app, far, wire, caplog):
    with far.app_context():
        db.get_conn()
        wire.cut()
    assert errors(caplog) == ["the connection did not close cleanly"]


def test_the_teardown_may_run_twice(app, far, caplog):
    with far.app_context():
        db.get_conn()
        db.close_conn(None)
        assert "conn" not in g
        db.close_conn(None)
    assert errors(caplog) == []


def test_visitors_of_a_silent_server_wait_once(make_app):
    with socket.create_server(("127.0.0.1", 0), backlog=2 * VISITORS) as silent:
        app = make_app(RETHINKDB_PORT=silent.getsockname()[1], RETHINKDB_TIMEOUT=0.5)
        statuses = []
        visitors = [
            threading.Thread(target=lambda: statuses.append(app.test_client().get("/songs").status_code))
            for _ in range(VISITORS)
        ]
        began = time.monotonic()
        for act in (start, join):
            for visitor in visitors:
                act(visitor)
        assert time.monotonic() - began < 0.5 * VISITORS / 2
    assert statuses == [503] * VISITORS


def test_a_server_that_falls_silent_is_left(app, far, wire, caplog):
    with far.app_context():
        conn = db.get_conn()
        fall_silent(wire, conn)
        with pytest.raises(ReqlTimeoutError):
            r.table("songs").count().run(conn)
        # Closed at once: a response that comes late would be taken for that of the next query.
        assert wire.open == 0 and not conn.is_open()
    assert errors(caplog) == ["the connection did not close cleanly"]


def test_closing_does_not_wait_for_ever_either(app, far, wire, caplog):
    began = time.monotonic()
    with far.app_context():
        fall_silent(wire, db.get_conn())
    assert time.monotonic() - began < 10
    assert wire.open == 0
    assert errors(caplog) == ["the connection did not close cleanly"]


def test_a_slow_response_within_the_time_is_waited_for(app, make_app, jukebox, wire):
    patient = make_app(**jukebox.through(wire).settings, RETHINKDB_TIMEOUT=60)
    wire.delay(0.05)
    assert patient.test_client().get("/songs").status_code == 200


def test_a_cursor_that_does_not_wait_keeps_the_connection(app, far):
    with far.app_context():
        changes = r.table("songs").changes().run(db.get_conn())
        with pytest.raises(ReqlTimeoutError):
            changes.next(wait=False)
        assert db.get_conn().is_open()
        assert r.table("songs").count().run(db.get_conn()) == 3


def test_the_apps_that_copy_timed_have_the_same():
    text = (APPS / "ch03_one_connection" / "timed.py").read_text(encoding="utf-8")
    for other in ("ch04_teardown", "ch05_g_conn"):
        assert (APPS / other / "timed.py").read_text(encoding="utf-8") == text
