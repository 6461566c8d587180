"""Changefeeds: the changes that a reader has not taken yet (``changefeed.cc``)."""

import threading
from collections import deque

from .datum import ARRAY_LIMIT
from .keys import key


class Feed:
    """The changes of a table, or of one of its rows, that a changefeed has not taken yet."""

    def __init__(self, table, place=None, squash=False):
        self.table, self.place, self.squash = table, place, squash
        self.changes, self.skipped, self.ready = deque(), 0, threading.Condition()
        self.closed, self.idle = False, lambda: None  # idle: called before waiting
        table.feeds.add(self)

    def push(self, place, old, new):
        if self.place not in (None, place):
            return
        with self.ready:
            pending = [change for change in self.changes if change[0] == place] if self.squash else ()
            for change in pending:
                self.changes.remove(change)
                old = change[1]
            if len(self.changes) >= ARRAY_LIMIT:
                self.skipped += len(self.changes)
                self.changes.clear()
            if key(old) != key(new):
                self.changes.append((place, old, new))
            self.ready.notify()

    def close(self, reason=True):
        """End the feed; ``reason``: the Fault that its reader gets, if any."""
        self.table.feeds.discard(self)
        with self.ready:
            self.closed = reason
            self.ready.notify()

    def __iter__(self):
        """``(old row, new row, how many were lost)`` of change after change, until closed."""
        while True:
            if not self.changes and not self.closed:
                self.idle()
            with self.ready:
                self.ready.wait_for(lambda: self.changes or self.closed)
                if self.closed is not False:
                    if self.closed is not True:
                        raise self.closed
                    return
                skipped, self.skipped = self.skipped, 0
                _, old, new = self.changes.popleft()
            yield old, new, skipped
