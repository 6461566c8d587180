"""Start a Flask app from a notebook cell, talk to it over HTTP, see what it did."""

import contextlib
import html
import inspect
import json
import linecache
import os
import re
import sys
from pathlib import Path, PureWindowsPath

import httpx

from workbook.child import Child, ChildDied
from workbook.figures.timeline import Timeline
from workbook.paths import APPS
from workbook.surroundings import plain

# The end of a path in a traceback that is not the app's.
OUR_FRAMES = {("running", "serve.py"), ("importlib", "__init__.py")}

MOST_EVENTS = 20_000  # of an app: those of a thousand requests or more

_running = {}


class _Said(Exception):
    """An error whose text says all there is to say."""

    def _render_traceback_(self):
        # In a notebook: no frames of the launcher and the HTTP client underneath.
        return str(self).splitlines()


class LaunchError(_Said):
    """The app did not start; the text is what the app itself said."""


class AppEnded(_Said):
    """There is no app any more to send a request to."""


def launch(app, *databases, name=None, timeout=10.0, workers=None, preload=True, **settings):
    """Start an app in a process of its own and return it as a running ``App``.

    ``app`` is the stem of a package in ``apps/``, the path of a Python file, or a
    ``create_app`` function defined in a notebook cell (the cell is run by itself in
    the new process, so it must import what it uses). Each database contributes its
    ``settings``; settings in capitals reach the app's config through
    ``app.config.from_prefixed_env()``. An app of the same ``name`` (the stem, unless
    given) that this notebook started earlier is stopped first.

    With ``workers`` gunicorn serves the app, in so many processes of one thread each, forked
    when the app is made already or, with ``preload=False``, before. There the app is not
    recorded: it has a ``log``, but neither ``events`` nor a ``timeline()``.

    Raises LaunchError with the app's traceback if it does not start within
    ``timeout`` seconds, ValueError if there is no such app or setting, or no gunicorn.
    """
    spec = _locate(app)
    if workers is not None:
        if sys.platform == "win32":
            raise ValueError("workers= needs gunicorn, which does not run on Windows")
        spec |= {"workers": workers, "preload": preload}
    name = name or spec.get("stem") or Path(spec.get("file", "cell")).stem
    for database in databases:
        settings = {**database.settings, **settings}
    environ = environment(settings)
    if name in _running:
        _running.pop(name).stop()
    running = App(name, spec, environ)
    running._start(timeout)
    _running[name] = running
    return running


def _locate(app):
    if callable(app):
        source = "".join(linecache.getlines(inspect.getsourcefile(app)))
        if not source:
            raise ValueError("the source of that function is not to be had: define it in a cell")
        return {"source": source, "factory": app.__name__}
    if (APPS / str(app) / "__init__.py").is_file():
        return {"stem": app, "factory": "create_app"}
    if Path(app).is_file():
        return {"file": str(Path(app).resolve()), "factory": "create_app"}
    stems = ", ".join(sorted(path.parent.name for path in APPS.glob("*/__init__.py")))
    raise ValueError(f"no app named {app!r} and no such file. The apps are: {stems}")


def environment(settings):
    """The variables of a plain process in which an app finds these settings. Raises ValueError."""
    wrong = [key for key in settings if not key.isupper()]
    if wrong:
        raise ValueError(f"settings are written in capitals, as in Flask's config: {wrong[0]!r}")
    environ = plain(os.environ)
    for key, value in settings.items():
        environ[f"FLASK_{key}"] = json.dumps(value)
    return environ


class Client:
    """Someone who talks to the app: keeps cookies, as a browser would.

    A request raises AppEnded if the app ended, by itself or by ``stop()``, and otherwise what
    httpx raises.
    """

    def __init__(self, url, child):
        self._child = child
        # No proxy of the learner's environment stands between two processes on one machine.
        # Plain http: reading the list of certificate authorities would cost more than a request.
        self._http = httpx.Client(base_url=url, trust_env=False, verify=False, timeout=30.0)

    def request(self, method, path, **options):
        """Send a request (``json=``, ``data=``, ``headers=``, ``auth=`` as in httpx) -> Reply."""
        try:
            return Reply(self._http.request(method, path, **options))
        except KeyboardInterrupt:
            raise KeyboardInterrupt("while the app was answering") from None
        except (httpx.TransportError, RuntimeError) as error:
            # A RuntimeError: stop() has closed the client.
            if not isinstance(error, httpx.TimeoutException) and (why := self._why_ended()):
                raise AppEnded(why) from None
            raise error.with_traceback(None) from None

    def _why_ended(self):
        """Why there is no app any more, "" while there is one; an app about to end is waited for."""
        with contextlib.suppress(TimeoutError):
            self._child.sync()
        if self._child.running:
            return ""
        if self._child.process.stdin.closed:
            return "the app was stopped: launch it again"
        return f"the app has ended with code {self._child.process.returncode}: app.log says why"

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, **options):
        return self.request("POST", path, **options)

    def put(self, path, **options):
        return self.request("PUT", path, **options)

    def patch(self, path, **options):
        return self.request("PATCH", path, **options)

    def delete(self, path, **options):
        return self.request("DELETE", path, **options)

    @property
    def cookies(self):
        """The cookies this client holds."""
        return self._http.cookies

    def close(self):
        self._http.close()


