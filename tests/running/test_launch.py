import json
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import pytest

from processes import left_running
from workbook.running.launch import AppEnded, LaunchError, _own_traceback, launch

HELLO = """
from flask import Flask, request, session

def create_app():
    app = Flask(__name__, static_folder=None)
    app.config.from_prefixed_env()
    app.secret_key = "tests only"

    @app.get("/")
    def index():
        return {"greeting": app.config.get("GREETING", "hello")}

    @app.get("/empty")
    def empty():
        return {}, 204

    @app.get("/half")
    def half():
        return app.response_class("[1, 2", mimetype="application/json")

    @app.post("/name")
    def name():
        session["name"] = request.json["name"]
        return "", 204

    @app.get("/name")
    def who():
        print("somebody asked", end="; ")
        return session.get("name", "nobody")

    return app
"""


@pytest.fixture
def hello(app_file):
    with launch(app_file(HELLO)) as app:
        yield app


def test_serves_json_and_shows_it(hello):
    reply = hello.get("/")
    assert (reply.status, reply.json()) == (200, {"greeting": "hello"})
    assert repr(reply) == '200 OK\n{"greeting": "hello"}'
    assert "<strong>200 OK</strong>" in reply._repr_html_()


def test_json_that_is_none_is_shown_as_it_is(hello):
    assert repr(hello.get("/empty")) == "204 NO CONTENT"
    assert repr(hello.get("/half")) == "200 OK\n[1, 2"


def test_settings_keep_their_types(app_file):
    with launch(app_file(HELLO), GREETING=["1", 2, None]) as app:
        assert app.get("/").json() == {"greeting": ["1", 2, None]}


def test_settings_in_small_letters_are_refused(app_file):
    with pytest.raises(ValueError, match="capitals.*'greeting'"):
        launch(app_file(HELLO), greeting="x")


def test_flask_variables_of_the_shell_do_not_reach_the_app(app_file, monkeypatch):
    monkeypatch.setenv("FLASK_GREETING", "from the shell")
    with launch(app_file(HELLO)) as app:
        assert app.get("/").json() == {"greeting": "hello"}


def test_each_client_has_its_own_cookies(hello):
    other = hello.client()
    hello.post("/name", json={"name": "Ann"})
    assert (hello.get("/name").text, other.get("/name").text) == ("Ann", "nobody")


@pytest.fixture
def buffered(monkeypatch):
    """Standard output as it is by default, whatever this machine has set."""
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)


def test_what_the_app_prints_is_in_its_log(buffered, hello):
    for number in range(1, 51):
        hello.get("/name")
        assert hello.log.count("somebody asked") == number


def test_relaunching_a_name_stops_the_first(app_file):
    path = app_file(HELLO)
    first = launch(path)
    with launch(path) as second, launch(path, name="third") as third:
        assert (first.running, second.running, third.running) == (False, True, True)


def test_stopped_app_keeps_its_events_and_stops_again(hello):
    hello.get("/")
    assert hello.events
    hello.stop()
    assert [event["kind"] for event in hello.events][:2] == ["request", "push"]
    assert hello.log == ""
    hello.stop()


LAST_WORDS = """
import os
from flask import Flask

def create_app():
    print("made")
    app = Flask(__name__)

    @app.get("/")
    def index():
        print("out of memory")
        os._exit(3)

    @app.get("/cut")
    def cut():
        def parts():
            yield "one"
            raise OSError
        return app.response_class(parts(), headers={"Content-Length": 6})

    return app
"""


def test_an_app_that_died_is_said_to_have_died(buffered, app_file):
    with launch(app_file(LAST_WORDS)) as app:
        other = app.client()
        for client in (app, other):
            with pytest.raises(AppEnded, match="^the app has ended with code 3: app.log says why$") as caught:
                client.get("/")
            assert caught.value.__suppress_context__
            assert caught.value._render_traceback_() == [str(caught.value)]
        assert app.log == "made\nout of memory\n"


def test_a_stopped_app_is_said_to_be_stopped(hello):
    other = hello.client()
    hello.stop()
    for client in (hello, other):
        with pytest.raises(AppEnded, match="stopped: launch it again"):
            client.get("/")


