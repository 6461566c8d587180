"""Tables and their indexes.

Rows are never changed in place. ``Store.lock`` is held for the moment of a write or of finding rows, never
while a query's function runs or a client reads. A read finds the keys at its start; each row is taken when
it is its turn, so a slow reader sees what was changed or deleted meanwhile, as on the server.
"""

import itertools
import time
import uuid
import zlib
from bisect import bisect_left, bisect_right, insort

from .datum import expect, type_name, typed, weigh
from .errors import RESOURCE, Fault, failed, logic
from .keys import index_key, key, primary_key, store_key
from .query import Query
from .text import show

SERVER_NAME = "reference"  # as in the recorded answers; conn.server() says that it is a sandbox
MAX_STORE = 256_000_000  # bytes of JSON, about
LAST = (10,)  # after every key
SHARDS = 8  # the server hashes the keys of a table over as many (``CPU_SHARDING_FACTOR``)
CONSTRUCTION = 1.0  # seconds until an index is ready that nobody waits for


class Index:
    """A secondary index: entries ``(key, primary key, position)`` in order.

    It is ready when somebody has waited for it; when its status is asked for the second time; or after a second.
    """

    def __init__(self, name, stored, multi):
        self.name, self.stored, self.multi = name, stored, multi
        self.entries, self.ready_at = [], time.monotonic() + CONSTRUCTION

    @property
    def ready(self):
        return time.monotonic() >= self.ready_at

    def finish(self):
        self.ready_at = 0

    def asked(self):
        """Whether it is ready, for index_status."""
        ready = self.ready
        self.finish()
        return ready

    def values(self, row, q):
        """The values under which the row is found; none if the function fails on it."""
        try:
            value = self.stored.function(q, row).datum()
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
        self.rows, self.ranks, self.sizes = {}, {}, {}  # by key
        self.keys = []  # in order
        self.shards = [[] for _ in range(SHARDS)]  # (rank, key) in order
        self.scan = None  # the keys in the order of an unordered read, until one is added or removed
        self.indexes, self.feeds, self.hook, self.dropped = {}, set(), None, False
        self.write_acks = "majority"
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
            "write_hook": self.hook and {"function": self.hook.blob, "query": f"setWriteHook({self.hook.script})"},
            "write_acks": self.write_acks,
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
        """The index of that name, ready to be read; None for the primary key."""
        if name == self.pkey:
            return None
        if name not in self.indexes:
            raise failed(f"Index `{name}` was not found on table `{self.full_name}`.")
        if not self.indexes[name].ready:
            raise failed(
                f"Index `{name}` on table `{self.full_name}` was accessed before its construction was finished."
            )
        return self.indexes[name]

    def require_table(self):
        """For a reader in the middle: the table is still there."""
        if self.dropped:
            raise failed('Cannot perform read: primary replica for shard ["", +inf) not available')

    def read(self, part, q=None):
        """``(row, index value)`` of the slice, in the order in which it is read."""
        if part.limit is not None:
            return itertools.islice(self.read(part.first(None), q), part.limit)
        if part.values is not None:
            return self._by_key(interleave(self.lookup(part.index, part.values), self.ranks.get))
        with self.store.lock:
            index = self.require_index(part.index or self.pkey)
            if index:
                found = [
                    (place, i, self.rows[place]) for _, place, i in self._within(index.entries, part.bounds, False)
                ]
                if part.order is None:
                    found = interleave(found, lambda item: self.ranks[item[0]])
                elif part.order == "desc":
                    found.reverse()
                return self._by_index(index, found)
            if part.order is None and part.bounds is None:
                return self._all(q)
            places = self._within(self.keys, part.bounds, True)
            if part.order is None:
                places = interleave(places, self.ranks.__getitem__)
        return self._by_key(places[::-1] if part.order == "desc" else places)

    def _by_key(self, places):
        rows, pkey = self.rows, self.pkey
        for place in places:
            row = rows.get(place)
            if row is not None:
                yield row, row[pkey]
            elif self.dropped:
                self.require_table()

    def _by_index(self, index, found):
        for place, i, before in found:
            row = self.rows.get(place)
            if row is None:
                self.require_table()
                continue
            values = index.values(row, self.internal)
            if row is before or (i < len(values) and key(values[i]) == key(index.values(before, self.internal)[i])):
                yield row, values[i]

    def _all(self, q):
        """An unordered read of all rows. Its batches hold as many of each shard, if their number is limited."""
        if self.scan is None:
            self.scan = [place for _, place in interleave_shards(self.shards)]
        if q is None or not q.batch_rows:
            return self._by_key(self.scan)
        q.in_rounds = True
        return self._in_rounds(self.scan, batch_ends(self.shards, q.batch_rows), q)

    def _in_rounds(self, places, ends, q):
        for number, place in enumerate(places):
            q.round += number in ends
            yield from self._by_key((place,))

    def _within(self, entries, bounds, primary):
        if bounds is None:
            return entries
        low, low_open, high, high_open = bounds
        for bound in (low, high):
            if primary:
                store_key(bound)
            elif index_key(bound, bound=True) is None:
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

    def lookup(self, name, values):
        """The keys of the rows for get_all, once for each time a value is given."""
        with self.store.lock:
            index, found = self.require_index(name), []
            for value in values:
                bounds = (value, False, value, False)
                if index:
                    found += [place for _, place, _ in self._within(index.entries, bounds, False)]
                else:
                    found += self._within(self.keys, bounds, True)
            return found

    # Writing

    def replace(self, value, change):
        """Set the row of a primary key to ``change(old row)``, atomically; ``(old, new)``."""
        place, shard = primary_key(value)
        while True:
            old = self.rows.get(place)
            new = change(old)
            self.check(place, old, new)
            with self.store.lock:
                self.require_table()
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
        size = 0 if new is None else weigh(new, stored=True)
        grown = self.store.size + size - self.sizes.get(place, 0)
        if grown > MAX_STORE:
            raise Fault(RESOURCE, f"[sandbox] no more than {MAX_STORE:,} bytes are stored.")
        entries = {}
        for index in self.indexes.values():
            gone = index.entries_of(old, place, self.internal) if old else []
            come = index.entries_of(new, place, self.internal) if new else []
            entries[index.name] = gone, come
            if gone == come:
                continue
            for entry in gone:
                del index.entries[bisect_left(index.entries, entry)]
            for entry in come:
                insort(index.entries, entry)
        if old is None:
            rank = (shard, 0)
            if self.store.shuffle is not None:
                hashed = zlib.crc32(repr((self.store.shuffle, place)).encode())
                rank = (hashed % SHARDS, hashed)
            self.ranks[place] = rank
            insort(self.keys, place)
            insort(self.shards[rank[0]], (rank[1], place))
            self.scan = None
        if new is not None:
            self.rows[place], self.sizes[place] = new, size
        else:
            del self.rows[place], self.sizes[place]
            del self.keys[bisect_left(self.keys, place)]
            shard, rank = self.ranks.pop(place)
            del self.shards[shard][bisect_left(self.shards[shard], (rank, place))]
            self.scan = None
        self.store.size = self.store.size if self.system else grown
        for feed in list(self.feeds):
            feed.push(place, old, new, entries)

    def add_index(self, index):
        with self.store.lock:
            if index.name in self.indexes:
                raise failed(f"Index `{index.name}` already exists on table `{self.full_name}`.")
            for place, row in self.rows.items():
                index.entries += index.entries_of(row, place, self.internal)
            index.entries.sort()
            self.indexes[index.name] = index
            self.store.config_changed()


# The order of unordered reads


def interleave(items, rank_of):
    """The items as the shards give them: the first of each, then the second of each."""
    shards = [[] for _ in range(SHARDS)]
    for number, item in enumerate(items):
        shard, rank = rank_of(item) or (0, 0)
        shards[shard].append((rank, number, item))
    for shard in shards:
        shard.sort(key=lambda entry: entry[:2])
    return [item for _, _, item in interleave_shards(shards)]


def interleave_shards(shards):
    rounds = itertools.zip_longest(*shards)
    return [entry for row in rounds for entry in row if entry is not None]


def batch_ends(shards, batch_rows):
    """Where the batches of an unordered read end: each takes so many rows of each shard, the first a quarter."""
    ends, taken, step = set(), 0, max(batch_rows // 4, 1)
    longest, total = max(map(len, shards)), sum(map(len, shards))
    while taken < longest:
        taken, step = taken + step, batch_rows
        ends.add(sum(min(len(shard), taken) for shard in shards))
    return ends - {total}
