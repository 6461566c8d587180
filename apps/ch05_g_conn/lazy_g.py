"""The third way, a g that knows how to connect: views use g.conn."""

from functools import cached_property

from flask import Blueprint, g
from flask.ctx import _AppCtxGlobals
from rethinkdb import r
from rethinkdb.net import Connection

from .db import connect

bp = Blueprint("g", __name__, url_prefix="/g")


class LazyGlobals(_AppCtxGlobals):
    """The g of each app context; conn is opened when somebody looks at it."""

    @cached_property
    def conn(self) -> Connection:
        return connect()


@bp.get("/songs")
def songs():
    return list(r.table("songs").order_by("title").run(g.conn))


@bp.get("/use/<int:times>")
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
    app.app_ctx_globals_class = LazyGlobals
