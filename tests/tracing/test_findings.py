"""What a trace says of apps with one thing wrong, and of apps with nothing wrong."""

import socket
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import flask.ctx
import pytest
from flask import Flask, after_this_request, current_app, g, session, stream_with_context
from sqlalchemy import create_engine

from workbook import Timeline
from workbook.tracing.findings import CHAPTERS, CLIENTS, POOLS, Findings
from workbook.tracing.watch import Watch

# The next Flask calls every teardown, and raises a group of what they raised.
ALL_TEARDOWNS_RUN = "RequestContext" not in vars(flask.ctx)


@pytest.fixture
def traced():
    """A function that asks an app for paths and returns its finished Findings."""
    watches = []

    def trace(app, *paths, ask=None):
        findings = Findings()
        watch = Watch(lambda event: findings.feed([event]))
        watches.append(watch)
        watch.attach(app)
        app.config["PROPAGATE_EXCEPTIONS"] = False
        client = app.test_client()
        ask = ask or (lambda: [_read(client, path) for path in paths])
        ask()
        findings.feed([watch.held()])
        findings.finish()
        return findings

    yield trace
    for watch in reversed(watches):
        watch.stop()


def _read(client, path):
    try:
        with client.get(path) as response:
            return response.data
    except (ValueError, ExceptionGroup):  # out of a teardown
        return None


def in_memory():
    return sqlite3.connect(":memory:", check_same_thread=False)


def tidy():
    """An app with one connection for each context, as it should be."""
    app = Flask("tidy", static_folder=None)
    app.secret_key = "for tests"

    def get_db():
        if "db" not in g:
            g.db = in_memory()
        return g.db

    @app.teardown_appcontext
    def close_db(error):
        if "db" in g:
            g.pop("db").close()

    @app.get("/reads")
    def reads():
        get_db().execute("SELECT 1")
        session["seen"] = session.get("seen", 0) + 1
        return "read"

    @app.get("/streams")
    def streams():
        session["seen"] = [1]

        def parts():
            yield "a"
            yield f"{session['seen']}"

        return stream_with_context(parts())

    @app.get("/looks")
    def looks():
        def parts():
            yield "in a context" if current_app else "in none"

        return parts()

    @app.get("/fails")
    def fails():
        get_db().execute("SELECT 1")
        raise KeyError("fails")

    app.get_db = get_db
    return app


def of(findings):
    """[(kind, path of the request that shows it, how often)]."""
    return [(f.kind, f.request and f.request["path"], f.times) for f in findings.found.values()]


def test_an_app_with_nothing_wrong_is_accused_of_nothing(traced):
    findings = traced(tidy(), "/reads", "/reads", "/streams", "/looks", "/fails", "/nothing")
    assert of(findings) == []
    assert (findings.requests, findings.contexts) == (6, 6)
    assert {name: findings.counts[name] for name in ("opened", "used", "closed", "leaked")} == {
        "opened": 3,
        "used": 3,
        "closed": 3,
        "leaked": 0,
    }
    assert findings.notes == ["GET /nothing was answered 404: the app has no such route."]


def test_hooks_have_their_order_and_times(traced):
    app = tidy()

    @app.before_request
    def first():
        pass

    findings = traced(app, "/reads", "/reads")
    names = [(hook, name) for hook, name, source in findings.hooks]
    assert names == [("before_request", "first()"), ("view", "reads()"), ("teardown_appcontext", "close_db()")]
    assert {row["times"] for row in findings.hooks.values()} == {2}
    view = findings.hooks[next(key for key in findings.hooks if key[0] == "view")]
    assert 0 < view["longest"] <= view["seconds"]


def test_a_connection_that_nobody_closes(traced):
    app = tidy()

    @app.get("/leaks")
    def leaks():
        in_memory().execute("SELECT 1")
        return "leaked"

    findings = traced(app, "/reads", "/leaks", "/leaks")
    assert of(findings) == [("leaked", "/leaks", 2)]
    (found,) = findings.found.values()
    assert found.sentence.endswith(
        "opens a sqlite connection that nobody closes; GET /leaks (request 2) shows it, the first of 2 times."
    )
    assert "leaked 2" in Timeline(findings.picture).summary


