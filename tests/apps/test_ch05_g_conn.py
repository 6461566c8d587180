"""The claims of chapter 5, in-process: three ways to one lazy connection, and one wrong way."""

import socket
import threading
import time

import pytest
from flask import Flask, appcontext_pushed, g
from rethinkdb import r
from rethinkdb.errors import ReqlDriverError, ReqlTimeoutError
from rethinkdb.net import Connection
from werkzeug.local import LocalProxy

from ch05_g_conn import create_app, db, getter, lazy_g, proxy
from ch05_g_conn.config import Config
from workbook import Recorder, Timeline, Wire, databases

WAYS = ["getter", "proxy", "g"]
LOOK = {"getter": getter.get_conn, "proxy": lambda: proxy.conn.is_open(), "g": lambda: g.conn}
all_ways = pytest.mark.parametrize("way", WAYS)


@pytest.fixture(scope="module")
def jukebox():
    return databases.rethinkdb("test_ch05_g_conn")


@pytest.fixture
def app(jukebox):
    app = make_app(jukebox)
    app.test_cli_runner().invoke(args=["seed"])
    return app


def make_app(database, **settings):
    return create_app(type("TestConfig", (Config,), {"TESTING": True, **database.settings, **settings}))


def counted(app, action):
    """(opened, closed) by an action."""
    with Recorder(app) as recorder:
        action()
    timeline = Timeline(recorder.events)
    return timeline.opened, timeline.closed


@all_ways
def test_songs_are_listed(client, way):
    assert [song["id"] for song in client.get(f"/{way}/songs").json] == [
        "blue-in-green",
        "so-what",
        "take-five",
    ]


@all_ways
@pytest.mark.parametrize(("times", "opened"), [(0, 0), (1, 1), (2, 1), (9, 1)])
def test_a_request_opens_at_most_one(app, client, way, times, opened):
    assert counted(app, lambda: client.get(f"/{way}/use/{times}")) == (opened, opened)


@all_ways
def test_g_tells_the_truth(client, way):
    assert client.get(f"/{way}/use/0").json == {"before": False, "after": False}
    assert client.get(f"/{way}/use/1").json == {"before": False, "after": True}
    # And the next context starts again.
    assert client.get(f"/{way}/use/1").json == {"before": False, "after": True}


@all_ways
def test_the_plain_property_leaks(jukebox, app, way, no_leaks):
    no_leaks.expected = ["leaked"]
    wrong = make_app(jukebox, PLAIN_PROPERTY=True)
    assert counted(wrong, lambda: wrong.test_client().get(f"/{way}/use/0")) == (0, 0)
    opened, closed = counted(wrong, lambda: wrong.test_client().get(f"/{way}/use/2"))
    # The getter opens one more than it returns: it stores one, and the property opens another.
    assert (opened, closed) == {"g": (2, 0)}.get(way, (3, 1))


@all_ways
def test_a_command_closes_what_it_opened(app, runner, way):
    results = []
    assert counted(app, lambda: results.append(runner.invoke(args=[way, "count"]))) == (1, 1)
    assert results[0].output == "3\n"


@all_ways
def test_all_of_them_in_one_context_share_one(app, way):
    def look_around():
        with app.app_context():
            first = LOOK[way]()
            assert first is True or first is getter.get_conn()
            assert proxy.conn._get_current_object() is g.conn is getter.get_conn()

    assert counted(app, look_around) == (1, 1)


@all_ways
def test_outside_of_a_context(way):
    with pytest.raises(RuntimeError, match="outside of application context"):
        LOOK[way]()


@all_ways
def test_a_fake_takes_its_place(app, client, way):
    class Fake:
        closed = 0

        def _start(self, query, **options):
            return [{"title": "Fake Blues"}]

        def close(self):
            Fake.closed += 1

    def give_fake(sender, **extra):
        g.conn = Fake()

    def get():
        with appcontext_pushed.connected_to(give_fake, app):
            assert client.get(f"/{way}/songs").json == [{"title": "Fake Blues"}]

    assert counted(app, get) == (0, 0)
    assert Fake.closed == 1
    assert len(client.get(f"/{way}/songs").json) == 3


