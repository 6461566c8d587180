"""A wrong way, kept to be compared: a MongoClient for each request. Do not copy it."""

from flask import Blueprint, current_app, g

from .mongo import make_client

bp = Blueprint("wasteful", __name__, url_prefix="/wasteful")


@bp.get("/plays/<song_id>")
def plays(song_id):
    g.client = make_client(current_app.config)
    return g.client[current_app.config["MONGODB_DB"]].plays.find_one({"_id": song_id})


@bp.teardown_request
def close_client(exc):
    client = g.pop("client", None)
    if client is not None:
        client.close()