def test_a_list_that_grows_is_a_leak_and_what_several_requests_use_is_none(traced):
    app, kept = tidy(), []
    app.shared = None

    @app.get("/grows")
    def grows():
        kept.append(in_memory())
        kept[-1].execute("SELECT 1")
        return ""

    @app.get("/shared")
    def shared():
        app.shared = app.shared or in_memory()
        app.shared.execute("SELECT 1")
        return ""

    assert of(traced(app, "/grows", "/grows", "/shared", "/shared")) == [("leaked", "/grows", 2)]


def test_one_that_is_made_late_and_used_once_is_no_leak(traced):
    app = tidy()

    @app.get("/shared")
    def shared():
        app.shared = in_memory()
        app.shared.execute("SELECT 1")
        return ""

    findings = traced(app, "/shared")
    assert (of(findings), findings.counts["kept"]) == ([], 1)


def test_a_pool_that_two_requests_at_once_filled_is_no_leak(traced):
    app, free, together = tidy(), [], threading.Barrier(2)

    @app.get("/<int:waits>")
    def pooled(waits):
        conn = free.pop() if free else in_memory()
        conn.execute("SELECT 1")
        if waits:
            together.wait(5)
        free.append(conn)
        return ""

    def ask():
        with ThreadPoolExecutor(2) as pool:
            assert [r.status_code for r in pool.map(lambda n: app.test_client().get("/1"), range(2))] == [200, 200]
        app.test_client().get("/0")

    findings = traced(app, ask=ask)
    assert (of(findings), findings.counts["kept"]) == ([], 2)


def test_one_that_is_not_returned_to_its_pool(traced, tmp_path):
    app, kept = Flask("pooled", static_folder=None), []
    engine = create_engine(f"sqlite:///{tmp_path}/shop.db")

    @app.get("/returns")
    def returns():
        with engine.connect() as conn:
            return str(conn.exec_driver_sql("SELECT 1").scalar_one())

    @app.get("/keeps")
    def keeps():
        kept.append(engine.connect())
        return ""

    findings = traced(app, "/returns", "/keeps")
    assert of(findings) == [("leaked", "/keeps", 1)]
    [finding] = findings.of(["leaked"])
    assert "takes a sqlalchemy connection from its pool, and it was not given back" in finding.sentence
    assert finding.chapter == POOLS
    kept.pop().close()
    engine.dispose()


def test_one_that_nothing_uses(traced):
    app = tidy()

    @app.get("/opens")
    def opens():
        app.get_db()
        return ""

    findings = traced(app, "/opens")
    assert of(findings) == [("unused", "/opens", 1)]
    assert [f.kind for f in findings.of(["unused"])] == ["unused"]


def test_a_hook_that_opens_for_every_route(traced):
    app = tidy()

    @app.before_request
    def eager():
        app.get_db()

    findings = traced(app, "/reads", "/looks", "/nothing")
    assert of(findings) == [("eager", "/looks", 2)]
    assert "eager()" in next(iter(findings.found.values())).sentence
    assert findings.of(["unused"]) == findings.of(["eager"]) != []
    assert findings.of(["leaked"]) == []


def test_a_hook_that_asks_is_not_accused(traced):
    app = tidy()

    @app.before_request
    def counts():
        app.get_db().execute("SELECT 1")

    assert of(traced(app, "/looks", "/nothing")) == []


def test_a_teardown_that_raises_loses_the_response_and_skips_the_next(traced):
    app = tidy()

    @app.teardown_appcontext
    def raises(error):
        raise ValueError("in teardown")

    findings = traced(app, "/reads")
    said = {finding.kind: finding.sentence for finding in findings.found.values()}
    assert "raises()" in said["raised"] and "ValueError" in said["raised"]
    error = "ExceptionGroup" if ALL_TEARDOWNS_RUN else "ValueError"
    assert said["lost"].startswith(f"A finished response 200 OK was lost, since {error} was raised in a teardown")
    if ALL_TEARDOWNS_RUN:
        assert of(findings) == [("raised", "/reads", 1), ("lost", "/reads", 1)]
        return
    assert of(findings) == [
        ("raised", "/reads", 1),
        ("skipped", "/reads", 1),
        ("lost", "/reads", 1),
        ("leaked", "/reads", 1),
    ]
    assert "close_db()" in said["skipped"] and "raises()" not in said["skipped"]
    assert "since raises()" in said["leaked"]


