"""Two recorders at work, such as a test's and that of the fixture ``no_leaks``: each tells what one alone tells."""

import sqlite3

import pytest
from flask import Flask, after_this_request, g, stream_with_context
from pymongo import MongoClient
from rethinkdb import r
from sqlalchemy import create_engine, text

from told import told
from workbook import Recorder, databases


@pytest.fixture(scope="module")
def servers():
    return [make("test_at_once") for make in (databases.rethinkdb, databases.mongodb, databases.cassandra)]


@pytest.fixture
def app(servers):
    """An app that asks every database."""
    rethinkdb, mongodb, cassandra = servers
    app = Flask("watched", static_folder=None)

    @app.get("/all")
    def all_of_them():
        g.db = sqlite3.connect(":memory:")
        g.db.execute("SELECT 1")
        with rethinkdb.connect() as conn:
            r.expr(1).run(conn)
        with MongoClient(mongodb.uri) as client:
            client[mongodb.name].things.find_one()
        with cassandra.connect() as session:
            session.execute("SELECT release_version FROM system.local")
        engine = create_engine("sqlite://")
        with engine.connect() as conn:
            conn.execute(text("SELECT 1"))
        engine.dispose()
        after_this_request(lambda response: response)
        return stream_with_context(iter(["a", "b"]))

    @app.teardown_appcontext
    def close(error):
        if db := g.pop("db", None):
            db.close()

    return app


def ask(app):
    app.test_client().get("/all").get_data()


def story(recorder):
    """All events, with the numbers of connections and contexts but without those of steps."""
    return [{key: value for key, value in event.items() if key != "step"} for event in recorder.events]


def test_each_tells_what_one_alone_tells(app):
    # What is asked first finds modules that are not imported yet.
    ask(app)
    with Recorder(app) as alone:
        ask(app)
    for driver in ("sqlite", "rethinkdb", "mongodb", "cassandra", "sqlalchemy"):
        assert any(line.startswith(f"use {driver}") for line in told(alone.events)), driver
    with Recorder(app) as outer, Recorder(app) as inner:
        ask(app)
    assert story(inner) == story(outer) == story(alone)


def test_one_begins_later_and_ends_earlier(app):
    with Recorder(app) as outer:
        ask(app)
        once = told(outer.events)
        with Recorder(app) as inner:
            ask(app)
        ask(app)
    assert told(inner.events) == once
    kinds = [line.split()[0] for line in told(outer.events)]
    assert kinds == [line.split()[0] for line in once] * 3
    assert [event["hook"] for event in outer.events if event["kind"] == "enter"].count("view") == 3


def test_what_was_opened_for_one_alone_is_no_business_of_the_other(app):
    with Recorder(app) as outer, app.app_context():
        db = sqlite3.connect(":memory:")
        with Recorder(app) as inner:
            db.execute("SELECT 1")
            db.close()
    assert told(inner.events) == []
    assert told(outer.events) == ["open sqlite 1", "use sqlite 1", "close sqlite 1"]
