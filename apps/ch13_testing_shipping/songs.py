from flask import Blueprint, Response, abort, current_app, json, request, session, url_for
from rethinkdb import r

from .db import close, connect, get_conn

bp = Blueprint("songs", __name__)


@bp.get("/")
def index():
    """Who is asking, and where our pages are: as this app sees it."""
    return {"visitor": request.remote_addr, "songs": url_for(".songs", _external=True)}


@bp.get("/songs")
def songs():
    return list(r.table("songs").order_by("title").run(get_conn()))


@bp.post("/songs/<string(maxlength=30):song_id>/vote")
def vote(song_id):
    voted = session.get("voted", [])
    if song_id in voted:
        abort(409)
    # A primary key of RethinkDB has no zero byte.
    if "\0" in song_id:
        abort(404)
    song = r.table("songs").get(song_id)
    if song.run(get_conn()) is None:
        abort(404)
    song.update({"votes": r.row["votes"] + 1}).run(get_conn())
    session["voted"] = [*voted, song_id]
    return song.run(get_conn())


@bp.get("/songs.ndjson")
def export():
    lines = read_lines(current_app.config)
    # Starts it: a database that is away is a 503, and not half of a 200.
    first = next(lines, "")

    def body():
        yield first
        yield from lines

    response = Response(body(), mimetype="application/x-ndjson")
    # Also where nobody reads the body, or not all of it.
    response.call_on_close(lines.close)
    return response


def read_lines(config):
    """Songs, a line of JSON each, over a connection of its own: the context has gone when they are sent."""
    conn = connect(config)
    try:
        for song in r.table("songs").order_by("title").run(conn):
            yield json.dumps(song) + "\n"
    finally:
        close(conn)
