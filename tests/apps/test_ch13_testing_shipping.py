"""The claims of chapter 13, in-process. How servers end, and who gives up first, is compared where the chapter runs."""

import json
import logging
import re
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata

import pytest
from packaging.version import Version

from ch13_testing_shipping import create_app, db, next_release, songs
from ch13_testing_shipping.config import RULES, Config
from workbook import Measured, Recorder, Timeline, Wire, databases
from workbook.author import next_flask
from workbook.paths import ROOT

KEY = "the key of these tests"


@pytest.fixture(scope="module")
def database():
    database = databases.rethinkdb("test_ch13")
    app = create_app(SECRET_KEY=KEY, **database.settings)
    assert app.test_cli_runner().invoke(args=["seed"]).output == "3 songs\n"
    return database


@pytest.fixture
def wire(database):
    with Wire(database.host, database.port) as wire:
        yield wire


@pytest.fixture
def make(database, wire):
    """A function that makes an app with settings of its own, and ends what it keeps."""
    apps = []

    def make(**settings):
        apps.append(create_app(**{"SECRET_KEY": KEY, "TESTING": True, **database.through(wire).settings, **settings}))
        return apps[-1]

    yield make
    for app in apps:
        app.extensions["probe"].close()


@pytest.fixture
def app(make):
    return make()


def at_once(app, path, number):
    with ThreadPoolExecutor(number) as threads:
        return [
            response.status_code for response in threads.map(lambda path: app.test_client().get(path), [path] * number)
        ]


# Songs


def test_a_vote_is_counted_once_for_each_browser(app, client):
    before = {song["id"]: song["votes"] for song in client.get("/songs").json}
    assert client.post("/songs/take-five/vote").json["votes"] == before["take-five"] + 1
    assert client.post("/songs/take-five/vote").status_code == 409
    assert app.test_client().post("/songs/take-five/vote").json["votes"] == before["take-five"] + 2
    assert [client.post(f"/songs/{name}/vote").status_code for name in ("nope", "%00", "x" * 31)] == [404] * 3


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_stream_closes_its_connection(app, wire, method):
    with Recorder(app) as recorder, app.test_client().open("/songs.ndjson", method=method) as response:
        lines = response.text.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["blue-in-green", "so-what", "take-five"][: 3 * len(lines)]
    assert len(lines) == (3 if method == "GET" else 0)
    timeline = Timeline(recorder.events)
    assert (timeline.opened, timeline.closed, wire.open) == (1, 1, 0)


def test_a_stream_that_nobody_begins_to_read_closes_its_connection(client, wire, monkeypatch):
    kept, read_lines = [], songs.read_lines
    # Kept, so that it is not the garbage collector that closes.
    monkeypatch.setattr(songs, "read_lines", lambda config: kept.append(read_lines(config)) or kept[-1])
    client.head("/songs.ndjson").close()
    assert (len(kept), wire.opened, wire.open) == (1, 1, 0)


def test_a_stream_that_is_left_closes_its_connection(client, wire):
    response = client.get("/songs.ndjson")
    next(response.iter_encoded())
    assert wire.open == 1
    response.close()
    assert wire.open == 0


def test_a_connection_is_closed_once_and_after_an_error_too(app, wire, monkeypatch):
    closed, close = [], db.close
    monkeypatch.setattr(db, "close", lambda conn: closed.append(conn) or close(conn))
    with app.test_client() as client:  # which runs each teardown twice
        client.get("/songs")
    with pytest.raises(ZeroDivisionError), app.app_context():
        db.get_conn()
        1 / 0  # noqa: B018
    assert len(closed) == len(set(closed)) == 2 and wire.open == 0


def test_a_database_that_is_away(client, wire):
    wire.refuse()
    for path in ("/songs", "/songs.ndjson"):
        response = client.get(path)
        assert (response.status_code, response.headers["Retry-After"]) == (503, "1")
        assert response.json == {"error": "database unavailable", "request": response.headers["X-Request-ID"]}
    # It may have been counted: nobody is told to send it again.
    response = client.post("/songs/so-what/vote")
    assert response.status_code == 503 and "Retry-After" not in response.headers


def test_no_wrong_way_that_nobody_asked_for(client, make, no_leaks):
    no_leaks.expected = ["leaked"]
    assert [client.get(f"/wrong/{name}").status_code for name in ("songs", "ready")] == [404, 404]
    leaking = make(WRONG_WAYS=True)
    with Recorder(leaking) as recorder:
        assert len(leaking.test_client().get("/wrong/songs").json) == 3
    assert Timeline(recorder.events).leaked == 1


# Health


def test_live_opens_nothing_and_ready_keeps_one(make, wire):
    app = make(READY_MAX_AGE=0, WRONG_WAYS=True)
    opened = []
    for path in ("/live", "/ready", "/wrong/ready"):
        before = wire.opened
        assert {app.test_client().get(path).status_code for _ in range(5)} == {200}
        opened.append(wire.opened - before)
    assert opened == [0, 1, 5]
    app.extensions["probe"].close()
    assert wire.open == 0


def test_ready_tells_that_the_database_is_away_and_back(make, wire):
    client = make(READY_MAX_AGE=0).test_client()
    found = [client.get("/ready")]
    wire.refuse()
    wire.cut()
    found += [client.get("/ready"), client.get("/ready")]
    assert client.get("/live").status_code == 200
    wire.accept()
    found.append(client.get("/ready"))
    assert [(one.status_code, one.json["rethinkdb"]) for one in found] == [
        (200, "ok"),
        (503, "away"),
        (503, "away"),
        (200, "ok"),
    ]


