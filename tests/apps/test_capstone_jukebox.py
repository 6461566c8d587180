"""The claims of the capstone: no vote and no play is lost, what is away is a 503, everything else goes on."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from rethinkdb.errors import ReqlDriverError, ReqlTimeoutError

from capstone_jukebox import create_app, sample
from capstone_jukebox.config import Config
from capstone_jukebox.people import accounts
from capstone_jukebox.queue import db, songs
from capstone_jukebox.queue.pages import Pages
from passwords import fast_hash
from workbook import Wire, databases

STEM = "capstone_jukebox"
PASSWORD = "a password of this test"
SECONDS = "a number of seconds up to 3600"
SETTINGS = {
    "SECRET_KEY": "the key of this test",
    "SESSION_COOKIE_SECURE": False,
    "SEED_PASSWORD": PASSWORD,
    "RETHINKDB_TIMEOUT": 2.0,
    "MONGODB_TIMEOUT": 1.0,
    "RETRY_FIRST": 0.01,
    "RETRY_LONGEST": 0.1,
    "FEED_PAUSE": 0.001,
    "QUEUE_LENGTH": 20,
}


@pytest.fixture(scope="module")
def servers():
    return [make(f"test_{STEM}") for make in (databases.rethinkdb, databases.mongodb, databases.cassandra)]


@pytest.fixture(scope="module")
def wires(servers):
    """One before each database, under the name that errors have for it."""
    live, people, archive = servers
    addresses = {
        "queue": (live.host, live.port),
        "people": people.address,
        "history": (archive.host, archive.port),
    }
    with ExitStack() as stack:
        yield {name: stack.enter_context(Wire(*address)) for name, address in addresses.items()}


def close(app):
    for name in ("feed", "outbox"):
        app.extensions[name].stop()
    app.extensions["archive"].close()
    app.extensions["mongo"].close()


@pytest.fixture(scope="module")
def make_app(servers, wires):
    """A function that makes an app behind the wires; all of them are closed at the end."""
    apps = []

    def make(**settings):
        for server, wire in zip(servers, wires.values(), strict=True):
            settings = {**server.through(wire).settings, **settings}
        apps.append(create_app(type("TestConfig", (Config,), {**SETTINGS, **settings})))
        return apps[-1]

    yield make
    for app in apps:
        close(app)


@pytest.fixture(scope="module")
def shared_app(make_app):
    app = make_app()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "generate_password_hash", fast_hash)
        patch.setattr(accounts, "NOBODY", {"password": fast_hash("nobody's")})
        printed = app.test_cli_runner().invoke(args=["seed"]).output
        assert printed.splitlines()[1:3] == ["40 tracks", f"ada (listener): {PASSWORD}"]
        yield app


@pytest.fixture
def conn(servers, shared_app):
    with servers[0].connect() as conn:
        yield conn


@pytest.fixture(scope="module")
def archive(servers):
    with servers[2].connect() as session:
        yield session


@pytest.fixture
def app(shared_app, conn, archive):
    """The app with an empty queue and nothing played."""
    for table in (songs.QUEUE, songs.PLAYS):
        table.delete().run(conn)
    archive.execute("TRUNCATE plays")
    return shared_app


def log_in(app, name, password=PASSWORD):
    """A client of that person, which sends its CSRF token with everything."""
    client = app.test_client()
    response = client.post("/api/login", json={"name": name, "password": password}, headers=token(client))
    assert response.status_code == 200, response.text
    client.environ_base["HTTP_X_CSRFTOKEN"] = token(client)["X-CSRFToken"]
    return client


def token(client):
    return {"X-CSRFToken": client.get("/api/csrf").json["token"]}


@pytest.fixture
def ada(app):
    return log_in(app, "ada")


@pytest.fixture
def ben(app):
    return log_in(app, "ben")


@pytest.fixture
def dj(app):
    return log_in(app, "cleo")


def error_of(response):
    """(status, code) of an error that has the one form of them all."""
    assert response.json.keys() == {"error"} and response.json["error"].keys() == {"code", "message"}
    return response.status_code, response.json["error"]["code"]


def titles(client):
    return [song["title"] for song in client.get("/api/queue").json["songs"]]


def until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False


# The queue


def test_songs_wait_in_the_order_of_their_votes(ada, ben, no_leaks):
    first = ada.post("/api/queue", json={"track_id": "01-1"})
    assert first.status_code == 201
    assert first.json | {"added_at": ""} == {
        **{"id": "01-1", "track_id": "01-1", "title": "Enter and Exit", "artist": "The Context Managers"},
        **{"seconds": 270, "votes": 0, "voted": False, "added_by": "ada", "added_at": ""},
    }
    ben.post("/api/queue", json={"track_id": "02-1"})
    ben.post("/api/queue", json={"track_id": "03-1"})
    assert titles(ada) == ["Enter and Exit", "After the Request", "Yield to Me"]
    assert ben.post("/api/queue/03-1/vote").json == {"id": "03-1", "votes": 1, "voted": True}
    assert titles(ada) == ["Yield to Me", "Enter and Exit", "After the Request"]
    assert [song["voted"] for song in ben.get("/api/queue").json["songs"]] == [True, False, False]
    assert [song["voted"] for song in ada.get("/api/queue").json["songs"]] == [False] * 3
    assert ben.delete("/api/queue/03-1/vote").json == {"id": "03-1", "votes": 0, "voted": False}
    assert titles(ada) == ["Enter and Exit", "After the Request", "Yield to Me"]


def test_a_track_waits_once_and_a_queue_has_an_end(app, ada):
    tracks = [track["id"] for track in sample.TRACKS]
    assert {ada.post("/api/queue", json={"track_id": one}).status_code for one in tracks[:20]} == {201}
    assert error_of(ada.post("/api/queue", json={"track_id": tracks[20]})) == (409, "queue_full")
    with app.app_context():
        songs.remove(db.run, tracks[19])
    assert error_of(ada.post("/api/queue", json={"track_id": tracks[0]})) == (409, "already_queued")
    assert error_of(ada.post("/api/queue", json={"track_id": "no-such-track"})) == (404, "not_found")


def test_one_of_many_who_ask_for_a_track_at_once_gets_it_queued(app):
    clients = [log_in(app, "ada") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        asked = pool.map(lambda client: client.post("/api/queue", json={"track_id": "01-1"}).status_code, clients)
        assert sorted(asked) == [201, 409, 409, 409]


def test_a_vote_counts_once_for_each_person(app, ada, conn):
    ada.post("/api/queue", json={"track_id": "01-1"})
    names = [f"voter{number}" for number in range(8)] * 3

    def vote(name):
        with app.app_context():
            return songs.vote(db.run, "01-1", name, True)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(vote, names))
    assert songs.QUEUE.get("01-1")["voters"].count().run(conn) == 8
    assert error_of(ada.post("/api/queue/02-1/vote")) == (404, "not_found")


class LostAnswer:
    """A query whose first answer is lost on the way: the server has done what was asked."""

    def __init__(self, query):
        self.query, self.sent = query, 0

    def run(self, conn):
        self.sent += 1
        result = self.query.run(conn)
        if self.sent == 1:
            raise ReqlDriverError("Connection is closed.")
        return result


def test_an_answer_that_is_lost_costs_nothing(app, ada, conn, no_leaks):
    ada.post("/api/queue", json={"track_id": "01-1"})
    lost = []

    def run(query):
        lost.append(LostAnswer(query))
        return db.run(lost[-1])

    with app.app_context():
        assert songs.vote(run, "01-1", "ben", True)["voters"] == ["ben"]
        assert songs.vote(run, "01-1", "ben", False)["voters"] == []
        assert songs.add(run, sample.TRACKS[1], "ben", 20)["added_by"] == "ben"
        play = songs.play(run, "cleo")
        written = []
        songs.settle(run, play, written.append)
        songs.settle(run, play, written.append)
        assert [waiting["id"] for waiting in songs.waiting(run)] == ["01-2"]
        songs.remove(run, "01-2")
    assert songs.QUEUE.count().run(conn) == 0
    assert songs.PLAYS["play_id"].run(conn).next() == play["play_id"]
    assert {query.sent for query in lost} == {2}


def test_a_wait_that_was_long_is_not_repeated(app):
    class Slow(LostAnswer):
        def run(self, conn):
            self.sent += 1
            raise ReqlTimeoutError()

    slow = Slow(None)
    with app.app_context(), pytest.raises(ReqlTimeoutError):
        db.run(slow)
    assert slow.sent == 1


# Who may do what


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("get", "/api/queue", "nobody ada cleo dora"),
        ("get", "/api/catalogue", "nobody ada cleo dora"),
        ("get", "/api/history", "nobody ada cleo dora"),
        ("get", "/api/me", "ada cleo dora"),
        ("post", "/api/queue", "ada cleo dora"),
        ("post", "/api/queue/01-1/vote", "ada cleo dora"),
        ("delete", "/api/queue/01-1/vote", "ada cleo dora"),
        ("delete", "/api/queue/01-1", "cleo dora"),
        ("post", "/api/play", "cleo dora"),
    ],
)
def test_roles(app, method, path, allowed):
    for name in ("nobody", "ada", "cleo", "dora"):
        client = app.test_client() if name == "nobody" else log_in(app, name)
        response = client.open(path, method=method, headers=token(client))
        if name in allowed.split():
            assert response.status_code in (200, 204, 404, 409, 415), name
        else:
            assert error_of(response) == ((401, "unauthorized") if name == "nobody" else (403, "forbidden"))


def test_a_session(app, ada):
    assert ada.get("/api/me").json == {"name": "ada", "roles": ["listener"]}
    assert log_in(app, "dora").get("/api/me").json["roles"] == ["listener", "dj", "admin"]
    anybody = app.test_client()
    for who in ({"name": "ada", "password": "wrong"}, {"name": "zoe", "password": PASSWORD}):
        assert error_of(anybody.post("/api/login", json=who, headers=token(anybody))) == (401, "unauthorized")
    assert ada.post("/api/logout").status_code == 204
    assert error_of(ada.get("/api/me")) == (401, "unauthorized")


def test_another_login_id_ends_every_session(app, ada, servers):
    with servers[1].connect() as client:
        people = client[servers[1].name]["people"]
        before = people.find_one_and_update({"_id": "ada"}, {"$set": {"login_id": "another"}})
        assert error_of(ada.get("/api/me")) == (401, "unauthorized")
        people.replace_one({"_id": "ada"}, before)
    assert ada.get("/api/me").status_code == 200


@pytest.mark.parametrize("headers", [{}, {"X-CSRFToken": ""}, {"X-CSRFToken": "IjEi.aaaa.bbbb"}, "of another session"])
def test_what_changes_something_needs_a_token_of_its_session(app, headers):
    client = log_in(app, "cleo")
    del client.environ_base["HTTP_X_CSRFTOKEN"]
    if isinstance(headers, str):
        headers = token(app.test_client())
    for method, path in [("post", "/api/play"), ("post", "/api/logout"), ("delete", "/api/queue/01-1")]:
        assert error_of(client.open(path, method=method, headers=headers)) == (400, "csrf")
    assert client.get("/api/me").status_code == 200


def test_a_token_ends_with_its_session(app, ada):
    anybody = app.test_client()
    before = token(anybody)
    who = {"name": "ada", "password": PASSWORD}
    assert anybody.post("/api/login", json=who, headers=before).status_code == 200
    assert error_of(anybody.post("/api/logout", headers=before)) == (400, "csrf")
    old = ada.environ_base["HTTP_X_CSRFTOKEN"]
    ada.post("/api/logout")
    assert error_of(ada.post("/api/logout", headers={"X-CSRFToken": old})) == (400, "csrf")


# What was played


def played(client, **query):
    return client.get("/api/history", query_string=query).json


def test_a_song_is_played_and_remembered(ada, dj, conn, no_leaks):
    for track in ("01-1", "02-1"):
        ada.post("/api/queue", json={"track_id": track})
    ada.post("/api/queue/02-1/vote")
    response = dj.post("/api/play")
    assert response.json | {"played_at": ""} == {
        **{"track_id": "02-1", "title": "After the Request", "artist": "Teardown", "seconds": 143},
        **{"requested_by": "ada", "played_at": "", "history": "written"},
    }
    assert titles(ada) == ["Enter and Exit"]
    playing = {name: value for name, value in response.json.items() if name != "history"}
    assert ada.get("/api/queue").json["playing"] == playing
    (play,) = played(ada)["plays"]
    assert play | {"id": ""} == {name: value for name, value in playing.items() if name != "seconds"} | {"id": ""}
    # What plays may wait again.
    assert ada.post("/api/queue", json={"track_id": "02-1"}).status_code == 201
    assert [dj.post("/api/play").status_code for _ in range(2)] == [200, 200]
    assert error_of(dj.post("/api/play")) == (409, "queue_empty")
    assert [play["title"] for play in played(ada)["plays"]] == [
        "After the Request",
        "Enter and Exit",
        "After the Request",
    ]
    assert songs.PLAYS.count().run(conn) == 1


def test_two_who_press_the_button_at_once_play_two_songs(app, ada):
    for track in ("01-1", "02-1", "03-1", "04-1"):
        ada.post("/api/queue", json={"track_id": track})
    djs = [log_in(app, "cleo") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda dj: dj.post("/api/play"), djs))
    assert len({answer.json["track_id"] for answer in answers}) == 4
    assert len(played(ada)["plays"]) == 4 and titles(ada) == []


def fill_history(app, number):
    archive = app.extensions["archive"]
    for count in range(number):
        play = {"play_id": str(songs.uuid.uuid1()), "played_at": songs.now(), "track_id": "x", "artist": "x"}
        archive.add({**play, "title": str(count), "requested_by": "ada"})


def test_the_history_comes_in_pages_and_in_lines(app, make_app):
    fill_history(app, 25)
    newest_first = [str(count) for count in reversed(range(25))]
    found, cursor, sizes = [], {}, []
    while cursor is not None:
        page = played(app.test_client(), limit=10, **cursor)
        found += [play["title"] for play in page["plays"]]
        sizes.append(len(page["plays"]))
        cursor = page["next"] and {"cursor": page["next"]}
    assert (found, sizes) == (newest_first, [10, 10, 5])
    small = make_app(HISTORY_FETCH=10)
    lines = small.test_client().get("/api/history.ndjson").text.splitlines()
    assert [json.loads(line)["title"] for line in lines] == newest_first
    assert [len(page) for page in small.extensions["archive"].pages()] == [10, 10, 5]


def test_nothing_was_played_yet(app, client):
    assert played(client) == {"plays": [], "next": None}
    assert client.get("/api/history.ndjson").text == ""


# Databases that go away


class Power:
    """Switches databases off and on, as the app sees them."""

    def __init__(self, wires):
        self.wires, self.dead = wires, set()

    def off(self, name):
        self.wires[name].refuse()
        self.wires[name].cut()
        self.dead.add(name)

    def on(self, name):
        self.wires[name].accept()
        self.dead.remove(name)


@pytest.fixture
def power(app, wires):
    power = Power(wires)
    yield power
    for name in list(power.dead):
        power.on(name)
        assert until(lambda name=name: app.test_client().get(READS[name]).status_code == 200)


READS = {"queue": "/api/queue", "people": "/api/catalogue", "history": "/api/history"}


@pytest.mark.parametrize("away", READS)
def test_what_needs_a_database_that_is_away_is_503_and_the_rest_goes_on(app, ada, power, away, no_leaks):
    ada.post("/api/queue", json={"track_id": "01-1"})
    assert played(ada)["plays"] == []
    power.off(away)
    for name, path in READS.items():
        response = ada.get(path)
        if name == away:
            assert error_of(response) == (503, f"{name}_unavailable")
            assert response.headers["Retry-After"] == "1"
        else:
            assert response.status_code == 200
    vote = ada.post("/api/queue/01-1/vote")
    assert vote.status_code == (200 if away == "history" else 503)
    power.on(away)
    assert until(lambda: ada.get(READS[away]).status_code == 200)
    assert ada.post("/api/queue/01-1/vote").json["votes"] == 1


def test_a_play_that_was_acknowledged_reaches_the_history(app, ada, dj, power, conn):
    for track in ("01-1", "02-1"):
        ada.post("/api/queue", json={"track_id": track})
    assert played(ada)["plays"] == []
    power.off("history")
    assert [dj.post("/api/play").json["history"] for _ in range(2)] == ["pending", "pending"]
    assert titles(ada) == []
    assert error_of(ada.get("/api/history")) == (503, "history_unavailable")
    power.on("history")
    assert until(lambda: songs.PLAYS.filter({"settled": False}).is_empty().run(conn))
    assert [play["title"] for play in played(ada)["plays"]] == ["After the Request", "Enter and Exit"]


def test_a_queue_that_goes_in_the_middle_of_a_play(app, ada, dj, monkeypatch, conn):
    ada.post("/api/queue", json={"track_id": "01-1"})
    settle, tried = songs.settle, []

    def fails_first(run, play, write):
        tried.append(play)
        if len(tried) == 1:
            raise ReqlDriverError("Connection is closed.")
        settle(run, play, write)

    monkeypatch.setattr(songs, "settle", fails_first)
    assert dj.post("/api/play").json["history"] == "pending"
    assert until(lambda: songs.PLAYS.filter({"settled": False}).is_empty().run(conn))
    assert titles(ada) == [] and len(played(ada)["plays"]) == 1


def test_what_follows_from_a_play_leaves_a_later_song_alone(app, ada, conn):
    ada.post("/api/queue", json={"track_id": "01-1"})
    with app.app_context():
        play = songs.play(db.run, "cleo")
        written = []
        songs.settle(db.run, play, written.append)
        assert ada.post("/api/queue", json={"track_id": "01-1"}).status_code == 201
        songs.settle(db.run, play, written.append)
    assert titles(ada) == ["Enter and Exit"]
    assert [one["play_id"] for one in written] == [play["play_id"]] * 2


def test_a_mistake_after_a_play_does_not_undo_it(app, ada, dj, monkeypatch, caplog):
    ada.post("/api/queue", json={"track_id": "01-1"})
    monkeypatch.setattr(app.extensions["outbox"], "wake", lambda: None)
    monkeypatch.setattr(songs, "settle", lambda run, play, write: 1 / 0)
    assert dj.post("/api/play").json["history"] == "pending"
    assert "ZeroDivisionError" in caplog.text


def test_what_an_earlier_process_left_is_written(app, ada, make_app, conn, runner):
    ada.post("/api/queue", json={"track_id": "01-1"})
    with app.app_context():
        songs.play(db.run, "cleo")
    next_process = make_app()
    played(next_process.test_client())
    assert until(lambda: len(played(ada)["plays"]) == 1)
    ada.post("/api/queue", json={"track_id": "02-1"})
    with app.app_context():
        songs.play(db.run, "cleo")
    assert runner.invoke(args=["write-history"]).output == "1 of 1 written\n"
    assert len(played(ada)["plays"]) == 2


# The feed


class Page:
    """An open page: its events as they come, one by one."""

    def __init__(self, app):
        self.response = app.test_client().get("/api/feed")
        self.pieces = map(bytes.decode, self.response.iter_encoded())

    def next(self):
        piece = next(self.pieces)
        while piece.startswith("retry"):
            piece = next(self.pieces)
        if piece.startswith(":"):
            return piece
        name, data = piece.splitlines()[:2]
        return name.removeprefix("event: "), json.loads(data.removeprefix("data: "))

    def until(self, wanted):
        """The first event that ``wanted(name, data)``; a test that waits for ever is ended by its server's wire."""
        while True:
            event = self.next()
            if isinstance(event, tuple) and wanted(*event):
                return event[1]

    def close(self):
        self.response.close()


