from flask import Blueprint, abort, request
from rethinkdb import r
from rethinkdb.errors import ReqlDriverError

from .db import get_audit, get_songs

bp = Blueprint("recordings", __name__)


@bp.get("/songs/<song_id>")
def song(song_id):
    found = r.table("songs").get(song_id).run(get_songs())
    if found is None:
        abort(404)
    return found


@bp.put("/songs/<song_id>/recording")
def put_recording(song_id):
    """Takes as long as the upload does."""
    song(song_id)
    uploads = r.table("uploads")
    announced = uploads.insert({"song": song_id, "state": "announced"}).run(get_audit())
    upload = uploads.get(announced["generated_keys"][0])

    # noreply: send it, do not wait for the response.
    upload.update({"state": "receiving"}).run(get_audit(), noreply=True)
    size = len(request.get_data())

    r.table("songs").get(song_id).update({"bytes": size}).run(get_songs())
    upload.update({"state": "received"}).run(get_audit(), noreply=True)
    return {"id": song_id, "bytes": size}


@bp.app_errorhandler(ReqlDriverError)
def database_gone(error):
    return {"error": "a database is not available"}, 503
