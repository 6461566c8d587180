"""The connection to SQLite: opened at the first call, closed when the app context ends."""

import sqlite3
from pathlib import Path

from flask import current_app, g


def get_db():
    """The connection of this app context; the first call opens it."""
    if "db" not in g:
        g.db = sqlite3.connect(current_app.config["DATABASE"], timeout=current_app.config["DATABASE_TIMEOUT"])
        g.db.row_factory = sqlite3.Row
    return g.db


def close_db(exc):
    """Close what this context opened, if it opened anything."""
    db = g.pop("db", None)
    if db is not None:
        db.close()


def init_app(app):
    if app.config["DATABASE"] is None:
        Path(app.instance_path).mkdir(parents=True, exist_ok=True)
        app.config["DATABASE"] = str(Path(app.instance_path) / "notes.sqlite")
    app.teardown_appcontext(close_db)