@pytest.fixture
def listening(make_app, app):
    """(an app whose feed no test has opened yet, a function that opens a page of it)"""
    fresh = make_app(FEED_PAGES=3, FEED_HEARTBEAT=0.2)
    with ExitStack() as pages:

        def listen():
            page = Page(fresh)
            pages.callback(page.close)
            return page

        yield fresh, listen
    close(fresh)


def test_a_page_gets_the_queue_at_once_and_after_each_change(ada, ben, listening):
    ada.post("/api/queue", json={"track_id": "01-1"})
    page = listening[1]()
    assert page.response.mimetype == "text/event-stream"
    assert page.next() == ("state", {"feed": "live"})
    name, data = page.next()
    assert name == "queue" and data["playing"] is None
    assert [song["title"] for song in data["songs"]] == ["Enter and Exit"] and "voted" not in data["songs"][0]
    ben.post("/api/queue/01-1/vote")
    assert page.until(lambda name, data: data["songs"][0]["votes"] == 1)
    ada.post("/api/queue", json={"track_id": "02-1"})
    assert page.until(lambda name, data: len(data["songs"]) == 2)
    assert page.next() == ": no news\n\n"


def test_pages_share_one_connection(app, ada, listening, wires):
    before = wires["queue"].open
    pages = [listening[1]() for _ in range(3)]
    assert [page.next()[0] for page in pages] == ["state"] * 3
    assert wires["queue"].open == before + 1
    refused = listening[0].test_client().get("/api/feed")
    assert error_of(refused) == (503, "too_many_pages")
    assert refused.headers["Retry-After"] == "10"
    pages[0].close()
    listening[0].test_client().head("/api/feed").close()
    assert listening[1]().next() == ("state", {"feed": "live"})


