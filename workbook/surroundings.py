"""What the learner's shell has set and a chapter must not show.

``FLASK_DEBUG``, a proxy or a wish for colours is right where it was set. Here it would make a
check refuse a right answer, send what is meant for 127.0.0.1 to another machine, or fill a
log with escape codes. Imports are few: every kernel reads this first.
"""

import os

LOOPBACK = ["127.0.0.1", "localhost", "::1"]
# ipykernel asks for colours in the name of every notebook.
COLOURS = {"FORCE_COLOR", "CLICOLOR_FORCE", "PY_COLORS"}


def plain(environ):
    """A copy of the mapping ``environ`` with which apps and cells do the same on every machine."""
    kept = {name: value for name, value in environ.items() if not _speaks_up(name, value)}
    # Python 3.13 and later colour a traceback; this they ask before they look for a terminal.
    kept["PYTHON_COLORS"] = "0"
    # The Cassandra driver imports numpy if it is there, which would start a thread for each core.
    kept.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Programs differ in the spelling that they read first, so both say all of it.
    spared = [part.strip() for name in ("no_proxy", "NO_PROXY") for part in environ.get(name, "").split(",")]
    kept["no_proxy"] = kept["NO_PROXY"] = ",".join(dict.fromkeys(filter(None, [*spared, *LOOPBACK])))
    return kept


def make_plain():
    """Make the environment of this process so."""
    wanted = plain(os.environ)
    for name in set(os.environ) - set(wanted):
        del os.environ[name]
    os.environ.update(wanted)


def _speaks_up(name, value):
    # httpx makes no client at all beside a SOCKS proxy, unless a package more is installed.
    socks = name.lower().endswith("_proxy") and value.lower().startswith("socks")
    return name.startswith("FLASK_") or name in COLOURS or socks
