"""The claims of chapter 2, in-process: what lives as long as an app context, and who has one."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import g, has_app_context, session

from ch02_app_context import create_app
from ch02_app_context.commands import count_notes, in_context
from ch02_app_context.config import Config
from ch02_app_context.db import get_db
from ch02_app_context.users import current_user
from workbook import Recorder


@pytest.fixture
def app(tmp_path):
    class Testing(Config):
        TESTING = True
        DATABASE = str(tmp_path / "notes.sqlite")

    app = create_app(Testing)
    app.test_cli_runner().invoke(args=["seed"])
    return app


def login(client, name="ada"):
    return client.post("/login", data={"name": name})


def contexts(events):
    return [event["context"] for event in events if event["kind"] == "push" and event["of"] == "app"]


def teardowns(events):
    return [event["name"] for event in events if event["kind"] == "enter" and event["hook"] == "teardown_appcontext"]


def test_notes_of_the_user_who_is_logged_in(client):
    assert client.get("/notes/").status_code == 401
    assert login(client).json == {"id": 1, "name": "ada"}
    assert client.get("/notes/").json == {
        "greeting": "Good morning, ada",
        "notes": ["order punch cards", "write to Babbage"],
    }


def test_login_of_a_stranger(client):
    assert login(client, "mallory").status_code == 403
    assert client.get("/me").json == {"user": None}


def test_user_is_asked_for_once_in_each_context(client):
    login(client)
    assert [client.get("/notes/").headers["X-Queries"] for _ in range(2)] == ["2", "2"]


def test_nobody_costs_nothing(client):
    assert client.get("/notes/").headers["X-Queries"] == "0"


def test_removed_user_is_asked_for_once(app):
    with app.test_request_context():
        session["name"] = "removed"
        assert [current_user(), current_user()] == [None, None]
        assert len(g.queries) == 1


def test_connection_is_one_in_a_context_and_closed_with_it(app):
    with app.app_context():
        db = get_db()
        assert get_db() is db
        with app.app_context():
            assert "db" not in g
            assert get_db() is not db
        assert get_db() is db
    with pytest.raises(sqlite3.ProgrammingError):
        db.execute("SELECT 1")


def test_wiped_fails_at_the_second_request(app, client):
    with Recorder(app) as recorder:
        assert client.get("/wiped/notes").status_code == 200
        with pytest.raises(AttributeError, match="db"):
            client.get("/wiped/notes")
    assert contexts(recorder.events) == [1, 2]


def test_singleton_shows_one_user_to_another(app, client):
    client.post("/singleton/login", data={"name": "ada"})
    assert app.test_client().get("/singleton/me").json["user"]["name"] == "ada"
    login(client)
    assert app.test_client().get("/me").json == {"user": None}


def test_commands_have_a_context_and_its_teardown(app, runner):
    with Recorder(app) as recorder:
        assert runner.invoke(args=["count"]).output == "3 notes\n"
    assert contexts(recorder.events) == [1]
    assert teardowns(recorder.events) == ["close_db(None)"]


def test_teardown_is_told_when_a_command_fails(app, runner):
    app.config["DATABASE"] = ":memory:"
    with Recorder(app) as recorder:
        assert isinstance(runner.invoke(args=["count"]).exception, sqlite3.OperationalError)
    assert teardowns(recorder.events) == ["close_db(OperationalError)"]


def test_seed_twice(runner):
    assert runner.invoke(args=["seed"]).output == "3 notes\n"


def test_plain_command_has_no_context_in_the_runner(runner):
    result = runner.invoke(args=["count-plain"])
    assert isinstance(result.exception, RuntimeError)
    assert "Working outside of application context" in str(result.exception)


def test_task_has_a_context_for_each_call(app):
    task = in_context(app, count_notes)
    with Recorder(app) as recorder, ThreadPoolExecutor(1) as pool:
        assert [pool.submit(task).result() for _ in range(2)] == [3, 3]
        assert pool.submit(has_app_context).result() is False
    assert contexts(recorder.events) == [1, 2]
    assert teardowns(recorder.events) == ["close_db(None)"] * 2
    assert task.__name__ == "count_notes"


def test_request_in_a_held_context_shares_its_g(app, client):
    # Flask 3.1; from 3.2 on each request has a context of its own.
    with Recorder(app) as recorder, app.app_context():
        login(client)
        client.get("/me")
        assert app.test_client().get("/me").json["user"]["name"] == "ada"
        assert teardowns(recorder.events) == []
    assert contexts(recorder.events) == [1]
    assert teardowns(recorder.events) == ["close_db(None)"]


def test_client_in_a_with_block_tears_down_twice(app):
    with Recorder(app) as recorder, app.test_client() as client:
        login(client)
        client.get("/me")
        assert g.user["name"] == "ada"
        assert app.test_client().get("/me").json["user"]["name"] == "ada"
    assert teardowns(recorder.events) == ["close_db(None)"] * 4
