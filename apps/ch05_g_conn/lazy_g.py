"""The third way, a g that knows how to connect: views use g.conn."""

from flask import Blueprint, g
from rethinkdb import r
from rethinkdb.net import Connection
from werkzeug.utils import cached_property

from .db import connect

bp = Blueprint("g", __name__, url_prefix="/g")


class LazyConn:
    """What g gets: its conn is opened at the first access."""

    # Werkzeug's: up to Python 3.11 that of functools lets one thread connect at a time.
    @cached_property
    def conn(self) -> Connection:
        return connect()


@bp.get("/songs")
def songs():
    return list(r.table("songs").order_by("title").run(g.conn))


@bp.get("/use/<int(max=20):times>")
def use(times):
    """Ask the database so many times; what did g hold before, and what after?"""
    before = "conn" in g
    for _ in range(times):
        r.table("songs").count().run(g.conn)
    return {"before": before, "after": "conn" in g}


@bp.cli.command("count")
def count():
    """Print the number of songs."""
    print(r.table("songs").count().run(g.conn))


def init_app(app):
    class LazyGlobals(LazyConn, app.app_ctx_globals_class):
        """On top of the class that is there: what others have added to g is not lost."""

    app.app_ctx_globals_class = LazyGlobals
