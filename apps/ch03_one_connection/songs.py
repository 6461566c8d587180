from flask import Blueprint, abort
from rethinkdb import r

from .db import get_conn

bp = Blueprint("songs", __name__)


@bp.get("/")
def index():
    return {"service": "jukebox"}


@bp.get("/songs")
def songs():
    return list(r.table("songs").order_by("title").run(get_conn()))


@bp.get("/songs/<song_id>")
def song(song_id):
    found = r.table("songs").get(song_id).run(get_conn())
    if found is None:
        abort(404)
    return found


@bp.post("/songs/<song_id>/vote")
def vote(song_id):
    conn = get_conn()
    votes = r.row["votes"] + 1
    r.table("songs").get(song_id).update({"votes": votes}).run(conn)
    # The second call in one context: the same connection.
    return song(song_id)
