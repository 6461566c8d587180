"""One MongoClient for the app; any number of threads may use it."""

import atexit

from flask import current_app
from pymongo import MongoClient


def get_db():
    """The database of the current app."""
    return current_app.extensions["mongo"][current_app.config["MONGODB_DB"]]


def create_indexes():
    get_db()["catalogue"].create_index("words")


def init_app(app):
    limit = max(1, int(app.config["MONGODB_TIMEOUT"] * 1000))
    app.extensions["mongo"] = client = MongoClient(
        app.config["MONGODB_URI"],
        connect=False,
        # An operation as a whole: without it, all of its waits would add up.
        timeoutMS=limit,
        # What is outside of an operation: the monitor's socket, the goodbye.
        serverSelectionTimeoutMS=limit,
        connectTimeoutMS=2 * limit,
        socketTimeoutMS=limit,
    )
    atexit.register(client.close)
