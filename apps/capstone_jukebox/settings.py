"""Look at the settings when the app starts, and say everything that is wrong with them at once."""

import re

from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri


def is_text(value):
    return isinstance(value, str) and value.strip() != ""


def is_text_or_none(value):
    return value is None or is_text(value)


def is_key(value):
    # from_prefixed_env() reads JSON: 1234 is a number, and signs nothing.
    return isinstance(value, (str, bytes)) and len(value) > 0


def is_name(value):
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z]\w{0,47}", value, re.ASCII)


def is_whole(highest):
    # To Python a bool is an int: true would be port 1.
    return lambda value: type(value) is int and 0 < value <= highest


def is_seconds(value):
    return type(value) in (int, float) and 0 < value <= 3600


def is_mongodb_uri(value):
    if not is_text(value):
        return False
    if value.startswith("mongodb+srv://"):
        return True  # to look further would ask a name server
    try:
        return bool(parse_uri(value))
    except (PyMongoError, ValueError):
        return False


HOSTS = (
    lambda value: is_text(value) and all(map(is_text, value.split(","))),
    "a host, or hosts with commas between them",
)
PORT = (is_whole(65535), "a port number")
NAME = (is_name, "a name of letters, digits and _")
SECONDS = (is_seconds, "a number of seconds up to 3600")
TEXT = (is_text_or_none, "text, in double quotes if it is a number")

RULES = {
    "SECRET_KEY": (is_key, "a text that is not a number"),
    "SECRET_KEY_FALLBACKS": (lambda value: isinstance(value, list) and all(map(is_key, value)), "a list of texts"),
    "SESSION_COOKIE_SECURE": (lambda value: isinstance(value, bool), "true or false"),
    "MAX_CONTENT_LENGTH": (is_whole(2**31), "a whole number of bytes"),
    "RETHINKDB_HOST": (is_text, "a host"),
    "RETHINKDB_PORT": PORT,
    "RETHINKDB_DB": NAME,
    "MONGODB_URI": (is_mongodb_uri, "a URI that begins with mongodb://"),
    "MONGODB_DB": NAME,
    "CASSANDRA_CONTACT_POINTS": HOSTS,
    "CASSANDRA_PORT": PORT,
    "CASSANDRA_KEYSPACE": NAME,
    "CASSANDRA_USERNAME": TEXT,
    "CASSANDRA_PASSWORD": TEXT,
    "JUKEBOX": NAME,
    "QUEUE_LENGTH": (is_whole(1000), "a number of songs up to 1000"),
    "FEED_PAGES": (is_whole(10_000), "a number of pages up to 10000"),
    "HISTORY_FETCH": (is_whole(5000), "a number of rows up to 5000"),
    "SEED_PASSWORD": TEXT,
    **dict.fromkeys(
        [
            "RETHINKDB_TIMEOUT",
            "MONGODB_TIMEOUT",
            "CASSANDRA_TIMEOUT",
            "FEED_HEARTBEAT",
            "FEED_PAUSE",
            "FEED_CHECK",
            "RETRY_FIRST",
            "RETRY_LONGEST",
            "HEALTH_SECONDS",
        ],
        SECONDS,
    ),
}


def check(config):
    """Raise RuntimeError with one line for each bad setting. Values are not shown: some are secret."""
    complaints = [f"FLASK_{name} is not {what}" for name, (fits, what) in RULES.items() if not fits(config[name])]
    if (config["CASSANDRA_USERNAME"] is None) != (config["CASSANDRA_PASSWORD"] is None):
        complaints.append("FLASK_CASSANDRA_USERNAME and FLASK_CASSANDRA_PASSWORD belong together: one is not set")
    if complaints:
        raise RuntimeError("\n  ".join(["the settings:", *complaints]))
