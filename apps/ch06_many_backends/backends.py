"""The three backends of this app: how each is opened and closed, and how long it lives."""

import atexit

import httpx
from flask import current_app, g
from pymongo import MongoClient

from . import timed
from .registry import Registry

# Reading the certificates takes longer than all the rest of a client: once is enough.
TLS = httpx.create_ssl_context()


def open_rethinkdb():
    """A connection; one thread at a time may use it."""
    config = current_app.config
    return timed.connect(
        host=config["RETHINKDB_HOST"],
        port=config["RETHINKDB_PORT"],
        db=config["RETHINKDB_DB"],
        timeout=config["TIMEOUT"],
    )


def close_rethinkdb(conn):
    conn.close()


def open_mongodb():
    """A database of a client; the client has a pool, and any number of threads may use it."""
    config = current_app.config
    milliseconds = max(1, int(config["TIMEOUT"] * 1000))
    # timeoutMS holds for a whole operation; close() obeys the older ones alone.
    limits = ["timeoutMS", "serverSelectionTimeoutMS", "socketTimeoutMS"]
    client = MongoClient(
        config["MONGODB_URI"],
        connect=False,
        **dict.fromkeys(limits, milliseconds),
        # The monitor may try for longer than a visitor waits, and not for 20 seconds, its default.
        connectTimeoutMS=2 * milliseconds,
        # One socket to watch the server with instead of two: chapter 6 counts them.
        serverMonitoringMode="poll",
    )
    return client[config["MONGODB_DB"]]


def close_mongodb(database):
    database.client.close()


def open_rates():
    """An HTTP client that speaks for one caller."""
    return httpx.Client(
        base_url=current_app.config["RATES_URL"],
        headers={"X-Caller": g.get("caller") or "nobody"},
        timeout=current_app.config["TIMEOUT"],
        verify=TLS,
    )


def close_rates(client):
    client.close()


def get_backend(name):
    """The backend of that name, opened if nobody has asked for it yet."""
    return current_app.extensions["backends"].get(name)


def init_app(app):
    registry = Registry(app.logger, app.config["TIMEOUT"])
    registry.register("rethinkdb", open_rethinkdb, close_rethinkdb)
    registry.register("mongodb", open_mongodb, close_mongodb, lifetime="app")
    registry.register("rates", open_rates, close_rates)
    app.extensions["backends"] = registry
    app.teardown_appcontext(registry.close_context)
    atexit.register(registry.close_shared)
