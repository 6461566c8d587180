"""The settings of the app, and what can be wrong with them."""

import re

from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri


class Config:
    MONGODB_URI = "mongodb://127.0.0.1:27017"
    # Members are kept here; the shelf of a member is a database of its own.
    MONGODB_DB = "records"
    # For how long an operation may wait, whatever it waits for; PyMongo's own default is for ever.
    MONGODB_TIMEOUT_MS = 2000
    # Connections that one process may have in use at a time.
    MONGODB_POOL_SIZE = 100
    MAX_CONTENT_LENGTH = 64 * 1024
    # False leaves Flask's JSON provider as it is.
    MONGO_JSON = True
    # True adds what must not be copied: /per-request, /trusting, /module-global, /repeating.
    WRONG_WAYS = False
    # True closes the client when a context ends: the wrong way, kept to be looked at.
    CLOSE_IN_TEARDOWN = False


def is_uri(value):
    """Whether PyMongo can read it; what a URI with mongodb+srv:// stands for only a name server knows."""
    if not isinstance(value, str):
        return False
    if value.startswith("mongodb+srv://"):
        return True
    try:
        return bool(parse_uri(value))
    except (PyMongoError, ValueError):
        return False


def is_name(value):
    # 63 bytes are MongoDB's limit, and the names of the shelves are made of this one.
    return isinstance(value, str) and re.fullmatch(r"[^/\\. \"$\0]+", value) and len(value.encode()) <= 48


def is_number(value):
    return type(value) is int and value > 0


def is_switch(value):
    return isinstance(value, bool)


RULES = {
    "MONGODB_URI": (is_uri, "a URI that begins with mongodb:// or mongodb+srv://"),
    "MONGODB_DB": (is_name, "a name that MongoDB takes, of at most 48 bytes"),
    "MONGODB_TIMEOUT_MS": (is_number, "a whole number of milliseconds, more than 0"),
    "MONGODB_POOL_SIZE": (is_number, "a whole number, more than 0"),
    "MAX_CONTENT_LENGTH": (is_number, "a whole number of bytes, more than 0"),
    "MONGO_JSON": (is_switch, "true or false"),
    "WRONG_WAYS": (is_switch, "true or false"),
    "CLOSE_IN_TEARDOWN": (is_switch, "true or false"),
}


def check(config):
    """Raise one ValueError that names all the settings that are wrong.

    It says what each should be and not what it is: a URI may hold a password.
    """
    wrong = [f"{name}: {wanted}" for name, (is_right, wanted) in RULES.items() if not is_right(config.get(name))]
    if wrong:
        raise ValueError("settings to correct: " + "; ".join(wrong))
