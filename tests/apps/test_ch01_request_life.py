"""The claims of chapter 1, in-process: which hooks run, in which order, whatever happens."""

import pytest

from ch01_request_life import create_app
from ch01_request_life.config import Config, TestConfig
from workbook import Recorder

CORS = "Access-Control-Allow-Origin"
AROUND = {"X-Coin": "1"}

BEFORE = ["check_open()", "read_listener()"]
AFTER = ["allow_frontend()", "add_listener()"]
END = ["report_failure(None)", "log_end(None)"]


@pytest.fixture
def app(request):
    config, settings = getattr(request, "param", (Config, {}))
    # As another config class would have it.
    app = create_app(type("Changed", (config,), settings))
    app.logger.disabled = True
    yield app
    app.logger.disabled = False


def ran(app, *args, **kwargs):
    """(response, names of the steps in order) of one request."""
    with Recorder(app) as recorder:
        with app.test_client().open(*args, **kwargs) as response:
            response.get_data()
    return response, [event["name"] for event in recorder.events if event["kind"] == "enter"]


def with_settings(config=Config, **settings):
    return pytest.mark.parametrize("app", [(config, settings)], indirect=True)


def test_a_whole_life(app):
    response, steps = ran(app, "/songs/so-what/play", method="POST", headers=AROUND)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert steps == [
        *BEFORE,
        "read_page()",
        "play()",
        "no_store()",
        "add_version()",
        *AFTER,
        "songs_end(None)",
        *END,
        "start_motor()",
    ]


def test_songs_come_in_pages(client):
    assert [song["title"] for song in client.get("/songs").json] == ["Blue in Green", "So What"]
    assert [song["title"] for song in client.get("/songs?page=2").json] == ["Take Five"]
    assert client.get("/songs/so-what").json["artist"] == "Miles Davis"
    assert client.get("/songs/so-what/notes").json == {"notes": "Two chords, nine minutes."}


@pytest.mark.parametrize(("method", "path"), [("GET", "/song"), ("GET", "/songs/a/b/c"), ("DELETE", "/songs")])
def test_without_a_route_only_the_hooks_of_the_app_run(app, method, path):
    response, steps = ran(app, path, method=method)
    assert response.status_code in (404, 405)
    assert steps == [*BEFORE, *AFTER, *END]


def test_static_files_pass_the_hooks_of_the_app(app):
    assert ran(app, "/static/style.css")[1] == [*BEFORE, "static()", *AFTER, *END]


def test_head_runs_the_view_and_options_does_not(app):
    songs = [*BEFORE, "read_page()", "songs()", "add_version()", *AFTER, "songs_end(None)", *END]
    assert ran(app, "/songs", method="HEAD")[1] == songs
    response, steps = ran(app, "/songs", method="OPTIONS")
    assert steps == [step for step in songs if step != "songs()"]
    assert response.allow == {"GET", "HEAD", "OPTIONS"}


def test_abort_is_no_failure(app):
    response, steps = ran(app, "/songs/no-such-song")
    assert response.status_code == 404
    assert steps[-6:] == ["add_version()", *AFTER, "songs_end(None)", *END]


def test_a_handler_for_the_class_hides_the_exception_from_teardown(app):
    response, steps = ran(app, "/songs/so-what/play", method="POST")
    assert response.status_code == 402
    assert steps[3:] == ["play()", "ask_for_a_coin()", "add_version()", *AFTER, "songs_end(None)", *END]


def test_a_handler_for_500_does_not(app):
    response, steps = ran(app, "/songs/take-five/notes")
    assert response.json == {"error": "something went wrong"}
    assert response.headers[CORS] == "https://jukebox.example"
    assert steps[3:5] == ["notes()", "apologise()"]
    assert steps[-3:] == ["songs_end(KeyError)", "report_failure(KeyError)", "log_end(KeyError)"]


def test_a_raising_before_request_skips_what_follows_but_not_the_end(app):
    response, steps = ran(app, "/songs", headers={"X-Listener": "nobody"})
    assert response.status_code == 500
    assert response.headers["X-Listener"] == "unknown"
    assert steps == [
        *BEFORE,
        "apologise()",
        "add_version()",
        *AFTER,
        "songs_end(ValueError)",
        "report_failure(ValueError)",
        "log_end(ValueError)",
    ]


@with_settings(MAINTENANCE=True)
def test_a_before_request_that_answers(app):
    response, steps = ran(app, "/songs")
    assert (response.status_code, response.headers["X-Listener"]) == (503, "unknown")
    assert steps == ["check_open()", "add_version()", *AFTER, "songs_end(None)", *END]


@with_settings(TestConfig)
def test_an_exception_that_propagates_passes_after_request_by(app):
    with Recorder(app) as recorder, pytest.raises(KeyError):
        app.test_client().get("/songs/take-five/notes")
    hooks = [event["hook"] for event in recorder.events if event["kind"] == "enter"]
    assert hooks[3:] == ["view", "teardown_request", "teardown_request", "teardown_appcontext"]


def test_cors_stands_on_every_answer(client):
    for path in ("/songs", "/songs/no-such-song", "/song", "/songs/take-five/notes", "/static/style.css"):
        assert client.get(path).headers[CORS] == "https://jukebox.example"


@with_settings(CORS_ON_BLUEPRINT=True)
def test_the_wrong_place_for_cors_misses_answers_without_a_route(client):
    assert CORS in client.get("/songs").headers
    assert CORS in client.get("/songs/no-such-song").headers
    assert CORS in client.get("/songs/take-five/notes").headers
    assert CORS not in client.get("/song").headers
    assert CORS not in client.get("/static/style.css").headers


def test_the_environment_wins_over_the_class(monkeypatch):
    monkeypatch.setenv("FLASK_MAINTENANCE", "true")
    assert create_app().config["MAINTENANCE"] is True


def test_a_command_ends_its_app_context_and_has_no_request(app, runner):
    app.cli.command("nothing")(lambda: None)
    with Recorder(app) as recorder:
        assert runner.invoke(args=["nothing"]).exit_code == 0
    hooks = [event["hook"] for event in recorder.events if event["kind"] == "enter"]
    assert hooks == ["teardown_appcontext"]
