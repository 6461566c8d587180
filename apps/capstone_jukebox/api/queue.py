import re

from flask import Blueprint, current_app
from flask_login import current_user, login_required

from .. import auth
from ..errors import fail
from ..people import catalogue
from ..plays import outbox
from ..queue import db, shown, songs
from .description import LOGGED_IN, api, responses
from .models import NewSong, Played, Queue, Song, Vote

bp = Blueprint("queue", __name__)


@bp.get("/queue")
@api.validate(resp=responses(503, HTTP_200=Queue))
def show():
    """The songs that wait, the next one first, and the one that plays.

    `voted` says whether you have voted; without a session nobody has.
    """
    return shown.queue_for(db.run, auth.reader())


@bp.post("/queue")
@login_required
@api.validate(resp=responses(400, 401, 404, 409, 413, 415, 503, HTTP_201=Song), security=LOGGED_IN)
def add(json: NewSong):
    """Let a track of the catalogue wait."""
    track = catalogue.find(json.track_id)
    if track is None:
        fail(404, "not_found", "There is no such track.")
    try:
        song = songs.add(db.run, track, current_user.name, current_app.config["QUEUE_LENGTH"])
    except songs.AlreadyQueued:
        fail(409, "already_queued", "This song is in the queue already.")
    except songs.QueueFull:
        fail(409, "queue_full", "The queue is full.")
    return shown.song_for(song, current_user.name), 201


@bp.delete("/queue/<song_id>")
@auth.needs("dj")
@api.validate(resp=responses(400, 401, 403, 404, 503, HTTP_204=None), security=LOGGED_IN)
def remove(song_id):
    """Take a song out of the queue. One that is not there is out of it already."""
    songs.remove(db.run, checked(song_id))
    return "", 204


@bp.post("/queue/<song_id>/vote")
@login_required
@api.validate(resp=responses(400, 401, 404, 503, HTTP_200=Vote), security=LOGGED_IN)
def vote(song_id):
    """Vote for a song: once for each person, however often this is sent."""
    return voted(song_id, True)


@bp.delete("/queue/<song_id>/vote")
@login_required
@api.validate(resp=responses(400, 401, 404, 503, HTTP_200=Vote), security=LOGGED_IN)
def take_back(song_id):
    """Take your vote back."""
    return voted(song_id, False)


@bp.post("/play")
@auth.needs("dj")
@api.validate(resp=responses(400, 401, 403, 409, 503, HTTP_200=Played), security=LOGGED_IN)
def play():
    """Play the next song.

    Its play is stored before this is answered. `history` is `pending` as long as the history cannot be written;
    it is written as soon as that is possible.
    """
    began = songs.play(db.run, current_user.name)
    if began is None:
        fail(409, "queue_empty", "The queue is empty.")
    return {**shown.play(began), "history": "written" if outbox.settle(began) else "pending"}


def voted(song_id, voted):
    song = songs.vote(db.run, checked(song_id), current_user.name, voted)
    if song is None:
        fail(404, "not_found", "This song is not in the queue.")
    return {"id": song["id"], "votes": len(song["voters"]), "voted": voted}


def checked(song_id):
    """The id, or 404 if no song can have it: RethinkDB refuses some, and others are too long."""
    if not re.fullmatch("[a-z0-9-]{1,60}", song_id):
        fail(404, "not_found", "There is no such song.")
    return song_id
