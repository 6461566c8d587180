"""The settings, and what each of them must be."""

import re

from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri


class Config:
    # There is no default: one that stands in a repository is not secret.
    SECRET_KEY = None
    # Earlier keys: cookies that they signed are still read.
    SECRET_KEY_FALLBACKS = []

    MONGODB_URI = "mongodb://127.0.0.1:27017"
    MONGODB_DB = "shop"
    # For a whole operation: a server, a place in the pool, the answer, a second try.
    MONGODB_TIMEOUT_MS = 5000

    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    # Flask-Login's second cookie, of those who want to be remembered.
    REMEMBER_COOKIE_SECURE = True
    REMEMBER_COOKIE_HTTPONLY = True
    REMEMBER_COOKIE_SAMESITE = "Lax"
    MAX_CONTENT_LENGTH = 64 * 1024

    # True keeps the session in MongoDB and only its id in the cookie.
    SERVER_SIDE_SESSIONS = False
    # False keeps the id of a server-side session at login: wrong, kept to be compared.
    RENEW_SESSION = True
    # True loads the user before every request: kept to be compared.
    EAGER_USER = False
    # True adds what must not be copied, under /wrong.
    WRONG_WAYS = False
    # True names the commands that a request sent to MongoDB in a header.
    SHOW_COMMANDS = False


def is_text(value):
    return isinstance(value, str) and value != ""


def is_key(value):
    return isinstance(value, (str, bytes)) and len(value) > 0


def is_flag(value):
    return type(value) is bool


def is_mongodb_uri(value):
    if not isinstance(value, str):
        return False
    if value.startswith("mongodb+srv://"):
        return True  # To look further would ask a name server.
    try:
        return bool(parse_uri(value, warn=True))
    except (PyMongoError, ValueError):
        return False


# FLASK_SECRET_KEY=1234 is read as JSON, so as a number, which signs nothing.
KEY = "a text that is not a number: give it as FLASK_SECRET_KEY in the environment"
FLAGS = [name for name, value in vars(Config).items() if type(value) is bool]
RULES = {
    "SECRET_KEY": (is_key, KEY),
    "SECRET_KEY_FALLBACKS": (lambda value: isinstance(value, list) and all(map(is_key, value)), "a list of texts"),
    "MONGODB_URI": (is_mongodb_uri, "a URI that begins with mongodb://"),
    "MONGODB_DB": (
        lambda value: is_text(value) and bool(re.fullmatch(r"[A-Za-z0-9_-]{1,60}", value)),
        "a name of letters, digits, _ and -",
    ),
    "MONGODB_TIMEOUT_MS": (
        lambda value: type(value) is int and 0 < value <= 3_600_000,
        "a whole number of milliseconds above 0",
    ),
    "MAX_CONTENT_LENGTH": (lambda value: type(value) is int and value > 0, "a whole number of bytes above 0"),
    **{
        name: (lambda value: value in ("Lax", "Strict"), "Lax or Strict")
        for name in ("SESSION_COOKIE_SAMESITE", "REMEMBER_COOKIE_SAMESITE")
    },
    **dict.fromkeys(FLAGS, (is_flag, "true or false")),
}


def check(config):
    """Raise a ValueError that names every setting that cannot work; secrets are not shown."""
    wrong = []
    for name, (fits, wanted) in RULES.items():
        if not fits(config[name]):
            shown = "" if "KEY" in name and config[name] else f", not {config[name]!r}"
            wrong.append(f"{name} must be {wanted}{shown}")
    if wrong:
        raise ValueError("bad settings: " + "; ".join(wrong))
