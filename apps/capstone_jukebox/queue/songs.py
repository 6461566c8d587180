"""The songs that wait and the one that plays, in queries that may be sent twice.

Each function takes ``run``: a function that runs a query and returns its result, on the connection of a
context (``db.run``) or on one of a thread's own.
"""

import secrets
import uuid
from datetime import UTC, datetime

from rethinkdb import r

QUEUE, PLAYS = r.table("queue"), r.table("plays")
# In the place of this machine's address, which the id of a play would tell to everybody.
NODE = secrets.randbits(47) << 1 | 1 << 40


class QueueFull(Exception):
    """As many songs wait as may."""


class AlreadyQueued(Exception):
    """This track waits already."""


def now():
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def waiting(run):
    """The songs that wait, the next one first."""
    # Some hundred at most (QUEUE_LENGTH), so they are sorted here.
    return sorted(run(QUEUE), key=lambda song: (-len(song["voters"]), song["added_at"], song["id"]))


def playing(run):
    """The play that began last, or None."""
    return next(iter(run(PLAYS.order_by(index=r.desc("played_at")).limit(1))), None)


def add(run, track, name, most):
    """Let a track wait -> the song. Raises AlreadyQueued, QueueFull."""
    if run(QUEUE.count()) >= most:
        raise QueueFull
    song = {
        # One song for each track: the primary key keeps a second one out, however many ask at once.
        "id": track["id"],
        "entry": str(uuid.uuid4()),
        "title": track["title"],
        "artist": track["artist"],
        "seconds": track["seconds"],
        "voters": [],
        "added_by": name,
        "added_at": now(),
    }
    stored = insert(run, QUEUE, song)
    if stored["entry"] != song["entry"]:
        raise AlreadyQueued
    return stored


def insert(run, table, document):
    """Insert a document -> what is stored under its key now: this document, or the one that was first."""
    first = run(table.insert(document, conflict=lambda key, old, new: old, return_changes="always"))
    return first["changes"][0]["new_val"]


def remove(run, song_id):
    run(QUEUE.get(song_id).delete())


def vote(run, song_id, name, voted):
    """Put a name among a song's voters, or take it out -> the song, or None where there is none.

    A set in one document: two who vote at once are both in it, and who votes twice is in it once.
    """
    if voted:
        change = {"voters": r.row["voters"].set_insert(name)}
    else:
        change = {"voters": r.row["voters"].set_difference([name])}
    changes = run(QUEUE.get(song_id).update(change, return_changes="always"))["changes"]
    return changes[0]["new_val"] if changes else None


def play(run, name):
    """Take the next song -> its play, or None where nothing waits.

    The play is what counts: once it is stored, the song is played, and ``settle`` does the rest.
    """
    for song in waiting(run):
        wanted = {
            # One play for each song of the queue: of two who press the button at once, one gets the next song.
            "id": song["entry"],
            "play_id": str(uuid.uuid1(NODE)),
            "played_at": now(),
            "track_id": song["id"],
            "title": song["title"],
            "artist": song["artist"],
            "seconds": song["seconds"],
            "requested_by": song["added_by"],
            "settled": False,
        }
        stored = insert(run, PLAYS, wanted)
        if stored["play_id"] == wanted["play_id"]:
            return stored
    return None


def unsettled(run):
    """The plays that are not in the history yet, the first one first."""
    return sorted(run(PLAYS.filter({"settled": False})), key=lambda play: play["played_at"])


def settle(run, play, write):
    """Do what follows from a play: the song waits no longer, and the history has it.

    ``write(play)`` may be called twice for the same play, and so may this.
    """
    song = QUEUE.get(play["track_id"])
    # Only the entry that was played: the same track may have been added again.
    run(song.replace(lambda row: r.branch(row["entry"].default(None) == play["id"], None, row)))
    write(play)
    run(PLAYS.get(play["id"]).update({"settled": True}))
    # The newest stays, to be shown as what plays.
    run(PLAYS.filter(r.row["settled"] & (r.row["played_at"] < play["played_at"])).delete())
