"""The queue as clients see it."""

from . import songs


def song(document):
    """What everybody may see of a song."""
    return {
        "id": document["id"],
        "track_id": document["id"],
        "title": document["title"],
        "artist": document["artist"],
        "seconds": document["seconds"],
        "votes": len(document["voters"]),
        "added_by": document["added_by"],
        "added_at": document["added_at"],
    }


def song_for(document, name):
    """The same, with what only this person is told: who else voted is nobody's business."""
    return {**song(document), "voted": name in document["voters"]}


def play(document):
    fields = ("track_id", "title", "artist", "seconds", "requested_by", "played_at")
    return document and {field: document[field] for field in fields}


def queue(run):
    """The queue as every page gets it."""
    return {"songs": [song(document) for document in songs.waiting(run)], "playing": play(songs.playing(run))}


def queue_for(run, name):
    """The queue as one person gets it; nobody in particular is None."""
    waiting = [song_for(document, name) for document in songs.waiting(run)]
    return {"songs": waiting, "playing": play(songs.playing(run))}
