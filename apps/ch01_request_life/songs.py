from flask import Blueprint, abort, after_this_request, current_app, g, jsonify, request

from .errors import OutOfCoins

SONGS = {
    "blue-in-green": {"title": "Blue in Green", "artist": "Miles Davis"},
    "so-what": {"title": "So What", "artist": "Miles Davis"},
    "take-five": {"title": "Take Five", "artist": "Dave Brubeck"},
}
NOTES = {"so-what": "Two chords, nine minutes."}

bp = Blueprint("songs", __name__, url_prefix="/songs")


@bp.before_request
def read_page():
    g.page = max(request.args.get("page", 1, type=int), 1)


@bp.after_request
def add_version(response):
    response.headers["X-Api-Version"] = "1"
    return response


@bp.teardown_request
def songs_end(exc):
    current_app.logger.debug("a request for songs ends")


@bp.get("")
def songs():
    return list(SONGS.values())[2 * g.page - 2 : 2 * g.page]


@bp.get("/<song_id>")
def song(song_id):
    if song_id not in SONGS:
        abort(404)
    return SONGS[song_id]


@bp.get("/<song_id>/notes")
def notes(song_id):
    # Not every song has notes. NOTES_BUG forgets that: then this is a KeyError, as bugs are.
    if song_id not in NOTES and not current_app.config["NOTES_BUG"]:
        abort(404)
    return {"notes": NOTES[song_id]}


@bp.post("/<song_id>/play")
def play(song_id):
    if song_id not in SONGS:
        abort(404)
    if not request.headers.get("X-Coin"):
        raise OutOfCoins

    @after_this_request
    def no_store(response):
        response.cache_control.no_store = True
        return response

    response = jsonify(playing=song_id)
    response.call_on_close(start_motor)
    return response


def start_motor():
    """The client has its response by now and no context is left. This worker waits until it returns."""