def test_an_app_that_lives_leaves_the_error_as_it_is_and_short(app_file):
    with launch(app_file(LAST_WORDS)) as app:
        with pytest.raises(httpx.RemoteProtocolError) as caught:
            app.get("/cut")
        assert app.running
    # The test, get() and request(): none of the HTTP client's own.
    assert len(caught.traceback) == 3 and caught.value.__suppress_context__


@pytest.mark.skipif(sys.platform == "win32", reason="interrupts as POSIX knows them")
def test_an_interrupted_request_shows_none_of_the_http_client(app_file):
    source = WHO.replace('print("somebody asked", end="; ")', "os.kill(os.getppid(), 2)")
    with launch(app_file(source), WAIT=30) as app, pytest.raises(KeyboardInterrupt) as caught:
        app.get("/")
    assert len(caught.traceback) == 3 and caught.value.__suppress_context__


@pytest.mark.skipif(sys.platform == "win32", reason="interrupts as POSIX knows them")
def test_an_interrupted_launch_leaves_no_process(app_file):
    path = app_file("import os, time\n\ndef create_app():\n    os.kill(os.getppid(), 2)\n    time.sleep(60)\n")
    before = psutil.Process().children()
    with pytest.raises(KeyboardInterrupt):
        launch(path)
    assert psutil.Process().children() == before


@pytest.mark.parametrize("frame", ["/home/ann/workbook/running/serve.py", r"C:\Ann's\workbook\running\serve.py"])
def test_the_launchers_frames_are_left_out_on_every_system(frame):
    log = f'Traceback\n  File "{frame}", line 1, in load\n    app = factory()\n  File "my/app.py", line 2\nKeyError\n'
    assert _own_traceback(log) == 'Traceback\n  File "my/app.py", line 2\nKeyError'


def test_start_up_failure_shows_the_apps_own_traceback(app_file):
    path = app_file("def create_app():\n    return 1 / 0\n")
    started = time.monotonic()
    with pytest.raises(LaunchError) as caught:
        launch(path)
    assert time.monotonic() - started < 5
    text = str(caught.value)
    assert "ZeroDivisionError" in text and "return 1 / 0" in text
    assert "serve.py" not in text and "importlib" not in text


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "no function create_app"),
        ("def create_app():\n    pass\n", "must return the Flask app"),
        ("import nothing_of_that_name", "ModuleNotFoundError"),
        ("def create_app(:", "SyntaxError"),
        ("def create_app():\n    raise SystemExit('no config')\n", "no config"),
    ],
)
def test_what_is_no_app_says_so(app_file, source, message):
    with pytest.raises(LaunchError, match=message):
        launch(app_file(source))


def test_app_that_never_gets_ready_is_given_up(app_file):
    path = app_file("import time\n\ndef create_app():\n    time.sleep(60)\n")
    with pytest.raises(LaunchError, match="ready"):
        launch(path, timeout=0.5)


def test_unknown_app_names_the_apps():
    with pytest.raises(ValueError, match="ch03_one_connection"):
        launch("ch99_nothing")


def test_command_output_exit_code_and_timeline(hello):
    routes = hello.flask("routes")
    assert routes.exit_code == 0 and "/name" in routes.output
    assert hello.flask("no-such-command").exit_code == 2


def test_shell_reads_its_input(hello):
    shell = hello.flask("shell", input="print('sum', 40 + 2)\n")
    assert "sum 42" in shell.output


def test_events_are_complete_when_they_are_read(app_file):
    path = app_file(
        HELLO.replace(
            "    return app\n",
            "    import time\n    app.teardown_request(lambda exc: time.sleep(0.02))\n    return app\n",
        )
    )
    with launch(path) as app:
        for number in range(1, 21):
            app.get("/")
            popped = [event["of"] for event in app.events if event["kind"] == "pop"]
            assert popped == ["request", "app"] * number


def test_what_a_request_does_after_its_answer_was_read_is_among_its_events(app_file):
    last = "    app.after_request(lambda r: r.call_on_close(lambda: time.sleep(0.3)) and r)\n    return app\n"
    path = app_file("import time\n" + HELLO.replace("    return app\n", last))
    with launch(path) as app:
        app.get("/")
        # An answer whose length was said is read before the server comes to close it.
        assert [event["hook"] for event in app.events if event["kind"] == "exit"][-1] == "call_on_close"


