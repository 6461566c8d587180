"""What the server keeps: databases, tables, indexes, users, changefeeds. All of it in memory.

Rows are never changed in place, so a list of them is a snapshot. ``Store.lock`` is held for the
moment of a write or of taking a snapshot, never while a query's function runs.
"""

import re
import threading
import time
import uuid
from bisect import bisect_left, bisect_right, insort
from collections import deque

from .datum import (
    ARRAY_LIMIT, LOGIC, OP_FAILED, PERMISSION, RESOURCE, Fault, expect, index_key, key,
    primary_key, show, store_key, type_name, typed, weigh,
)  # fmt: skip
from .query import Query

SERVER_NAME = "reference"  # as in the recorded answers; conn.server() says that it is a sandbox
SANDBOX_NAME = "sandbox: not a RethinkDB server"
MAX_STORE = 256_000_000  # bytes of JSON, about
LAST = (10,)  # after every key


class Store:
    def __init__(self):
        self.lock = threading.RLock()
        self.id = str(uuid.uuid4())
        self.dbs, self.size = {}, 0
        self.passwords = {"admin": ""}
        self.connections = self.active = self.queries = 0
        self.db_create("test")

    def db(self, name):
        if name == "rethinkdb":
            return SystemDb(self)
        if name not in self.dbs:
            raise Fault(OP_FAILED, f"Database `{name}` does not exist.")
        return self.dbs[name]

    def db_create(self, name):
        with self.lock:
            if name in self.dbs or name == "rethinkdb":
                raise Fault(OP_FAILED, f"Database `{name}` already exists.")
            db = self.dbs[name] = Db(self, name)
        return db

    def db_drop(self, name):
        with self.lock:
            db = self.db(name)
            if name == "rethinkdb":
                raise Fault(OP_FAILED, "Database `rethinkdb` is special; you can't delete it.")
            for table in list(db.tables):
                db.drop(table)
            return self.dbs.pop(name)

    def require(self, q, permission):
        """Without GRANT, which the sandbox has not, only admin has any permission."""
        if q.user != "admin":
            raise Fault(
                PERMISSION, f"User `{q.user}` does not have the required `{permission}` permission."
            )


class Db:
    def __init__(self, store, name):
        self.store, self.name, self.id, self.tables = store, name, str(uuid.uuid4()), {}

    def config(self):
        return {"id": self.id, "name": self.name}

    def table(self, name):
        if name not in self.tables:
            raise Fault(OP_FAILED, f"Table `{self.name}.{name}` does not exist.")
        return self.tables[name]

    def names(self):
        return sorted(self.tables)

    def create(self, name, pkey, durability):
        with self.store.lock:
            if name in self.tables:
                raise Fault(OP_FAILED, f"Table `{self.name}.{name}` already exists.")
            table = self.tables[name] = Table(self, name, pkey, durability)
        return table

    def drop(self, name):
        with self.store.lock:
            table = self.table(name)
            del self.tables[name]
            self.store.size -= sum(table.sizes.values())
            for feed in list(table.feeds):
                feed.close(Fault(OP_FAILED, "Changefeed aborted (unavailable)."))
        return table