def test_ready_says_again_what_it_said(make, wire):
    client = make(READY_MAX_AGE=300).test_client()
    assert client.get("/ready").status_code == 200
    wire.refuse()
    wire.cut()
    assert client.get("/ready").status_code == 200


def test_who_waits_for_a_probe_takes_its_answer(make, wire):
    app = make(READY_MAX_AGE=0, RETHINKDB_TIMEOUT=0.5)
    wire.delay(30)
    began = time.monotonic()
    assert at_once(app, "/ready", 8) == [503] * 8
    assert time.monotonic() - began < 2  # and not eight times the limit


# The log


def test_an_id_in_the_response_and_in_the_log(client, caplog):
    with caplog.at_level(logging.INFO):
        assert client.get("/songs", headers={"X-Request-ID": "of-her-visit"}).headers["X-Request-ID"] == "of-her-visit"
        client.get("/live")
    assert [record.message for record in caplog.records] == ["GET '/songs' 200"]


@pytest.mark.parametrize("sent", ["short", "x" * 65, "with a blank", "forged\tid-of-hers", "umlaut-\xfcber"])
def test_an_id_that_does_not_fit_is_replaced(client, sent):
    first, second = (client.get("/", headers={"X-Request-ID": sent}).headers["X-Request-ID"] for _ in range(2))
    assert re.fullmatch("[0-9a-f]{16}", first) and first != second


def test_a_path_writes_no_line_of_its_own(client, caplog):
    with caplog.at_level(logging.INFO):
        client.get("/nowhere%0AINFO%20root%20logged%20in")
    assert [record.message.count("\n") for record in caplog.records] == [0]


def test_every_line_has_the_id_of_its_request(app):
    from flask.logging import default_handler

    record = logging.LogRecord("x", logging.INFO, "", 0, "said", (), None)
    with app.test_request_context("/", headers={"X-Request-ID": "of-her-visit"}):
        app.preprocess_request()
        assert default_handler.filter(record)
        assert default_handler.format(record) == "INFO of-her-visit said"
    assert default_handler.filter(record)
    assert default_handler.format(record) == "INFO - said"


# Settings


def test_all_bad_settings_in_one_message(make, monkeypatch):
    bad = {
        "SECRET_KEY": 1234,
        "SESSION_COOKIE_SECURE": "no",
        "SESSION_COOKIE_SAMESITE": "None",
        "MAX_CONTENT_LENGTH": 0,
        "RETHINKDB_HOST": "",
        "RETHINKDB_PORT": True,
        "RETHINKDB_DB": "a b",
        "RETHINKDB_TIMEOUT": float("nan"),
        "READY_MAX_AGE": -1,
        "TRUSTED_PROXIES": 11,
        "WRONG_WAYS": "no",
        "OPEN_EARLY": 0,
    }
    assert bad.keys() == RULES.keys() == {name for name in vars(Config) if name.isupper()}
    with pytest.raises(ValueError, match="settings to correct") as error:
        make(**bad)
    first, *lines = str(error.value).splitlines()
    assert first == "settings to correct:"
    assert [line.split()[0] for line in lines] == [f"FLASK_{name}" for name in RULES]
    with pytest.raises(ValueError, match="SECRET_KEY") as error:
        make(SECRET_KEY=None, RETHINKDB_HOST="db.example", RETHINKDB_PORT="the password, by mistake")
    assert "by mistake" not in str(error.value)


def test_a_test_wins_over_the_environment_and_that_over_the_class(make, monkeypatch):
    monkeypatch.setenv("FLASK_READY_MAX_AGE", "7")
    monkeypatch.setenv("FLASK_TRUSTED_PROXIES", "2")
    config = make(TRUSTED_PROXIES=1).config
    assert (config["READY_MAX_AGE"], config["TRUSTED_PROXIES"]) == (7, 1)
    assert config["RETHINKDB_TIMEOUT"] == Config.RETHINKDB_TIMEOUT


@pytest.mark.parametrize(
    ("proxies", "visitor", "links"),
    [
        (0, "127.0.0.1", "http://localhost/songs"),
        (1, "203.0.113.7", "https://songs.example/songs"),
        (2, "198.51.100.1", "http://localhost/songs"),
    ],
)
def test_as_many_proxies_are_trusted_as_there_are(make, proxies, visitor, links):
    headers = {
        "X-Forwarded-For": "198.51.100.1, 203.0.113.7",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "songs.example",
    }
    found = make(TRUSTED_PROXIES=proxies).test_client().get("/", headers=headers).json
    assert found == {"visitor": visitor, "songs": links}


def test_nothing_is_opened_while_the_app_is_made(make, wire):
    make()
    assert wire.opened == 0
    make(OPEN_EARLY=True).extensions["early"].close()
    assert wire.opened == 1


# The next release: a table that `make next` makes anew


def test_each_row_is_a_change(no_leaks):
    no_leaks.expected = ["lost"]
    here, there = next_release.look(), Measured(next_flask.RECORD)["found"]
    assert list(there) == list(here), "run make next: it records what next_release.py looks at"
    assert [what for what, found in here.items() if there[what] == found] == [], "no longer changes: take it out"


def test_the_record_is_of_a_later_release_and_of_the_same_as_the_page():
    versions = Measured(next_flask.RECORD).versions
    assert Version(versions["flask"]) > Version(metadata.version("flask")), "it is here: run make next"
    page = (ROOT / next_flask.PAGE).read_text(encoding="utf-8")
    assert f"Here that was Flask {versions['flask']} and Werkzeug {versions['werkzeug']}," in page
