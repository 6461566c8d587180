"""One changefeed for all open pages of this process.

A thread with a connection of its own listens to RethinkDB and tells the pages what the queue is now.
"""

import atexit
import time
from threading import Event, Lock, Thread

from flask import current_app, json
from rethinkdb import r
from rethinkdb.errors import ReqlTimeoutError

from ..errors import RETHINKDB
from ..retrying import pauses
from . import shown
from .db import connect
from .pages import Pages

GLANCE = 0.2  # seconds after which the thread looks whether it is to stop


def event(name, data):
    """A server-sent event. JSON has no line breaks in it, so its data is one line."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


LIVE = event("state", {"feed": "live"})
RECONNECTING = event("state", {"feed": "reconnecting"})


class Feed:
    """The feed of one app in one process. Nothing is opened before the first page is."""

    def __init__(self, config, logger):
        self._config, self._logger = config, logger
        self.pages = Pages(config["FEED_PAGES"], config["FEED_HEARTBEAT"])
        self._lock = Lock()
        self._stop = Event()
        self._thread = None

    def enter(self):
        """Take a place for a page -> whether there was one; the first page starts the thread."""
        if not self.pages.enter():
            return False
        with self._lock:
            if self._thread is None and not self._stop.is_set():
                self._thread = Thread(target=self._listen, name="jukebox feed", daemon=True)
                self._thread.start()
        return True

    def stop(self):
        """End all pages and the thread, which closes its connection."""
        self.pages.close()
        with self._lock:
            self._stop.set()
            thread = self._thread
        if thread is not None:
            thread.join(self._config["RETHINKDB_TIMEOUT"] + GLANCE)

    def _listen(self):
        for pause in pauses(self._config, self._stop):
            try:
                with connect(self._config) as conn:
                    self._follow(conn, pause)
            except RETHINKDB as error:
                self._logger.warning("feed: %s", type(error).__name__)
            except Exception:
                # A mistake, or a table that is not there yet: the next try may do.
                self._logger.exception("feed")
            self.pages.tell(RECONNECTING)

    def _follow(self, conn, pause):
        """Tell the queue now and after each change. Raises one of RETHINKDB when the server goes away."""
        # The changefeed first: what changes between the two is in both, not in neither.
        changes = r.table("queue").changes(squash=True).run(conn)
        while not self._stop.is_set():
            self.pages.tell(LIVE, event("queue", shown.queue(lambda query: query.run(conn))))
            pause.reset()
            self._wait(changes)

    def _wait(self, changes):
        """Return soon after a change. Also without one after a while: a server that is stuck says nothing."""
        until = time.monotonic() + self._config["FEED_CHECK"]
        while not self._stop.is_set() and time.monotonic() < until:
            if arrived(changes, GLANCE):
                # A vote seldom comes alone. (As many as songs can wait: each is told once, squashed.)
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


def get_feed():
    return current_app.extensions["feed"]


def init_app(app):
    app.extensions["feed"] = feed = Feed(app.config, app.logger)
    atexit.register(feed.stop)
