"""Listening: a thread for each client (see ``connection``)."""

import _thread
import errno
import socket
import sys
import threading
import time

from . import terms  # registers all terms
from .connection import Connection
from .query import DEADLINE
from .store import Store
from .text import log

__all__ = ["serve", "terms"]

STACK = 16 * 1024 * 1024  # address space only; queries nest, and larger ones are not used again by the next thread
FULL = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


def serve(host, port, announce, deadline=DEADLINE, password="", shuffle=None):
    """Listen on a port, 0 for any free one, and answer; ``announce(host, port)`` when ready.

    ``deadline``: seconds for a query. ``password``: of the user admin. ``shuffle``: see ``Store``.
    """
    store = Store(password, shuffle)
    threading.stack_size(STACK)
    sys.setrecursionlimit(10_000)
    with socket.create_server((host, port), backlog=512) as listener:
        store.address = listener.getsockname()[:2]
        announce(*store.address)
        while True:
            accept(listener, store, deadline)


def accept(listener, store, deadline):
    """Wait for a client, and start its thread. Where there is no room for one, it is turned away."""
    try:
        sock, address = listener.accept()
    except ConnectionError:
        return
    except OSError as error:
        if error.errno not in FULL:
            raise
        log(f"[sandbox] no room for a connection: {error.strerror}")
        time.sleep(0.05)
        return
    try:
        # Without waiting until it runs, as threading.Thread.start does.
        _thread.start_new_thread(Connection(sock, address, store, deadline).serve, ())
    except RuntimeError:
        log("[sandbox] no room for a thread: a connection was turned away")
        sock.close()
