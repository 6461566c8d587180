"""/live: does this process serve? /ready: can it do its work, or should requests go elsewhere?"""

import atexit
import logging
from threading import Lock
from time import monotonic

from flask import Blueprint, current_app
from rethinkdb import r
from rethinkdb.errors import ReqlError

from .db import close, connect

bp = Blueprint("health", __name__)
log = logging.getLogger(__name__)


@bp.get("/live")
def live():
    """Asks nobody: a database that is away does not get better when this process is started again."""
    return {"live": True}


@bp.get("/ready")
def ready():
    ok = current_app.extensions["probe"].ok()
    return {"rethinkdb": "ok" if ok else "away"}, 200 if ok else 503


class Probe:
    """Asks RethinkDB over a connection that it keeps, for one visitor at a time."""

    def __init__(self, config):
        self._config = config
        self._lock = Lock()
        self._conn = None
        self._ok, self._until = False, 0.0

    def ok(self):
        """Whether RethinkDB answers, or answered READY_MAX_AGE seconds ago."""
        asked = monotonic()
        with self._lock:
            # Who has waited here takes the answer that came meanwhile, also where it is no.
            if asked > self._until:
                self._ok = self._ask()
                self._until = monotonic() + self._config["READY_MAX_AGE"]
            return self._ok

    def _ask(self):
        try:
            if self._conn is None:
                self._conn = connect(self._config)
            return r.expr(True).run(self._conn)
        except ReqlError:
            self._forget()
            return False

    def close(self):
        """Called when the process ends."""
        with self._lock:
            self._forget()

    def _forget(self):
        conn, self._conn = self._conn, None
        if conn is not None:
            close(conn)
            log.info("closed the connection of the probes")


def init_app(app):
    # Opens nothing: the first question does, in the process that asks it.
    app.extensions["probe"] = probe = Probe(app.config)
    atexit.register(probe.close)
    app.register_blueprint(bp)
