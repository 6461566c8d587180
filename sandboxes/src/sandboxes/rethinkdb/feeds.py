"""Changefeeds: what a reader has not taken yet (``changefeed.cc``).

A ``Feed`` watches a table for its reader. What it watches is a *watch*: a function of one write, ``(place, old
row, new row, index entries)``, that gives the changes ``(place, old, new)`` which the reader is to see.
"""

import itertools
import threading
import time
from collections import deque

from .datum import ARRAY_LIMIT
from .errors import Fault
from .keys import key
from .table import LAST

POINT, RANGE, LIMIT, UNION, STATES = 2, 1, 3, 4, 5  # the notes of a response (ql2.proto, ResponseNote)


class Feed:
    """The changes of a table that the reader has not taken yet.

    ``squash``: merge the changes of a row; a number: wait so many seconds for more of them. ``most``: changes that
    wait for the reader; when there are more, all of them are lost, and it is told so.
    """

    def __init__(self, table, watch, squash=False, most=ARRAY_LIMIT):
        self.table, self.watch, self.squash, self.most = table, watch, squash, most
        self.changes, self.skipped, self.ready = deque(), 0, threading.Condition()
        self.closed, self.idle, self.due = False, lambda: None, None  # idle: called before waiting
        table.feeds.add(self)

    def push(self, place, old, new, entries):
        with self.ready:
            for change in self.watch(place, old, new, entries):
                self.add(*change)
            if self.changes and self.due is None:
                self.due = time.monotonic() + (0 if self.squash is True else self.squash)
            self.ready.notify()

    def add(self, place, old, new):
        pending = [change for change in self.changes if change[0] == place] if self.squash else ()
        for change in pending:
            self.changes.remove(change)
            old = change[1]
        if key(old) != key(new):
            self.changes.append((place, old, new))
        if len(self.changes) > self.most:
            self.skipped += len(self.changes)
            self.changes.clear()

    def close(self, reason=True):
        """End the feed; ``reason``: the Fault that its reader gets, if any."""
        self.table.feeds.discard(self)
        with self.ready:
            self.closed = reason
            self.ready.notify()

    def __iter__(self):
        """``(old, new, how many were lost)`` of change after change, until closed."""
        while True:
            if not self.changes and not self.closed:
                self.idle()
            with self.ready:
                self.ready.wait_for(lambda: self.changes or self.closed)
                while self.closed is False and (left := self.due - time.monotonic()) > 0:
                    self.ready.wait(left)
                if self.closed is not False:
                    if self.closed is not True:
                        raise self.closed
                    return
                skipped, self.skipped = self.skipped, 0
                change = self.changes.popleft() if self.changes else None  # squashed into none at all
                self.taken(change)
                self.due = self.due if self.changes else None
            if change:
                yield change[1], change[2], skipped

    def taken(self, change):
        """The reader has it."""


class LimitFeed(Feed):
    """The changes of the first rows in the order of an index: ``order_by(index=...).limit(n)``.

    Its changes are of pairs ``(row, offset)``.
    """

    def __init__(self, table, part, squash=False):
        self.part = part
        self.top = self.reached = self.first()
        super().__init__(table, None, squash)

    def first(self):
        """``[(what identifies it, row)]`` of the rows that are in it now. Under the lock."""
        pkey = self.part.table.pkey
        return [((key(row[pkey]), key(value)), row) for row, value in self.part.table.read(self.part)]

    def push(self, place, old, new, entries):
        with self.ready:
            self.top, before = self.first(), self.top
            if self.squash:
                self.changes = deque(differences(self.reached, self.top))
            else:
                self.changes += differences(before, self.top)
            if self.changes and self.due is None:
                self.due = time.monotonic() + (0 if self.squash is True else self.squash)
            self.ready.notify()

    def taken(self, change):
        if not self.changes:
            self.reached = self.top


def differences(before, after):
    """The changes ``(place, (row, offset), (row, offset))`` that make ``after`` of ``before``."""
    places = [{place[0]: (row, i) for i, (place, row) in enumerate(rows)} for rows in (before, after)]
    gone = [(place, was) for place, was in places[0].items() if place not in places[1]]
    come = [(place, now) for place, now in places[1].items() if place not in places[0]]
    for place, (row, i) in places[1].items():
        if place in places[0] and places[0][place][0] is not row:
            yield place, places[0][place], (row, i)
    for left, entered in itertools.zip_longest(gone, come):
        yield (entered or left)[0], left and left[1], entered and entered[1]


class UnionFeed:
    """Several feeds as one: a thread for each takes what comes, and this one hands it on."""

    notes = (UNION,)

    def __init__(self, seqs):
        self.seqs, self.ready, self.taken = seqs, threading.Condition(), deque()
        self.open, self.closed, self.idle = len(seqs), False, lambda: None

    def close(self, reason=True):
        for seq in self.seqs:
            if seq.feed:
                seq.feed.close(reason)
        with self.ready:
            self.closed = reason
            self.ready.notify_all()

    def items(self, q):
        for seq in self.seqs:
            threading.Thread(target=self._take, args=(seq, q), daemon=True).start()
        while True:
            if not self.taken and not self.closed:
                self.idle()
            with self.ready:
                self.ready.wait_for(lambda: self.taken or self.closed or not self.open)
                if self.closed is not False or not self.taken:
                    return
                item, fault = self.taken.popleft()
                self.ready.notify_all()
            if fault:
                self.close()
                raise fault
            yield item

    def _take(self, seq, q):
        def hand_on(item, fault=None):
            with self.ready:
                self.ready.wait_for(lambda: self.closed or not self.taken)
                self.taken.append((item, fault))
                self.ready.notify_all()

        try:
            for item in seq.items(q):
                hand_on(item)
                if self.closed:
                    return
        except Fault as fault:
            hand_on(None, fault)
        finally:
            with self.ready:
                self.open -= 1
                self.ready.notify_all()


# Watches


def watch_row(place):
    return lambda at, old, new, entries: [(at, old, new)] if at == place else ()


def watch_part(part):
    """The changes of the rows of a slice; a row that is in it twice changes twice."""
    table, index = part.table, None if part.index in (None, part.table.pkey) else part.index
    inside = counter(part)

    def watch(place, old, new, entries):
        if index is None:
            times = inside((place,))
            counts = (times * (old is not None), times * (new is not None))
        elif index not in table.indexes:
            return
        else:
            counts = [sum(inside(entry[:1]) for entry in side) for side in entries[index]]
        for i in range(max(counts)):
            yield place, old if i < counts[0] else None, new if i < counts[1] else None

    return watch


def counter(part):
    """How often an entry, by its key, is in the slice."""
    if part.values is not None:
        wanted = list(map(key, part.values))
        return lambda entry: wanted.count(entry[0])
    if part.bounds is None:
        return lambda entry: 1
    low, low_open, high, high_open = part.bounds
    low, high = key(low), key(high)
    first = (low, LAST) if low_open else (low,)
    last = (high,) if high_open else (high, LAST)
    return lambda entry: int(first <= (entry[0],) < last)
