"""The claims of chapter 1, in-process: which hooks run, in which order, whatever happens."""

import pytest

from ch01_request_life import create_app
from ch01_request_life.config import Config, TestConfig
from workbook import Recorder

FRONTEND = "https://jukebox.example"
CORS = "Access-Control-Allow-Origin"
AROUND = {"X-Coin": "1"}

BEFORE = ["check_open()", "read_listener()"]
AFTER = ["allow_frontend()", "add_listener()"]
END = ["end_request(None)", "end_context(None)"]


def changed(config=Config, **settings):
    """As another config class would have it."""
    return type("Changed", (config,), settings)


@pytest.fixture
def app(request):
    config, settings = getattr(request, "param", (Config, {}))
    app = create_app(changed(config, **settings))
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
    for page in ("0", "-1", "first", "9" * 5000):
        assert len(client.get(f"/songs?page={page}").json) == 2
    assert client.get("/songs?page=3").json == []
    assert client.get("/songs").headers["X-Api-Version"] == "1"


def test_what_is_not_there_is_a_404(client):
    for path in ("/songs/no-such-song", "/songs/no-such-song/notes", "/songs/take-five/notes"):
        assert client.get(path).status_code == 404
    assert client.post("/songs/no-such-song/play", headers=AROUND).status_code == 404
    assert client.post("/songs/no-such-song/play").status_code == 404


def test_play_is_paid_for(client):
    response = client.post("/songs/so-what/play", headers=AROUND)
    assert response.json == {"playing": "so-what"}
    assert client.post("/songs/so-what/play").json == {"error": "insert a coin"}
    assert "no-store" not in client.post("/songs/so-what/play").headers.get("Cache-Control", "")


def test_listener_is_a_number(client):
    assert client.get("/songs", headers={"X-Listener": "7"}).headers["X-Listener"] == "7"
    assert client.get("/songs").headers["X-Listener"] == "0"
    for text in ("nobody", "", "7.5", "9" * 5000):
        response = client.get("/songs", headers={"X-Listener": text})
        assert (response.status_code, response.headers["X-Listener"]) == (400, "unknown")


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


@with_settings(NOTES_BUG=True)
def test_a_handler_for_500_does_not(app):
    response, steps = ran(app, "/songs/take-five/notes")
    assert response.json == {"error": "something went wrong"}
    assert (response.status_code, response.headers[CORS]) == (500, FRONTEND)
    assert steps[3:5] == ["notes()", "apologise()"]
    assert steps[-3:] == ["songs_end(KeyError)", "end_request(KeyError)", "end_context(KeyError)"]


def test_a_raising_before_request_skips_what_follows_but_not_the_end(app):
    response, steps = ran(app, "/songs", headers={"X-Listener": "nobody"})
    assert response.status_code == 400
    assert response.headers["X-Listener"] == "unknown"
    assert steps == [*BEFORE, "add_version()", *AFTER, "songs_end(None)", *END]


@with_settings(NOTES_BUG=True)
def test_failures_that_nobody_handled_are_reported(app, monkeypatch):
    said = []
    monkeypatch.setattr(app.logger, "error", lambda *words, **options: said.append(words))
    client = app.test_client()
    for method, path in (("GET", "/songs/nothing"), ("POST", "/songs/so-what/play"), ("GET", "/nowhere")):
        client.open(path, method=method)
    assert said == []
    client.get("/songs/take-five/notes")
    assert said[0] == ("to be reported: %s", "KeyError")


@with_settings(MAINTENANCE=True)
def test_a_before_request_that_answers(app):
    response, steps = ran(app, "/songs")
    assert (response.status_code, response.headers["X-Listener"]) == (503, "unknown")
    assert steps == ["check_open()", "add_version()", *AFTER, "songs_end(None)", *END]


