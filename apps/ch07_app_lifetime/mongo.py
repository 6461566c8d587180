"""The MongoClient: made once for each app, kept with it, closed when the process ends."""

import atexit

from flask import current_app
from pymongo import MongoClient


def get_client():
    """The client of the current app. It is thread-safe and has a pool: nobody closes it."""
    return current_app.extensions["mongo"]


def get_shared_db():
    """The database that all members share."""
    return get_client()[current_app.config["MONGODB_DB"]]


def init_app(app):
    client = MongoClient(
        app.config["MONGODB_URI"],
        connect=False,
        serverSelectionTimeoutMS=app.config["MONGODB_SELECTION_MS"],
        socketTimeoutMS=app.config["MONGODB_SOCKET_MS"],
    )
    app.extensions["mongo"] = client
    atexit.register(client.close)
