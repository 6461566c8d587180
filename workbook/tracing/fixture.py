"""The pytest fixture ``no_leaks``: a test fails if an app of it leaves a connection open or loses a response.

Found by pytest in every project whose environment has this distribution, without a line in a
conftest.py. A test, or a whole module, asks for it::

    def test_things(client, no_leaks):
        client.get("/things")

    pytestmark = pytest.mark.usefixtures("no_leaks")

Watched are the app of the fixture ``app``, if the test has one, and every app that is made from
then on. The verdict comes when all fixtures of the test are at their end, so what they close is
closed.
"""

import contextlib
import functools
import threading
from collections import deque

import pytest

VERDICT = pytest.StashKey()
AT_ONCE = 5000  # events that are kept before they are looked at


class NoLeaks:
    """Watches the apps of a test; ``begin()`` and ``verdict()`` are for the fixture.

    ``fail_on`` are the kinds of findings that the test fails with. ``expected`` are those that it
    causes on purpose: it fails where there is none of them.
    """

    def __init__(self):
        self.fail_on = ["leaked", "lost"]
        self.expected = []
        self._watched = {}  # app -> _Watched
        self._undo = contextlib.ExitStack()

    def __call__(self, app):
        """Watch this app, which may have been made before; TypeError if it is none of Flask's."""
        import flask

        if not isinstance(app, flask.Flask):
            raise TypeError(f"no_leaks watches apps of Flask, not {app!r}")
        if app not in self._watched:
            self._watched[app] = _Watched(app)
        return app

    def begin(self):
        """Watch every app from the moment when it has been made."""
        import flask

        original = flask.Flask.__init__

        @functools.wraps(original)
        def make(app, *args, **kwargs):
            original(app, *args, **kwargs)
            self(app)

        self._undo.callback(setattr, flask.Flask, "__init__", original)
        flask.Flask.__init__ = make

    def verdict(self):
        """Stop watching -> sentences on what was found, and on what was expected and not found."""
        # The last one first, since each leaves the drivers as it found them.
        found = [watched.end() for watched in reversed(self._watched.values())]
        self._undo.close()
        return [
            *(
                finding.sentence
                for findings in found
                for finding in findings.of(self.fail_on)
                if finding not in findings.of(self.expected)
            ),
            *(
                f"Nothing was found that is {kind!r}, and the test expects it."
                for kind in self.expected
                if not any(findings.of([kind]) for findings in found)
            ),
        ]


class _Watched:
    """One app: its events as they come from any thread, and the findings in them."""

    def __init__(self, app):
        from workbook.tracing.findings import Findings
        from workbook.tracing.watch import Watch

        self._findings = Findings()
        self._events = deque()
        self._reading = threading.Lock()
        self._watch = Watch(self._add)
        self._watch.attach(app)

    def _add(self, event):
        self._events.append(event)
        # Not waited for: the garbage collector may tell something while this thread reads.
        if len(self._events) > AT_ONCE and self._reading.acquire(blocking=False):
            try:
                self._read()
            finally:
                self._reading.release()

    def _read(self):
        self._findings.feed([self._events.popleft() for _ in range(len(self._events))])

    def end(self):
        """Stop watching -> the Findings."""
        # What was opened outside of contexts is kept: the garbage collector takes longer than most tests.
        self._add(self._watch.held(outside=False))
        self._watch.stop()
        with self._reading:
            self._read()
        self._findings.finish()
        return self._findings


@pytest.fixture
def no_leaks(request):
    request.node.stash[VERDICT] = watching = NoLeaks()
    watching.begin()
    if "app" in request.fixturenames:
        watching(request.getfixturevalue("app"))
    return watching


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    # Not at the end of the fixture: a client that another fixture made keeps its last context until it is closed.
    try:
        return (yield)
    finally:
        if watching := item.stash.get(VERDICT, None):
            del item.stash[VERDICT]
            if sentences := watching.verdict():
                pytest.fail("\n".join(sentences), pytrace=False)
