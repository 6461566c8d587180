"""config, status, wait, sync, reconfigure, rebalance, grant (``terms/db_table.cc``)."""

from ..errors import failed
from ..results import DB, SINGLE, Single
from .databases import meta


@meta(174, "config", 1)
def config(c):
    target = c[0].data if c[0].kind is DB else c[0].table()
    table = c.q.store.db("rethinkdb").table("db_config" if c[0].kind is DB else "table_config")
    return c.val(SINGLE, Single(table, target.id, target.config()))


@meta(175, "status", 1)
def status(c):
    table = c.q.store.db("rethinkdb").table("table_status")
    return c.val(SINGLE, Single(table, c[0].table().id, c[0].table().status()))


@meta(177, "wait", 0, 1, ["timeout", "wait_for"], refuse=["wait_for"], write=True)
def wait(c):
    if c.n == 0:
        c.fail("`wait` can only be called on a table or database.")
    return {"ready": len(targets(c))}


@meta(138, "sync", 1, write=True)
def sync(c):
    c[0].table()
    return {"synced": 1}


def targets(c):
    return [c[0].data.table(name) for name in c[0].data.names()] if c[0].kind is DB else [c[0].table()]


def unchanged(found):
    return [{"old_val": value, "new_val": value} for value in found]


ONE = ["shards", "replicas"]


@meta(176, "reconfigure", 0, 1, [*ONE, "dry_run", "emergency_repair"], refuse=["emergency_repair"], write=True)
def reconfigure(c):
    """There is one server: one shard with one replica is all that a table can have."""
    if c.n == 0:
        c.fail("`reconfigure` can only be called on a table or database.")
    for name in ONE:
        option = c.opt(name)
        if option is None:
            c.fail(f"Missing required argument `{name}`.")
        if option.datum() != 1:
            c.fail(f"[sandbox] RECONFIGURE: `{name}` is supported as 1 only.")
    c.q.store.require(c.q, "config")
    found, dry = targets(c), c.flag("dry_run")
    result = {"reconfigured": 0 if dry else len(found), "config_changes": unchanged(t.config() for t in found)}
    return result if dry else {**result, "status_changes": unchanged(t.status() for t in found)}


@meta(179, "rebalance", 0, 1, write=True)
def rebalance(c):
    if c.n == 0:
        c.fail("`rebalance` can only be called on a table or database.")
    c.q.store.require(c.q, "config")
    return {"rebalanced": len(targets(c)), "status_changes": unchanged(t.status() for t in targets(c))}


@meta(188, "grant", 2, 3, write=True)
def grant(c):
    name = c[c.n - 2].str()
    if name not in c.q.store.passwords:
        raise failed(f"User `{name}` not found.")
    c.fail("[sandbox] the term GRANT is supported for users that do not exist only.")
