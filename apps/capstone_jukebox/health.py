"""Is the process alive, and are its databases? However many ask, each database is asked once in a while."""

import time
from threading import Lock

from flask import Blueprint, current_app
from rethinkdb import r

from .errors import AWAY, fail
from .people.db import get_db
from .plays.archive import get_archive
from .queue import db

bp = Blueprint("health", __name__, url_prefix="/health")
ASK = {
    "queue": lambda: db.run(r.expr(1)),
    "people": lambda: get_db().command("ping"),
    "history": lambda: get_archive().ping(),
}


class Remembered:
    """The outcome of a check: asked for at most once in so many seconds, by one thread at a time."""

    def __init__(self, name, seconds):
        self._name, self._seconds = name, seconds
        self._lock = Lock()
        self._until, self._outcome = 0.0, None

    def outcome(self):
        """Whether the database answered."""
        with self._lock:  # who comes meanwhile waits for this one outcome
            if time.monotonic() >= self._until:
                try:
                    ASK[self._name]()
                    self._outcome = True
                except AWAY[self._name]:
                    self._outcome = False
                self._until = time.monotonic() + self._seconds
            return self._outcome


@bp.get("/live")
def live():
    """The process answers: whoever starts it again where it does not needs no more."""
    return {"status": "live"}


@bp.get("/ready")
def ready():
    """Every database answered a moment ago; otherwise 503 with the names of those that did not."""
    away = [name for name, check in current_app.extensions["health"].items() if not check.outcome()]
    if away:
        fail(503, "not_ready", f"away: {', '.join(away)}", {"Retry-After": "1"})
    return {"status": "ready"}


def init_app(app):
    app.extensions["health"] = {name: Remembered(name, app.config["HEALTH_SECONDS"]) for name in ASK}
    app.register_blueprint(bp)
