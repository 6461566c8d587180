"""The claims of chapter 2, in-process: what lives as long as an app context, and who has one."""

import os
import shutil
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import g, has_app_context, session

from ch02_app_context import create_app
from ch02_app_context.commands import NOTES, count_notes, in_context
from ch02_app_context.config import Config
from ch02_app_context.db import get_db
from ch02_app_context.users import NOBODY, current_user, find_user
from passwords import fast_hash
from workbook import Recorder

PASSWORD = "difference"
NOBODYS = {"user": None}
ADA = {"id": 1, "name": "ada"}


def changed(**settings):
    """As another config class would have it."""
    return type("Changed", (Config,), {"SECRET_KEY": "a key for tests alone", **settings})


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    """A file with the examples, made once."""
    path = tmp_path_factory.mktemp("seeded") / "notes.sqlite"
    app = create_app(changed(DATABASE=str(path)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ch02_app_context.commands.generate_password_hash", fast_hash)
        assert app.test_cli_runner().invoke(args=["seed", "--password", PASSWORD]).output == "3 notes\n"
    return path


@pytest.fixture
def app(tmp_path, seeded):
    return create_app(changed(TESTING=True, DATABASE=str(shutil.copy(seeded, tmp_path))))


def login(client, name="ada", password=PASSWORD):
    return client.post("/login", data={"name": name, "password": password})


def contexts(events):
    return list(dict.fromkeys(event["context"] for event in events if event["kind"] == "push" and event["of"] == "app"))


def teardowns(events):
    return [event["name"] for event in events if event["kind"] == "enter" and event["hook"] == "teardown_appcontext"]


def statements(db):
    """A list that every statement of this connection is added to."""
    asked = []
    db.set_trace_callback(asked.append)
    return asked


# Users


def test_notes_of_the_user_who_is_logged_in(client):
    assert client.get("/notes/").status_code == 401
    assert login(client).json == ADA
    assert client.get("/notes/").json == {
        "greeting": "Good morning, ada",
        "notes": ["order punch cards", "write to Babbage"],
    }
    assert login(client, "grace").json == {"id": 2, "name": "grace"}
    assert client.get("/notes/").json["notes"] == ["catch the moth"]


@pytest.mark.parametrize(
    ("name", "password"), [("mallory", PASSWORD), ("ADA", PASSWORD), ("a%", PASSWORD), ("ada", "wrong"), ("ada", "")]
)
def test_login_needs_a_name_and_its_password(client, name, password):
    assert login(client, name, password).status_code == 401
    assert client.get("/me").json == NOBODYS


@pytest.mark.parametrize("form", [{}, {"name": "ada"}, {"password": PASSWORD}])
def test_half_a_form_is_refused(client, form):
    assert client.post("/login", data=form).status_code == 400


def test_unknown_name_is_checked_like_a_known_one(client, monkeypatch):
    checked = []
    monkeypatch.setattr("ch02_app_context.users.check_password_hash", lambda *given: not checked.append(given))
    assert login(client, "mallory").status_code == 401
    assert checked == [(NOBODY["password"], PASSWORD)]


def test_failed_login_leaves_the_earlier_one(client):
    login(client)
    assert login(client, password="wrong").status_code == 401
    assert client.get("/me").json["user"] == ADA


def test_passwords_are_not_kept_as_they_are(app):
    with app.app_context():
        stored = [row["password"] for row in get_db().execute("SELECT password FROM users")]
    assert len(stored) == 2 and not any(PASSWORD in text for text in stored)


def test_login_begins_with_an_empty_session(client):
    with client.session_transaction() as kept:
        kept["planted"] = "by somebody else"
    login(client)
    with client.session_transaction() as kept:
        assert dict(kept) == {"user_id": 1}


def test_logout_ends_the_session(client):
    login(client)
    assert client.post("/logout").status_code == 204
    assert client.get("/me").json == NOBODYS
    with client.session_transaction() as kept:
        assert not kept
    assert client.get("/logout").status_code == 405


def test_login_is_seen_in_its_own_request(app):
    """Also where a hook has asked before, and was told that there is nobody."""
    app.before_request(lambda: current_user() and None)
    client = app.test_client()
    assert login(client).json == ADA
    assert login(client, "grace").json["name"] == "grace"


def test_logout_is_seen_in_its_own_request(app):
    seen = []
    app.before_request(lambda: current_user() and None)
    app.after_request(lambda response: seen.append(current_user()) or response)
    client = app.test_client()
    login(client)
    client.post("/logout")
    assert seen == [ADA, None]


def test_renamed_user_stays_logged_in_and_a_removed_one_does_not(app, client):
    login(client)
    for statement, user in (
        ("UPDATE users SET name = 'lovelace' WHERE name = 'ada'", {"id": 1, "name": "lovelace"}),
        ("DELETE FROM users WHERE name = 'lovelace'", None),
    ):
        with app.app_context(), get_db() as db:
            db.execute(statement)
        assert client.get("/me").json == {"user": user}
    assert client.get("/notes/").status_code == 401


def test_session_cookie_stays_on_this_site(client):
    cookie = login(client).headers["Set-Cookie"]
    assert "SameSite=Lax" in cookie and "HttpOnly" in cookie


# The connection


def test_user_is_asked_for_once_in_each_context(app):
    asked = []
    app.before_request(lambda: asked.append(statements(get_db())))
    client = app.test_client()
    login(client)
    for _ in range(2):
        client.get("/notes/")
    assert [len(queries) for queries in asked[1:]] == [2, 2]


def test_nobody_costs_no_connection(app):
    with app.test_request_context():
        assert current_user() is None
        assert "db" not in g


def test_removed_user_is_asked_for_once(app):
    with app.test_request_context():
        session["user_id"] = 99
        asked = statements(get_db())
        assert [current_user(), current_user()] == [None, None]
        assert len(asked) == 1


def test_connection_is_one_in_a_context_and_closed_with_it(app):
    with app.app_context():
        db = get_db()
        assert get_db() is db
        with app.app_context():
            assert "db" not in g
            inner = get_db()
            assert inner is not db
        with pytest.raises(sqlite3.ProgrammingError):
            inner.execute("SELECT 1")
        assert get_db() is db
    with pytest.raises(sqlite3.ProgrammingError):
        db.execute("SELECT 1")


def test_connection_is_closed_after_a_failure(app):
    kept = []

    @app.get("/fails")
    def fails():
        kept.append(get_db())
        raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        app.test_client().get("/fails")
    with pytest.raises(sqlite3.ProgrammingError):
        kept[0].execute("SELECT 1")


def test_locked_database_is_waited_for_as_long_as_the_setting_says(app, client):
    """Eight visitors wait at the same time, not one after the other."""
    app.config["DATABASE_TIMEOUT"] = 0.3
    login(client)

    def ask(_):
        since = time.monotonic()
        with app.app_context(), pytest.raises(sqlite3.OperationalError, match="locked"):
            find_user(1)
        return time.monotonic() - since

    writer = sqlite3.connect(app.config["DATABASE"], isolation_level=None)
    try:
        writer.execute("BEGIN EXCLUSIVE")
        since = time.monotonic()
        with ThreadPoolExecutor(8) as pool:
            waited = list(pool.map(ask, range(8)))
        assert min(waited) >= 0.3
        assert time.monotonic() - since < 4 * 0.3
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            client.get("/me")
    finally:
        writer.close()
    assert client.get("/me").json["user"] == ADA


# Settings

BAD = {
    "SECRET_KEY": [None, "", "dev", "fifteen letters", 1234567890123456, b"sixteen or more bytes"],
    "DATABASE": ["", 5, ".", "no-such-folder/notes.sqlite", "no\0file", Path("notes.sqlite")],
    "DATABASE_TIMEOUT": [0, -1, "5", None, True, float("inf"), float("nan")],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in BAD for value in BAD[name]])
def test_bad_setting_stops_the_app_and_is_named(name, value):
    with pytest.raises(RuntimeError, match=rf"^bad settings: {name} must be [^;]*$") as caught:
        create_app(changed(**{name: value}))
    # The message goes to a log: no value of ours belongs there.
    assert "dev" not in str(caught.value) and "1234" not in str(caught.value)


def test_one_message_names_all_of_them():
    with pytest.raises(RuntimeError, match=r"SECRET_KEY .*; DATABASE .*; DATABASE_TIMEOUT "):
        create_app(changed(SECRET_KEY=None, DATABASE="no/such/file", DATABASE_TIMEOUT=0))


def test_there_is_no_default_secret():
    with pytest.raises(RuntimeError, match="SECRET_KEY"):
        create_app()


def test_the_environment_wins_over_the_class(tmp_path, monkeypatch):
    monkeypatch.setenv("FLASK_SECRET_KEY", "sixteen letters.")
    monkeypatch.setenv("FLASK_DATABASE", str(tmp_path / "other.sqlite"))
    app = create_app()
    assert app.config["SECRET_KEY"] == "sixteen letters."
    assert app.config["DATABASE"] == str(tmp_path / "other.sqlite")
    assert app.config["DATABASE_TIMEOUT"] == 5.0


def test_database_is_in_the_instance_folder_unless_told(tmp_path, monkeypatch):
    monkeypatch.setattr("flask.Flask.auto_find_instance_path", lambda app: str(tmp_path / "srv" / "instance"))
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        app = create_app(changed(DATABASE=None))
        assert app.test_cli_runner().invoke(args=["seed", "--password", PASSWORD]).output == "3 notes\n"
    assert app.config["DATABASE"] == str(tmp_path / "srv" / "instance" / "notes.sqlite")
    assert os.listdir(tmp_path) == ["srv"]


def test_nothing_wrong_is_registered(app):
    assert {rule.rule for rule in app.url_map.iter_rules()} == {
        "/static/<path:filename>",
        "/login",
        "/logout",
        "/me",
        "/notes/",
    }
    assert set(app.cli.commands) == {"seed", "count"}


# Commands and tasks


def test_commands_have_a_context_and_its_teardown(app, runner):
    with Recorder(app) as recorder:
        assert runner.invoke(args=["count"]).output == "3 notes\n"
    assert contexts(recorder.events) == [1]
    assert teardowns(recorder.events) == ["close_db(None)"]


def test_teardown_is_told_when_a_command_fails(app, runner):
    # By click since 8.3; before it, the teardown got None.
    app.config["DATABASE"] = ":memory:"
    with Recorder(app) as recorder:
        assert isinstance(runner.invoke(args=["count"]).exception, sqlite3.OperationalError)
    assert teardowns(recorder.events) == ["close_db(OperationalError)"]


def test_seed_does_not_touch_what_is_there(app, runner, client):
    with app.app_context(), get_db() as db:
        db.execute("INSERT INTO notes (user_id, text) VALUES (1, 'mine')")
    assert runner.invoke(args=["seed", "--password", "another"]).output == "4 notes\n"
    assert login(client).status_code == 200
    assert login(client, password="another").status_code == 401


def test_seed_has_no_default_password(tmp_path):
    app = create_app(changed(DATABASE=str(tmp_path / "notes.sqlite")))
    result = app.test_cli_runner().invoke(args=["seed"], input="")
    assert result.exit_code == 1
    result = app.test_cli_runner().invoke(args=["seed"], input="typed\n")
    assert result.output.endswith(f"{len(NOTES)} notes\n") and "typed" not in result.output
    assert login(app.test_client(), password="typed").status_code == 200


def test_task_has_a_context_for_each_call(app):
    def add(first, *, second):
        return first + second + count_notes()

    task = in_context(app, add)
    with Recorder(app) as recorder, ThreadPoolExecutor(1) as pool:
        assert [pool.submit(task, 1, second=2).result() for _ in range(2)] == [6, 6]
        assert pool.submit(has_app_context).result() is False
    assert contexts(recorder.events) == [1, 2]
    assert teardowns(recorder.events) == ["close_db(None)"] * 2
    assert task.__name__ == "add"


# Tests that leak


def test_request_in_a_held_context_shares_its_g(app, client):
    # Flask 3.1; from 3.2 on each request has a context of its own.
    with Recorder(app) as recorder, app.app_context():
        login(client)
        client.get("/me")
        assert app.test_client().get("/me").json["user"] == ADA
        assert teardowns(recorder.events) == []
    assert contexts(recorder.events) == [1]
    assert teardowns(recorder.events) == ["close_db(None)"]


def test_client_in_a_with_block_tears_down_twice(app):
    with Recorder(app) as recorder, app.test_client() as client:
        login(client)
        client.get("/me")
        assert g.user == ADA
        assert app.test_client().get("/me").json["user"] == ADA
    assert teardowns(recorder.events) == ["close_db(None)"] * 4


def test_a_context_that_is_kept_gets_a_connection_of_its_own(app):
    with app.test_client() as client:
        login(client)
        db = get_db()
        assert db.execute("SELECT count(*) FROM notes").fetchone()[0] == 3
    with pytest.raises(sqlite3.ProgrammingError):
        db.execute("SELECT 1")
