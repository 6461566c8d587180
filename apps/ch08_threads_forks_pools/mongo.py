"""MongoDB: one client for the app. It has a pool, and threads may share it."""

import atexit

from flask import current_app
from pymongo import MongoClient


def make_client(config, **options):
    limit = config["MONGODB_TIMEOUT_MS"]
    return MongoClient(
        config["MONGODB_URI"],
        # "poll" spares each client a second socket that measures the round trip.
        serverMonitoringMode="poll",
        maxPoolSize=config["MONGODB_POOL_SIZE"],
        # An operation as a whole: without it, all of its waits would add up.
        timeoutMS=limit,
        # What is outside of an operation: the monitor's socket, the goodbye.
        serverSelectionTimeoutMS=limit,
        connectTimeoutMS=2 * limit,
        socketTimeoutMS=limit,
        **options,
    )


def get_plays():
    """The collection of plays."""
    return current_app.extensions["mongo"][current_app.config["MONGODB_DB"]].plays


def init_app(app):
    # connect=False: nothing is opened before the first query, so nothing before a fork.
    client = make_client(app.config, connect=False)
    app.extensions["mongo"] = client
    atexit.register(client.close)
