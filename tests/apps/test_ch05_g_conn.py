"""The claims of chapter 5, in-process: three ways to one lazy connection, and one wrong way."""

import threading

import pytest
from flask import appcontext_pushed, g
from rethinkdb.errors import ReqlDriverError
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
def test_the_plain_property_leaks(jukebox, app, way):
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


def test_the_plain_property_ignores_a_fake(jukebox):
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
