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


def limits(milliseconds):
    """Options of a MongoClient that may wait for so long, whatever it waits for."""
    # timeoutMS holds for a whole operation; close() obeys the older ones alone.
    names = ["timeoutMS", "serverSelectionTimeoutMS", "socketTimeoutMS"]
    # The monitor may try for longer than a visitor waits, and not for 20 seconds, its default.
    return {**dict.fromkeys(names, milliseconds), "connectTimeoutMS": 2 * milliseconds}


def init_app(app):
    client = MongoClient(
        app.config["MONGODB_URI"],
        connect=False,
        maxPoolSize=app.config["MONGODB_POOL_SIZE"],
        **limits(app.config["MONGODB_TIMEOUT_MS"]),
    )
    app.extensions["mongo"] = client
    atexit.register(client.close)