def test_the_plain_property_ignores_a_fake(jukebox, no_leaks):
    no_leaks.expected = ["leaked"]
    with make_app(jukebox, PLAIN_PROPERTY=True).app_context():
        g.conn = "a fake"
        assert isinstance(g.conn, Connection)
        assert g.pop("conn") == "a fake"


@pytest.mark.parametrize(
    ("look", "opened"),
    [
        (lambda: "conn" in g, 0),
        (lambda: g.get("conn"), 0),
        (lambda: g.pop("conn", None), 0),
        (lambda: list(g), 0),
        (lambda: hasattr(g, "conn"), 1),
        (lambda: getattr(g, "conn", None), 1),
        (lambda: bool(proxy.conn), 1),
        (lambda: repr(proxy.conn), 1),
    ],
)
def test_which_looks_open(app, look, opened):
    def in_context():
        with app.app_context():
            look()

    assert counted(app, in_context) == (opened, opened)


def test_the_proxy_acts_like_the_connection(app):
    with app.app_context():
        assert proxy.conn == getter.get_conn()
        assert proxy.conn is not getter.get_conn()
        assert isinstance(proxy.conn, Connection)
        assert type(proxy.conn) is LocalProxy
    assert repr(proxy.conn) == "<LocalProxy unbound>"
    assert not proxy.conn
    assert not isinstance(proxy.conn, Connection)


@all_ways
def test_a_failed_look_keeps_nothing(jukebox, way):
    with Wire(jukebox.host, jukebox.port) as wire:
        far = make_app(jukebox.through(wire))
        wire.refuse()
        with far.app_context():
            with pytest.raises(ReqlDriverError):
                LOOK[way]()
            assert "conn" not in g
            wire.accept()
            assert LOOK[way]()
            assert "conn" in g
        wire.refuse()
        reply = far.test_client().get(f"/{way}/songs")
        assert (reply.status_code, reply.json) == (503, {"error": "database unavailable"})
        wire.accept()
        assert far.test_client().get(f"/{way}/songs").status_code == 200
        assert wire.open == 0


@pytest.mark.parametrize("way", WAYS)
def test_what_an_attribute_error_blames(app, monkeypatch, way):
    def slip():
        return object().slip

    monkeypatch.setattr(getter, "connect", slip)
    monkeypatch.setattr(lazy_g, "connect", slip)
    with app.app_context(), pytest.raises(AttributeError) as caught:
        LOOK[way]()
    assert str(caught.value) == ("conn" if way == "g" else "'object' object has no attribute 'slip'")


def test_concurrent_contexts_have_connections_of_their_own(app):
    both, seen = threading.Barrier(2, timeout=10), []

    def work():
        with app.app_context():
            seen.append(g.conn)
            both.wait()

    threads = [threading.Thread(target=work) for _ in range(2)]

    def run():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert counted(app, run) == (2, 2)
    assert seen[0] is not seen[1]


def test_the_teardown_may_run_twice(app, client):
    def get():
        with client:
            client.get("/g/songs")

    assert counted(app, get) == (1, 1)
    with app.app_context():
        g.conn.is_open()
        db.close_conn(None)
        db.close_conn(None)
        assert "conn" not in g


def test_a_goodbye_that_fails_is_logged_and_costs_nothing(jukebox, caplog):
    with Wire(jukebox.host, jukebox.port) as wire:
        far = make_app(jukebox.through(wire))
        with far.app_context():
            g.conn.is_open()
            wire.cut()
    said = [record.getMessage() for record in caplog.records if record.name == "ch05_g_conn"]
    assert said == ["the connection did not close cleanly"]


def test_init_app_keeps_what_others_have_added_to_g():
    class WithCache(Flask.app_ctx_globals_class):
        cache = "a cache"

    app = Flask("another")
    app.app_ctx_globals_class = WithCache
    lazy_g.init_app(app)
    with app.app_context():
        assert g.cache == "a cache"
        assert isinstance(g._get_current_object(), lazy_g.LazyConn)
    assert not hasattr(Flask.app_ctx_globals_class, "conn")


