"""The settings, and what each of them must be."""

import re


class Config:
    # There is no default: one that stands in a repository is not secret.
    SECRET_KEY = None
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_SAMESITE = "Lax"
    MAX_CONTENT_LENGTH = 64 * 1024

    RETHINKDB_HOST = "127.0.0.1"
    RETHINKDB_PORT = 28015
    RETHINKDB_DB = "songs"
    # Seconds for connecting, and for each answer. Everybody further out must wait for longer.
    RETHINKDB_TIMEOUT = 5.0

    # For so many seconds /ready says again what it said before.
    READY_MAX_AGE = 1.0
    # How many proxies of ours stand in front of the app, each of which adds to the X-Forwarded headers.
    TRUSTED_PROXIES = 0

    # True adds what must not be copied, under /wrong.
    WRONG_WAYS = False
    # True connects while the app is made: wrong, kept to be looked at.
    OPEN_EARLY = False


def is_text(value):
    return isinstance(value, str) and value != ""


def is_name(value):
    return isinstance(value, str) and bool(re.fullmatch(r"[A-Za-z0-9_-]{1,60}", value))


def is_whole(low, high):
    # True is an int in Python, and no number that anybody meant.
    return lambda value: type(value) is int and low <= value <= high


def is_seconds(low):
    return lambda value: type(value) in (int, float) and low <= value <= 300


def is_flag(value):
    return type(value) is bool


RULES = {
    # FLASK_SECRET_KEY=1234 is read as JSON, so as a number, which signs nothing.
    "SECRET_KEY": (is_text, "a text that is not a number"),
    "SESSION_COOKIE_SECURE": (is_flag, "true or false"),
    "SESSION_COOKIE_SAMESITE": (lambda value: value in ("Lax", "Strict"), "Lax or Strict"),
    "MAX_CONTENT_LENGTH": (is_whole(1, 2**31), "a whole number of bytes"),
    "RETHINKDB_HOST": (is_text, "a host name"),
    "RETHINKDB_PORT": (is_whole(1, 65535), "a port from 1 to 65535"),
    "RETHINKDB_DB": (is_name, "a name of letters, digits, _ and -"),
    # The driver takes 0 for its default, 20 seconds.
    "RETHINKDB_TIMEOUT": (is_seconds(0.01), "a number of seconds from 0.01 to 300"),
    "READY_MAX_AGE": (is_seconds(0), "a number of seconds from 0 to 300"),
    "TRUSTED_PROXIES": (is_whole(0, 10), "a whole number from 0 to 10"),
    "WRONG_WAYS": (is_flag, "true or false"),
    "OPEN_EARLY": (is_flag, "true or false"),
}


def check(config):
    """Raise one ValueError with a line for each bad setting. Values are not shown: some are secret."""
    wrong = [f"FLASK_{name} must be {wanted}" for name, (fits, wanted) in RULES.items() if not fits(config[name])]
    if wrong:
        raise ValueError("\n  ".join(["settings to correct:", *wrong]))
