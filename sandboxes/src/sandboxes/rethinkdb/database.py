"""A database: its tables by name."""

import uuid

from .errors import failed
from .table import Table


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
