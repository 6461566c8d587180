"""The settings, and what each of them must be."""

import re

from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri


class Config:
    RETHINKDB_HOST = "127.0.0.1"
    RETHINKDB_PORT = 28015
    RETHINKDB_DB = "jukebox"
    # Seconds for connecting, and for each answer; the driver's own are 20 and for ever.
    RETHINKDB_TIMEOUT = 5.0
    # Connections of each process; 0 opens one for each context that asks for one.
    POOL_SIZE = 4
    # How long a request waits for one, in seconds, before it gets a 503.
    POOL_WAIT = 1.0
    # A connection that was idle for longer is asked whether it is alive; 0 asks each time.
    POOL_CHECK_AFTER = 10.0

    MONGODB_URI = "mongodb://127.0.0.1:27017"
    MONGODB_DB = "jukebox"
    # Sockets of the client's pool; PyMongo's own default is 100.
    MONGODB_POOL_SIZE = 100
    # For a whole operation: a server, a place in the pool, the answer, a second try.
    MONGODB_TIMEOUT_MS = 5000

    # True opens both databases while the app is made: a wrong way, kept to be looked at.
    OPEN_EARLY = False
    # True adds a view that makes a MongoClient for each request: wrong, kept to be compared.
    CLIENT_PER_REQUEST = False


def is_name(value):
    return isinstance(value, str) and bool(re.fullmatch(r"[A-Za-z0-9_-]{1,60}", value))


def is_whole(low, high):
    # True is an int in Python, and no number that anybody meant.
    return lambda value: type(value) is int and low <= value <= high


def is_seconds(value):
    return type(value) in (int, float) and 0 < value <= 3600


def is_mongodb_uri(value):
    if not isinstance(value, str):
        return False
    if value.startswith("mongodb+srv://"):
        return True  # To look further would ask a name server.
    try:
        return bool(parse_uri(value, warn=True))
    except (PyMongoError, ValueError):
        return False


RULES = {
    "RETHINKDB_HOST": (lambda value: isinstance(value, str) and value != "", "a host name"),
    "RETHINKDB_PORT": (is_whole(1, 65535), "a port from 1 to 65535"),
    "RETHINKDB_DB": (is_name, "a name of letters, digits, _ and -"),
    "RETHINKDB_TIMEOUT": (is_seconds, "a number of seconds above 0"),
    "POOL_SIZE": (is_whole(0, 10_000), "a whole number, 0 or more"),
    "POOL_WAIT": (is_seconds, "a number of seconds above 0"),
    "POOL_CHECK_AFTER": (lambda value: value == 0 or is_seconds(value), "a number of seconds, 0 or more"),
    "MONGODB_URI": (is_mongodb_uri, "a URI that begins with mongodb://"),
    "MONGODB_DB": (is_name, "a name of letters, digits, _ and -"),
    "MONGODB_POOL_SIZE": (is_whole(1, 10_000), "a whole number above 0"),
    "MONGODB_TIMEOUT_MS": (is_whole(1, 3_600_000), "a whole number of milliseconds above 0"),
    "OPEN_EARLY": (lambda value: type(value) is bool, "true or false"),
    "CLIENT_PER_REQUEST": (lambda value: type(value) is bool, "true or false"),
}


def check(config):
    """Raise a ValueError that names every setting that cannot work."""
    wrong = [
        f"{name} must be {wanted}, not {config[name]!r}"
        for name, (fits, wanted) in RULES.items()
        if not fits(config[name])
    ]
    if wrong:
        raise ValueError("bad settings: " + "; ".join(wrong))
