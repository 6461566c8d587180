"""A small pool of RethinkDB connections. Ready to copy: it needs nothing but the driver."""

import os
import time
from queue import Empty, LifoQueue

from rethinkdb import r
from rethinkdb.errors import ReqlDriverError


class PoolTimeout(Exception):
    """All connections were in use for as long as we were willing to wait."""


class Pool:
    """At most ``size`` connections; each belongs to one borrower at a time.

    ``connect()`` opens one. ``take()`` waits up to ``wait`` seconds for a free one and
    asks one that was idle for more than ``check_after`` seconds whether it is alive.
    """

    def __init__(self, connect, size, wait=1.0, check_after=10.0):
        self._connect = connect
        self._size = size
        self._wait = wait
        self._check_after = check_after
        self._reset()
        # A child process starts empty: it must not use, nor close, what its parent opened.
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._reset)

    def _reset(self):
        # One entry for each place: (connection, when it came back), or None for an empty one.
        # Last in, first out: a few connections stay busy, the other places stay empty.
        self._places = LifoQueue()
        for _ in range(self._size):
            self._places.put(None)

    def take(self):
        """A connection that nobody else has. Raises PoolTimeout, or ReqlDriverError."""
        try:
            place = self._places.get(timeout=self._wait)
        except Empty:
            raise PoolTimeout(f"no connection was free within {self._wait} s") from None
        try:
            return self._ready(place)
        except BaseException:
            self._places.put(None)  # or the place would be lost
            raise

    def give(self, conn):
        """Take back what ``take()`` returned. A broken connection leaves its place empty."""
        self._places.put((conn, time.monotonic()) if conn.is_open() else None)

    def close(self):
        """Close the connections that nobody has; the pool can still be used."""
        for _ in range(self._places.qsize()):
            place = self._places.get()
            if place is not None:
                _close(place[0])
            self._places.put(None)

    def _ready(self, place):
        if place is None:
            return self._connect()
        conn, since = place
        if time.monotonic() - since <= self._check_after or _alive(conn):
            return conn
        _close(conn)
        return self._connect()


def _alive(conn):
    """Whether the server answers. One round trip: is_open() would ask nobody."""
    try:
        return r.expr(1).run(conn) == 1
    except ReqlDriverError:
        return False


def _close(conn):
    try:
        conn.close()
    except ReqlDriverError:
        pass  # The server is gone, and the socket is closed.