def test_a_slow_page_gets_what_is_new_and_not_what_was(app, ada, listening):
    slow, quick = listening[1](), listening[1]()
    assert [slow.next()[0], slow.next()[0]] == ["state", "queue"]
    tracks = ["01-1", "02-1", "03-1"]
    for number, track in enumerate(tracks, 1):
        ada.post("/api/queue", json={"track_id": track})
        quick.until(lambda name, data, number=number: name == "queue" and len(data["songs"]) == number)
    assert len(slow.next()[1]["songs"]) == 3


def test_a_feed_outlives_its_database(app, ada, listening, power, conn):
    page = listening[1]()
    page.until(lambda name, data: name == "queue")
    power.off("queue")
    assert page.until(lambda name, data: name == "state") == {"feed": "reconnecting"}
    late = listening[1]()
    assert late.next() == ("state", {"feed": "reconnecting"})
    # What changes while the app cannot see it:
    with app.app_context():
        songs.add(lambda query: query.run(conn), sample.TRACKS[0], "ada", 20)
    power.on("queue")
    for one in (page, late):
        assert one.until(lambda name, data: name == "state" and data["feed"] == "live")
        assert len(one.until(lambda name, data: name == "queue")["songs"]) == 1


def test_what_pages_are_told():
    pages = Pages(1, 0.001)
    assert [pages.enter(), pages.enter()] == [True, False]
    pages.tell("live", "one song")
    events = pages.events()
    assert [next(events) for _ in range(4)] == ["retry: 1000\n\n", "live", "one song", ": no news\n\n"]
    pages.tell("reconnecting")
    assert [next(events), next(events)] == ["reconnecting", ": no news\n\n"]
    # The whole queue again, even if it is the same.
    pages.tell("live", "one song")
    assert [next(events), next(events)] == ["live", "one song"]
    pages.close()
    assert list(events) == [] and not pages.enter()


