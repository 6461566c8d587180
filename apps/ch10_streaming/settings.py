"""Look at the settings when the app starts, and say everything that is wrong with them at once."""

import re


def is_text(value):
    return isinstance(value, str) and value.strip() != ""


def is_name(value):
    # from_prefixed_env() reads JSON: 2026 is a number, "2026" is text.
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z]\w{0,47}", value, re.ASCII)


def is_login(value):
    return value is None or is_text(value)


def is_whole(highest):
    # To Python a bool is an int: true would be port 1.
    return lambda value: type(value) is int and 0 < value <= highest


def is_seconds(value):
    return type(value) in (int, float) and 0 < value <= 3600


RULES = {
    "CASSANDRA_CONTACT_POINTS": (
        lambda value: is_text(value) and all(map(is_text, value.split(","))),
        "a host, or hosts with commas between them",
    ),
    "CASSANDRA_PORT": (is_whole(65535), "a port number"),
    "CASSANDRA_KEYSPACE": (is_name, "the name of a keyspace"),
    "CASSANDRA_USERNAME": (is_login, "text"),
    "CASSANDRA_PASSWORD": (is_login, "text"),
    "CASSANDRA_TIMEOUT": (is_seconds, "a number of seconds up to 3600"),
    "FETCH_SIZE": (is_whole(100_000), "a number of rows up to 100000"),
    "RETHINKDB_HOST": (is_text, "a host"),
    "RETHINKDB_PORT": (is_whole(65535), "a port number"),
    "RETHINKDB_DB": (is_name, "the name of a database"),
    "RETHINKDB_TIMEOUT": (is_seconds, "a number of seconds up to 3600"),
    "KEEP_ALIVE": (is_seconds, "a number of seconds up to 3600"),
    "WRONG_WAYS": (lambda value: isinstance(value, bool), "true or false"),
}


def check(config):
    """Raise RuntimeError with one line for each bad setting. Values are not shown: one is a password."""
    complaints = [f"FLASK_{name} is not {what}" for name, (fits, what) in RULES.items() if not fits(config[name])]
    if (config["CASSANDRA_USERNAME"] is None) != (config["CASSANDRA_PASSWORD"] is None):
        complaints.append("FLASK_CASSANDRA_USERNAME and FLASK_CASSANDRA_PASSWORD belong together: one is not set")
    if complaints:
        raise RuntimeError("\n  ".join(["the settings:", *complaints]))