def test_the_wrong_way_is_there_only_if_a_setting_asks_for_it(jukebox, app):
    assert isinstance(app.app_ctx_globals_class.conn, type(lazy_g.LazyConn.conn))
    wrong = make_app(jukebox, PLAIN_PROPERTY=True)
    assert type(wrong.app_ctx_globals_class.conn) is property


def test_the_environment_wins(jukebox, monkeypatch):
    monkeypatch.setenv("FLASK_RETHINKDB_PORT", "1")
    assert make_app(jukebox).config["RETHINKDB_PORT"] == 1


def test_seed_puts_everything_back(app, client, runner):
    with app.app_context():
        r.table("songs").get("so-what").update({"title": "So Long"}).run(g.conn)
    runner.invoke(args=["seed"])
    assert client.get("/g/songs").json == db.SONGS


@all_ways
def test_nobody_asks_more_than_twenty_times(client, way):
    assert client.get(f"/{way}/use/20").status_code == 200
    assert client.get(f"/{way}/use/21").status_code == 404


def test_seed_makes_the_database(jukebox):
    app = make_app(jukebox, RETHINKDB_DB="test_ch05_made_by_seed")
    for _ in range(2):
        assert app.test_cli_runner().invoke(args=["seed"]).output == "3 songs\n"
    with jukebox.connect() as conn:
        assert r.db("test_ch05_made_by_seed").table("songs").count().run(conn) == 3
        r.db_drop("test_ch05_made_by_seed").run(conn)


@pytest.mark.parametrize(
    ("key", "bad"),
    [
        *[("RETHINKDB_HOST", bad) for bad in (None, "", 1)],
        *[("RETHINKDB_PORT", bad) for bad in (None, "28015", True, 0, 65536)],
        *[("RETHINKDB_DB", bad) for bad in (None, "", 2026, "a name")],
        *[("RETHINKDB_TIMEOUT", bad) for bad in (None, "5", True, 0, 301, float("nan"))],
        ("PLAIN_PROPERTY", "no"),
    ],
)
def test_a_bad_setting_stops_the_app_at_its_start(jukebox, key, bad):
    with pytest.raises(RuntimeError, match=f"^the settings:\n  FLASK_{key} is [^\n]*$"):
        make_app(jukebox, **{key: bad})


def test_one_message_names_every_bad_setting(jukebox):
    names = [*(f"RETHINKDB_{key}" for key in ("HOST", "PORT", "DB", "TIMEOUT")), "PLAIN_PROPERTY"]
    with pytest.raises(RuntimeError) as caught:
        make_app(jukebox, **dict.fromkeys(names))
    assert [line.split()[0] for line in str(caught.value).splitlines()[1:]] == [f"FLASK_{name}" for name in names]


@all_ways
def test_visitors_of_a_silent_server_wait_once(jukebox, way):
    with socket.create_server(("127.0.0.1", 0), backlog=16) as silent:
        app = make_app(jukebox, RETHINKDB_PORT=silent.getsockname()[1], RETHINKDB_TIMEOUT=0.4)
        statuses = []

        def visit():
            statuses.append(app.test_client().get(f"/{way}/songs").status_code)

        visitors = [threading.Thread(target=visit) for _ in range(8)]
        began = time.monotonic()
        for act in (threading.Thread.start, threading.Thread.join):
            for visitor in visitors:
                act(visitor)
        assert time.monotonic() - began < 0.4 * 8 / 2
    assert statuses == [503] * 8


def test_a_server_that_falls_silent_is_left(jukebox):
    with Wire(jukebox.host, jukebox.port) as wire:
        app = make_app(jukebox.through(wire))
        with app.app_context():
            assert g.conn.connect_timeout == Config.RETHINKDB_TIMEOUT
            g.conn.connect_timeout = 0.2  # not the setting: under load to connect may take as long
            wire.delay(30)
            with pytest.raises(ReqlTimeoutError):
                r.table("songs").count().run(g.conn)
            assert wire.open == 0
