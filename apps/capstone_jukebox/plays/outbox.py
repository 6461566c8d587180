"""Plays that the history does not have yet: they wait in RethinkDB until Cassandra takes them.

A play is acknowledged once RethinkDB has stored it. Whatever follows is tried in the request; where that fails,
a thread goes on trying until it is done. Every step may happen twice.
"""

import atexit
from threading import Event, Lock, Thread

from flask import current_app

from ..errors import CASSANDRA, RETHINKDB
from ..queue import db, songs
from ..retrying import pauses
from .archive import get_archive


def settle(play):
    """Do what follows from a play -> whether it is done; if not, the thread will do it."""
    try:
        songs.settle(db.run, play, get_archive().add)
        return True
    except CASSANDRA + RETHINKDB as error:
        current_app.logger.warning("play %s waits: %s", play["play_id"], type(error).__name__)
    except Exception:
        # A mistake of ours costs nobody a play that is stored.
        current_app.logger.exception("play %s waits", play["play_id"])
    current_app.extensions["outbox"].wake()
    return False


class Outbox:
    """The thread of one app in one process that settles what could not be settled at once."""

    def __init__(self, config, archive, logger):
        self._config, self._archive, self._logger = config, archive, logger
        self._lock = Lock()
        self._work, self._stop = Event(), Event()
        self._thread = None

    def wake(self, only_first=False):
        """Look for plays to settle, from now until all are. ``only_first``: unless that was done already."""
        with self._lock:
            if self._thread is not None and only_first:
                return
            self._work.set()
            if self._thread is None:
                self._thread = Thread(target=self._settle, name="jukebox outbox", daemon=True)
                self._thread.start()

    def stop(self):
        self._stop.set()
        self._work.set()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(self._config["RETHINKDB_TIMEOUT"] + self._config["CASSANDRA_TIMEOUT"])

    def _settle(self):
        for pause in pauses(self._config, self._stop):
            self._work.wait()
            if self._stop.is_set():
                return
            self._work.clear()
            try:
                self._settle_all()
                pause.reset()
                continue
            except CASSANDRA + RETHINKDB as error:
                self._logger.warning("outbox: %s", type(error).__name__)
            except Exception:
                self._logger.exception("outbox")
            self._work.set()

    def _settle_all(self):
        with db.connect(self._config) as conn:

            def run(query):
                return query.run(conn)

            for play in songs.unsettled(run):
                songs.settle(run, play, self._archive.add)


def init_app(app):
    app.extensions["outbox"] = outbox = Outbox(app.config, app.extensions["archive"], app.logger)
    atexit.register(outbox.stop)
