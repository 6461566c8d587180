"""The database `rethinkdb`: its tables are made when asked for (``clustering/administration``)."""

import datetime
import os
import platform
import socket
import sys
import time

from .database import Db
from .datum import expect, make_time
from .errors import failed, logic
from .keys import key, primary_key
from .stored import script_of
from .table import SERVER_NAME, Table

VERSION = "rethinkdb 2.4.4 (a sandbox, not a RethinkDB server)"
SYSTEM_ID = "7f2e9c5e-5f0f-4d3c-8e0b-2d5d1c3f9a11"  # of this database, in `permissions`


class SystemDb(Db):
    """The database `rethinkdb`, with the tables of ``SYSTEM_TABLES``."""

    def __init__(self, store):
        super().__init__(store, "rethinkdb")
        self.id, self.tables = None, SYSTEM_TABLES

    def table(self, name):
        if name not in SYSTEM_TABLES:
            raise failed(f"Table `rethinkdb.{name}` does not exist.")
        return SystemTable(self, name)

    def create(self, *_):
        raise failed("Database `rethinkdb` is special; you can't create new tables in it.")

    def drop(self, *_):
        raise failed("Database `rethinkdb` is special; you can't delete it or its tables.")


class SystemTable(Table):
    """The rows as they are now; a few of them can be written to."""

    def __init__(self, db, name):
        super().__init__(db, name, "id", "hard", system=True)
        self.feeds = db.store.system_feeds.setdefault(name, set())
        for row in SYSTEM_TABLES[name](db.store):
            place, shard = primary_key(row["id"])
            self.keep(place, shard, row)

    def keep(self, place, shard, row):
        """Put a row where it is read, and tell nobody."""
        feeds, self.feeds = self.feeds, ()
        self.put(place, shard, self.rows.get(place), row)
        self.feeds = feeds

    def replace(self, value, change):
        place, shard = primary_key(value)
        old = self.rows.get(place)
        new = change(old)
        self.check(place, old, new)
        if key(old) != key(new):
            with self.store.lock:
                new = WRITERS.get(self.name, refuse(self.name))(self.store, value, old, new)
                self.keep(place, shard, new)
                self.store.config_changed()
        return old, new


def rows_of(store, name):
    return {key(row["id"]): row for row in SYSTEM_TABLES[name](store)}


# Reading


def stamp(seconds):
    return make_time(round(seconds, 3), "Z")


def stats(store):
    names = ("queries_per_sec", "read_docs_per_sec", "written_docs_per_sec")
    engine = {"client_connections": store.connections, "clients_active": len(store.jobs)}
    engine |= dict.fromkeys(names, 0)
    totals = {"queries_total": store.queries, "read_docs_total": 0, "written_docs_total": 0}
    yield {"id": ["cluster"], "query_engine": engine}
    yield {"id": ["server", store.id], "server": SERVER_NAME, "query_engine": engine | totals}


def server_status(store):
    host, port = store.address
    yield {
        "id": store.id,
        "name": SERVER_NAME,
        "network": {
            "canonical_addresses": [{"host": host, "port": port}],
            "cluster_port": port,
            "connected_to": {},
            "hostname": socket.gethostname(),
            "http_admin_port": "<no http admin>",
            "reql_port": port,
            "time_connected": stamp(store.started),
        },
        "process": {
            "argv": [os.path.basename(sys.executable), *sys.argv[1:]],
            "cache_size_mb": 100,
            "pid": os.getpid(),
            "time_started": stamp(store.started),
            "version": f"{VERSION} (CPython {platform.python_version()})",
        },
    }


def logs(store):
    for after, message in ((0, f"Running {VERSION}"), (0.001, "Listening for client driver connections")):
        when = datetime.datetime.fromtimestamp(store.started + after, datetime.UTC)
        yield {
            "id": [f"{when:%Y-%m-%dT%H:%M:%S.%f}000", store.id],
            "level": "notice",
            "message": message,
            "server": SERVER_NAME,
            "timestamp": stamp(store.started + after),
            "uptime": after,
        }


