"""What the server keeps: databases and users. All of it in memory."""

import random
import threading
import time
import uuid

from .database import Db
from .errors import PERMISSION, Fault, failed
from .keys import key
from .system import SystemDb, rows_of


class Store:
    """``shuffle``: a seed; unordered reads come in another order, and generated keys are others, with each."""

    def __init__(self, password="", shuffle=None):
        self.lock = threading.RLock()
        self.id, self.dbs, self.size = str(uuid.uuid4()), {}, 0
        self.passwords = {"admin": password}
        self.connections = self.queries = 0
        self.shuffle, self.random = shuffle, random.Random(shuffle or 0)
        self.started, self.address, self.jobs = time.time(), ("127.0.0.1", 0), set()
        self.system_feeds, self.seen = {}, {}
        self.db_create("test")

    def new_key(self):
        """A generated primary key: the same one after another in every sandbox of the same seed."""
        with self.lock:
            return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def db(self, name):
        if name == "rethinkdb":
            return SystemDb(self)
        if name not in self.dbs:
            raise failed(f"Database `{name}` does not exist.")
        return self.dbs[name]

    def db_create(self, name):
        with self.lock:
            self.require_free(name)
            db = self.dbs.setdefault(name, Db(self, name))
            self.config_changed()
            return db

    def db_rename(self, db, name):
        with self.lock:
            if name != db.name:
                self.require_free(name)
                self.dbs[name], db.name = self.dbs.pop(db.name), name

    def require_free(self, name):
        if name in self.dbs or name == "rethinkdb":
            raise failed(f"Database `{name}` already exists.")

    def db_drop(self, name):
        with self.lock:
            for table in self.db(name).names():
                self.db(name).drop(table)
            db = self.dbs.pop(name)
            self.config_changed()
            return db

    def config_changed(self):
        """Tell the changefeeds of system tables what is new. Under the lock."""
        for name, feeds in self.system_feeds.items():
            if not feeds:
                self.seen.pop(name, None)
                continue
            before, after = self.seen.get(name, {}), rows_of(self, name)
            self.seen[name] = after
            for place in sorted({*before, *after}):
                old, new = before.get(place), after.get(place)
                if key(old) != key(new):
                    for feed in list(feeds):
                        feed.push(place, old, new, {})

    def follow(self, name):
        """A changefeed of a system table begins: remember how it looks now. Under the lock."""
        self.seen[name] = rows_of(self, name)

    def require(self, q, permission):
        """Without GRANT, which the sandbox has not, only admin has any permission."""
        if q.user != "admin":
            message = f"User `{q.user}` does not have the required `{permission}` permission."
            raise Fault(PERMISSION, message)
