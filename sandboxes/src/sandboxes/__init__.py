"""Servers that speak RethinkDB's and Cassandra's protocols on loopback, each in a process of its own."""

__version__ = "0.1.0"


def start(kind, *options):
    """Start a sandbox, ``"rethinkdb"`` or ``"cassandra"``, on a free port -> its ``Server``.

    ``options`` are those of the command line (``"--deadline", "1"``). Raises StartError, with
    what the sandbox said, if it does not start.
    """
    from sandboxes.server import Server

    return Server(kind, *options)
