"""A wrong way, kept to be compared: a client for each request, as if it were a connection."""

from flask import Blueprint, current_app, g
from pymongo import MongoClient

from .mongo import limits

bp = Blueprint("per_request", __name__, url_prefix="/per-request")


def get_client():
    if "client" not in g:
        config = current_app.config
        g.client = MongoClient(config["MONGODB_URI"], **limits(config["MONGODB_TIMEOUT_MS"]))
    return g.client


@bp.teardown_request
def close_client(exc):
    client = g.pop("client", None)
    if client is not None:
        client.close()


@bp.get("/members")
def members():
    db = get_client()[current_app.config["MONGODB_DB"]]
    return {"members": db.members.count_documents({})}