def test_a_teardown_request_that_is_skipped(traced):
    app = tidy()

    @app.teardown_request
    def second(error):
        pass

    @app.teardown_request
    def first(error):
        raise ValueError

    kinds = {f.kind: f.sentence for f in traced(app, "/looks").found.values()}
    if ALL_TEARDOWNS_RUN:
        assert kinds.keys() == {"raised", "lost"}
    else:
        assert "second()" in kinds["skipped"] and "teardown_request" in kinds["skipped"]


def test_an_error_in_a_view_is_none_of_a_teardown(traced):
    assert of(traced(tidy(), "/fails", "/fails")) == []


def test_work_outside_of_a_context(traced):
    app = tidy()

    @app.get("/late")
    def late():
        def parts():
            yield "a"
            try:
                yield g.name
            except RuntimeError:
                yield "none"

        return parts()

    findings = traced(app, "/late")
    assert of(findings) == [("outside", "/late", 1)]
    assert "`g` was asked for outside of its context" in next(iter(findings.found.values())).sentence


@pytest.mark.parametrize("change", [lambda: session.update(new=1), lambda: session["seen"].append(2)])
def test_a_session_that_is_written_when_it_was_saved(traced, change):
    app = tidy()

    @app.get("/late")
    def late():
        session["seen"] = [1]

        def parts():
            yield "a"
            change()
            yield "b"

        return stream_with_context(parts())

    assert of(traced(app, "/late", "/reads")) == [("late", "/late", 1)]


def test_a_session_that_is_written_in_after_request_is_in_time(traced):
    app = tidy()

    @app.get("/in-time")
    def in_time():
        @after_this_request
        def write(response):
            session["seen"] = 1
            return response

        return ""

    assert of(traced(app, "/in-time")) == []


def test_what_is_open_while_its_context_is_is_no_leak(traced):
    app, pushed = tidy(), []

    def ask():
        pushed.append(app.app_context())
        pushed[0].push()
        app.get_db().execute("SELECT 1")

    findings = traced(app, ask=ask)
    pushed[0].pop()
    assert (of(findings), findings.counts["open"]) == ([], 1)


def test_many_requests_are_not_kept(traced):
    app, kept = tidy(), []

    @app.get("/grows")
    def grows():
        kept.append(in_memory())
        kept[-1].execute("SELECT 1")
        return ""

    findings = traced(app, *["/reads", "/grows"] * 500)
    assert of(findings) == [("leaked", "/grows", 500)]
    assert (findings.requests, findings.counts["leaked"]) == (1000, 500)
    assert len(findings.picture) < 1000
    assert max(len(findings._about), len(findings._contexts)) < 500
    shown = Timeline(findings.picture)
    assert (shown.opened, shown.leaked) == (12, 6)


def test_a_leak_of_the_thirtieth_request_is_in_the_picture(traced):
    app = tidy()

    @app.get("/leaks")
    def leaks():
        in_memory().execute("SELECT 1")
        return ""

    findings = traced(app, *["/reads"] * 29, "/leaks", *["/reads"] * 420)  # by then it is forgotten
    shown = Timeline(findings.picture)
    assert "GET /leaks" in str(shown) and shown.leaked == 1
    assert str(shown).count("GET /reads") == 12


def test_everything_is_put_back(traced):
    before = socket.socket.__dict__.copy(), g._get_current_object, Flask.__init__, sqlite3.connect
    watch = Watch(lambda event: None)
    app = tidy()
    watch.attach(app)
    assert g._get_current_object is not before[1]
    watch.stop()
    assert (socket.socket.__dict__.copy(), g._get_current_object, Flask.__init__, sqlite3.connect) == before
    assert "do_teardown_appcontext" not in vars(app) and "wsgi_app" not in vars(app)


def test_each_kind_has_a_chapter_that_is_there():
    from workbook import pages, paths

    titles = {page.stem: page.label for page in pages.load(paths.ROOT).values() if page.room == "notebooks"}
    for stem, title in [*CHAPTERS.values(), CLIENTS, POOLS]:
        assert titles[stem] == title
