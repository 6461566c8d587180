"""An app answers and fails in the same way with a recorder and without one."""

import dataclasses
import functools
import io
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import (
    Flask,
    Response,
    abort,
    after_this_request,
    copy_current_request_context,
    current_app,
    g,
    request,
    send_file,
    session,
    stream_with_context,
)
from flask.views import MethodView
from hypothesis import given, settings
from hypothesis import strategies as st

from workbook import Recorder


class Mine(Exception):
    """An error that the app has no handler for."""


class Handled(Exception):
    """An error that the app has a handler for."""


@dataclasses.dataclass
class Unhashable:
    """A view that is an object, and one that no set can hold."""

    word: str

    def __call__(self):
        return self.word


class ByMethod(MethodView):
    def get(self):
        return "by method"


def plain():
    session["seen"] = session.get("seen", 0) + 1
    return {"seen": session["seen"]}


async def asynchronous():
    g.word = "async"
    return g.word


async def asynchronous_fails():
    raise Mine("async")


def generator():
    yield "one, "
    yield "two"


def generator_fails():
    yield "one, "
    raise Mine("in the middle")


def streamed():
    g.word = "streamed"

    @stream_with_context
    def rows():
        yield request.path
        yield str(g.get("word"))

    return Response(rows())


def nested():
    g.word = "outer"
    with current_app.app_context():
        inner = g.get("word")
    return [inner, g.word]


def copied():
    @copy_current_request_context
    def work():
        return request.path + str(g.get("word"))

    g.word = "not copied"
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def asks_itself():
    answer = current_app.test_client().get("/plain")
    return {"inner": answer.get_json(), "outer": request.path}


def with_a_file():
    return send_file(io.BytesIO(b"a file"), mimetype="text/plain")


def stamped():
    @after_this_request
    def stamp(response):
        response.headers["X-Stamp"] = "1"
        response.call_on_close(lambda: JOURNAL.append("closed"))
        return response

    return "stamped"


def asks_sqlite():
    conn = sqlite3.connect(":memory:")
    with conn:
        conn.execute("CREATE TABLE t (n UNIQUE)")
        conn.executemany("INSERT INTO t VALUES (?)", [(1,), (2,)])
    try:
        conn.execute("INSERT INTO t VALUES (1)")
    except sqlite3.IntegrityError as error:
        return [str(error), conn.execute("SELECT count(*) FROM t").fetchone()[0]]
    finally:
        conn.close()


def raises():
    raise Mine("in the view")


def raises_handled():
    raise Handled


def aborts():
    abort(409)


def returns_none():
    return None


def exits():
    raise SystemExit(3)


ONE_FOR_ALL = Response("one for all")
VIEWS = {
    function.__name__: function
    for function in (
        plain, asynchronous, asynchronous_fails, generator, generator_fails, streamed, nested, copied, asks_itself,
        with_a_file, stamped, asks_sqlite, raises, raises_handled, aborts, returns_none, exits,
    )
} | {
    "by_method": ByMethod.as_view("by_method"),
    "partial": functools.partial(str, "partial"),
    "unhashable": Unhashable("unhashable"),
    "one_for_all": lambda: ONE_FOR_ALL,
}  # fmt: skip
HOOKS = ["before_request", "after_request", "teardown_request", "teardown_appcontext"]
WAYS = ["nothing", "Mine", "Handled", "abort", "answer"]
JOURNAL = []


def make_app(hooks, handled, middleware):
    app = Flask("harmless", static_folder=None)
    app.secret_key = "tests only"
    app.logger.disabled = True
    for name, view in VIEWS.items():
        app.add_url_rule(f"/{name}", name, view)
    for number, (hook, way) in enumerate(hooks):
        getattr(app, hook)(make_hook(f"{hook} {number}", hook, way))
    if handled:
        app.register_error_handler(Handled, lambda error: ("handled", 418))
        app.register_error_handler(500, lambda error: (f"500: {error.original_exception!r}", 500))
    if middleware:
        app.wsgi_app = functools.partial(starts_late, app.wsgi_app)
    return app