def jobs(store):
    for job in list(store.jobs):
        (address, port), query = job.client, script_of(job.root) if job.root else ""
        yield {
            "duration_sec": time.monotonic() - job.begun,
            "id": ["query", job.id],
            "info": {
                "client_address": address,
                "client_port": port,
                "query": query,
                "user": job.user,
            },
            "servers": [SERVER_NAME],
            "type": "query",
        }


def permissions(store):
    for name in list(store.passwords):
        if name == "admin":
            full = dict.fromkeys(("config", "read", "write"), True)
            yield {"id": ["admin"], "permissions": {"connect": True, **full}, "user": name}
            yield {"id": ["admin", SYSTEM_ID], "database": "rethinkdb", "permissions": full, "user": name}


def tables(store):
    return [table for db in list(store.dbs.values()) for table in list(db.tables.values())]


SYSTEM_TABLES = {
    "cluster_config": lambda store: [{"heartbeat_timeout_secs": 10, "id": "heartbeat"}],
    "current_issues": lambda store: [],
    "db_config": lambda store: [db.config() for db in list(store.dbs.values())],
    "jobs": jobs,
    "logs": logs,
    "permissions": permissions,
    "server_config": lambda store: [
        {"id": store.id, "name": SERVER_NAME, "tags": ["default"], "cache_size_mb": "auto"}
    ],
    "server_status": server_status,
    "stats": stats,
    "table_config": lambda store: [table.config() for table in tables(store)],
    "table_status": lambda store: [table.status() for table in tables(store)],
    "users": lambda store: [{"id": name, "password": bool(word)} for name, word in list(store.passwords.items())],
}
# Those of which `changes` tells: they change with what a client asks for, not by themselves.
FOLLOWED = {"cluster_config", "current_issues", "db_config", "permissions", "server_config", "table_config", "users"}


# Writing


def refuse(table):
    def write(*_):
        raise failed(f"[sandbox] writing to the table `rethinkdb.{table}` is not supported.")

    return write


def write_user(store, name, old, row):
    """An insert, update or delete in `rethinkdb.users`; the row as it is shown."""
    expect(name, "STRING")
    if row is None:
        if name == "admin":
            raise failed("The user `admin` can't be deleted.")
        store.passwords.pop(name, None)
        return None
    if set(row) - {"id", "password"} or type(row.get("password")) not in (str, bool):
        raise logic("[sandbox] a user has an id and a password, which is a string or false.")
    if row["password"] is not True:
        store.passwords[name] = row["password"] or ""
    return {"id": name, "password": bool(store.passwords.get(name))}


def only(table, old, new, *fields):
    """A change of these fields alone, and of no row as a whole."""
    if old is None or new is None:
        raise failed(f"[sandbox] adding rows to or deleting them from `rethinkdb.{table}` is not supported.")
    for name in sorted(set(old) | set(new)):
        if name not in fields and key(old.get(name)) != key(new.get(name)):
            raise failed(f"[sandbox] changing `{name}` in `rethinkdb.{table}` is not supported.")
    return new


def write_table_config(store, place, old, new):
    """Renaming a table; its durability and write_acks, which mean nothing here."""
    only("table_config", old, new, "name", "durability", "write_acks")
    for name, known in (("durability", ("hard", "soft")), ("write_acks", ("single", "majority"))):
        if new.get(name) not in known:
            names = " or ".join(f'"{one}"' for one in known)
            raise failed(f"[sandbox] `{name}` in `rethinkdb.table_config` is {names}.")
    table = next(table for table in tables(store) if table.id == place)
    table.db.rename(table, checked(new["name"], "Table"))
    table.durability, table.write_acks = new["durability"], new["write_acks"]
    return new


def write_db_config(store, place, old, new):
    """Renaming a database."""
    only("db_config", old, new, "name")
    db = next(db for db in list(store.dbs.values()) if db.id == place)
    store.db_rename(db, checked(new["name"], "Database"))
    return new


def checked(name, what):
    if not expect(name, "STRING").replace("_", "a").replace("-", "a").isalnum() or not name.isascii():
        raise logic(f"{what} name `{name}` invalid (Use A-Z, a-z, 0-9, _ and - only).")
    return name


WRITERS = {"users": write_user, "table_config": write_table_config, "db_config": write_db_config}
