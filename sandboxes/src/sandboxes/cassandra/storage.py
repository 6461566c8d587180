"""Rows: partitions in the order of their tokens, rows in the order of their clustering keys.

A cell is ``(timestamp, value, expires, ttl)``: value None is a tombstone, expires None is never. Timestamps
and times are in microseconds, so that a TTL of a second is one, where Cassandra counts in whole seconds.
What a delete leaves behind stays, for a write with an older timestamp may come later, as in Cassandra.
"""

import struct
from bisect import bisect_left, insort
from itertools import count

from cassandra.murmur3 import murmur3

SECOND = 1_000_000  # microseconds
NEVER = -(2**63)  # before every timestamp
list_paths = count(1)


class _Top:
    """Behind everything: ``prefix + (TOP,)`` is the place after all keys that begin with ``prefix``."""

    def __lt__(self, other):
        return False

    def __gt__(self, other):
        return True


TOP = _Top()


class Reversed:
    """A part of a key that is in descending order."""

    __slots__ = ("key",)

    def __init__(self, key):
        self.key = key

    def __lt__(self, other):
        return other.key < self.key if type(other) is Reversed else NotImplemented

    def __gt__(self, other):
        return other.key > self.key if type(other) is Reversed else NotImplemented

    def __eq__(self, other):
        return type(other) is Reversed and self.key == other.key

    def __hash__(self):
        return hash(self.key)


def partition_bytes(values):
    """A partition key as Cassandra serializes it: plain, or as a composite."""
    if len(values) == 1:
        return values[0]
    return b"".join(struct.pack(">H", len(value)) + value + b"\0" for value in values)


def token_of(key):
    token = murmur3(key)
    return 2**63 - 1 if token == NEVER else token


def live(cell, now):
    return cell is not None and cell[1] is not None and (cell[2] is None or cell[2] > now)


def wins(new, old):
    """Which of two cells stays: the later; of the same time the deletion, then the greater value."""
    if new[0] != old[0]:
        return new[0] > old[0]

    def rank(cell):
        return cell[1] is None or cell[2] is not None, cell[1] is None, cell[2] or 0, cell[1] or b""

    return rank(new) >= rank(old)


class Cells:
    """The elements of a collection that is not frozen: ``items`` by key, element or place in the list."""

    __slots__ = ("deleted", "items")

    def __init__(self):
        self.deleted, self.items = NEVER, {}

    def delete(self, timestamp):
        if timestamp > self.deleted:
            self.deleted = timestamp
            self.items = {path: cell for path, cell in self.items.items() if cell[0] > timestamp}

    def put(self, path, cell):
        old = self.items.get(path)
        if cell[0] > self.deleted and (old is None or wins(cell, old)):
            self.items[path] = cell

    def live(self, type_, now):
        """``[(path, value)]`` in the order of the type."""
        items = [(path, cell[1]) for path, cell in self.items.items() if live(cell, now)]
        key = type_.parts[0].key
        return sorted(items, key=lambda item: item[0] if type_.kind == "list" else key(item[0]))

    def value(self, type_, now):
        """As one value, None if there is nothing in it."""
        items = self.live(type_, now)
        if not items:
            return None
        if type_.kind == "map":
            return type_.join(items)
        return type_.join([(item[type_.kind == "list"],) for item in items])


class Row:
    """``marker`` is the cell that an INSERT leaves, which makes a row of a key alone."""

    __slots__ = ("values", "marker", "deleted", "cells")

    def __init__(self, values, deleted):
        self.values, self.marker, self.deleted, self.cells = values, None, deleted, {}

    def delete(self, timestamp):
        if timestamp <= self.deleted:
            return
        self.deleted = timestamp
        if self.marker and self.marker[0] <= timestamp:
            self.marker = None
        for name, cell in list(self.cells.items()):
            if type(cell) is Cells:
                cell.delete(timestamp)
            elif cell[0] <= timestamp:
                del self.cells[name]

    def mark(self, cell):
        if cell[0] > self.deleted and (self.marker is None or wins(cell, self.marker)):
            self.marker = cell

    def put(self, name, cell):
        if cell[0] > self.deleted:
            old = self.cells.get(name)
            if old is None or wins(cell, old):
                self.cells[name] = cell

    def collection(self, name):
        """The Cells of a column."""
        cells = self.cells.get(name)
        if cells is None:
            cells = self.cells[name] = Cells()
            cells.deleted = self.deleted
        return cells

    def alive(self, now):
        if live(self.marker, now):
            return True
        for cell in self.cells.values():
            if type(cell) is Cells:
                if any(live(item, now) for item in cell.items.values()):
                    return True
            elif live(cell, now):
                return True
        return False

    def value(self, column, now):
        """A regular column's value, None if it has none."""
        cell = self.cells.get(column.name)
        if cell is None:
            return None
        if type(cell) is Cells:
            return cell.value(column.type, now)
        return cell[1] if live(cell, now) else None


class Partition:
    __slots__ = ("key", "token", "values", "deleted", "ranges", "keys", "rows")

    def __init__(self, key, token, values):
        self.key, self.token, self.values = key, token, values
        self.deleted, self.ranges, self.keys, self.rows = NEVER, [], [], {}

    def row(self, key, values):
        """The row with this clustering key, made if need be."""
        row = self.rows.get(key)
        if row is None:
            deleted = self.deleted
            for low, high, timestamp in self.ranges:
                if not key < low and key < high:
                    deleted = max(deleted, timestamp)
            row = self.rows[key] = Row(values, deleted)
            if not self.keys or self.keys[-1] < key:
                self.keys.append(key)
            else:
                insort(self.keys, key)
        return row

    def delete(self, timestamp):
        self.deleted = max(self.deleted, timestamp)
        for row in self.rows.values():
            row.delete(timestamp)

    def delete_range(self, low, high, timestamp):
        self.ranges = [r for r in self.ranges if r[0] < low or high < r[1] or r[2] > timestamp]
        self.ranges.append((low, high, timestamp))
        for key in self.slice(low, high):
            self.rows[key].delete(timestamp)

    def slice(self, low, high):
        """The clustering keys from ``low`` up to ``high``."""
        return self.keys[bisect_left(self.keys, low) : bisect_left(self.keys, high)]


class Storage:
    """The partitions of one table."""

    def __init__(self):
        self.partitions, self.order = {}, []

    def partition(self, key, values):
        """The partition with this key, made if need be."""
        partition = self.partitions.get(key)
        if partition is None:
            partition = self.partitions[key] = Partition(key, token_of(key), values)
            insort(self.order, (partition.token, key))
        return partition

    def drop(self, key):
        """Forget a partition, without a trace, if there is one."""
        partition = self.partitions.pop(key, None)
        if partition is not None:
            del self.order[bisect_left(self.order, (partition.token, key))]

    def between(self, low, high):
        """Partitions from the place ``low`` up to ``high``, both ``(token, key)``."""
        for index in range(bisect_left(self.order, low), bisect_left(self.order, high)):
            yield self.partitions[self.order[index][1]]
