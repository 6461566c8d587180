"""The wrong way, kept to be compared: a hook that connects before every request."""

from flask import g
from rethinkdb import r

from .db import get_conn


def open_conn():
    """Connect, whether or not this request needs it, and leave the getter in g."""
    g.get_conn = get_conn
    g.get_conn()


def count_songs():
    """Trusts open_conn, which does not run before a command."""
    print(r.table("songs").count().run(g.get_conn()))


def init_app(app):
    app.before_request(open_conn)
    app.cli.command("count-songs")(count_songs)