class SystemDb(Db):
    """The database `rethinkdb`: its tables are made when asked for."""

    def __init__(self, store):
        super().__init__(store, "rethinkdb")
        self.id = None

    def names(self):
        return sorted(SYSTEM_TABLES)

    def table(self, name):
        if name not in SYSTEM_TABLES:
            if name in REAL_SYSTEM_TABLES:
                raise Fault(LOGIC, f"[sandbox] the table `rethinkdb.{name}` is not supported.")
            raise Fault(OP_FAILED, f"Table `rethinkdb.{name}` does not exist.")
        table = Table(self, name, "id", "hard")
        table.id, table.system = None, True
        for row in SYSTEM_TABLES[name](self.store):
            place, shard = primary_key(row["id"])
            table.put(place, shard, None, row)
        return table

    def create(self, name, pkey, durability):
        raise Fault(OP_FAILED, "Database `rethinkdb` is special; you can't create new tables in it.")

    def drop(self, name):
        raise Fault(OP_FAILED, "Database `rethinkdb` is special; you can't drop its tables.")


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
    system = False

    def __init__(self, db, name, pkey, durability):
        self.db, self.name, self.pkey, self.durability = db, name, pkey, durability
        self.id, self.store = str(uuid.uuid4()), db.store
        self.rows, self.shards, self.sizes = {}, {}, {}
        self.keys, self.hashed = [], []  # in order, and in the order of unordered reads
        self.indexes, self.feeds = {}, set()
        self.internal = Query(db.store, deadline=float("inf"))

    @property
    def full_name(self):
        return f"{self.db.name}.{self.name}"

    def config(self):
        return {
            "id": self.id, "name": self.name, "db": self.db.name, "primary_key": self.pkey,
            "durability": self.durability, "indexes": sorted(self.indexes),
            "write_acks": "majority", "write_hook": None,
            "shards": [
                {
                    "primary_replica": SERVER_NAME, "replicas": [SERVER_NAME],
                    "nonvoting_replicas": [],
                }
            ],
        }  # fmt: skip

    def status(self):
        ready = (
            "all_replicas_ready", "ready_for_outdated_reads", "ready_for_reads", "ready_for_writes"
        )  # fmt: skip
        replicas = [{"server": SERVER_NAME, "state": "ready"}]
        return {
            "id": self.id, "name": self.name, "db": self.db.name, "raft_leader": SERVER_NAME,
            "shards": [{"primary_replicas": [SERVER_NAME], "replicas": replicas}],
            "status": dict.fromkeys(ready, True),
        }  # fmt: skip

    # Reading

    def get(self, value):
        return self.rows.get(self.place(value))

    def place(self, value):
        """The sort key of a primary key, after the checks that the server makes."""
        if type(value) in (int, float) or type(value) is str and len(value) < 32:
            if value != "" and (type(value) is not str or "\0" not in value):
                return key(value)
        return primary_key(value)[0]

    def require_index(self, name):
        if name != self.pkey and name not in self.indexes:
            raise Fault(
                OP_FAILED, f"Index `{name}` was not found on table `{self.full_name}`."
            )

    def select(self, index=None, bounds=None, order=None):
        """``[(primary key, position)]`` of the rows in a range, in the order they are read."""
        primary = index is None or index == self.pkey
        with self.store.lock:
            self.require_index(index or self.pkey)
            if primary and bounds is None and order is None:
                return [(place, 0) for _, place in self.hashed]
            entries = self.keys if primary else self.indexes[index].entries
            if bounds:
                entries = entries[slice(*self._range(entries, bounds, primary))]
            found = [(e, 0) for e in entries] if primary else [e[1:] for e in entries]
            if order is None:
                shards = self.shards
                found.sort(key=lambda item: shards[item[0]])
        return found[::-1] if order == "desc" else found

    def _range(self, entries, bounds, primary):
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
        if not primary:
            low, high = (low, LAST) if low_open else (low,), (high,) if high_open else (high, LAST)
            return bisect_left(entries, low), bisect_left(entries, high)
        start = (bisect_right if low_open else bisect_left)(entries, low)
        return start, (bisect_left if high_open else bisect_right)(entries, high)

    def scan(self, index=None, bounds=None, order=None):
        with self.store.lock:
            rows = self.rows
            return [rows[place] for place, _ in self.select(index, bounds, order)]

    def pairs(self, part):
        """``[(row, index value)]`` of a slice."""
        with self.store.lock:
            rows, index = self.rows, self.indexes.get(part.index)
            found = self.select(part.index, part.bounds, part.order)
            if index is None:
                return [(rows[place], rows[place][self.pkey]) for place, _ in found]
            return [
                (rows[place], index.values(rows[place], self.internal)[i]) for place, i in found
            ]

    def lookup(self, index, values):
        """``[((shard, key), row)]`` for get_all: once for each time that a value is given."""
        result = []
        with self.store.lock:
            for value in values:
                bounds = (value, False, value, False)
                for place, _ in self.select(index, bounds):
                    result.append(((self.shards[place], key(value), place), self.rows[place]))
        return result

    def within(self, part, row):
        if part.bounds is None and part.index in (None, self.pkey):
            return True
        index = self.indexes.get(part.index)
        if index is None:
            entries = [key(row[self.pkey])]
        else:
            entries = sorted(index.entries_of(row, (0,), self.internal))
        if part.bounds is None:
            return bool(entries)
        start, stop = self._range(entries, part.bounds, index is None)
        return stop > start

    # Writing

    def replace(self, value, change):
        """Set the row of a primary key to ``change(old row)``, atomically; ``(old, new)``."""
        place, shard = primary_key(value)
        while True:
            old = self.rows.get(place)
            new = change(old)
            self.check(place, old, new)
            with self.store.lock:
                if self.rows.get(place) is old:
                    if key(old) != key(new):
                        self.put(place, shard, old, new)
                    return old, new

    def check(self, place, old, new):
        """``rcheck_row_replacement``."""
        if new is None:
            return
        if type(new) is not dict or "$reql_type$" in new:
            raise typed(
                new, f"Inserted value must be an OBJECT (got {type_name(new)}):\n{show(new)}"
            )
        if self.pkey not in new:
            raise Fault(
                LOGIC, f"Inserted object must have primary key `{self.pkey}`:\n{show(new)}"
            )
        if key(new[self.pkey]) != place:
            shown = "null" if old is None else f"`{show(old)}`"
            after = show(new) if old is None else f"`{show(new)}`"
            dot = "" if old is None else "."
            raise Fault(
                LOGIC, f"Primary key `{self.pkey}` cannot be changed ({shown} -> {after}){dot}"
            )

    def put(self, place, shard, old, new):
        """Store, under the lock; None for no row."""
        size = 0 if new is None else weigh(new)
        grown = self.store.size + size - self.sizes.get(place, 0)
        if grown > MAX_STORE and not self.system:
            raise Fault(RESOURCE, f"[sandbox] more than {MAX_STORE:,} bytes are not stored.")
        for index in self.indexes.values():
            for entry in index.entries_of(old, place, self.internal) if old else ():
                del index.entries[bisect_left(index.entries, entry)]
            for entry in index.entries_of(new, place, self.internal) if new else ():
                insort(index.entries, entry)
        if old is None:
            insort(self.keys, place)
            insort(self.hashed, (shard, place))
        if new is None:
            del self.keys[bisect_left(self.keys, place)]
            del self.hashed[bisect_left(self.hashed, (shard, place))]
            del self.rows[place], self.shards[place], self.sizes[place]
        else:
            self.rows[place], self.shards[place], self.sizes[place] = new, shard, size
        if not self.system:
            self.store.size = grown
        for feed in list(self.feeds):
            feed.push(place, old, new)

    def add_index(self, index):
        with self.store.lock:
            if index.name in self.indexes:
                raise Fault(
                    OP_FAILED,
                    f"Index `{index.name}` already exists on table `{self.full_name}`.",
                )
            for place, row in self.rows.items():
                index.entries += index.entries_of(row, place, self.internal)
            index.entries.sort()
            self.indexes[index.name] = index


