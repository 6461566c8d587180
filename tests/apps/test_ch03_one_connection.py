"""The claims of chapter 3, in-process: who opens a connection, how many, and who closes it."""

import pytest

from ch03_one_connection import create_app
from ch03_one_connection.config import Config
from workbook import Recorder, Timeline, databases

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
