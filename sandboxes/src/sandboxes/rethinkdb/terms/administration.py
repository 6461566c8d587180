"""config, status, wait, sync, reconfigure, rebalance, grant (``terms/db_table.cc``)."""

from ..results import DB, SINGLE, Single
from .databases import meta


@meta(174, "config", 1)
def config(c):
    target = c[0].data if c[0].kind is DB else c[0].table()
    table = c.q.store.db("rethinkdb").table("db_config" if c[0].kind is DB else "table_config")
    return c.val(SINGLE, Single(table, target.id, target.config()))


@meta(175, "status", 1)
def status(c):
    table = c.q.store.db("rethinkdb").table("table_config")
    return c.val(SINGLE, Single(table, c[0].table().id, c[0].table().status()))


@meta(177, "wait", 0, 1, ["timeout", "wait_for"], refuse=["wait_for"], write=True)
def wait(c):
    if c.n == 0:
        c.fail("`wait` can only be called on a table or database.")
    return {"ready": len(c[0].data.tables) if c[0].kind is DB else c[0].table() and 1}


@meta(138, "sync", 1, write=True)
def sync(c):
    c[0].table()
    return {"synced": 1}
