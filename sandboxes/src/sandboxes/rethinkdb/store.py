"""What the server keeps: databases and users. All of it in memory."""

import threading
import uuid

from .database import Db
from .errors import PERMISSION, Fault, failed
from .system import SystemDb


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
