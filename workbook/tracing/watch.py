"""What a trace writes down beyond the recorder: more kinds of events, each with a moment ``at``.

=============  ==============================================================
``skipped``    ``hook`` and ``functions``: [name, source] of the teardowns that
               did not run since one raised
``outside``    ``name`` ("g"), ``where`` ("file.py:line" or None): asked for without a context
``late``       the session was changed when it had been saved already
``unseen``     ``names``: what has sockets that nobody can follow
=============  ==============================================================
"""

import sys
import time
from contextvars import ContextVar
from pathlib import Path

import flask
import flask.globals

from workbook.running.recorder import Recorder
from workbook.tracing import sockets

_saved = ContextVar("saved", default=None)  # (session, what it looked like when it was saved)
_ran = ContextVar("ran")  # the teardowns of this round that were entered
# C libraries that open their own sockets, where no Python sees them: module -> how it is called.
UNSEEN = {
    "MySQLdb": "mysqlclient",
    "_mssql": "pymssql",
    "confluent_kafka": "confluent-kafka",
    "curl_cffi": "curl_cffi",
    "grpc": "grpcio",
    "oracledb.thick_impl": "oracledb (thick)",
    "psycopg2": "psycopg2",
    "psycopg.pq": "psycopg",
    "pycurl": "pycurl",
    "pylibmc": "pylibmc",
    "pyodbc": "pyodbc",
    "uvloop": "uvloop",
    "zmq": "pyzmq",
}
PROXIES = ["g", "current_app", "request", "session"]


class Watch:
    """Records one app, from here on what its import opens too; ``on_event`` is given each event."""

    def __init__(self, on_event):
        self._on_event = on_event
        self.recorder = Recorder(on_event=self._stamp)
        self.recorder.start()
        self._sockets = sockets.watch(self.recorder)
        # While the app is being made it may connect already: by then its drivers are imported.
        self.recorder.replace(flask.Flask, "__init__", self._make)
        flask.appcontext_pushed.connect(self._pushed)
        self.recorder.at_end(flask.appcontext_pushed.disconnect, self._pushed)

    def _make(self, original, app, *args, **kwargs):
        self.recorder.watch_drivers()
        original(*args, **kwargs)

    def _pushed(self, app, **extra):
        self.recorder.watch_drivers()

    def attach(self, app):
        recorder = self.recorder
        recorder.attach(app)
        self.app = app
        recorder.replace(app, "do_teardown_request", self._teardown_request)
        recorder.replace(app, "do_teardown_appcontext", self._teardown_appcontext)
        recorder.replace(app.session_interface, "save_session", self._save)
        for name in PROXIES:
            self._watch_proxy(name, getattr(flask.globals, name))

    def held(self, outside=True):
        """The last event: what somebody still refers to (as ``Recorder.held``). Before it, what cannot be seen."""
        loaded = [called for module, called in UNSEEN.items() if module in sys.modules]
        names = [f"sockets that {called} opens in C, if it does" for called in loaded]
        self.recorder.emit("unseen", names=sorted([*names, *self._sockets.unseen]))
        return {**self.recorder.held(outside), "at": time.perf_counter()}

    def stop(self):
        """Leave everything as it was."""
        self.recorder.__exit__()

    def _stamp(self, event):
        event["at"] = time.perf_counter()
        if event["kind"] == "enter" and event["hook"].startswith("teardown"):
            _ran.get([]).append(event["name"].partition("(")[0])
        self._on_event(event)

    # Teardowns that did not run

    def _teardown_request(self, original, *args, **kwargs):
        try:
            self._tearing("teardown_request", self._request_teardowns(), original, args, kwargs)
        finally:
            self._compare()

    def _teardown_appcontext(self, original, *args, **kwargs):
        self._tearing("teardown_appcontext", self.app.teardown_appcontext_funcs, original, args, kwargs)

    def _request_teardowns(self):
        request = flask.globals.request
        scopes = [None, *(request.blueprints if request else ())]
        return [function for scope in scopes for function in self.app.teardown_request_funcs.get(scope, ())]

    def _tearing(self, hook, functions, original, args, kwargs):
        ran = []
        token = _ran.set(ran)
        try:
            original(*args, **kwargs)
        except BaseException:
            skipped = [self.recorder.describe(function) for function in functions]
            for name in ran:
                if found := next((function for function in skipped if function[0] == name), None):
                    skipped.remove(found)
            if skipped:
                self.recorder.emit("skipped", hook=hook, functions=skipped)
            raise
        finally:
            _ran.reset(token)

    # A session that is written too late

    def _save(self, original, app, session, response):
        original(app, session, response)
        _saved.set((session, _looks(session)))

    def _compare(self):
        if (saved := _saved.get()) and _looks(saved[0]) != saved[1]:
            self.recorder.emit("late")
            _saved.set((saved[0], _looks(saved[0])))

    # Work outside of a context

    def _watch_proxy(self, name, proxy):
        original = proxy._get_current_object

        def get():
            try:
                return original()
            except RuntimeError:
                self._asked_outside(name)
                raise

        object.__setattr__(proxy, "_get_current_object", get)
        self.recorder.at_end(object.__setattr__, proxy, "_get_current_object", original)

    def _asked_outside(self, name):
        lookup = sys._getframe(2)
        # `if current_app:` and the like only look whether there is one.
        if getattr(lookup.f_locals.get("self"), "fallback", None) is None:
            caller = lookup.f_back
            while caller and "werkzeug" in caller.f_code.co_filename:
                caller = caller.f_back
            self.recorder.emit("outside", name=name, where=caller and self._where(caller))

    def _where(self, frame):
        path, folder = Path(frame.f_code.co_filename), self.app.root_path
        name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
        return f"{frame.f_code.co_name}() ({name}:{frame.f_lineno})"


def _looks(session):
    # A list in it may be changed without the session noticing.
    return repr(dict(session)) if isinstance(session, dict) else None
