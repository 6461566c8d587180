"""A small pool of RethinkDB connections. Ready to copy: it needs nothing but the driver."""

import atexit
import os
import time
from queue import Empty, LifoQueue
from weakref import WeakSet

from rethinkdb import r
from rethinkdb.errors import ReqlDriverError, ReqlTimeoutError


class PoolTimeout(Exception):
    """All connections were in use for as long as we were willing to wait."""


class Pool:
    """At most ``size`` connections; each belongs to one borrower at a time.

    ``connect()`` opens one, and must not wait for ever. ``take()`` waits up to ``wait``
    seconds for a free one and asks one that was idle for more than ``check_after``
    seconds whether it is alive.
    """

    def __init__(self, connect, size, wait=1.0, check_after=10.0):
        self._connect = connect
        self._size = size
        self._wait = wait
        self._check_after = check_after
        self._start_empty()
        _pools.add(self)

    def _start_empty(self):
        # One entry for each place: (connection, when it came back), or None for an empty one.
        # Last in, first out: a few connections stay busy, the other places stay empty.
        self._places = LifoQueue()
        for _ in range(self._size):
            self._places.put(None)
        self._lent = set()
        self._failed = 0.0  # when the database was last found to be away

    def take(self):
        """A connection that nobody else has. Raises PoolTimeout, or ReqlDriverError."""
        asked = time.monotonic()
        try:
            place = self._places.get(timeout=self._wait)
        except Empty:
            raise PoolTimeout(f"no connection was free within {self._wait} s") from None
        try:
            conn = self._ready(place, asked)
        except BaseException:
            self._places.put(None)  # or the place would be lost
            raise
        self._lent.add(conn)
        return conn

    def give(self, conn):
        """Take back what ``take()`` returned. A broken connection leaves its place empty."""
        try:
            self._lent.remove(conn)
        except KeyError:
            return  # given back before, or lent before a fork: it is another process's
        place = None
        try:
            if not conn.is_open():
                return
            if _unread(conn):
                # The rows that nobody read would stay with it, here and on the server.
                conn.close(noreply_wait=False)
                return
            conn.use(self._db)  # The borrower may have chosen another.
            place = conn, time.monotonic()
        finally:
            self._places.put(place)

    def close(self):
        """Close the connections that nobody has; the pool can still be used."""
        free = []
        try:
            while True:
                free.append(self._places.get_nowait())
        except Empty:
            pass
        answers = True
        for place in free:
            if place is not None:
                # A server that said nothing to one goodbye is not waited for again.
                answers = _close(place[0], noreply_wait=answers) and answers
            self._places.put(None)

    def _ready(self, place, asked):
        if place is None and self._failed > asked:
            # Somebody tried while we stood in line: one time-out is enough.
            raise ReqlDriverError("the database was away a moment ago")
        try:
            if place is not None:
                conn, since = place
                if time.monotonic() - since <= self._check_after or _alive(conn):
                    return conn
                _close(conn, noreply_wait=False)
            conn = self._connect()
        except ReqlDriverError:
            self._failed = time.monotonic()
            raise
        self._db = conn.db
        return conn


def _alive(conn):
    """Whether the server answers. One round trip: is_open() would ask nobody."""
    try:
        return r.expr(1).run(conn) == 1
    except ReqlTimeoutError:
        raise  # It is silent, and would be to a new connection too.
    except ReqlDriverError:
        return False


def _unread(conn):
    """Whether a cursor has rows to come; the driver has no public way to ask."""
    return bool(conn._instance._cursor_cache)


def _close(conn, noreply_wait):
    """Whether the goodbye went well."""
    try:
        conn.close(noreply_wait=noreply_wait)
    except ReqlDriverError:
        return False  # The server is gone, and the socket is closed.
    return True


# Weak: a pool that nobody has any more may go.
_pools = WeakSet()


def _after_fork():
    # A child process must not use, nor close, what its parent opened.
    for pool in _pools:
        pool._start_empty()


def _close_all():
    for pool in _pools:
        pool.close()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
