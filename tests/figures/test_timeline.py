import re
import threading
import time

import pytest
from flask import Flask, g
from made_events import Told
from svgs import NAME, alt, faults, pictures, styles, texts, words

from workbook import Recorder, Timeline
from workbook.figures.svg import NARROW, WIDE


def text(story, **options):
    return str(Timeline(story.events, **options))


def ends(story):
    timeline = Timeline(story.events)
    return {life.name: shown.end for life, shown in timeline.lives.items()}


@pytest.fixture
def jukebox():
    """A client that two requests use, a connection that is closed, and one whose teardown raises."""
    told = Told()
    told.made("client 1")
    with told.request("/members"):
        with told.step("view", "members()", "members.py:7"):
            told.open("mongodb 1", "client 1")
            told.use("mongodb 1")
            told.open("rethinkdb 1")
            told.use("rethinkdb 1", times=2)
        with told.step("teardown_appcontext", "close_conn(None)", "db.py:12"):
            told.close("rethinkdb 1")
    with told.request("/play", "POST", "500", lost="200 OK", raised="RuntimeError"):
        with told.step("view", "play()", None):
            told.use("mongodb 1")
            told.open("rethinkdb 2")
        told.did("teardown_request", "log(None)")
        told.did("teardown_appcontext", "close_conn(None)", raised="RuntimeError")
    return told


def test_text_tells_it_all(jukebox):
    assert (
        text(jukebox)
        == """\
outside any context
       other code makes client 1
GET /members  200 OK
  app context 1
    request context
      1. view  members() opens and uses mongodb 1, opens and uses rethinkdb 1 (2 uses)
    2. teardown_appcontext  close_conn(None) closes rethinkdb 1
POST /play  500 in teardown, 200 OK lost
  app context 2
    request context
      3. view              play() uses mongodb 1, opens rethinkdb 2
      4. teardown_request  log(None)
    5. teardown_appcontext  close_conn(None) raised RuntimeError
client 1: kept
mongodb 1 of client 1: used twice, kept
rethinkdb 1: used twice, closed
rethinkdb 2: never used, leaked
opened 3, closed 1, kept 1, leaked 1, unused 1"""
    )


def test_counts(jukebox):
    timeline = Timeline(jukebox.events)
    assert (timeline.opened, timeline.used, timeline.unused) == (3, 2, 1)
    assert (timeline.closed, timeline.kept, timeline.leaked, timeline.cut, timeline.open) == (1, 1, 1, 0, 0)


def test_picture_says_the_same(jukebox):
    timeline = Timeline(jukebox.events)
    markup = timeline._repr_html_()
    assert words(markup).startswith(str(timeline))
    assert alt(markup) == "Timeline of 2 requests: opened 3, closed 1, kept 1, leaked 1, unused 1."
    for svg in pictures(markup).values():
        shown = texts(svg)
        assert {"GET /members", "200 OK", "app context 1", "request context", "1 view", "members()"} <= set(shown)
        assert {
            "POST /play",
            "500 in teardown, 200 OK lost",
            "raised RuntimeError",
            "kept: client 1, mongodb 1 of client 1",
        } <= set(shown)
        assert shown[-5:] == timeline.summary.split(", ")
        assert faults(svg) == []
    assert {"rethinkdb 1", "closed", "leaked, never used"} <= set(texts(pictures(markup)[WIDE]))


def test_the_only_red_is_what_is_wrong(jukebox):
    red = {"bad", "bad-dot", "bad-line", "bad-text"}
    last = Timeline(jukebox.events, last=1)
    assert red <= styles(pictures(last._repr_html_())[WIDE])
    first = Timeline(jukebox.events, only="/members")
    assert not red & styles(pictures(first._repr_html_())[WIDE])


def test_what_is_kept_and_what_leaks_goes_on_to_the_end(jukebox):
    for svg in pictures(Timeline(jukebox.events)._repr_html_()).values():
        [end] = [float(text.get("y")) for text in svg.iter(f"{NAME}text") if text.text.startswith("kept:")]
        rails = [box for box in svg.iter(f"{NAME}rect") if box.get("class") == "dot"]
        bottoms = [float(rail.get("y")) + float(rail.get("height")) for rail in rails]
        leaks = [float(line.get("y2")) for line in svg.iter(f"{NAME}line") if line.get("class") == "bad-line"]
        assert len(rails) == 2 and min(bottoms) > end - 40
        assert max(leaks) > end - 40


