"""The second way, a name that stands for what the function returns: views use conn."""

from flask import Blueprint, g
from rethinkdb import r
from rethinkdb.net import Connection
from werkzeug.local import LocalProxy

from .getter import get_conn

bp = Blueprint("proxy", __name__, url_prefix="/proxy")

# The annotation tells editors and type checkers what conn stands for, as Flask does for its own.
conn: Connection = LocalProxy(get_conn)  # type: ignore[assignment]


@bp.get("/songs")
def songs():
    return list(r.table("songs").order_by("title").run(conn))


@bp.get("/use/<int(max=20):times>")
def use(times):
    """Ask the database so many times; what did g hold before, and what after?"""
    before = "conn" in g
    for _ in range(times):
        r.table("songs").count().run(conn)
    return {"before": before, "after": "conn" in g}


@bp.cli.command("count")
def count():
    """Print the number of songs."""
    print(r.table("songs").count().run(conn))
