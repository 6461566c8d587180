"""The catalogue: every track that can be asked for."""

import re

from pymongo import ReplaceOne

from .db import get_db


def words_of(text):
    """The words of a text as they are looked for: "Señor Jazz (Live)" -> ["señor", "jazz", "live"]."""
    return re.findall(r"\w+", text.lower())


def search(text, page, per_page):
    """One page of the tracks that have a word beginning with each word of the text -> (tracks, how many in all)."""
    # Words have letters, digits and _ alone: none of them means anything in a pattern.
    words = [{"words": {"$regex": f"^{word}"}} for word in words_of(text)]
    wanted = {"$and": words} if words else {}
    tracks = get_db()["catalogue"]
    found = tracks.find(wanted).sort([("artist", 1), ("title", 1), ("_id", 1)])
    return [shown(track) for track in found.skip((page - 1) * per_page).limit(per_page)], tracks.count_documents(wanted)


def find(track_id):
    """The track of that id, or None."""
    track = get_db()["catalogue"].find_one({"_id": track_id})
    return track and shown(track)


def shown(track):
    return {"id": track["_id"], **{field: track[field] for field in ("title", "artist", "seconds")}}


def fill(tracks):
    """Put tracks, dicts as ``shown`` makes them, into the catalogue; those of the same id are replaced."""
    get_db()["catalogue"].bulk_write(
        [
            ReplaceOne(
                {"_id": track["id"]},
                {
                    "title": track["title"],
                    "artist": track["artist"],
                    "seconds": track["seconds"],
                    "words": sorted(set(words_of(f"{track['title']} {track['artist']}"))),
                },
                upsert=True,
            )
            for track in tracks
        ]
    )
