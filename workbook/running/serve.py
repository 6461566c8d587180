"""The child process behind ``launch``: one Flask app with the recorder attached.

Started as ``python -m workbook.running.serve SPEC``, SPEC a JSON object: ``stem``, ``file``
or ``source`` says where ``create_app`` is; with ``command`` a ``flask`` command is run
instead of the server, with ``workers`` gunicorn serves. What the app does is recorded unless
``recorded`` is false; with ``workers`` it is not. Reports ``{"event": [...]}``, a list of events,
``{"ready": port}``, ``{"synced": n}``.
"""

import atexit
import gc
import importlib
import importlib.util
import json
import linecache
import mmap
import os
import signal
import sys
import threading
from collections import deque
from pathlib import Path

from sandboxes.parent import follow_parent, watch_parent
from workbook import child
from workbook.paths import APPS

CELL = "<notebook cell>"


def main(spec):
    report = child.take_stdout()
    if "command" in spec:
        follow_parent()
        run_command(spec, report)
    elif "workers" in spec:
        run_workers(spec, report)
    else:
        run_server(spec, report)


def load(spec, events):
    """The app that the spec's ``create_app()`` returns, and its recorder, already at work.

    What the app does is reported as ``events``, also what the factory does.
    """
    from workbook.running.recorder import Recorder

    factory = find_factory(spec)
    recorder = Recorder(on_event=events.add)
    recorder.start()
    app = make_app(factory)
    recorder.attach(app)
    return app, recorder


def make_app(factory):
    """What the factory returns, if that is a Flask app."""
    app = factory()
    if not hasattr(app, "wsgi_app"):
        raise SystemExit(f"{factory.__name__}() returned {app!r}: it must return the Flask app")
    return app


def find_factory(spec):
    """Import the spec's module -> its function ``create_app``."""
    if "stem" in spec:
        sys.path.insert(0, str(APPS))
        module = importlib.import_module(spec["stem"])
    elif "file" in spec:
        sys.path.insert(0, str(Path(spec["file"]).parent))
        module = importlib.import_module(Path(spec["file"]).stem)
    else:
        lines = spec["source"].splitlines(keepends=True)
        linecache.cache[CELL] = (len(spec["source"]), None, lines, CELL)
        module = importlib.util.module_from_spec(importlib.util.spec_from_loader("cell", None))
        sys.modules["cell"] = module
        exec(compile(spec["source"], CELL, "exec"), vars(module))
    if not hasattr(module, spec["factory"]):
        raise SystemExit(f"{module.__name__} has no function {spec['factory']}()")
    return getattr(module, spec["factory"])


def run_server(spec, report):
    """Serve the app of the spec until the parent is gone."""
    if spec.get("recorded", True):
        run(lambda events: load(spec, events), report)
    else:
        run(lambda events: (make_app(find_factory(spec)), None), report)


def run(make, report, port=0):
    """Serve the app of ``make(events)`` -> (app, its recorder or None) until the parent is gone."""
    events = Events(report)
    busy = Busy()
    recorders = []

    def on_message(message):
        busy.wait_until_idle(timeout=1)
        if "held" in message:
            for recorder in recorders:
                events.add(recorder.held())
        events.flush()
        if "sync" in message:
            child.answer_sync(report, message["sync"])

    def leave():
        # Stopped in the middle of something: what happened until now is told.
        events.flush()
        os._exit(0)

    follow_parent(on_message, leave)
    app, recorder = make(events)
    if recorder is not None:
        recorders.append(recorder)
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Handler(WSGIRequestHandler):
        def log_request(self, code="-", size="-"):
            """The timeline shows the requests."""

        def run_wsgi(self):
            with busy:
                super().run_wsgi()
                events.flush()

    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Handler)
    events.flush()
    report({"ready": server.port})
    server.serve_forever()


def run_workers(spec, report):
    """Serve with gunicorn: an arbiter that forks ``workers`` sync workers, until the parent is gone.

    With ``preload`` the app is made once, before the fork, and otherwise in each worker.
    Nothing is recorded: what the app did is in its log and on the wire.
    """
    from gunicorn.app.base import BaseApplication

    # The arbiter leads a process group of its own, and its workers are in it.
    follow_parent(
        lambda message: child.answer_sync(report, message["sync"]),
        leave=lambda: os.killpg(0, signal.SIGKILL),
    )
    factory = find_factory(spec)

    def post_fork(arbiter, worker):
        # The threads of follow_parent live in the arbiter alone: a fork does not copy threads.
        watch_parent(worker.ppid)

    # Shared with the workers: a byte for each of them, set when it can take a request.
    booted = mmap.mmap(-1, spec["workers"])

    def post_worker_init(worker):
        if worker.age <= spec["workers"]:
            booted[worker.age - 1] = 1
            if all(booted[:]):
                report({"ready": worker.sockets[0].getsockname()[1]})

    class Gunicorn(BaseApplication):
        def load_config(self):
            for name, value in {
                "bind": "127.0.0.1:0",
                "workers": spec["workers"],
                "worker_class": "sync",
                "preload_app": spec["preload"],
                "loglevel": "warning",
                "control_socket_disable": True,
                "post_fork": post_fork,
                "post_worker_init": post_worker_init,
            }.items():
                self.cfg.set(name, value)

        def load(self):
            app = make_app(factory)

            def printed(environ, start_response):
                # A sync reaches the arbiter alone: the log is to have this before the client has its answer.
                try:
                    return app(environ, start_response)
                finally:
                    sys.stdout.flush()

            return printed

    Gunicorn().run()


def run_command(spec, report):
    """Run ``flask *command`` on the app, as the ``flask`` program does."""
    import io

    from flask.cli import FlaskGroup

    events = Events(report)
    # Before all others, so that they run last: what the app does at exit is reported too, and what ends with
    # the process need not be looked through for garbage.
    atexit.register(gc.freeze)
    atexit.register(events.flush)

    def create_app():
        app, recorder = load(spec, events)
        recorder.emit("command", name="flask " + " ".join(spec["command"]))
        return app

    sys.stdin = io.StringIO(spec["input"])
    # A file .env of a folder above would be the shell's again.
    FlaskGroup(create_app=create_app, load_dotenv=False).main(spec["command"], prog_name="flask")


class Events:
    """What happened and was not reported yet: many are reported as one, which costs less."""

    def __init__(self, report):
        self._report = report
        self._waiting = deque()
        self._lock = threading.RLock()  # for the same reason as the recorder's

    def add(self, event):
        self._waiting.append(event)
        # A view may end the process: how it came to that is told before.
        if event["kind"] == "enter" and event["hook"] == "view":
            self.flush()

    def flush(self):
        """Report what there is, in order."""
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if batch:
                self._report({"event": batch})


class Busy:
    """Counts the requests being handled, so that events are read when they are complete."""

    def __init__(self):
        self._count = 0
        self._condition = threading.Condition()

    def __enter__(self):
        with self._condition:
            self._count += 1

    def __exit__(self, *exc_info):
        with self._condition:
            self._count -= 1
            self._condition.notify_all()

    def wait_until_idle(self, timeout):
        with self._condition:
            self._condition.wait_for(lambda: self._count == 0, timeout)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
