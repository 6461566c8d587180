"""A wrong way, kept to be looked at: g taken for something that lives as long as the app."""

import sqlite3

from flask import Blueprint, current_app, g

bp = Blueprint("wiped", __name__, url_prefix="/wiped")


@bp.before_request
def connect_once():
    """Connect before the first request, and trust g to keep the connection."""
    if "connected" not in current_app.extensions:
        current_app.extensions["connected"] = True
        g.db = sqlite3.connect(current_app.config["DATABASE"])


@bp.get("/notes")
def notes():
    rows = g.db.execute("SELECT text FROM notes ORDER BY id")
    return [text for (text,) in rows]