class Feed:
    """The changes of a table that one changefeed has not taken yet."""

    def __init__(self, table, squash=False, limit=ARRAY_LIMIT):
        self.table, self.squash, self.limit = table, squash, limit
        self.changes, self.skipped, self.since = deque(), 0, 0.0
        self.ready = threading.Condition()
        self.closed, self.idle = False, lambda: None  # idle: called before waiting
        table.feeds.add(self)

    def push(self, place, old, new):
        with self.ready:
            if not self.changes:
                self.since = time.monotonic()
            if self.squash is not False:
                for i, (known, before, _) in enumerate(self.changes):
                    if known == place:
                        del self.changes[i]
                        if key(before) != key(new):
                            self.changes.append((place, before, new))
                        return
            if len(self.changes) >= self.limit:
                self.skipped += len(self.changes)
                self.changes.clear()
            self.changes.append((place, old, new))
            self.ready.notify()

    def close(self, fault=None):
        self.table.feeds.discard(self)
        with self.ready:
            self.closed = fault or True
            self.ready.notify()

    def __iter__(self):
        """Change after change, waiting for the next, until the feed is closed."""
        while True:
            with self.ready:
                waiting = not self.changes and not self.closed
            if waiting:
                self.idle()
            with self.ready:
                self.ready.wait_for(lambda: self.changes or self.closed)
                pause = self.since + self.squash - time.monotonic()
                if type(self.squash) is not bool and pause > 0:
                    self.ready.wait_for(lambda: self.closed, pause)
                if self.closed:
                    if self.closed is not True:
                        raise self.closed
                    return
                if not self.changes:
                    continue
                skipped, self.skipped = self.skipped, 0
                change = self.changes.popleft()
            if skipped:
                yield None, None, skipped
            yield *change[1:], 0


# The database `rethinkdb` -----------------------------------------------------------------


def _stats(store):
    engine = {
        "client_connections": store.connections, "clients_active": store.active,
        "queries_per_sec": 0, "read_docs_per_sec": 0, "written_docs_per_sec": 0,
    }  # fmt: skip
    yield {"id": ["cluster"], "query_engine": engine}
    totals = {"queries_total": store.queries, "read_docs_total": 0, "written_docs_total": 0}
    yield {
        "id": ["server", store.id], "server": SERVER_NAME, "query_engine": {**engine, **totals}
    }  # fmt: skip


def _tables(what):
    def rows(store):
        with store.lock:
            tables = [table for db in store.dbs.values() for table in db.tables.values()]
            return [getattr(table, what)() for table in tables]

    return rows


SYSTEM_TABLES = {
    "stats": _stats,
    "users": lambda store: [
        {"id": name, "password": bool(password)} for name, password in store.passwords.items()
    ],
    "db_config": lambda store: [db.config() for db in store.dbs.values()],
    "table_config": _tables("config"),
    "table_status": _tables("status"),
    "server_config": lambda store: [
        {"id": store.id, "name": SERVER_NAME, "tags": ["default"], "cache_size_mb": "auto"}
    ],
}
REAL_SYSTEM_TABLES = {
    "cluster_config", "current_issues", "jobs", "logs", "permissions", "server_status",
}  # fmt: skip


def write_user(store, name, row):
    """An insert, update or delete in `rethinkdb.users`."""
    expect(name, "STRING")
    with store.lock:
        if row is None:
            if name == "admin":
                raise Fault(OP_FAILED, "The user `admin` can't be deleted.")
            store.passwords.pop(name, None)
            return
        unknown = sorted(set(row) - {"id", "password"})
        if unknown:
            raise Fault(LOGIC, f"Unexpected key(s) `{'`, `'.join(unknown)}`.")
        password = row.get("password", True)
        if type(password) is dict:
            raise Fault(LOGIC, "[sandbox] a user's password is a string or false.")
        if type(password) is str or password is False:
            store.passwords[name] = password or ""
        elif name not in store.passwords:
            raise Fault(LOGIC, "Expected a password as a string or false for a new user.")


VALID_NAME = re.compile(r"[A-Za-z0-9_-]+")
