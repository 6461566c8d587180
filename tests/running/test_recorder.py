import contextvars
import functools
import gc
import inspect
import sqlite3
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Blueprint, Flask, abort, after_this_request, copy_current_request_context, g, request
from flask.sessions import SecureCookieSessionInterface
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


def story(events):
    """Requests and contexts with their numbers, and the names of steps, in order."""
    lines = []
    for event in events:
        if event["kind"] in ("push", "pop"):
            lines.append(f"{event['kind']} {event['of']} {event['context']}")
        elif event["kind"] in ("request", "response"):
            lines.append(f"{event['kind']} {event['request']}")
        elif event["kind"] == "enter":
            lines.append(event["name"])
    return lines


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


def test_the_request_context_is_inside_of_the_app_context(app):
    with Recorder(app) as recorder:
        app.test_client().get("/shop")
    assert story(recorder.events) == [
        "request 1",
        "push app 1",
        "push request 1",
        *["first()", "second()", "shop()", "stamp()", "header()"],
        "end_request(None)",
        "pop request 1",
        "end_context(None)",
        "pop app 1",
        "response 1",
    ]


def test_a_request_in_a_pushed_context_pushes_its_own_inside(app):
    with Recorder(app) as recorder:
        with app.app_context():
            app.test_client().get("/shop")
    told = [line for line in story(recorder.events) if not line.endswith(")")]
    assert told == ["push app 1", "request 1", "push request 1", "pop request 1", "response 1", "pop app 1"]


def test_a_session_is_opened_inside_of_the_request_context(app):
    class Counting(SecureCookieSessionInterface):
        def open_session(self, app, request):
            sqlite3.connect(":memory:").close()
            return super().open_session(app, request)

    app.session_interface = Counting()
    with Recorder(app) as recorder:
        app.test_client().get("/shop")
    kinds = [event["kind"] for event in recorder.events]
    assert kinds[:5] == ["request", "push", "push", "open", "close"]


def test_a_context_that_is_kept_is_pushed_again(app):
    with Recorder(app) as recorder:
        with app.test_client() as client:
            client.get("/shop")
    told = [line for line in story(recorder.events) if line.startswith(("push", "pop"))]
    once = ["push app 1", "push request 1", "pop request 1", "pop app 1"]
    assert told == once * 2


def test_a_context_that_is_pushed_twice_at_once_is_one(app):
    with Recorder(app) as recorder:
        context = app.app_context()
        with context, context:
            pass
    assert story(recorder.events) == ["push app 1", "end_context(None)", "pop app 1"]


def test_a_copied_context_in_a_thread_is_one_of_its_own(app):
    @app.get("/copied")
    def copied():
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(copy_current_request_context(lambda: request.path)).result()

    with Recorder(app) as recorder:
        assert app.test_client().get("/copied").text == "/copied"
    told = [line for line in story(recorder.events) if line.startswith(("push", "pop"))]
    assert told[:6] == [
        *["push app 1", "push request 1"],
        *["push app 2", "push request 2", "pop request 2", "pop app 2"],
    ]


def test_another_app_is_none_of_its_business(app):
    other = Flask("other")
    with Recorder(app) as recorder:
        with other.test_request_context("/"):
            assert recorder.events == []
        with app.app_context(), other.test_request_context("/"):
            pass
    assert story(recorder.events) == ["push app 1", "end_context(None)", "pop app 1"]


def test_a_step_knows_its_source(app):
    with Recorder(app) as recorder:
        app.test_client().get("/shop")
        app.test_client().get("/shop")
    sources = {event["name"]: event["source"] for event in recorder.events if event["kind"] == "enter"}
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    here = Path(__file__).relative_to(Path.cwd()).as_posix()
    shop, stamp = lines.index('    @blueprint.get("/shop")'), lines.index("        @after_this_request")
    assert (sources["shop()"], sources["stamp()"]) == (f"{here}:{shop + 1}", f"{here}:{stamp + 1}")


def test_a_route_that_is_added_later_is_seen(app):
    with Recorder(app) as recorder:
        app.test_client().get("/shop")
        app.view_functions["shop.shop"] = lambda: "another"
        assert app.test_client().get("/shop").text == "another"
    assert steps(recorder).count(("view", "shop()")) == 2


