"""The connection to SQLite, and the queries it ran: both live as long as the app context."""

import sqlite3

from flask import current_app, g


def get_db():
    """The connection of this app context; the first call opens it."""
    if "db" not in g:
        g.db = sqlite3.connect(current_app.config["DATABASE"])
        g.db.row_factory = sqlite3.Row
        g.queries = []
        g.db.set_trace_callback(g.queries.append)
    return g.db


def close_db(exc):
    """Close what this context opened, if it opened anything."""
    db = g.pop("db", None)
    if db is not None:
        db.close()


def count_queries(response):
    """Tell the client what its answer cost."""
    response.headers["X-Queries"] = str(len(g.get("queries", [])))
    return response


def init_app(app):
    app.teardown_appcontext(close_db)
    app.after_request(count_queries)
