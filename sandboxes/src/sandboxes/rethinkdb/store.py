"""What the server keeps: databases, tables, indexes, users, changefeeds. All of it in memory.

Rows are never changed in place, so a list of them is a snapshot. ``Store.lock`` is held for the
moment of a write or of taking a snapshot, never while a query's function runs.
"""

import threading
import uuid
from bisect import bisect_left, bisect_right, insort
from collections import deque

from .datum import (
    ARRAY_LIMIT,
    OP_FAILED,
    PERMISSION,
    RESOURCE,
    Fault,
    expect,
    index_key,
    key,
    logic,
    primary_key,
    show,
    store_key,
    type_name,
    typed,
    weigh,
)
from .query import Query

SERVER_NAME = "reference"  # as in the recorded answers; conn.server() says that it is a sandbox
MAX_STORE = 256_000_000  # bytes of JSON, about
LAST = (10,)  # after every key


def failed(message):
    return Fault(OP_FAILED, message)


class Store:
    def __init__(self):
        self.lock = threading.RLock()
        self.id, self.dbs, self.size = str(uuid.uuid4()), {}, 0
        self.passwords = {"admin": ""}
        self.connections = self.active = self.queries = 0
        self.db_create("test")

    def db(self, name):
        if name == "rethinkdb":
            return SystemDb(self)
        if name not in self.dbs:
            raise failed(f"Database `{name}` does not exist.")
        return self.dbs[name]

    def db_create(self, name):
        with self.lock:
            if name in self.dbs or name == "rethinkdb":
                raise failed(f"Database `{name}` already exists.")
            return self.dbs.setdefault(name, Db(self, name))

    def db_drop(self, name):
        with self.lock:
            for table in self.db(name).names():
                self.db(name).drop(table)
            return self.dbs.pop(name)

    def require(self, q, permission):
        """Without GRANT, which the sandbox has not, only admin has any permission."""
        if q.user != "admin":
            message = f"User `{q.user}` does not have the required `{permission}` permission."
            raise Fault(PERMISSION, message)


class Db:
    def __init__(self, store, name):
        self.store, self.name, self.id, self.tables = store, name, str(uuid.uuid4()), {}

    def config(self):
        return {"id": self.id, "name": self.name}

    def names(self):
        return sorted(self.tables)

    def table(self, name):
        if name not in self.tables:
            raise failed(f"Table `{self.name}.{name}` does not exist.")
        return self.tables[name]

    def create(self, name, pkey, durability):
        with self.store.lock:
            if name in self.tables:
                raise failed(f"Table `{self.name}.{name}` already exists.")
            return self.tables.setdefault(name, Table(self, name, pkey, durability))

    def drop(self, name):
        with self.store.lock:
            table = self.table(name)
            del self.tables[name]
            self.store.size -= sum(table.sizes.values())
            for feed in list(table.feeds):
                feed.close(failed("Changefeed aborted (unavailable)."))
            return table


class SystemDb(Db):
    """The database `rethinkdb`: its tables are made when asked for."""

    def __init__(self, store):
        super().__init__(store, "rethinkdb")
        self.id, self.tables = None, SYSTEM_TABLES

    def table(self, name):
        if name not in SYSTEM_TABLES:
            raise failed(f"[sandbox] the table `rethinkdb.{name}` is not supported.")
        table = Table(self, name, "id", "hard", system=True)
        for row in SYSTEM_TABLES[name](self.store):
            table.put(*primary_key(row["id"]), None, row)
        return table

    def create(self, *_):
        raise failed("Database `rethinkdb` is special; you can't create new tables in it.")

    def drop(self, *_):
        raise failed("Database `rethinkdb` is special; you can't delete it or its tables.")


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


# The database `rethinkdb`


def _stats(store):
    names = ("queries_per_sec", "read_docs_per_sec", "written_docs_per_sec")
    engine = {"client_connections": store.connections, "clients_active": store.active}
    engine |= dict.fromkeys(names, 0)
    totals = {"queries_total": store.queries, "read_docs_total": 0, "written_docs_total": 0}
    yield {"id": ["cluster"], "query_engine": engine}
    yield {"id": ["server", store.id], "server": SERVER_NAME, "query_engine": engine | totals}


SYSTEM_TABLES = {
    "stats": _stats,
    "users": lambda store: [{"id": name, "password": bool(word)} for name, word in list(store.passwords.items())],
    "db_config": lambda store: [db.config() for db in list(store.dbs.values())],
    "table_config": lambda store: [
        table.config() for db in list(store.dbs.values()) for table in list(db.tables.values())
    ],
    "server_config": lambda store: [
        {"id": store.id, "name": SERVER_NAME, "tags": ["default"], "cache_size_mb": "auto"}
    ],
}


def write_user(store, name, row):
    """An insert, update or delete in `rethinkdb.users`."""
    expect(name, "STRING")
    if row is None:
        if name == "admin":
            raise failed("The user `admin` can't be deleted.")
        store.passwords.pop(name, None)
    elif set(row) - {"id", "password"} or type(row.get("password")) not in (str, bool):
        raise logic("[sandbox] a user has an id and a password, which is a string or false.")
    elif row["password"] is not True:
        store.passwords[name] = row["password"] or ""
