"""The settings of the app, and what can be wrong with them."""

import re
from math import inf
from urllib.parse import urlsplit

from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri


class Config:
    RETHINKDB_HOST = "127.0.0.1"
    RETHINKDB_PORT = 28015
    RETHINKDB_DB = "records"
    MONGODB_URI = "mongodb://127.0.0.1:27017"
    MONGODB_DB = "records"
    RATES_URL = "http://127.0.0.1:5001"
    # Seconds until a backend that does not answer counts as away.
    TIMEOUT = 2
    # Who may ask: a name -> the SHA-256 of its token, in hexadecimal.
    API_TOKENS = {}
    # "eager" and "if-chain" are the wrong ways, kept to be compared.
    BACKENDS = "registry"


def is_text(value):
    return isinstance(value, str) and value != ""


def is_like(pattern):
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value)


def is_port(value):
    return type(value) is int and 0 < value < 65536


def is_limit(value):
    return type(value) in (int, float) and 0 < value < inf


def is_http_url(value):
    try:
        parts = urlsplit(value if is_text(value) else "")
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_mongodb_uri(value):
    if not is_text(value):
        return False
    if value.startswith("mongodb+srv://"):
        return True  # to look further would ask a name server
    try:
        return bool(parse_uri(value))
    except (PyMongoError, ValueError):
        return False


def are_tokens(value):
    """Whether names that a header can carry lead to hashes that a token can have."""
    is_name, is_hash = is_like("[!-~]+"), is_like("[0-9a-f]{64}")
    return isinstance(value, dict) and all(is_name(name) and is_hash(known) for name, known in value.items())


RULES = {
    "RETHINKDB_HOST": (is_text, "the name or the address of a host"),
    "RETHINKDB_PORT": (is_port, "a whole number from 1 to 65535"),
    "RETHINKDB_DB": (is_like("[A-Za-z0-9_-]+"), "letters, digits, _ and -"),
    "MONGODB_URI": (is_mongodb_uri, "a URI that begins with mongodb:// or mongodb+srv://"),
    "MONGODB_DB": (is_like(r"[^/\\. \"$\0]{1,63}"), "a name that MongoDB takes"),
    "RATES_URL": (is_http_url, "a URL that begins with http:// or https://"),
    "TIMEOUT": (is_limit, "a number of seconds, more than 0"),
    "API_TOKENS": (are_tokens, "names in ASCII, without spaces, each with a SHA-256 of 64 digits in lower case"),
    "BACKENDS": (is_like("registry|eager|if-chain"), "registry, eager or if-chain"),
}


def check(config):
    """Raise one ValueError that names all the settings that are wrong.

    It says what each should be and not what it is: a URI may hold a password.
    """
    wrong = [f"{name}: {wanted}" for name, (is_right, wanted) in RULES.items() if not is_right(config.get(name))]
    if wrong:
        raise ValueError("settings to correct: " + "; ".join(wrong))