def test_a_feed_ends_with_its_app(app, listening, wires):
    before = wires["queue"].open
    fresh, listen = listening
    page = listen()
    page.until(lambda name, data: name == "queue")
    fresh.extensions["feed"].stop()
    with pytest.raises(StopIteration):
        while True:
            page.next()
    assert wires["queue"].open == before
    assert not [one for one in threading.enumerate() if one is fresh.extensions["feed"]._thread]
    assert error_of(fresh.test_client().get("/api/feed")) == (503, "too_many_pages")


# Health


def test_health_asks_seldom(app, make_app, servers, wires):
    with Wire(servers[2].host, servers[2].port) as own_wire:
        fresh = make_app(**servers[2].through(own_wire).settings)
        client, before = fresh.test_client(), wires["queue"].opened
        assert {client.get("/health/ready").status_code for _ in range(20)} == {200}
        assert wires["queue"].opened == before + 1
        assert client.get("/health/live").json == {"status": "live"}
        own_wire.stop()
        assert client.get("/health/ready").status_code == 200
        for check in fresh.extensions["health"].values():
            check._until = 0
        response = client.get("/health/ready")
    assert error_of(response) == (503, "not_ready")
    assert response.json["error"]["message"] == "away: history"
    close(fresh)


# What is sent


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"[]", 422),
        (b"null", 422),
        (b'{"track_id": 1}', 422),
        (b'{"track_id": "01-1", "votes": 99}', 422),
        (b'{"track_id": "\\u0000"}', 422),
        (b'{"track_id": "\\ud800"}', 422),
        (b'{"track_id": "01-1\\n"}', 422),
        (b'{"track_id": {"$gt": ""}}', 422),
        (b"\xff", 422),
        (b"[" * 16_000, 400),
        (b"x" * 20_000, 413),
    ],
)
def test_hostile_bodies(ada, body, status):
    response = ada.post("/api/queue", data=body, content_type="application/json")
    assert error_of(response)[0] == status