def test_an_error_with_an_answer_is_not_red():
    told = Told()
    with told.request("/none", status="404 NOT FOUND"):
        told.did("view", "song()", raised="NotFound")
    svg = pictures(Timeline(told.events)._repr_html_())[WIDE]
    assert "raised NotFound" in texts(svg) and not {"bad", "bad-text"} & styles(svg)


def test_one_box_where_one_was_pushed():
    told = Told(two_contexts=False)
    with told.request():
        told.did("view", "songs()")
    assert "request context" not in text(told)
    assert "request" not in styles(pictures(Timeline(told.events)._repr_html_())[WIDE])


def test_light_and_dark(jukebox):
    markup = Timeline(jukebox.events)._repr_html_()
    assert ".workbook-figure img { color-scheme: light }" in markup
    assert "[data-jp-theme-light=false] .workbook-figure img" in markup
    for svg in pictures(markup).values():
        assert "@media (prefers-color-scheme: dark)" in svg[0].text


# What is left out


def test_last(jukebox):
    timeline = Timeline(jukebox.events, last=1)
    assert text(jukebox, last=1).startswith("POST /play")
    assert (timeline.opened, timeline.kept, timeline.leaked) == (1, 1, 1)
    assert (timeline.used, timeline.unused) == (0, 1)  # of those opened here
    assert "mongodb 1 of client 1: opened before, used once, kept" in str(timeline)
    assert text(jukebox, last=3) == text(jukebox)


def test_only(jukebox):
    with jukebox.request("/members?page=2"):
        jukebox.did("view", "members()")
    shown = text(jukebox, only="/members")
    assert shown.count("GET /members") == 2 and "POST" not in shown
    assert text(jukebox, only="/members", last=1).startswith("GET /members?page=2")
    assert text(jukebox, only="/members?page=2").count("GET /members") == 1


def test_only_what_is_not_ascii():
    told = Told()
    with told.request("/é".encode().decode("latin-1")):
        pass
    assert text(told, only="/é").startswith("GET /%C3%A9  200 OK")


def test_without_steps(jukebox):
    shown = text(jukebox, steps=False)
    assert "view" not in shown and "members()" not in shown
    assert "      opens and uses mongodb 1, opens and uses rethinkdb 1 (2 uses)" in shown
    svg = pictures(Timeline(jukebox.events, steps=False)._repr_html_())[WIDE]
    assert not {"view", "teardown", "hook"} & styles(svg) and faults(svg) == []


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"last": 0}, "last is a number from 1, not 0"),
        ({"last": True}, "last is a number from 1, not True"),
        ({"last": "1"}, "last is a number from 1, not '1'"),
        ({"only": "members"}, "only is the path of a request, such as \"/members\", not 'members'"),
        ({"only": "/membres"}, "no request of '/membres': /members, /play"),
        ({"steps": 3}, "steps is True or False, not 3"),
    ],
)
def test_bad_arguments(jukebox, options, says):
    with pytest.raises(ValueError, match=f"^{re.escape(says)}$"):
        Timeline(jukebox.events, **options)


def test_source(jukebox):
    timeline = Timeline(jukebox.events)
    assert (timeline.source(1), timeline.source(2), timeline.source(3)) == ("members.py:7", "db.py:12", "not known")
    assert "step 2: db.py:12" in words(timeline._repr_html_())
    with pytest.raises(ValueError, match="no step 6: they are numbered 1 to 5"):
        timeline.source(6)
    with pytest.raises(ValueError, match="no step '1'"):
        timeline.source("1")
    with pytest.raises(ValueError, match="with steps=False no step has a number"):
        Timeline(jukebox.events, steps=False).source(1)


# Ends


def lazily(told, number, step="songs()", **held):
    with told.request():
        with told.step("view", step):
            told.open(f"rethinkdb {number}")


def test_closed_and_cut():
    told = Told()
    with told.request():
        with told.step():
            told.open("rethinkdb 1")
            told.open("rethinkdb 2")
            told.close("rethinkdb 1")
            told.close("rethinkdb 2", cut=True)
    assert ends(told) == {"rethinkdb 1": "closed", "rethinkdb 2": "cut"}


def test_leaked_when_its_context_is_gone_open_while_it_is_there():
    told = Told()
    with told.request(pop=False):
        with told.step():
            told.open()
    assert ends(told) == {"rethinkdb 1": "open"}
    told.context_number = told.request_number = 1
    told.add("pop", of="app")
    assert ends(told) == {"rethinkdb 1": "leaked"}


