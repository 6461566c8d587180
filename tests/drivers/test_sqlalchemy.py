"""SQLAlchemy's connections as the recorder tells of them."""

import gc

import pytest
from flask import Flask, g
from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from workbook import Recorder, Timeline, Wire, databases
from workbook.drivers import sqlalchemy


@pytest.fixture
def app(tmp_path):
    app = Flask("shop", static_folder=None)
    app.engine = create_engine(f"sqlite:///{tmp_path}/shop.db", poolclass=QueuePool)
    app.kept = []

    @app.get("/asks")
    def asks():
        with app.engine.connect() as conn:
            return str(conn.execute(text("SELECT 1")).scalar_one())

    @app.get("/takes")
    def takes():
        with app.engine.connect():
            return ""

    @app.get("/keeps")
    def keeps():
        app.kept.append(app.engine.connect())
        return ""

    @app.get("/forgets")
    def forgets():
        app.engine.connect()
        gc.collect()
        return ""

    @app.get("/own")
    def own():
        g.engine = create_engine("sqlite://", poolclass=QueuePool)
        with g.engine.connect() as conn:
            conn.execute(text("SELECT 1"))
        g.engine.dispose()
        return ""

    @app.get("/writes")
    def writes():
        with app.engine.begin() as conn:
            conn.exec_driver_sql("CREATE TABLE IF NOT EXISTS songs (title TEXT)")
        return ""

    @app.get("/finds-it-closed")
    def finds_it_closed():
        with Session(app.engine) as session:
            session.connection().connection.dbapi_connection.close()
            try:
                session.execute(text("SELECT 1"))
            except ProgrammingError as error:
                return "cut" if error.connection_invalidated else "what?"

    yield app
    app.engine.dispose()


def told(app, *paths):
    """What happened to connections and pools: [(kind, who)]."""
    with Recorder(app) as recorder:
        for path in paths:
            assert app.test_client().get(path).status_code == 200
        kinds = ("made", "open", "taken", "use", "commit", "rollback", "returned", "close", "ended")
        return [
            (e["kind"], e.get("connection") or e.get("thing"), *([e["collected"]] if e["kind"] == "returned" else []))
            for e in recorder.events
            if e["kind"] in kinds
        ]


def test_a_pool_its_connection_and_each_statement(app):
    one = "sqlalchemy 1"
    assert told(app, "/asks", "/asks") == [
        ("made", "pool 1"),
        ("open", one),
        *[("taken", one), ("use", one), ("rollback", one), ("returned", one, False)] * 2,
    ]


def test_how_a_transaction_ends(app):
    assert told(app, "/writes")[-3:] == [
        ("use", "sqlalchemy 1"),
        ("commit", "sqlalchemy 1"),
        ("returned", "sqlalchemy 1", False),
    ]


def test_that_an_app_begins_a_transaction_is_no_statement(app):
    event.listen(app.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    with Recorder(app) as recorder:
        app.test_client().get("/asks")
    timeline = Timeline(recorder.events)
    assert (timeline.statements, timeline.rollbacks) == (1, 1)


def test_a_connection_that_was_lost_ends_as_it_does_unwatched(app):
    """What the recorder looks at is gone, and it must not be the one who says so."""
    assert app.test_client().get("/finds-it-closed").text == "cut"
    with Recorder(app) as recorder:
        assert app.test_client().get("/finds-it-closed").text == "cut"
    assert Timeline(recorder.events).cut == 1


def test_one_that_is_taken_for_nothing_is_not_used(app):
    assert ("use", "sqlalchemy 1") not in told(app, "/takes")


def test_one_that_is_not_given_back(app):
    assert told(app, "/keeps")[-1] == ("taken", "sqlalchemy 1")
    app.kept.pop().close()


def test_the_picture_of_one_that_is_not_given_back(app):
    app.config["TESTING"] = True
    with Recorder(app) as recorder:
        for path in ("/asks", "/keeps", "/writes"):
            app.test_client().get(path)
    timeline = Timeline(recorder.events)
    assert (timeline.opened, timeline.kept, timeline.leaked) == (2, 1, 1)
    assert (timeline.checkouts, timeline.statements) == (3, 2)
    assert (timeline.commits, timeline.rollbacks, timeline.returns) == (1, 1, 2)
    said = str(timeline)
    assert "asks() makes pool 1, opens, checks out, uses, rolls back and returns sqlalchemy 1" in said
    assert "sqlalchemy 1 of pool 1: used once, leaked" in said
    assert said.endswith("leaked 1, checkouts 3, returns 2")
    assert "keeps() checks out sqlalchemy 1" in timeline._repr_html_()
    app.kept.pop().close()


def test_one_that_the_garbage_collector_gives_back(app):
    assert told(app, "/forgets")[-1] == ("returned", "sqlalchemy 1", True)


def test_disposing_of_an_engine_closes_its_connections_and_its_pool(app):
    assert told(app, "/own")[-3:] == [
        ("returned", "sqlalchemy 1", False),
        ("close", "sqlalchemy 1"),
        ("ended", "pool 1"),
    ]


def test_what_the_driver_below_opens_is_not_told_twice(app):
    with Recorder(app) as recorder:
        app.test_client().get("/asks")
        assert [e["connection"] for e in recorder.events if e["kind"] == "open"] == ["sqlalchemy 1"]


def test_nothing_is_left_behind(app):
    with Recorder(app):
        app.test_client().get("/asks")
        assert app.engine.pool.dispatch.checkout and app.engine.dispatch.before_cursor_execute
    assert not app.engine.pool.dispatch.checkout and not app.engine.dispatch.before_cursor_execute


# The database of a chapter; on a PostgreSQL: tests/test_postgresql.py.


@pytest.mark.usefixtures("no_servers_of_the_shell")
def test_a_file_that_is_empty_each_time():
    found = [databases.sql("empty_each_time") for _ in range(2)]
    for database in found:
        with database.connect() as conn, conn.begin():
            conn.exec_driver_sql("CREATE TABLE t (n INTEGER)")
    assert found[0] != found[1]
    assert found[0].settings == {"DATABASE_URL": found[0].url} and make_url(found[0].url).drivername == "sqlite"
    with pytest.raises(LookupError, match="SQLite has no server"):
        found[0].through(None)


@pytest.mark.parametrize("url", ["nonsense", "sqlite:///shop.db", "mysql://127.0.0.1/shop"])
def test_a_url_that_names_no_postgresql(monkeypatch, url):
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(ValueError, match="^DATABASE_URL must begin with postgresql://"):
        databases.sql("nowhere")
    assert sqlalchemy.look().detail == sqlalchemy.FAILED


def test_a_server_that_is_not_there(monkeypatch):
    with Wire("127.0.0.1", 9) as wire:
        monkeypatch.setenv("DATABASE_URL", f"postgresql://ann:so-secret@{wire.host}:{wire.port}/shop")
        found = sqlalchemy.look()
    assert (found.detail, "unset DATABASE_URL" in found.fix) == ("OperationalError", True)
