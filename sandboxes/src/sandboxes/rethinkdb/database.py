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

    def require_free(self, name):
        if name in self.tables:
            raise failed(f"Table `{self.name}.{name}` already exists.")

    def create(self, name, pkey, durability):
        with self.store.lock:
            self.require_free(name)
            table = self.tables.setdefault(name, Table(self, name, pkey, durability))
            self.store.config_changed()
            return table

    def rename(self, table, name):
        """Under the lock."""
        if name != table.name:
            self.require_free(name)
            self.tables[name], table.name = self.tables.pop(table.name), name

    def drop(self, name):
        with self.store.lock:
            table = self.table(name)
            del self.tables[name]
            table.dropped = True
            self.store.size -= sum(table.sizes.values())
            table.rows.clear()
            for feed in list(table.feeds):
                feed.close(failed("Changefeed aborted (unavailable)."))
            self.store.config_changed()
            return table