def test_a_middleware_that_starts_late_has_its_answer(app):
    def middleware(environ, start_response, wsgi_app=app.wsgi_app):
        yield from wsgi_app(environ, start_response)

    app.wsgi_app = middleware
    with Recorder(app) as recorder:
        with app.test_client().get("/shop") as answer:
            assert answer.text == "open"
    assert [event["status"] for event in recorder.events if event["kind"] == "response"] == ["200 OK"]
    assert {event["request"] for event in recorder.events} == {1}


def test_what_somebody_holds_is_held(app):
    kept = []

    @app.get("/<way>")
    def opens(way):
        conn = sqlite3.connect(":memory:")
        if way == "keeps":
            kept.append(conn)
        elif way == "closes":
            conn.close()
        elif way == "ties":
            conn.itself = conn  # only the collector gets rid of it
        return ""

    with Recorder(app) as recorder:
        for way in ("loses", "keeps", "closes", "ties"):
            app.test_client().get(f"/{way}")
        assert [event["kind"] for event in recorder.events].count("held") == 1
        held = {"kind": "held", "context": None, "request": None, "connections": ["sqlite 2"], "things": []}
        assert recorder.events[-1] == held
        kept.pop().close()
        assert recorder.events[-1]["kind"] == "close"


def test_a_finalizer_that_the_collector_calls_closes_nothing(app):
    class Handle:
        def __init__(self):
            self.conn, self.itself = sqlite3.connect(":memory:"), self

        def __del__(self):
            self.conn.close()

    with Recorder(app) as recorder:
        Handle()
        assert [event["kind"] for event in recorder.events] == ["open"]
        assert [event["kind"] for event in recorder.events] == ["open"]


def test_many_requests_are_recorded_in_the_same_memory():
    app, told = Flask("many"), []

    @app.get("/")
    def view():
        after_this_request(lambda response: response)
        sqlite3.connect(":memory:").close()
        return ""

    def ask(number):
        for _ in range(number):
            app.test_client().get("/").close()
            told.clear()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    with Recorder(app, on_event=told.append):
        ask(20)
        tracemalloc.start()
        try:
            before = ask(20)
            assert ask(400) - before < 400 * 20  # bytes: a set's slot for each request would be more
        finally:
            tracemalloc.stop()


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


def test_the_next_flask_hands_the_context_over_first(app, monkeypatch):
    """Its main branch gives a context to each of these methods before what they take today."""

    def given_over(response):
        return response

    context = SimpleNamespace(_after_request_functions=[given_over])

    class Next(Flask):
        def process_response(self, given, response):
            return super().process_response(given._after_request_functions[0](response))

        def finalize_request(self, rv, from_error_handler=False):
            return self.process_response(context, self.make_response(rv))

        def do_teardown_request(self, given, exc=None):
            assert given is context
            super().do_teardown_request(exc)

        def do_teardown_appcontext(self, given, exc=None):
            assert given is context
            super().do_teardown_appcontext(exc)

    app.__class__ = Next
    with Recorder(app) as recorder:
        for name in ("do_teardown_request", "do_teardown_appcontext"):
            # As the next Flask calls them, though today's does it here.
            monkeypatch.setattr(app, name, functools.partial(getattr(app, name), context))
        assert app.test_client().get("/shop").text == "open"
        monkeypatch.undo()
    told = [line for line in story(recorder.events) if line.endswith(")") or line.startswith("pop")]
    assert told[3:] == [
        *["given_over()", "header()"],  # and not stamp(), of a context that was not given
        *["end_request(None)", "pop request 1", "end_context(None)", "pop app 1"],
    ]


def test_the_next_flask_has_one_context(app, monkeypatch):
    monkeypatch.delattr("flask.ctx.RequestContext")
    with Recorder(app) as recorder:
        app.test_client().get("/shop")
    told = [line for line in story(recorder.events) if line.startswith(("push", "pop"))]
    assert told == ["push app 1", "pop app 1"]


def test_a_hook_that_is_gone_by_the_end_stays_away(app):
    ends = app.teardown_appcontext_funcs
    kept = ends[0]
    ends.append(lambda exc: None)
    with Recorder(app):
        app.test_client().get("/shop")
        del ends[0]
        ends.append(kept)
        del ends[0]
    assert ends == [kept]


def test_what_the_garbage_collector_calls_sets_no_context_variable(app):
    # Python 3.11 loses one, or crashes, if it was just setting another.
    before, during = list(contextvars.copy_context().items()), []
    Recorder(app).collected(lambda: during.extend(contextvars.copy_context().items()), object())
    assert during == before
