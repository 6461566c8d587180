"""Wrong ways, kept to be looked at."""

from flask import Blueprint, current_app
from rethinkdb import r

from .db import close, connect

bp = Blueprint("wrong", __name__, url_prefix="/wrong")


@bp.get("/songs")
def songs():
    """Leaks: a connection of its own, of which no teardown knows."""
    conn = connect(current_app.config)
    return list(r.table("songs").order_by("title").run(conn))


@bp.get("/ready")
def ready():
    """Opens a connection for each probe, and there are many."""
    conn = connect(current_app.config)
    ok = r.expr(True).run(conn)
    close(conn)
    return {"rethinkdb": "ok" if ok else "away"}


def open_early(app):
    app.extensions["early"] = connect(app.config)
