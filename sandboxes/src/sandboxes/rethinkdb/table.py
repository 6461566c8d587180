"""Tables and their indexes.

Rows are never changed in place. ``Store.lock`` is held for the moment of a write or of a read of
a few rows, never while a query's function runs.
"""

import uuid
from bisect import bisect_left, bisect_right, insort

from .datum import expect, type_name, typed, weigh
from .errors import RESOURCE, Fault, failed, logic
from .keys import index_key, key, primary_key, store_key
from .query import Query
from .text import show

SERVER_NAME = "reference"  # as in the recorded answers; conn.server() says that it is a sandbox
MAX_STORE = 256_000_000  # bytes of JSON, about
LAST = (10,)  # after every key


class Index:
    """A secondary index: entries ``(key, primary key, position)`` in order."""

    def __init__(self, name, function, multi, source):
        self.name, self.function, self.multi, self.source = name, function, multi, source
        self.entries = []

    def values(self, row, q):
        """The values under which the row is found; none if the function fails on it."""
        try:
            value = self.function(q, row).datum()
        except Fault:
            return []
        return value if self.multi and type(value) is list else [value]

    def entries_of(self, row, place, q):
        keys = enumerate(map(index_key, self.values(row, q)))
        return [(found, place, i) for i, found in keys if found is not None]


