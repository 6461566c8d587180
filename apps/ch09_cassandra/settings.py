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
IN_A_BUNDLE = {"config.json", "ca.crt", "cert", "key"}


def check(config):
    """Raise RuntimeError with one line for each bad setting. Values are not shown: some are secret."""
    if config["CASSANDRA_BUNDLE"]:
        needed = {"CASSANDRA_KEYSPACE", "API_TOKEN", "CASSANDRA_USERNAME", "CASSANDRA_PASSWORD"}
    else:
        needed = {"CASSANDRA_KEYSPACE", "API_TOKEN", "CASSANDRA_CONTACT_POINTS"}
    complaints = []
    for name in TEXTS:
        if config[name] in (None, ""):
            if name in needed:
                complaints.append(f"FLASK_{name} is not set")
        elif not isinstance(config[name], str):
            # from_prefixed_env() reads JSON: 12345 is a number, "12345" is text.
            complaints.append(f"FLASK_{name} is not text: put it into double quotes")
        elif name == "CASSANDRA_KEYSPACE" and not re.fullmatch(r"[A-Za-z]\w{0,47}", config[name], re.ASCII):
            complaints.append(f"FLASK_{name} is no name of a keyspace")
        elif name == "CASSANDRA_BUNDLE" and (complaint := look_into(config[name])):
            complaints.append(f"FLASK_{name} {complaint}")
    port = config["CASSANDRA_PORT"]
    if not isinstance(port, int) or not 0 < port < 65536:
        complaints.append("FLASK_CASSANDRA_PORT is no port number")
    if complaints:
        raise RuntimeError("\n  ".join(["the settings (see .env.example):", *complaints]))


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
