"""db, db_create, db_drop, db_list, table, table_create, table_drop, table_list (``terms/db_table.cc``)."""

import re

from ..errors import logic
from ..registry import term
from ..results import DB, TABLE


def meta(code, name, low, high=None, opts=(), **more):
    """A term that asks for more than its arguments, and so is not deterministic."""
    return term(code, name, low, high, opts, pure=False, **more)


def checked_name(value, what):
    name = value.str()
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
        raise logic(f"{what} name `{name}` invalid (Use A-Z, a-z, 0-9, _ and - only).", value.node)
    return name


def default_db(c):
    option = c.opt("db")  # that of the connection
    return option.db() if option else c.q.store.db("test")


def db_and_table(c):
    db = c[0].db() if c.n == 2 else default_db(c)
    return db, checked_name(c[c.n - 1], "Table")


def changed(what, old, new, **more):
    return {what: 1, **more, "config_changes": [{"old_val": old, "new_val": new}]}


@meta(14, "db", 1)
def db(c):
    return c.val(DB, c.q.store.db(checked_name(c[0], "Database")))


@meta(57, "db_create", 1, write=True)
def db_create(c):
    c.q.store.require(c.q, "config")
    db = c.q.store.db_create(checked_name(c[0], "Database"))
    return changed("dbs_created", None, db.config())


@meta(58, "db_drop", 1, write=True)
def db_drop(c):
    c.q.store.require(c.q, "config")
    name = checked_name(c[0], "Database")
    tables = len(c.q.store.db(name).names())
    return changed("dbs_dropped", c.q.store.db_drop(name).config(), None, tables_dropped=tables)


meta(59, "db_list", 0)(lambda c: sorted([*c.q.store.dbs, "rethinkdb"]))
meta(62, "table_list", 0, 1)(lambda c: (c[0].db() if c.n else default_db(c)).names())


@meta(15, "table", 1, 2, ["read_mode", "use_outdated", "identifier_format"], refuse=["identifier_format"])
def table(c):
    if c.opt("use_outdated"):
        c.fail("The `use_outdated` optarg is no longer supported.  Use the `read_mode` optarg instead.")
    mode = c.opt("read_mode")
    if mode and mode.str() not in ("single", "majority", "outdated"):
        names = 'options are "majority", "single", and "outdated"'
        c.fail(f"Read mode `{mode.str()}` unrecognized ({names}).")
    db, name = db_and_table(c)
    found = db.table(name)
    c.q.store.require(c.q, "read")
    return c.val(TABLE, found)


def durability(c):
    option = c.opt("durability")
    if option and option.str() not in ("hard", "soft"):
        names = 'options are "hard" and "soft"'
        raise logic(f"Durability option `{option.str()}` unrecognized ({names}).", option.node)
    return option.str() if option else "hard"


SHARDS = ["shards", "replicas", "nonvoting_replica_tags", "primary_replica_tag"]


@meta(60, "table_create", 1, 2, ["primary_key", "durability", *SHARDS], refuse=SHARDS, write=True)
def table_create(c):
    pkey, kept = c.opt("primary_key"), durability(c)
    db, name = db_and_table(c)
    c.q.store.require(c.q, "config")
    table = db.create(name, pkey.str() if pkey else "id", kept)
    return changed("tables_created", None, table.config())


@meta(61, "table_drop", 1, 2, write=True)
def table_drop(c):
    db, name = db_and_table(c)
    c.q.store.require(c.q, "config")
    return changed("tables_dropped", db.drop(name).config(), None)
