import inspect

import pytest
from flask import Blueprint, Flask, abort, after_this_request, g
from rethinkdb.errors import ReqlDriverError

from workbook import Recorder, Wire, databases


@pytest.fixture
def app():
    app = Flask("recorded", static_folder=None)
    blueprint = Blueprint("shop", __name__)

    @app.before_request
    def first():
        pass

    @blueprint.before_request
    def second():
        pass

    @blueprint.get("/shop")
    def shop():
        @after_this_request
        def stamp(response):
            return response

        return "open"

    @blueprint.get("/abort")
    def aborts():
        abort(418)

    @app.errorhandler(418)
    def teapot(error):
        return "teapot", 418

    @app.get("/fails")
    def fails():
        raise KeyError("x")

    @app.get("/nested")
    def nested():
        with app.app_context():
            return "nested"

    @app.get("/teardown-fails")
    def teardown_fails():
        g.fail = True
        return "done"

    @app.after_request
    def header(response):
        response.call_on_close(lambda: None)
        return response

    @app.teardown_request
    def end_request(exc):
        pass

    @app.teardown_appcontext
    def end_context(exc):
        if "fail" in g:
            raise RuntimeError("in teardown")

    app.register_blueprint(blueprint)
    return app


def steps(recorder):
    return [(e["hook"], e["name"]) for e in recorder.events if e["kind"] == "enter"]


def test_hooks_in_the_order_they_ran(app):
    with Recorder(app) as recorder:
        app.test_client().get("/shop").close()
    assert steps(recorder) == [
        ("before_request", "first()"),
        ("before_request", "second()"),
        ("view", "shop()"),
        ("after_this_request", "stamp()"),
        ("after_request", "header()"),
        ("teardown_request", "end_request(None)"),
        ("teardown_appcontext", "end_context(None)"),
        ("call_on_close", "<lambda>()"),
    ]


def test_error_handler_and_exception_are_seen(app):
    with Recorder(app) as recorder:
        app.test_client().get("/abort")
    assert ("errorhandler", "teapot()") in steps(recorder)
    raised = [e["raised"] for e in recorder.events if e["kind"] == "exit" and e["name"] == "aborts()"]
    assert raised == ["ImATeapot"]


def test_teardown_shows_the_exception_it_got(app):
    app.log_exception = lambda exc_info: None
    with Recorder(app) as recorder:
        app.test_client().get("/fails")
    assert ("teardown_appcontext", "end_context(KeyError)") in steps(recorder)
    assert [e["status"] for e in recorder.events if e["kind"] == "response"] == ["500 INTERNAL SERVER ERROR"]


def test_contexts_are_numbered_and_nested_ones_are_their_own(app):
    with Recorder(app) as recorder:
        app.test_client().get("/nested")
    contexts = [(e["kind"], e["context"]) for e in recorder.events if e.get("of") == "app"]
    assert contexts == [("push", 1), ("push", 2), ("pop", 2), ("pop", 1)]


def test_teardown_that_raises_ends_the_context_and_loses_the_answer(app):
    with Recorder(app) as recorder, pytest.raises(RuntimeError):
        app.test_client().get("/teardown-fails")
    assert recorder.events[-2]["kind"] == "pop"
    last = recorder.events[-1]
    assert (last["kind"], last["status"], last["lost"]) == ("response", "500", "200 OK")


def test_async_views_stay_async():
    app = Flask("a")

    async def view():
        return "x"

    app.add_url_rule("/", view_func=view)
    with Recorder(app), app.test_request_context("/"):
        assert inspect.iscoroutinefunction(app.view_functions["view"])


def test_afterwards_app_and_driver_are_as_they_were(app):
    from rethinkdb import net

    before = dict(app.view_functions), list(app.teardown_appcontext_funcs), net.ConnectionInstance.connect
    with Recorder(app):
        app.test_client().get("/shop")
        assert app.view_functions != before[0]
    after = dict(app.view_functions), list(app.teardown_appcontext_funcs), net.ConnectionInstance.connect
    assert before == after
    assert not {"wsgi_app", "process_response", "do_teardown_appcontext"} & set(vars(app))


def test_a_cassandra_session_is_seen_where_it_is_opened_and_closed():
    database = databases.cassandra("recorded")
    app = Flask("cassandra")

    @app.get("/")
    def view():
        with database.connect() as session:
            session.execute("SELECT cluster_name FROM system.local")
        return []

    with Recorder(app) as recorder:
        app.test_client().get("/")
    [opened, closed] = [e for e in recorder.events if e["kind"] in ("open", "close")]
    assert opened["connection"] == closed["connection"] == "cassandra 1"
    assert opened["step"] == closed["step"] is not None


def test_a_failed_goodbye_is_seen_with_its_error():
    database = databases.rethinkdb("recorded_failing")
    app = Flask("broken goodbye")
    with Wire(database.host, database.port) as wire, Recorder(app) as recorder:
        one, other = database.through(wire).connect(), database.connect()
        wire.cut()
        with pytest.raises(ReqlDriverError):
            one.close()
        other.close()
    closed = [(e["connection"], e["raised"]) for e in recorder.events if e["kind"] == "close"]
    assert closed == [("rethinkdb 1", "ReqlDriverError"), ("rethinkdb 2", None)]


def test_what_the_garbage_collector_closes_is_not_seen_closed():
    mongo, cassandra = databases.mongodb("forgotten"), databases.cassandra("forgotten")
    app = Flask("forgetful")

    @app.get("/")
    def view():
        client = mongo.connect()
        client.admin.command("ping")
        with cassandra.connect() as session:
            # What the interpreter does when nobody holds them: at once, or much later.
            session.__del__()
        pool = next(iter(client._topology._servers.values())).pool
        pool.__del__()
        assert session.is_shutdown and all(conn.closed for conn in pool.conns)
        return []

    with Recorder(app) as recorder:
        app.test_client().get("/")
    kinds = [(e["kind"], e["connection"]) for e in recorder.events if e["kind"] in ("open", "close")]
    assert kinds == [("open", "mongodb 1"), ("open", "cassandra 1")]


def test_what_another_recorder_saw_opened_is_not_seen_closed():
    database = databases.rethinkdb("recorded_before")
    app = Flask("two recorders")
    with Recorder(app):
        opened = database.connect()
    with Recorder(app) as recorder:
        opened.close()
    assert recorder.events == []


def test_what_is_handed_on_is_not_kept():
    app, told = Flask("told"), []
    with Recorder(app, on_event=told.append) as recorder:
        app.test_client().get("/")
    assert told and not recorder.events


def test_the_next_flask_hands_the_context_over_first(app):
    from flask.globals import request_ctx

    class Next(Flask):
        """Calls ``process_response`` as Flask's main branch does."""

        def process_response(self, context, response):
            return super().process_response(response)

        def finalize_request(self, rv, from_error_handler=False):
            return self.process_response(request_ctx._get_current_object(), self.make_response(rv))

    app.__class__ = Next
    with Recorder(app) as recorder:
        assert app.test_client().get("/shop").text == "open"
    steps = [event["hook"] for event in recorder.events if event["kind"] == "enter"]
    assert "after_this_request" in steps and "teardown_appcontext" in steps