def test_a_proxy_of_the_shell_stands_between_nobody(app_file, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    asks = """
import httpx
from flask import Flask

def create_app():
    app = Flask(__name__)
    app.config.from_prefixed_env()
    app.get("/")(lambda: httpx.get(app.config["OTHER"]).text)
    return app
"""
    with launch(app_file(HELLO)) as app, launch(app_file(asks, "asks.py"), OTHER=app.url) as other:
        assert other.get("/").text == app.get("/").text


def test_cell_source_runs_alone_in_the_child():
    cell = textwrap.dedent(
        """
        from flask import Flask
        def create_app():
            app = Flask("in_a_cell")
            app.get("/")(lambda: "from a cell")
            return app
        """
    )
    program = f"""
import json, linecache
from workbook import launch
cell = {cell!r}
linecache.cache["<cell>"] = (len(cell), None, cell.splitlines(True), "<cell>")
exec(compile(cell, "<cell>", "exec"))
with launch(create_app) as app:
    print(json.dumps(app.get("/").text))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
    assert json.loads(done.stdout) == "from a cell", done.stderr


def test_killed_parent_leaves_no_process(app_file):
    program = f"""
import time
from workbook import databases, launch
database = databases.rethinkdb("orphans")
app = launch({str(app_file(HELLO))!r}, database)
print("up", flush=True)
time.sleep(60)
"""
    for _ in range(3):
        parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
        assert parent.stdout.readline() == b"up\n"
        children = psutil.Process(parent.pid).children(recursive=True)
        assert len(children) == 2
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        assert not left_running(children)


WHO = """
import os
import time
from flask import Flask

def create_app():
    app = Flask(__name__)
    app.made_in = os.getpid()
    print("made by", app.made_in)

    @app.get("/")
    def index():
        print("somebody asked", end="; ")
        time.sleep(float(app.config.get("WAIT", 0)))
        return {"worker": os.getpid(), "made in": app.made_in}

    app.config.from_prefixed_env()
    return app
"""

gunicorn_only = pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run on Windows")


@gunicorn_only
@pytest.mark.parametrize("preload", [True, False])
def test_gunicorn_with_two_workers(buffered, app_file, preload):
    with launch(app_file(WHO), workers=2, preload=preload, WAIT=0.5) as app:
        with ThreadPoolExecutor(2) as pool:
            replies = [reply.json() for reply in pool.map(app.get, ["/", "/"])]
        assert app.log.count("somebody asked") == 2
        # Printed before the fork: what waits in a buffer would be copied into each worker.
        assert app.log.count("made by") == (1 if preload else 2)
        with pytest.raises(ValueError, match="nothing is recorded"):
            app.timeline()
    assert len({reply["worker"] for reply in replies}) == 2
    assert len({reply["made in"] for reply in replies}) == (1 if preload else 2)
    assert all((reply["worker"] == reply["made in"]) is not preload for reply in replies)


@gunicorn_only
def test_launch_waits_for_the_last_worker(app_file, tmp_path):
    late = """
    try:
        os.mkdir(app.config["FIRST"])
    except FileExistsError:
        time.sleep(1)
    return app
"""
    source = WHO.replace("\n    return app\n", late)
    with launch(app_file(source), workers=2, preload=False, WAIT=0.2, FIRST=str(tmp_path / "first")) as app:
        with ThreadPoolExecutor(2) as pool:
            replies = [reply.json() for reply in pool.map(app.get, ["/", "/"])]
    assert len({reply["worker"] for reply in replies}) == 2


@gunicorn_only
@pytest.mark.parametrize("preload", [True, False])
def test_gunicorn_start_up_failure_shows_the_apps_own_traceback(app_file, preload):
    path = app_file("def create_app():\n    return 1 / 0\n")
    with pytest.raises(LaunchError, match="return 1 / 0"):
        launch(path, workers=2, preload=preload)


@gunicorn_only
def test_gunicorn_runs_commands_without_workers(app_file):
    with launch(app_file(WHO), workers=2) as app:
        assert "index" in app.flask("routes").output


def test_workers_need_gunicorn(app_file, monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(ValueError, match="Windows"):
        launch(app_file(WHO), workers=2)


@gunicorn_only
@pytest.mark.parametrize("whom", ["parent", "arbiter"])
def test_killed_parent_or_arbiter_leaves_no_worker(app_file, whom):
    program = f"""
import time
from workbook import launch
app = launch({str(app_file(WHO))!r}, workers=2)
print(app._child.pid, flush=True)
time.sleep(60)
"""
    for _ in range(3):
        parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
        arbiter = psutil.Process(int(parent.stdout.readline()))
        while len(family := [arbiter, *arbiter.children()]) < 3:
            time.sleep(0.01)  # The first worker is ready before the second is forked.
        (parent if whom == "parent" else arbiter).send_signal(signal.SIGKILL)
        assert not left_running(family)
        parent.kill()
        parent.wait()
        parent.stdout.close()


def test_an_app_that_died_in_a_view_has_told_how_it_came_to_that(app_file):
    with launch(app_file(LAST_WORDS)) as app:
        with pytest.raises(AppEnded):
            app.get("/")
        assert [event["kind"] for event in app.events] == ["request", "push", "push", "enter"]


def test_what_an_app_did_before_it_was_stopped_is_kept(app_file):
    last = """
    @app.get("/wait")
    def wait():
        with app.app_context():
            print("pushed")
            Event().wait()

    return app
"""
    app = launch(app_file("from threading import Event\n" + HELLO.replace("    return app\n", last)))
    with ThreadPoolExecutor(1) as pool:
        pool.submit(app.get, "/wait")
        app._child.wait_for_line("pushed")
        app.stop()
    assert [event["context"] for event in app.events if event["kind"] == "push"] == [1, 1, 2]


def test_what_an_app_holds_is_asked_when_its_events_are(app_file):
    last = """
    import sqlite3
    kept = []

    @app.get("/keep")
    def keep():
        kept.append(sqlite3.connect(":memory:"))
        return ""

    @app.get("/lose")
    def lose():
        conn = sqlite3.connect(":memory:", check_same_thread=False)
        conn.itself = conn
        return ""

    @app.get("/close")
    def close():
        kept.clear()
        return ""

    return app
"""
    with launch(app_file(HELLO.replace("    return app\n", last))) as app:
        app.get("/lose")
        assert app.events[-1]["kind"] == "response"
        app.get("/keep")
        assert app.events == app.events
        assert (app.events[-1]["kind"], app.events[-1]["connections"]) == ("held", ["sqlite 2"])
        assert app.log == ""
        app.get("/close")
        assert app.events[-1]["kind"] == "response"
        app.get("/keep")
        held = app.events
        app.stop()
        assert app.events == held


def test_what_a_reader_leaves_out_is_for_the_timeline(hello, monkeypatch):
    monkeypatch.setattr("workbook.running.launch.Timeline", lambda events, **options: options)
    assert hello.timeline() == {"last": None, "only": None, "steps": True}
    assert hello.timeline(2, "/name", False) == {"last": 2, "only": "/name", "steps": False}
    assert hello.flask("routes").timeline(only="/name") == {"last": None, "only": "/name", "steps": True}


def test_of_very_many_events_the_old_ones_go_and_what_is_open_stays(hello, monkeypatch):
    monkeypatch.setattr("workbook.running.launch.MOST_EVENTS", 100)
    opened = {"kind": "open", "connection": "rethinkdb 1"}
    made = {"kind": "made", "thing": "client 1"}
    passing = [{"kind": "open", "connection": "sqlite 1"}, {"kind": "close", "connection": "sqlite 1"}]
    hello._remember([opened, made, *passing])
    for number in range(30):
        hello._remember([{"kind": "request", "request": number}] * 10)
    events = hello.events
    assert len(events) <= 100
    assert events[:2] == [opened, made] and passing[0] not in events
    assert events[-1]["request"] == 29
    hello._remember([{"kind": "close", "connection": "rethinkdb 1"}, {"kind": "ended", "thing": "client 1"}])
    for number in range(30):
        hello._remember([{"kind": "request", "request": number}] * 10)
    assert {event["kind"] for event in hello.events} == {"request"}
