"""Look at the settings when the app starts, and say everything that is wrong with them at once."""

import re
from zipfile import BadZipFile, ZipFile

TEXTS = (
    "CASSANDRA_CONTACT_POINTS",
    "CASSANDRA_KEYSPACE",
    "CASSANDRA_USERNAME",
    "CASSANDRA_PASSWORD",
    "CASSANDRA_BUNDLE",
    "API_TOKEN",
)
LOGIN = {"CASSANDRA_USERNAME", "CASSANDRA_PASSWORD"}
IN_A_BUNDLE = {"config.json", "ca.crt", "cert", "key"}


def check(config):
    """Raise RuntimeError with one line for each bad setting. Values are not shown: some are secret."""
    complaints = [f"FLASK_{name} {what}" for name, what in (*_texts(config), *_others(config))]
    if complaints:
        raise RuntimeError("\n  ".join(["the settings (see .env.example):", *complaints]))


def _texts(config):
    """(name, what is wrong) of each setting that is text."""
    needed = {"CASSANDRA_KEYSPACE", "API_TOKEN"}
    needed |= LOGIN if config["CASSANDRA_BUNDLE"] else {"CASSANDRA_CONTACT_POINTS"}
    if any(config[name] for name in LOGIN):
        needed |= LOGIN  # half of a login is none
    for name in TEXTS:
        value = config[name]
        if value in (None, ""):
            if name in needed:
                yield name, "is not set"
        elif not isinstance(value, str):
            # from_prefixed_env() reads JSON: 12345 is a number, "12345" is text.
            yield name, "is not text: put it into double quotes"
        elif name == "CASSANDRA_CONTACT_POINTS" and not all(host.strip() for host in value.split(",")):
            yield name, "has no host before or after a comma"
        elif name == "CASSANDRA_KEYSPACE" and not re.fullmatch(r"[A-Za-z]\w{0,47}", value, re.ASCII):
            yield name, "is no name of a keyspace"
        elif name == "CASSANDRA_BUNDLE" and (complaint := look_into(value)):
            yield name, complaint


def _others(config):
    """(name, what is wrong) of each setting that is a number or a switch."""
    if not is_number(config["CASSANDRA_PORT"], int, 65535):
        yield "CASSANDRA_PORT", "is no port number"
    for name in ("CASSANDRA_CONNECT_TIMEOUT", "CASSANDRA_TIMEOUT"):
        if not is_number(config[name], int | float, 3600):
            yield name, "is no number of seconds up to 3600"
    if not is_number(config["MAX_CONTENT_LENGTH"], int, 2**31):
        yield "MAX_CONTENT_LENGTH", "is no number of bytes"
    for name in ("WRONG_WAYS", "OPEN_EARLY"):
        if not isinstance(config[name], bool):
            # Any text would be taken for yes, "no" too.
            yield name, "is neither true nor false"


def is_number(value, kind, highest):
    # To Python a bool is an int: true would be port 1.
    return isinstance(value, kind) and not isinstance(value, bool) and 0 < value <= highest


def look_into(bundle):
    """What is wrong with the file at this path, taken as Astra's bundle; None if nothing is."""
    try:
        with ZipFile(bundle) as file:
            missing = IN_A_BUNDLE.difference(file.namelist())
    except OSError:
        return "names no file that can be read"
    except BadZipFile:
        return "names a file that is not a zip file: download the bundle again"
    return f"names a zip file without {', '.join(sorted(missing))}" if missing else None
