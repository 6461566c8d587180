"""The settings, and what each of them must be."""

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError


class Config:
    # sqlite:///shop.db is a file in the instance folder, postgresql://name:password@host/shop a server.
    DATABASE_URL = "sqlite:///shop.db"
    # Connections that the pool keeps, and those that it may open beyond when all are in use.
    DATABASE_POOL_SIZE = 5
    DATABASE_MAX_OVERFLOW = 10
    # Whole seconds: for a place in the pool, for connecting, for a statement (on SQLite: for a lock).
    DATABASE_POOL_TIMEOUT = 5
    DATABASE_CONNECT_TIMEOUT = 5
    DATABASE_STATEMENT_TIMEOUT = 5
    # Ask a connection whether it is alive before the pool lends it.
    DATABASE_PRE_PING = True

    # Buyers whose payment is refused.
    NO_CREDIT = []
    MAX_CONTENT_LENGTH = 64 * 1024
    # True adds the same without Flask-SQLAlchemy, under /by-hand: kept to be compared.
    BY_HAND = False
    # True adds what must not be copied, under /wrong.
    WRONG_WAYS = False


def is_whole(low, high):
    return lambda value: type(value) is int and low <= value <= high


def is_flag(value):
    return type(value) is bool


def is_database_url(value):
    try:
        url = make_url(value)
    except ArgumentError:
        return False
    # ":memory:" would be a file of this name in the instance folder.
    named = bool(url.database) and url.database != ":memory:"
    return url.get_backend_name() in ("sqlite", "postgres", "postgresql") and named


TIMEOUTS = [name for name in vars(Config) if name.endswith("_TIMEOUT")]
FLAGS = [name for name, value in vars(Config).items() if type(value) is bool]
RULES = {
    "DATABASE_URL": (is_database_url, "a URL that begins with sqlite:/// or postgresql:// and names a database"),
    "DATABASE_POOL_SIZE": (is_whole(1, 1000), "a whole number from 1"),
    "DATABASE_MAX_OVERFLOW": (is_whole(0, 1000), "a whole number from 0"),
    **dict.fromkeys(TIMEOUTS, (is_whole(1, 3600), "a whole number of seconds from 1")),
    "NO_CREDIT": (lambda value: isinstance(value, list), "a list of names"),
    "MAX_CONTENT_LENGTH": (is_whole(1, 2**30), "a whole number of bytes from 1"),
    **dict.fromkeys(FLAGS, (is_flag, "true or false")),
}


def check(config):
    """Raise a ValueError that names every setting that cannot work; the URL has a password, and is not shown."""
    wrong = []
    for name, (fits, wanted) in RULES.items():
        if not fits(config[name]):
            wrong.append(f"{name} must be {wanted}" + ("" if name == "DATABASE_URL" else f", not {config[name]!r}"))
    if wrong:
        raise ValueError("bad settings: " + "; ".join(wrong))
