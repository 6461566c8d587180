"""The wrong way, kept to be compared: a teardown for each connection, none of them guarded."""

from flask import g

from .db import seed


def close_songs(exc):
    conn = g.pop("songs", None)
    if conn is not None:
        conn.close()


def close_audit(exc):
    conn = g.pop("audit", None)
    if conn is not None:
        conn.close()


def init_app(app):
    app.teardown_appcontext(close_songs)
    app.teardown_appcontext(close_audit)
    app.cli.command("seed")(seed)