class Table:
    def __init__(self, db, name, pkey, durability, system=False):
        self.db, self.name, self.pkey, self.durability = db, name, pkey, durability
        self.store, self.system, self.id = db.store, system, None if system else str(uuid.uuid4())
        self.rows, self.shards, self.sizes = {}, {}, {}  # by key
        self.keys, self.hashed = [], []  # in order, and in the order of unordered reads
        self.indexes, self.feeds = {}, set()
        self.internal = Query(db.store, seconds=float("inf"))

    @property
    def full_name(self):
        return f"{self.db.name}.{self.name}"

    def config(self):
        replica = {"primary_replica": SERVER_NAME, "replicas": [SERVER_NAME]}
        return {
            "id": self.id,
            "name": self.name,
            "db": self.db.name,
            "primary_key": self.pkey,
            "durability": self.durability,
            "indexes": sorted(self.indexes),
            "write_hook": None,
            "write_acks": "majority",
            "shards": [{**replica, "nonvoting_replicas": []}],
        }

    def status(self):
        ready = ["all_replicas_ready", *(f"ready_for_{x}" for x in ("outdated_reads", "reads", "writes"))]
        replicas = [{"server": SERVER_NAME, "state": "ready"}]
        return {
            "id": self.id,
            "name": self.name,
            "db": self.db.name,
            "raft_leader": SERVER_NAME,
            "shards": [{"primary_replicas": [SERVER_NAME], "replicas": replicas}],
            "status": dict.fromkeys(ready, True),
        }

    # Reading

    def place(self, value):
        """The sort key of a primary key, after the checks that the server makes."""
        if type(value) is int or (type(value) is str and value.isalnum() and len(value) < 32):
            return key(value)
        return primary_key(value)[0]

    def get(self, value):
        return self.rows.get(self.place(value))

    def require_index(self, name):
        if name not in (self.pkey, *self.indexes):
            raise failed(f"Index `{name}` was not found on table `{self.full_name}`.")

    def pairs(self, part):
        """``[(row, index value)]`` of a slice, in the order in which it is read."""
        with self.store.lock:
            index, rows, shards = self.indexes.get(part.index), self.rows, self.shards
            self.require_index(part.index or self.pkey)
            if index:
                entries = self._within(index.entries, part.bounds, False)
                values = lambda place, i: index.values(rows[place], self.internal)[i]
                found = [(place, i) for _, place, i in entries]
            else:
                full = part.bounds is None and part.order is None
                keys = self._within(self.keys, part.bounds, True)
                found = [(place, 0) for place in keys] if not full else []
                values = lambda place, i: rows[place][self.pkey]
                if full:
                    return [(rows[place], rows[place][self.pkey]) for _, place in self.hashed]
            if part.order is None:
                found.sort(key=lambda item: shards[item[0]])
            elif part.order == "desc":
                found.reverse()
            return [(rows[place], values(place, i)) for place, i in found]

    def _within(self, entries, bounds, primary):
        if bounds is None:
            return entries
        low, low_open, high, high_open = bounds
        for bound in (low, high):
            if primary:
                store_key(bound)
            elif index_key(bound) is None:
                raise typed(
                    bound,
                    "Secondary keys must be a number, string, bool, pseudotype, or array (got "
                    f"{show(bound)} of type {type_name(bound)}).",
                )
        low, high = key(low), key(high)
        if primary:
            start = (bisect_right if low_open else bisect_left)(entries, low)
            return entries[start : (bisect_left if high_open else bisect_right)(entries, high)]
        start = bisect_left(entries, (low, LAST) if low_open else (low,))
        return entries[start : bisect_left(entries, (high,) if high_open else (high, LAST))]

    def lookup(self, index, values):
        """``[((shard, key, primary key), row)]`` for get_all, once for each time a value is given."""
        result = []
        with self.store.lock:
            self.require_index(index)
            entries = self.indexes[index].entries if index in self.indexes else self.keys
            for value in values:
                bounds = (value, False, value, False)
                for found in self._within(entries, bounds, entries is self.keys):
                    place = found if entries is self.keys else found[1]
                    result.append(((self.shards[place], key(value), place), self.rows[place]))
        return result

    # Writing

    def replace(self, value, change):
        """Set the row of a primary key to ``change(old row)``, atomically; ``(old, new)``."""
        place, shard = primary_key(value)
        while True:
            old = self.rows.get(place)
            new = change(old)
            self.check(place, old, new)
            with self.store.lock:
                if self.rows.get(place) is old:  # else another write came between: again
                    if key(old) != key(new):
                        self.put(place, shard, old, new)
                    return old, new

    def check(self, place, old, new):
        """``rcheck_row_replacement``."""
        if new is None:
            return
        if type(new) is not dict or "$reql_type$" in new:
            raise typed(new, f"Inserted value must be an OBJECT (got {type_name(new)}):\n{show(new)}")
        if key(self.key_of(new)) != place:
            rows = f"(null -> {show(new)})" if old is None else f"(`{show(old)}` -> `{show(new)}`)."
            raise logic(f"Primary key `{self.pkey}` cannot be changed {rows}")

    def key_of(self, row):
        if self.pkey not in expect(row, "OBJECT"):
            raise logic(f"Inserted object must have primary key `{self.pkey}`:\n{show(row)}")
        return row[self.pkey]

    def put(self, place, shard, old, new):
        """Store a row, or remove it (None). Under the lock."""
        size = 0 if new is None else weigh(new)
        grown = self.store.size + size - self.sizes.get(place, 0)
        if grown > MAX_STORE:
            raise Fault(RESOURCE, f"[sandbox] no more than {MAX_STORE:,} bytes are stored.")
        for index in self.indexes.values():
            for entry in index.entries_of(old, place, self.internal) if old else ():
                del index.entries[bisect_left(index.entries, entry)]
            for entry in index.entries_of(new, place, self.internal) if new else ():
                insort(index.entries, entry)
        if old is None:
            insort(self.keys, place)
            insort(self.hashed, (shard, place))
        if new is not None:
            self.rows[place], self.shards[place], self.sizes[place] = new, shard, size
        else:
            del self.keys[bisect_left(self.keys, place)]
            del self.hashed[bisect_left(self.hashed, (shard, place))]
            del self.rows[place], self.shards[place], self.sizes[place]
        self.store.size = self.store.size if self.system else grown
        for feed in list(self.feeds):
            feed.push(place, old, new)

    def add_index(self, index):
        with self.store.lock:
            if index.name in self.indexes:
                raise failed(f"Index `{index.name}` already exists on table `{self.full_name}`.")
            for place, row in self.rows.items():
                index.entries += index.entries_of(row, place, self.internal)
            index.entries.sort()
            self.indexes[index.name] = index
