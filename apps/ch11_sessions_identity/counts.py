"""Four counters, kept in four places."""

from itertools import count

from flask import Blueprint, g, session
from pymongo import ReturnDocument

from .mongo import get_db

bp = Blueprint("counts", __name__)

process_count = count(1)


@bp.get("/count")
def show():
    g.count = g.get("count", 0) + 1
    session["count"] = session.get("count", 0) + 1
    stored = get_db()["counters"].find_one_and_update(
        {"_id": "visits"},
        {"$inc": {"count": 1}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return {
        "g": g.count,
        "session": session["count"],
        "global": next(process_count),
        "database": stored["count"],
    }
