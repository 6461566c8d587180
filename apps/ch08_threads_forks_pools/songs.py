from flask import Blueprint, abort
from rethinkdb import r

from .db import get_conn
from .mongo import get_plays

bp = Blueprint("songs", __name__)


@bp.get("/")
def index():
    return {"service": "jukebox"}


@bp.get("/songs")
def songs():
    return list(r.table("songs").order_by("title").run(get_conn()))


# A primary key of RethinkDB has at most 127 bytes, and none of them is zero.
@bp.get("/songs/<string(maxlength=30):song_id>")
def song(song_id):
    if "\0" in song_id:
        abort(404)
    return r.table("songs").get(song_id).run(get_conn()) or abort(404)


@bp.get("/plays/<song_id>")
def plays(song_id):
    return get_plays().find_one({"_id": song_id}) or abort(404)
