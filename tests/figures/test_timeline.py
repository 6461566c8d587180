import base64
import html
import re
import threading
from xml.etree import ElementTree

import pytest
from flask import Flask, g

from workbook import Recorder, Timeline


class Connection:
    """Stands for a driver's connection."""


@pytest.fixture
def app():
    app = Flask("drawn", static_folder=None)
    app.log_exception = lambda exc_info: None
    app.kept = []

    def use():
        g.connection = Connection()
        app.recorder.opened("database", g.connection)

    app.use = use

    @app.before_request
    def load_user():
        pass

    @app.get("/songs")
    def songs():
        use()
        return "songs"

    @app.get("/keep")
    def keep():
        use()
        app.kept.append(g.pop("connection"))
        return "kept"

    @app.get("/give-back")
    def give_back():
        app.recorder.closed(app.kept.pop())
        return "given back"

    @app.get("/fails-late")
    def fails_late():
        use()
        g.fail = True
        return "lost"

    @app.get("/both")
    def both():
        with app.app_context():
            use()
        return "both"

    @app.teardown_appcontext
    def close_conn(exc):
        if "fail" in g:
            raise RuntimeError
        if "connection" in g:
            app.recorder.closed(g.pop("connection"))

    with Recorder(app) as app.recorder:
        yield app


def drawn(app, last=None):
    return str(Timeline(app.recorder.events, last=last))


def test_one_request(app):
    app.test_client().get("/songs")
    assert (
        drawn(app)
        == """\
GET /songs  200 OK
  app context 1  | before_request   view        teardown_appcontext |
                   load_user()      songs()     close_conn(None)
  database 1                        o opened ------------- closed o
opened 1, closed 1, still open 0"""
    )


def test_a_leak_runs_past_the_end(app):
    with pytest.raises(RuntimeError):
        app.test_client().get("/fails-late")
    assert (
        drawn(app)
        == """\
GET /fails-late  500 in teardown, 200 OK lost
  app context 1  | before_request   view           teardown_appcontext                  |
                   load_user()      fails_late()   close_conn(None) raised RuntimeError
  database 1                        o opened ---------------------------------------- STILL OPEN >
opened 1, closed 0, still open 1"""
    )


def test_what_a_later_request_closes_is_open_until_then(app):
    app.test_client().get("/keep")
    app.test_client().get("/give-back")
    assert (
        drawn(app)
        == """\
GET /keep  200 OK
  app context 1  | before_request   view        teardown_appcontext |
                   load_user()      keep()      close_conn(None)
  database 1                        o opened -------------------------- open >
GET /give-back  200 OK
  app context 2  | before_request   view          teardown_appcontext |
                   load_user()      give_back()   close_conn(None)
  database 1     < open -------------- closed o
opened 1, closed 1, still open 0"""
    )


def test_nested_context_has_a_row_of_its_own(app):
    app.test_client().get("/both")
    assert (
        drawn(app)
        == """\
GET /both  200 OK
  app context 1  | before_request   view -----------------------------------   teardown_appcontext |
                   load_user()      both()                                     close_conn(None)
  app context 2                            |             teardown_appcontext |
                                             both()      close_conn(None)
  database 1                                 o opened ------------- closed o
opened 1, closed 1, still open 0"""
    )


def test_requests_in_a_pushed_context_share_it(app):
    with app.app_context():
        app.test_client().get("/songs")
    assert (
        drawn(app)
        == """\
app context pushed by hand
  app context 1       |                              teardown_appcontext |
                                                     close_conn(None)
  GET /songs  200 OK  | before_request   view      |
                        load_user()      songs()
  database 1                             o opened ------------- closed o
opened 1, closed 1, still open 0"""
    )


def test_connection_used_between_two_hooks_has_a_column(app):
    with app.app_context():
        app.use()
    assert (
        drawn(app)
        == """\
app context pushed by hand
  app context 1  |              teardown_appcontext |
                   other code   close_conn(None)
  database 1       o opened -------------- closed o
opened 1, closed 1, still open 0"""
    )


def test_overlapping_requests_share_one_axis(app):
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
    assert (
        drawn(app)
        == """\
GET /slow  200 OK
  app context 1  | before_request   view ----------------------------------------------------   teardown_appcontext |
                   load_user()      slow()                                                      close_conn(None)
GET /songs  200 OK
  app context 2                            | before_request   view        teardown_appcontext |
                                             load_user()      songs()     close_conn(None)
  database 1                                                  o opened ------------- closed o
opened 1, closed 1, still open 0"""
    )


def test_a_context_pushed_again_is_the_same_one(app):
    with app.test_client() as client:
        client.get("/songs")
        client.get("/songs")
    assert drawn(app).count("app context 1\n") + drawn(app).count("app context 1  ") == 1
    assert "app context 1 again" in drawn(app)


def test_last_keeps_the_last_groups_and_counts_only_them(app):
    for path in ("/keep", "/songs", "/songs"):
        app.test_client().get(path)
    timeline = Timeline(app.recorder.events, last=1)
    assert (timeline.opened, timeline.closed, timeline.still_open) == (1, 1, 0)
    assert str(timeline).count("GET /songs") == 1
    assert Timeline(app.recorder.events).still_open == 1


def test_no_events_at_all():
    assert str(Timeline([])) == "no connection opened"


def picture(timeline):
    markup = timeline._repr_html_()
    data = re.search(r"data:image/svg\+xml;base64,([^\"]+)", markup)[1]
    return markup, ElementTree.fromstring(base64.b64decode(data))


def test_picture_is_well_formed_and_its_alt_text_is_the_text(app):
    app.test_client().get("/songs")
    timeline = Timeline(app.recorder.events)
    markup, svg = picture(timeline)
    alt = html.unescape(re.search(r'alt="([^"]*)"', markup)[1])
    assert alt == f"Timeline. {timeline}"
    words = [element.text for element in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert {"GET /songs", "app context 1", "songs()", "database 1", "opened", "closed"} <= set(words)
    assert "prefers-color-scheme: dark" in ElementTree.tostring(svg, encoding="unicode")


def test_nothing_is_drawn_outside_the_picture(app):
    app.test_client().get("/both")
    app.test_client().get("/keep")
    _, svg = picture(Timeline(app.recorder.events))
    width, height = float(svg.get("width")), float(svg.get("height"))
    for box in svg.iter("{http://www.w3.org/2000/svg}rect"):
        assert float(box.get("x")) >= 0 and float(box.get("x")) + float(box.get("width")) <= width
        assert float(box.get("y")) >= 0 and float(box.get("y")) + float(box.get("height")) <= height


def test_a_path_is_escaped(app):
    app.test_client().get("/<b>&x")
    _, svg = picture(Timeline(app.recorder.events))
    assert "GET /<b>&x" in [element.text for element in svg.iter("{http://www.w3.org/2000/svg}text")]
