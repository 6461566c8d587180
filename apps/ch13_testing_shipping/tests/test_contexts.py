"""How long things live: the connection of a context, its teardown, a request that nobody sent."""

from flask import g, has_app_context, request
from rethinkdb.errors import ReqlDriverError

from ..db import get_conn


def test_a_context_has_one_connection_and_closes_it(app, opened):
    with app.app_context():
        assert get_conn() is get_conn()
    assert [conn.is_open() for conn in opened] == [False]


def test_the_connection_is_closed_when_the_view_fails(app, opened):
    @app.get("/fails")
    def fails():
        get_conn()
        raise ValueError

    # As in production: the error becomes a 500, and is not handed on to the test.
    app.config["PROPAGATE_EXCEPTIONS"] = False
    assert app.test_client().get("/fails").status_code == 500
    assert [conn.is_open() for conn in opened] == [False]


def test_a_goodbye_that_fails_is_logged_and_raises_nothing(app, monkeypatch, caplog):
    def fail():
        raise ReqlDriverError("the server has gone")

    with app.app_context():
        conn = get_conn()
        monkeypatch.setattr(conn, "close", fail)
    monkeypatch.undo()
    conn.close()
    assert "did not close cleanly" in caplog.text


def test_who_needs_no_connection_opens_none(client, opened):
    assert [client.get(path).status_code for path in ("/", "/live", "/nowhere")] == [200, 200, 404]
    assert opened == []


def test_no_fixture_holds_a_context(client):
    assert client.get("/songs").status_code == 200
    assert not has_app_context()


def test_a_request_that_nobody_sent(app):
    headers = {"X-Request-ID": "of-this-test"}
    with app.test_request_context("/songs?page=2", headers=headers):
        assert request.args["page"] == "2"
        # No hook has run, and no view. These are the before_request functions:
        app.preprocess_request()
        assert g.request_id == "of-this-test"