def starts_late(wsgi_app, environ, start_response):
    """A middleware that is a generator: nothing happens until its first part is asked for."""
    yield from wsgi_app(environ, start_response)


def make_hook(name, hook, way):
    def run(value=None):
        JOURNAL.append(f"{name} {type(value).__name__ if isinstance(value, BaseException) else ''}")
        if way == "Mine":
            raise Mine(name)
        if way == "Handled":
            raise Handled
        if way == "abort":
            abort(403)
        if hook == "after_request":
            value.headers[name.replace(" ", "-")] = "1"
            return value
        return name if way == "answer" and hook == "before_request" else None

    return run


def behaviour(app, paths, kept, pushed):
    """What a client and the hooks see of these requests."""
    JOURNAL.clear()
    seen = []

    def ask(client):
        for path in paths:
            try:
                with client.get(f"/{path}") as answer:
                    # A cookie is signed with the second in which it was made, which a Date says.
                    headers = [(name, value.partition(".")[0]) for name, value in answer.headers if name != "Date"]
                    seen.append((answer.status, headers, answer.get_data()))
                    if kept:
                        seen.append((request.path, g.get("word")))
            except (Exception, SystemExit) as error:
                seen.append((type(error), str(error)))

    def ask_client():
        client = app.test_client()
        if kept:
            with client:
                ask(client)
        else:
            ask(client)

    try:
        if pushed:
            with app.app_context():
                ask_client()
        else:
            ask_client()
    except Exception as error:
        seen.append((type(error), str(error)))
    return seen, list(JOURNAL)


@settings(deadline=None, derandomize=True)
@given(
    hooks=st.lists(st.tuples(st.sampled_from(HOOKS), st.sampled_from(["nothing", *WAYS])), max_size=5),
    paths=st.lists(st.sampled_from([*VIEWS, "no such path"]), min_size=1, max_size=4),
    handled=st.booleans(),
    middleware=st.booleans(),
    kept=st.booleans(),
    pushed=st.booleans(),
)
def test_an_app_behaves_as_without_it(hooks, paths, handled, middleware, kept, pushed):
    expected = behaviour(make_app(hooks, handled, middleware), paths, kept, pushed)
    app = make_app(hooks, handled, middleware)
    with Recorder(app) as recorder:
        recorded = behaviour(app, paths, kept, pushed)
    assert recorded == expected
    assert behaviour(app, paths, kept, pushed) == expected  # and after it
    check_order(recorder.events)


def check_order(events):
    """What begins ends, within what it began in."""
    pushed, entered = [], []
    for event in events:
        assert {"kind", "context", "request"} <= event.keys()
        if event["kind"] == "push":
            pushed.append((event["of"], event["context"]))
        elif event["kind"] == "pop":
            pushed.remove((event["of"], event["context"]))
        elif event["kind"] == "enter":
            entered.append(event["step"])
        elif event["kind"] == "exit":
            entered.remove(event["step"])
    assert entered == []
    return pushed


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_seen_to_be_left(view):
    app = make_app([], False, False)
    with Recorder(app) as recorder:
        behaviour(app, [view], False, False)
    assert check_order(recorder.events) == []
    views = [event for event in recorder.events if event.get("hook") == "view"]
    assert [event["kind"] for event in views if event["name"] == f"{view}()"] == ["enter", "exit"]


def test_a_response_that_is_used_again_is_not_wrapped_again():
    app = make_app([], False, False)
    ONE_FOR_ALL.call_on_close(lambda: None)
    with Recorder(app) as recorder:
        for _ in range(3):
            app.test_client().get("/one_for_all").close()
    closed = [event for event in recorder.events if event.get("hook") == "call_on_close" and event["kind"] == "enter"]
    assert len(closed) == 3
