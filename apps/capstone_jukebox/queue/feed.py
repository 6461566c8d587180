"""One changefeed for all open pages of this process.

A thread with a connection of its own listens to RethinkDB and keeps the newest queue as text; each open page
waits for a text that it has not sent yet. A slow page skips what is out of date, so nothing piles up.
"""

import atexit
import time
from threading import Condition, Event, Thread

from flask import current_app, json
from rethinkdb import r
from rethinkdb.errors import ReqlTimeoutError

from ..errors import RETHINKDB
from ..retrying import pauses
from . import shown
from .db import connect

LIVE, RECONNECTING = "live", "reconnecting"
GLANCE = 0.2  # seconds after which the thread looks whether it is to stop


class Feed:
    """The pages of one app in one process. Nothing is opened before the first page is."""

    def __init__(self, config, logger):
        self._config, self._logger = config, logger
        self._news = Condition()
        self._state = None  # LIVE, RECONNECTING; None until the first try has an outcome
        self._queue = None  # the event that every page is to have
        self._pages = 0
        self._stop = Event()
        self._thread = None

    def enter(self):
        """Take a place for a page -> whether there was one. The place is given back with ``leave``."""
        with self._news:
            if self._stop.is_set() or self._pages >= self._config["FEED_PAGES"]:
                return False
            self._pages += 1
            if self._thread is None:
                self._thread = Thread(target=self._listen, name="jukebox feed", daemon=True)
                self._thread.start()
            return True

    def leave(self):
        with self._news:
            self._pages -= 1

    def events(self):
        """Yield server-sent events for one page until the feed stops: all there is, then what is new."""
        state = queue = None
        yield "retry: 1000\n\n"
        while True:
            with self._news:
                news = self._news.wait_for(
                    lambda: self._stop.is_set() or (self._state, self._queue) != (state, queue),  # noqa: B023
                    timeout=self._config["FEED_HEARTBEAT"],
                )
                if self._stop.is_set():
                    return
                before = state, queue
                state, queue = self._state, self._queue
            if not news:
                yield ": no news\n\n"
            if state != before[0]:
                yield event("state", {"feed": state})
            if queue != before[1]:
                yield queue

    def stop(self):
        """End the thread and all pages; the connection is closed afterwards."""
        with self._news:
            self._stop.set()
            self._news.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(self._config["RETHINKDB_TIMEOUT"] + GLANCE)

    def _listen(self):
        for pause in pauses(self._config, self._stop):
            try:
                with connect(self._config) as conn:
                    self._follow(conn, pause.reset)
            except RETHINKDB as error:
                self._logger.warning("feed: %s", type(error).__name__)
            except Exception:
                # A mistake, or a table that is not there yet: the next try may do.
                self._logger.exception("feed")
            self._tell(RECONNECTING)

    def _follow(self, conn, connected):
        """Tell the queue now and after each change. Raises one of RETHINKDB when the server goes away."""
        # The changefeed first: what changes between the two is in both, not in neither.
        changes = r.table("queue").changes(squash=True).run(conn)
        while not self._stop.is_set():
            self._tell(LIVE, event("queue", shown.queue(lambda query: query.run(conn))))
            connected()
            self._wait(changes)

    def _tell(self, state, queue=None):
        with self._news:
            if self._stop.is_set():
                return
            self._state, self._queue = state, queue or self._queue
            self._news.notify_all()

    def _wait(self, changes):
        """Return soon after a change. Also without one after a while: a server that is stuck says nothing."""
        until = time.monotonic() + self._config["FEED_CHECK"]
        while not self._stop.is_set() and time.monotonic() < until:
            if arrived(changes, GLANCE):
                # A vote seldom comes alone.
                self._stop.wait(self._config["FEED_PAUSE"])
                for _ in range(self._config["QUEUE_LENGTH"]):
                    if not arrived(changes, 0.001):
                        return
                return


def arrived(changes, seconds):
    """Whether the changefeed has another change within so many seconds."""
    try:
        changes.next(wait=seconds)
    except ReqlTimeoutError:
        return False
    return True


def event(name, data):
    """One event. JSON has no line breaks in it, so its data is one line."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


def get_feed():
    return current_app.extensions["feed"]


def init_app(app):
    app.extensions["feed"] = feed = Feed(app.config, app.logger)
    atexit.register(feed.stop)
