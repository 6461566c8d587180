"""SQLAlchemy's connections as the recorder tells of them."""

import gc

import pytest
from flask import Flask, g
from sqlalchemy import create_engine, text
from sqlalchemy.pool import QueuePool

from workbook import Recorder


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

    yield app
    app.engine.dispose()


def told(app, *paths):
    """What happened to connections and pools: [(kind, who)]."""
    with Recorder(app) as recorder:
        for path in paths:
            assert app.test_client().get(path).status_code == 200
        kinds = ("made", "open", "taken", "use", "returned", "close", "ended")
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
        *[("taken", one), ("use", one), ("returned", one, False)] * 2,
    ]


def test_one_that_is_taken_for_nothing_is_not_used(app):
    assert ("use", "sqlalchemy 1") not in told(app, "/takes")


def test_one_that_is_not_given_back(app):
    assert told(app, "/keeps")[-1] == ("taken", "sqlalchemy 1")
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
