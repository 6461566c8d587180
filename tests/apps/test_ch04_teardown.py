"""The claims of chapter 4, in-process: what survives a server that dies in mid-request."""

import io
import time
from importlib.metadata import version

import pytest
from flask import Flask
from rethinkdb import r
from rethinkdb.errors import ReqlDriverError

from ch04_teardown import create_app, db
from ch04_teardown.config import Config
from workbook import Recorder, Timeline, Wire, databases

RECORDING = "/songs/so-what/recording"


@pytest.fixture(scope="module")
def jukebox():
    return databases.rethinkdb("test_ch04_teardown")


@pytest.fixture
def songs(jukebox):
    with Wire(jukebox.host, jukebox.port) as wire:
        yield wire


@pytest.fixture
def audit(jukebox):
    with Wire(jukebox.host, jukebox.port) as wire:
        yield wire


@pytest.fixture
def make_app(jukebox, songs, audit):
    """create_app with a wire to each of its two servers, and the tables filled."""

    def make(**settings):
        reach = {
            **jukebox.through(songs).settings,
            **{key.replace("RETHINKDB", "AUDIT"): value for key, value in jukebox.through(audit).settings.items()},
        }
        app = create_app(type("TestConfig", (Config,), {**reach, **settings}))
        result = app.test_cli_runner().invoke(args=["seed"])
        assert result.output == "2 songs\n", result.output
        return app

    return make


@pytest.fixture
def app(make_app):
    return make_app()


@pytest.fixture
def fragile(make_app):
    return make_app(FRAGILE_TEARDOWN=True)


class Upload(io.BytesIO):
    """A request body of 8 bytes; when the app reads it, ``meanwhile()`` happens."""

    def __init__(self, meanwhile):
        super().__init__(b"recorded")
        self.meanwhile = meanwhile

    def readinto(self, buffer):
        self.meanwhile()
        return super().readinto(buffer)


def upload(app, meanwhile=lambda: None):
    return app.test_client().put(RECORDING, input_stream=Upload(meanwhile))


def cut(jukebox, *wires):
    """Cut the wires once the noreply write has arrived: bytes still under way would fail in the view."""
    receiving = r.table("uploads").filter({"state": "receiving"}).count()
    with jukebox.connect() as conn:
        while not receiving.run(conn):
            time.sleep(0.01)
    for wire in wires:
        wire.cut()


def responses(recorder):
    return [event for event in recorder.events if event["kind"] == "response"]


def errors(caplog):
    return [record.getMessage() for record in caplog.records if record.name == "ch04_teardown"
            and record.levelname == "ERROR"]  # fmt: skip


def test_songs(client):
    assert client.get("/songs/so-what").json["title"] == "So What"
    assert client.get("/songs/no-such-song").status_code == 404


def test_an_upload_is_stored_and_noted(app, jukebox):
    with Recorder(app) as recorder:
        assert upload(app).json == {"id": "so-what", "bytes": 8}
    timeline = Timeline(recorder.events)
    assert (timeline.opened, timeline.closed) == (2, 2)
    with jukebox.connect() as conn:
        assert r.table("songs").get("so-what")["bytes"].run(conn) == 8
        assert "received" in r.table("uploads")["state"].run(conn)


def test_a_context_opens_and_closes_only_what_it_asks_for(app, songs, audit):
    before = songs.opened, audit.opened
    with Recorder(app) as recorder:
        app.test_client().get("/songs/so-what")
        app.test_client().get("/nope")
    assert (songs.opened - before[0], audit.opened - before[1]) == (1, 0)
    timeline = Timeline(recorder.events)
    assert timeline.closed == timeline.opened > 0
    assert (songs.open, audit.open) == (0, 0)


def test_fragile_loses_the_answer_and_leaks(fragile, audit, jukebox):
    with Recorder(fragile) as recorder:
        with pytest.raises(ReqlDriverError):
            upload(fragile, meanwhile=lambda: cut(jukebox, audit))
    [response] = responses(recorder)
    assert (response["status"], response["lost"]) == ("500", "200 OK")
    assert Timeline(recorder.events).leaked == 1
    with jukebox.connect() as conn:
        assert r.table("songs").get("so-what")["bytes"].run(conn) == 8


def test_fragile_turns_503_into_500(fragile, jukebox, songs):
    with Recorder(fragile) as recorder:
        with pytest.raises(ReqlDriverError):
            upload(fragile, meanwhile=lambda: cut(jukebox, songs))
    [response] = responses(recorder)
    assert (response["status"], response["lost"]) == ("500", "503 SERVICE UNAVAILABLE")


@pytest.mark.parametrize(
    ("dies", "status", "logged"),
    [("audit", 200, ["audit"]), ("songs", 503, ["songs"]), ("songs audit", 503, ["audit", "songs"])],
)
def test_the_answer_survives(app, jukebox, songs, audit, caplog, dies, status, logged):
    wires = [{"songs": songs, "audit": audit}[name] for name in dies.split()]
    with Recorder(app) as recorder:
        assert upload(app, meanwhile=lambda: cut(jukebox, *wires)).status_code == status
    timeline = Timeline(recorder.events)
    assert (timeline.closed, timeline.cut) == (timeline.opened - len(wires), len(wires))
    assert (songs.open, audit.open) == (0, 0)
    assert errors(caplog) == [f"{name} did not close cleanly" for name in logged]


def test_503_while_the_server_is_away_and_200_when_it_is_back(client, songs, caplog):
    songs.refuse()
    assert client.get("/songs/so-what").status_code == 503
    songs.accept()
    assert client.get("/songs/so-what").status_code == 200
    assert errors(caplog) == []


def test_every_close_gets_its_turn_even_if_the_worker_is_stopped(app, monkeypatch):
    def stopped(noreply_wait=True):
        raise SystemExit(1)

    with Recorder(app) as recorder:
        context = app.app_context()
        context.push()
        db.get_songs()
        monkeypatch.setattr(db.get_audit(), "close", stopped)
        with pytest.raises(SystemExit):
            context.pop()
    timeline = Timeline(recorder.events)
    assert (timeline.opened, timeline.closed) == (2, 1)


def test_teardown_is_idempotent(app, caplog):
    with Recorder(app) as recorder:
        with app.test_client() as client:
            client.get("/songs/so-what")
    ran = [event["name"] for event in recorder.events if event["kind"] == "enter"]
    assert ran.count("close_conns(None)") == 2
    assert (Timeline(recorder.events).opened, Timeline(recorder.events).closed) == (1, 1)
    assert errors(caplog) == []


def test_a_command_closes_too(app, runner, songs, audit):
    assert runner.invoke(args=["seed"]).exit_code == 0
    assert (songs.open, audit.open) == (0, 0)


def test_what_the_chapter_says_of_skipped_teardowns():
    """True of Flask 3.1. If this fails after an upgrade, the chapter is to be revised."""
    app, ran = Flask("order"), []
    app.teardown_appcontext(lambda exc: ran.append("first"))
    app.teardown_appcontext(lambda exc: ran.append(1 / 0))
    with pytest.raises(ZeroDivisionError):
        app.test_client().get("/")
    assert version("flask").startswith("3.1.")
    assert ran == []
