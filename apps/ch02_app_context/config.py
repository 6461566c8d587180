import math
from pathlib import Path


class Config:
    # Signs the session cookie. There is no default: FLASK_SECRET_KEY in the environment.
    SECRET_KEY = None
    # The file of the notes; None is notes.sqlite in the app's instance folder.
    DATABASE = None
    # Seconds that a statement waits for another connection that is writing.
    DATABASE_TIMEOUT = 5.0
    # The session cookie does not come along when another site sends a form here.
    SESSION_COOKIE_SAMESITE = "Lax"


def check_settings(config):
    """Stop the app at its start: one RuntimeError that names every bad setting."""
    wrong = []
    key, database, timeout = (config[name] for name in ("SECRET_KEY", "DATABASE", "DATABASE_TIMEOUT"))
    # The environment is read as JSON: digits alone become a number.
    if not isinstance(key, str) or len(key) < 16:
        wrong.append('SECRET_KEY must be a text of 16 characters or more (digits only: FLASK_SECRET_KEY=\'"..."\')')
    if database is not None and not is_place(database):
        wrong.append("DATABASE must be a file in a folder that exists")
    if not is_number(timeout) or not 0 < timeout < math.inf:
        wrong.append("DATABASE_TIMEOUT must be a number of seconds above 0")
    if wrong:
        raise RuntimeError("bad settings: " + "; ".join(wrong))


def is_place(path):
    if not isinstance(path, str) or "\0" in path:
        return False
    return path != "" and Path(path).parent.is_dir() and not Path(path).is_dir()


def is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)