def test_kept_when_opened_outside():
    told = Told()
    told.open()
    assert ends(told) == {"rethinkdb 1": "kept"}


def test_kept_when_several_contexts_use_it():
    told = Told()
    lazily(told, 1)
    with told.request():
        with told.step():
            told.use("rethinkdb 1")
    assert ends(told) == {"rethinkdb 1": "kept"}


@pytest.mark.parametrize(("times", "end"), [(1, "kept"), (2, "leaked")])
def test_held_and_alone_is_kept(times, end):
    told = Told()
    for number in range(1, times + 1):
        lazily(told, number)
    told.held(["rethinkdb 1", "rethinkdb 2"])
    assert ends(told)["rethinkdb 1"] == end


def test_held_in_place_of_one_that_was_cut_is_kept():
    told = Told()
    lazily(told, 1)
    told.close("rethinkdb 1", cut=True)
    lazily(told, 2)
    told.held(["rethinkdb 2"])
    assert ends(told) == {"rethinkdb 1": "cut", "rethinkdb 2": "kept"}


def test_held_in_place_of_one_that_was_closed_is_kept():
    told = Told()
    lazily(told, 1)
    told.close("rethinkdb 1")
    lazily(told, 2)
    assert ends(told) == {"rethinkdb 1": "closed", "rethinkdb 2": "leaked"}
    told.held(["rethinkdb 2"])
    assert ends(told) == {"rethinkdb 1": "closed", "rethinkdb 2": "kept"}


def test_held_beside_one_that_several_contexts_used_is_kept():
    told = Told()
    lazily(told, 1)
    lazily(told, 2)
    with told.request():
        with told.step():
            told.use("rethinkdb 1")
    assert ends(told) == {"rethinkdb 1": "kept", "rethinkdb 2": "leaked"}
    told.held(["rethinkdb 1", "rethinkdb 2"])
    assert ends(told) == {"rethinkdb 1": "kept", "rethinkdb 2": "kept"}


def test_held_by_the_traceback_of_a_teardown_is_leaked():
    told = Told()
    with told.request(status="500", lost="200 OK", raised="RuntimeError"):
        with told.step():
            told.open()
        told.did("teardown_appcontext", "close_conn(None)", raised="RuntimeError")
    told.held(["rethinkdb 1"])
    assert ends(told) == {"rethinkdb 1": "leaked"}


@pytest.mark.parametrize(("inside", "end"), [(False, "kept"), (True, "leaked")])
def test_as_its_owner(inside, end):
    told = Told()
    if not inside:
        told.made("client 1")
    with told.request():
        with told.step():
            if inside:
                told.made("client 1")
            told.open("mongodb 1", "client 1")
    told.open("mongodb 2", "client 1")
    assert ends(told) == dict.fromkeys(("client 1", "mongodb 1", "mongodb 2"), end)


# What overlaps, and what lies inside


class Connection:
    """Stands for a driver's connection."""


@pytest.fixture
def app():
    app = Flask("drawn", static_folder=None)

    def use():
        g.connection = Connection()
        app.recorder.opened("database", g.connection)

    app.use = use

    @app.get("/songs")
    def songs():
        use()
        return "songs"

    @app.get("/both")
    def both():
        with app.app_context():
            use()
        return "both"

    @app.teardown_appcontext
    def close_conn(exc):
        if "connection" in g:
            app.recorder.closed(g.pop("connection"))

    with Recorder(app) as app.recorder:
        yield app


def test_two_contexts_of_a_request(app):
    app.test_client().get("/songs")
    assert (
        text(app.recorder)
        == """\
GET /songs  200 OK
  app context 1
    request context
      1. view  songs() opens database 1
    2. teardown_appcontext  close_conn(None) closes database 1
database 1: never used, closed
opened 1, closed 1, kept 0, leaked 0, unused 1"""
    )


def test_a_context_inside_of_a_view(app):
    app.test_client().get("/both")
    assert (
        text(app.recorder)
        == """\
GET /both  200 OK
  app context 1
    request context
      1. view  both()
      app context 2, inside of step 1
           in 1                 both() opens database 1
        2. teardown_appcontext  close_conn(None) closes database 1
    3. teardown_appcontext  close_conn(None)
database 1: never used, closed
opened 1, closed 1, kept 0, leaked 0, unused 1"""
    )