def test_a_form_is_not_taken_for_json(ada):
    assert error_of(ada.post("/api/queue", data={"track_id": "01-1"}))[0] == 415


@pytest.mark.parametrize(
    "path",
    [
        "/api/catalogue?page=0",
        "/api/catalogue?page=1001",
        "/api/catalogue?per_page=51",
        "/api/catalogue?page=" + "9" * 5000,
        "/api/catalogue?page=1&page=2",
        "/api/catalogue?q=" + "x" * 101,
        "/api/history?limit=0",
        "/api/history?limit=101",
        "/api/history?cursor=x",
        "/api/history?cursor=00000000-0000-4000-8000-000000000000",
        "/api/history?cursor=%00",
    ],
)
def test_hostile_queries(client, path):
    assert error_of(client.get(path)) == (422, "invalid")


@pytest.mark.parametrize("song", ["%00", "%FF", "A", "x" * 61, "x" * 70_000, "..", "%2e%2e", "$", "%F0%9F%8C%8A"])
def test_hostile_songs(ada, dj, song):
    assert error_of(ada.post(f"/api/queue/{song}/vote")) == (404, "not_found")
    assert error_of(dj.delete(f"/api/queue/{song}")) == (404, "not_found")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", 40),
        ("ñan", 1),
        ("wa", 2),
        ("wal", 1),
        ("ÑANDÚ", 1),
        ("señ uni", 4),
        ("café naï", 1),
        ("old new", 1),
        ("nothing at all", 0),
        (".*", 40),
        ("^a", 8),
        ("(((", 40),
        ("\0", 40),
    ],
)
def test_search(app, client, text, found):
    response = client.get("/api/catalogue", query_string={"q": text, "per_page": 50})
    assert response.json["total"] == found == len(response.json["tracks"])


