"""MongoDB: one client for the app. It has a pool, and threads may share it."""

import atexit

from flask import current_app
from pymongo import MongoClient


def make_client(config, **options):
    # "poll" spares each client a second socket that measures the round trip.
    return MongoClient(
        config["MONGODB_URI"],
        serverMonitoringMode="poll",
        maxPoolSize=config["MONGODB_POOL_SIZE"],
        serverSelectionTimeoutMS=2000,
        socketTimeoutMS=config["MONGODB_SOCKET_MS"],
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