@with_settings(MAINTENANCE=True)
def test_a_closed_jukebox_answers_preflights(client):
    """Without it a browser says "CORS error" and shows no 503."""
    asked = {"Origin": FRONTEND, "Access-Control-Request-Method": "POST"}
    assert client.options("/songs/so-what/play", headers=asked).status_code == 200
    assert client.post("/songs/so-what/play", headers=AROUND).status_code == 503


@with_settings(TestConfig, NOTES_BUG=True)
def test_an_exception_that_propagates_passes_after_request_by(app):
    with Recorder(app) as recorder, pytest.raises(KeyError):
        app.test_client().get("/songs/take-five/notes")
    hooks = [event["hook"] for event in recorder.events if event["kind"] == "enter"]
    assert hooks[3:] == ["view", "teardown_request", "teardown_request", "teardown_appcontext"]


@with_settings(FRONTEND="http://[::1]:8080", NOTES_BUG=True)
def test_cors_stands_on_every_response(client):
    for path in ("/songs", "/songs/no-such-song", "/song", "/songs/take-five/notes", "/static/style.css"):
        response = client.get(path)
        assert response.headers[CORS] == "http://[::1]:8080"
        # A cache between us and two front ends must not mix their responses up.
        assert response.vary.as_set() == {"origin"}
        assert "Access-Control-Allow-Headers" not in response.headers


def test_a_preflight_allows_what_the_views_read(client):
    asked = {
        "Origin": FRONTEND,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-coin",
    }
    response = client.options("/songs/so-what/play", headers=asked)
    assert (response.status_code, response.headers[CORS]) == (200, FRONTEND)
    assert response.headers["Access-Control-Allow-Headers"] == "X-Coin, X-Listener"
    assert response.headers["Access-Control-Allow-Methods"] == "GET, POST"


@with_settings(CORS_ON_BLUEPRINT=True, NOTES_BUG=True)
def test_the_wrong_place_for_cors_misses_responses_without_a_route(client):
    assert CORS in client.get("/songs").headers
    assert CORS in client.get("/songs/no-such-song").headers
    assert CORS in client.get("/songs/take-five/notes").headers
    assert CORS not in client.get("/song").headers
    assert CORS not in client.get("/static/style.css").headers


def test_the_environment_wins_over_the_class(monkeypatch):
    monkeypatch.setenv("FLASK_MAINTENANCE", "true")
    assert create_app().config["MAINTENANCE"] is True


BAD = {
    "FRONTEND": ["", "jukebox.example", "https://jukebox.example/", "ftp://jukebox.example", "https://", "https://["]
    + ["*", None, 5, "https://:443", "https://jukebox.example\r\nX-Bad: 1", b"https://jukebox.example"],
    "MAINTENANCE": ["False", "true", 1, None],
    "CORS_ON_BLUEPRINT": ["False", 0],
    "NOTES_BUG": ["yes", None],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in BAD for value in BAD[name]])
def test_bad_setting_stops_the_app_and_is_named(name, value):
    with pytest.raises(RuntimeError, match=rf"^bad settings: {name} must be [^;]*$"):
        create_app(changed(**{name: value}))


def test_one_message_names_all_of_them():
    with pytest.raises(RuntimeError, match=r"FRONTEND .*; MAINTENANCE .*; CORS_ON_BLUEPRINT .*; NOTES_BUG "):
        create_app(changed(FRONTEND=None, MAINTENANCE="False", CORS_ON_BLUEPRINT=1, NOTES_BUG=1))


def test_nothing_wrong_is_asked_for_by_default():
    config = create_app().config
    assert [config[name] for name in ("MAINTENANCE", "CORS_ON_BLUEPRINT", "NOTES_BUG", "TESTING")] == [False] * 4


def test_a_command_ends_its_app_context_and_has_no_request(app, runner):
    app.cli.command("nothing")(lambda: None)
    with Recorder(app) as recorder:
        assert runner.invoke(args=["nothing"]).exit_code == 0
    hooks = [event["hook"] for event in recorder.events if event["kind"] == "enter"]
    assert hooks == ["teardown_appcontext"]