def test_a_page_of_the_catalogue(app, client):
    pages = [client.get(f"/api/catalogue?per_page=15&page={number}").json for number in (1, 2, 3, 4)]
    assert [len(page["tracks"]) for page in pages] == [15, 15, 10, 0]
    found = [track for page in pages for track in page["tracks"]]
    assert found == sorted(sample.TRACKS, key=lambda track: (track["artist"], track["title"]))


# The description


def test_the_description_has_every_route_and_every_error(app, client):
    described = client.get("/api/openapi.json").json
    routes = {
        (str(rule).replace("<", "{").replace(">", "}"), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if str(rule).startswith("/api/") and str(rule) != "/api/openapi.json"
    }
    assert {(path, method) for path, methods in described["paths"].items() for method in methods} == routes
    for path, method in routes:
        known = described["paths"][path][method]["responses"]
        assert "422" in known
        if method != "get":
            assert "400" in known


def test_a_body_that_is_not_sent_as_json_is_refused(ada):
    for body in ({"data": {"track_id": "01-1"}}, {"data": b"{}", "content_type": "multipart/form-data"}, {}):
        assert ada.post("/api/queue", **body).status_code == 415
    assert ada.post("/api/queue", json=[]).status_code == 422


def test_the_page_is_there_while_nobody_is_known(app, ada, power):
    power.off("people")
    assert 'data-session="yes"' in ada.get("/").text
    assert 'data-session="no"' in app.test_client().get("/").text


def test_the_page_has_what_its_script_needs(app, client):
    response = client.get("/")
    assert 'name="csrf-token"' in response.text
    policy = response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy and "unsafe" not in policy and "http" not in policy
    assert "http://" not in response.text and "https://" not in response.text


# Settings and commands


@pytest.mark.parametrize(
    ("name", "values", "wanted"),
    [
        ("SECRET_KEY", [None, "", 1234], "a text that is not a number"),
        ("SECRET_KEY_FALLBACKS", ["x", [1]], "a list of texts"),
        ("SESSION_COOKIE_SECURE", ["no", 1], "true or false"),
        ("RETHINKDB_PORT", [0, 65536, True, "28015"], "a port number"),
        ("RETHINKDB_DB", ["", "a-b", 5], "a name of letters, digits and _"),
        ("MONGODB_URI", ["", "localhost", "mongodb://", None], "a URI that begins with mongodb://"),
        ("CASSANDRA_CONTACT_POINTS", [None, "a,", 1], "a host, or hosts with commas between them"),
        ("FEED_PAGES", [0, 10_001, True], "a number of pages up to 10000"),
        ("QUEUE_LENGTH", [0, 1001], "a number of songs up to 1000"),
        ("CASSANDRA_TIMEOUT", [0, "2", float("nan"), float("inf"), True], SECONDS),
        ("SEED_PASSWORD", [1234, ""], "text, in double quotes if it is a number"),
    ],
)
def test_a_bad_setting_is_named_and_not_shown(name, values, wanted):
    for value in values:
        with pytest.raises(RuntimeError) as error:
            create_app(type("Changed", (Config,), {"SECRET_KEY": "x", name: value}))
        assert str(error.value).splitlines()[1:] == [f"  FLASK_{name} is not {wanted}"], value


def test_half_a_login_is_none():
    with pytest.raises(RuntimeError, match="belong together"):
        create_app(type("Changed", (Config,), {"SECRET_KEY": "x", "CASSANDRA_USERNAME": "ada"}))


def test_seed_leaves_what_is_there(app, ada, runner, conn):
    songs.QUEUE.delete().run(conn)
    for _ in range(2):
        printed = runner.invoke(args=["seed"]).output
        assert "ada: is there already" in printed and PASSWORD not in printed
    assert songs.QUEUE["id"].run(conn) is not None and len(titles(ada)) == 3


def test_create_user(app, runner, servers):
    made = runner.invoke(args=["create-user", "eve", "--role", "dj"], input="long enough\nlong enough\n")
    assert made.output.splitlines()[-1] == "eve (dj)"
    assert log_in(app, "eve", "long enough").get("/api/me").json["roles"] == ["listener", "dj"]
    for arguments, complaint in [
        (["eve", "--password", "long enough"], "there is a eve already"),
        (["Eve", "--password", "long enough"], "a name has up to 30"),
        (["eva", "--password", "short"], "a password has 8 to 200"),
    ]:
        refused = runner.invoke(args=["create-user", *arguments])
        assert refused.exit_code != 0 and complaint in refused.output
    with servers[1].connect() as client:
        client[servers[1].name]["people"].delete_one({"_id": "eve"})


def test_a_changed_schema_is_not_left_to_atexit(make_app, servers):
    with Wire(servers[2].host, servers[2].port) as own_wire:
        fresh = make_app(**servers[2].through(own_wire).settings)
        assert fresh.test_cli_runner().invoke(args=["init-db"]).exit_code == 0
        assert (own_wire.opened, own_wire.open) == (2, 0)
        close(fresh)