class App(Client):
    """An app that runs in a process of its own, and its first client.

    Leaving a ``with`` block, calling ``stop()``, launching it again or ending the
    kernel stops it. ``log`` is what it wrote; ``events`` what it did.
    """

    def __init__(self, name, spec, environ):
        self.name = name
        self._spec = spec
        self._environ = environ
        self._events = []
        self._held = None

    def _start(self, timeout):
        self._child = Child(
            "workbook.running.serve", json.dumps(self._spec), environ=self._environ, on_event=self._remember
        )
        try:
            self.port = self._child.wait_for("ready", timeout=timeout)["ready"]
        except BaseException as error:
            self._child.stop()
            if isinstance(error, ChildDied | TimeoutError):
                raise LaunchError(_own_traceback(self._child.log) or str(error)) from None
            raise
        self.url = f"http://127.0.0.1:{self.port}"
        super().__init__(self.url, self._child)

    def client(self):
        """Another client of the same app, with cookies of its own."""
        return Client(self.url, self._child)

    @property
    def events(self):
        """What the app did so far (see ``recorder``), complete once its requests are answered."""
        if "workers" in self._spec:
            raise ValueError("with workers= nothing is recorded: read app.log, or count on a Wire")
        self._child.send(held=True)
        self._child.sync()
        held = self._held
        return [*self._events, *([held] if held and (held["connections"] or held["things"]) else [])]

    def _remember(self, events):
        """Called with each batch of events, on one thread."""
        for event in events:
            if event["kind"] == "held":
                self._held = event
            else:
                self._events.append(event)
        if len(self._events) > MOST_EVENTS:
            self._events = _shortened(self._events)

    def timeline(self, last=None, only=None, steps=True):
        """What the app did so far as a ``Timeline``, which says what ``last``, ``only`` and ``steps`` leave out."""
        return Timeline(self.events, last=last, only=only, steps=steps)

    def flask(self, *command, input=""):
        """Run ``flask *command`` on the same app with the same settings -> Command."""
        return Command({**self._spec, "command": list(command), "input": input}, self._environ)

    @property
    def log(self):
        """What the app wrote to stdout and stderr, complete once its requests are answered."""
        self._child.sync()
        return self._child.log

    @property
    def running(self):
        return self._child.running

    def stop(self):
        """Stop the app and wait until it is gone; its events and log stay readable."""
        self._child.stop()
        self.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.stop()

    def __repr__(self):
        return f"<App {self.name} {'running' if self.running else 'stopped'}>"


class Command:
    """A finished ``flask`` command: ``exit_code``, ``output``, ``timeline()``."""

    def __init__(self, spec, environ, timeout=30.0):
        events = []
        child = Child("workbook.running.serve", json.dumps(spec), environ=environ, on_event=events.extend)
        try:
            self.exit_code = child.process.wait(timeout)
        finally:
            child.stop()
        self.output = child.log
        self.events = events

    def timeline(self, last=None, only=None, steps=True):
        return Timeline(self.events, last=last, only=only, steps=steps)

    def __repr__(self):
        return f"{self.output}exit code {self.exit_code}"


class Reply:
    """An HTTP response as the client saw it."""

    def __init__(self, response):
        self.status = response.status_code
        self.reason = response.reason_phrase
        self.headers = response.headers
        self.text = response.text
        self.json = response.json

    def _body(self):
        if "json" in self.headers.get("content-type", ""):
            # What calls itself JSON need not be: an empty 204, half an answer.
            with contextlib.suppress(ValueError):
                return json.dumps(self.json(), indent=None if len(self.text) < 80 else 2)
        return self.text.strip()

    def __repr__(self):
        return f"{self.status} {self.reason}\n{self._body()}".rstrip()

    def _repr_html_(self):
        kind = self.headers.get("content-type", "").partition(";")[0]
        return (
            f"<div><strong>{self.status} {html.escape(self.reason)}</strong> "
            f"<code>{html.escape(kind)}</code><pre>{html.escape(self._body())}</pre></div>"
        )


def _shortened(events):
    """The younger half of a list of events, and from the older what it opened or made and did not close."""
    half = len(events) // 2
    gone = {_subject(event) for event in events[:half] if event["kind"] in ("close", "ended")}
    kept = [event for event in events[:half] if event["kind"] in ("open", "made") and _subject(event) not in gone]
    return kept + events[half:]


def _subject(event):
    return event.get("connection") or event.get("thing")


def _own_traceback(log):
    """The log without the launcher's frames, which come first in a traceback."""
    lines, own, skipping = log.splitlines(), [], False
    for line in lines:
        if frame := re.match(r'  File "(.*?)"', line):
            # A Windows path has the parts of any other, the other way round it would be one name.
            path = PureWindowsPath(frame[1])
            skipping = path.parts[-2:] in OUR_FRAMES or path.name.startswith("<frozen ")
        elif not line.startswith("    "):
            skipping = False
        if not skipping:
            own.append(line)
    return "\n".join(own)
