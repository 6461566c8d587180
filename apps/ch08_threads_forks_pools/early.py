"""A wrong way, kept to be looked at: opened while the app is made, and so before a fork. Do not copy it."""

from flask import Blueprint, current_app
from rethinkdb import r

from .db import connect
from .mongo import make_client

bp = Blueprint("early", __name__, url_prefix="/early")


def init_app(app):
    app.extensions["early conn"] = connect(app.config)
    app.extensions["early mongo"] = make_client(app.config)
    app.register_blueprint(bp)


@bp.get("/songs")
def songs():
    return list(r.table("songs").order_by("title").run(current_app.extensions["early conn"]))


@bp.get("/songs/<song_id>")
def song(song_id):
    return r.table("songs").get(song_id).run(current_app.extensions["early conn"])


@bp.get("/listeners")
def listeners():
    """Send the listeners, row by row."""
    conn = current_app.extensions["early conn"]
    rows = r.table("listeners").run(conn, max_batch_rows=2)

    def lines():
        for row in rows:
            yield row["email"] + "\n"
            # A client that reads slowly fills the buffers with this, and the worker waits.
            yield b" " * 32_000_000

    return lines(), {"Content-Type": "text/plain"}


@bp.get("/plays/<song_id>")
def plays(song_id):
    client = current_app.extensions["early mongo"]
    return client[current_app.config["MONGODB_DB"]].plays.find_one({"_id": song_id})
