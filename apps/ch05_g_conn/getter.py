"""The first way, a function: views call get_conn()."""

from flask import Blueprint, g
from rethinkdb import r
from rethinkdb.net import Connection

from .db import connect

bp = Blueprint("getter", __name__, url_prefix="/getter")


def get_conn() -> Connection:
    """The connection of this app context; the first call opens it."""
    if "conn" not in g:
        g.conn = connect()
    return g.conn


@bp.get("/songs")
def songs():
    return list(r.table("songs").order_by("title").run(get_conn()))


@bp.get("/use/<int(max=20):times>")
def use(times):
    """Ask the database so many times; what did g hold before, and what after?"""
    before = "conn" in g
    for _ in range(times):
        r.table("songs").count().run(get_conn())
    return {"before": before, "after": "conn" in g}


@bp.cli.command("count")
def count():
    """Print the number of songs."""
    print(r.table("songs").count().run(get_conn()))
