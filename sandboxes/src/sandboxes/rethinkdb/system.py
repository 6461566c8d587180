"""The database `rethinkdb`: its tables are made when asked for (``clustering/administration``)."""

from .database import Db
from .datum import expect
from .errors import failed, logic
from .keys import primary_key
from .table import SERVER_NAME, Table


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
