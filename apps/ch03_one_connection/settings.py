"""Look at the settings when the app starts, and say everything that is wrong with them at once."""

import re


def check(config):
    """Raise RuntimeError with one line for each bad setting."""
    host, port, name = (config[f"RETHINKDB_{key}"] for key in ("HOST", "PORT", "DB"))
    seconds, eager = config["RETHINKDB_TIMEOUT"], config["EAGER_CONNECTION"]
    complaints = []
    if not (isinstance(host, str) and host):
        complaints.append("FLASK_RETHINKDB_HOST is no name of a host")
    # from_prefixed_env() reads JSON: true is a bool, and a bool is an int.
    if not (type(port) is int and 0 < port < 65536):
        complaints.append("FLASK_RETHINKDB_PORT is no port number")
    if not (isinstance(name, str) and re.fullmatch(r"[\w-]+", name, re.ASCII)):
        complaints.append("FLASK_RETHINKDB_DB is no name of a database")
    # The driver takes 0 for its default, 20 seconds.
    if not (type(seconds) in (int, float) and 0 < seconds <= 300):
        complaints.append("FLASK_RETHINKDB_TIMEOUT is no number of seconds, above 0 and up to 300")
    if not isinstance(eager, bool):
        complaints.append("FLASK_EAGER_CONNECTION is neither true nor false")
    if complaints:
        raise RuntimeError("\n  ".join(["the settings:", *complaints]))
