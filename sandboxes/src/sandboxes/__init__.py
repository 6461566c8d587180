"""Servers that speak RethinkDB's and Cassandra's protocols on loopback, each in a process of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sandboxes.server import Server

__version__ = "0.1.0"


def start(kind: Literal["rethinkdb", "cassandra"], *options: str) -> Server:
    """Start a sandbox, ``"rethinkdb"`` or ``"cassandra"``, on a free port -> its ``Server``.

    ``options`` are those of the command line (``"--deadline", "1"``). Raises StartError, with
    what the sandbox said, if it does not start.
    """
    from sandboxes.server import Server

    return Server(kind, *options)