def test_a_request_in_a_context_that_was_there(app):
    with app.app_context():
        app.test_client().get("/songs")
    assert (
        text(app.recorder)
        == """\
app context pushed by hand
  app context 1
    GET /songs  200 OK
      request context
        1. view  songs() opens database 1
    2. teardown_appcontext  close_conn(None) closes database 1
database 1: never used, closed
opened 1, closed 1, kept 0, leaked 0, unused 1"""
    )


def test_what_overlaps_stands_together(app):
    inside, leave = threading.Event(), threading.Event()

    @app.get("/slow")
    def slow():
        inside.set()
        leave.wait(5)
        return "slow"

    worker = threading.Thread(target=lambda: app.test_client().get("/slow"))
    worker.start()
    inside.wait(5)
    app.test_client().get("/songs")
    leave.set()
    worker.join()
    app.test_client().get("/songs")
    lines = text(app.recorder).splitlines()
    assert lines[:2] == ["at the same time:", "  GET /slow  200 OK"]
    assert lines[4:6] == ["        1. view  slow()", "      4. teardown_appcontext  close_conn(None)"]
    assert lines[6] == "  GET /songs  200 OK" and "GET /songs  200 OK" in lines
    assert "at the same time" in texts(pictures(Timeline(app.recorder.events)._repr_html_())[WIDE])


def test_after_the_contexts(app):
    @app.get("/stream")
    def stream():
        def pieces():
            app.recorder.opened("database", connection)
            yield "piece"
            app.recorder.closed(connection)

        connection = Connection()
        return pieces()

    assert app.test_client().get("/stream").text == "piece"
    assert text(app.recorder).splitlines()[5:8] == [
        "  outside any context",
        "         sending the body opens and closes database 1",
        "database 1: never used, closed",
    ]


def test_a_context_pushed_again_says_so(app):
    with app.test_client() as client:
        client.get("/songs")
        client.get("/songs")
    assert "app context 1, pushed again" in text(app.recorder)


def test_a_command_has_one_heading():
    told = Told()
    told.add("command", name="flask seed")
    told.open("sqlite 1")
    with told.context():
        told.did("teardown_appcontext", "close(None)")
    assert next(line for line in text(told).splitlines() if not line.startswith(" ")) == "flask seed"
    assert text(told).count("flask seed\n") == 1


# Nasty ones


def test_nothing_at_all():
    timeline = Timeline([])
    assert str(timeline) == "no connection opened"
    assert alt(timeline._repr_html_()) == "Timeline of nothing: no connection opened."


def test_what_the_reader_typed_is_escaped():
    told = Told()
    with told.request("/<script>alert(1)</script>&x\n"):
        told.did("view", "<b>()")
    assert text(told).startswith("GET /<script>alert(1)</script>&x%0A  200 OK")
    markup = Timeline(told.events)._repr_html_()
    assert "<script>" not in markup
    assert "GET /<script>alert(1)</script>&x%0A" in texts(pictures(markup)[WIDE])


def test_many_steps_rows_and_connections():
    told = Told()
    for number in range(31, 61):
        told.open(f"mongodb {number}")
    with told.request("/" + "p" * 300):
        for number in range(40):
            with told.step("before_request", f"hook_{number}()"):
                told.open(f"rethinkdb {number}")
                told.use(*[f"mongodb {other}" for other in range(31, 61)])
        with told.step("view", "v" * 300, raised="R" * 300):
            told.use("rethinkdb 1", times=99)
        with told.step("teardown_appcontext", "close_all(None)"):
            for number in range(0, 40, 2):
                told.close(f"rethinkdb {number}")
    timeline = Timeline(told.events)
    assert max(map(len, str(timeline).splitlines())) <= 100
    assert (timeline.opened, timeline.closed, timeline.kept, timeline.leaked) == (70, 20, 30, 20)
    for width, svg in pictures(timeline._repr_html_()).items():
        assert width in (NARROW, WIDE) and faults(svg) == []


def test_two_hundred_requests_are_drawn_at_once():
    told = Told()
    for number in range(200):
        with told.request(f"/songs/{number}"):
            told.did("before_request", "load_user()")
            with told.step():
                told.open(f"rethinkdb {number}")
                told.use(f"rethinkdb {number}", "mongodb 1")
            with told.step("teardown_appcontext", "close_conn(None)"):
                told.close(f"rethinkdb {number}")
    started = time.process_time()
    Timeline(told.events)._repr_html_()
    assert time.process_time() - started < 1  # about 0.15 s on a machine that has nothing else to do
