"""Terms on databases, tables, indexes and changefeeds, and all writes.

``terms/db_table.cc``, ``terms/sindex.cc``, ``terms/writes.cc`` and ``changefeed.cc``.
"""

import struct
import uuid

from .datum import (
    ARRAY_LIMIT, LOGIC, MAXVAL, MINVAL, NON_EXISTENCE, OP_FAILED, Fault, dump, expect, get_field,
    key, merge, primary_key, show, store_key, truth, type_name,
)  # fmt: skip
from .pprint import index_function
from .query import (
    DATUM, DB, FUNCTION, GROUPED, SEQUENCE, SINGLE, SLICE, TABLE, Groups, Native, Selection, Seq,
    Single, Slice, term,
)  # fmt: skip
from .store import VALID_NAME, Feed, Index, write_user
from .terms_time import is_open

SHARDING = ["shards", "replicas", "nonvoting_replica_tags", "primary_replica_tag"]


def meta(code, name, low, high=None, opts=(), **kwargs):
    return term(code, name, low, high, opts, deterministic=False, **kwargs)


# Databases and tables ---------------------------------------------------------------------


def checked_name(value, what):
    name = value.str()
    if not VALID_NAME.fullmatch(name):
        raise Fault(
            LOGIC, f"{what} name `{name}` invalid (Use A-Z, a-z, 0-9, _ and - only).", value.node
        )
    return name


def db_and_table(c):
    """The arguments ``[db,] name``: without a database, that of the connection."""
    if c.n == 2:
        return c[0].db(), checked_name(c[1], "Table")
    db = c.opt("db")
    db = db.db() if db else c.q.store.db("test")
    return db, checked_name(c[0], "Table")


@meta(14, "db", 1)
def db(c):
    return c.val(DB, c.q.store.db(checked_name(c[0], "Database")))


@meta(57, "db_create", 1, write=True)
def db_create(c):
    c.q.store.require(c.q, "config")
    db = c.q.store.db_create(checked_name(c[0], "Database"))
    return {"dbs_created": 1, "config_changes": [{"old_val": None, "new_val": db.config()}]}


@meta(58, "db_drop", 1, write=True)
def db_drop(c):
    c.q.store.require(c.q, "config")
    name = checked_name(c[0], "Database")
    tables = len(c.q.store.db(name).names())
    db = c.q.store.db_drop(name)
    return {
        "dbs_dropped": 1, "tables_dropped": tables,
        "config_changes": [{"old_val": db.config(), "new_val": None}],
    }  # fmt: skip


@meta(59, "db_list", 0)
def db_list(c):
    return sorted([*c.q.store.dbs, "rethinkdb"])


@meta(15, "table", 1, 2, ["read_mode", "identifier_format"], refuse=["identifier_format"])
def table(c):
    mode = c.opt("read_mode")
    if mode and mode.str() not in ("single", "majority", "outdated"):
        c.fail(
            f'Read mode `{mode.str()}` unrecognized (options are "majority", "single", and '
            '"outdated").'
        )
    db, name = db_and_table(c)
    found = db.table(name)
    c.q.store.require(c.q, "read")
    return c.val(TABLE, found)


def durability(c):
    option = c.opt("durability")
    if option is None:
        return "hard"
    if option.str() not in ("hard", "soft"):
        raise Fault(
            LOGIC,
            f'Durability option `{option.str()}` unrecognized (options are "hard" and "soft").',
            option.node,
        )
    return option.str()


@meta(60, "table_create", 1, 2, ["primary_key", "durability", *SHARDING], refuse=SHARDING, write=True)
def table_create(c):
    pkey, kept = c.opt("primary_key"), durability(c)
    db, name = db_and_table(c)
    c.q.store.require(c.q, "config")
    table = db.create(name, pkey.str() if pkey else "id", kept)
    return {"tables_created": 1, "config_changes": [{"old_val": None, "new_val": table.config()}]}


@meta(61, "table_drop", 1, 2, write=True)
def table_drop(c):
    db, name = db_and_table(c)
    c.q.store.require(c.q, "config")
    table = db.drop(name)
    return {"tables_dropped": 1, "config_changes": [{"old_val": table.config(), "new_val": None}]}


@meta(62, "table_list", 0, 1)
def table_list(c):
    if c.n:
        return c[0].db().names()
    db = c.opt("db")
    return (db.db() if db else c.q.store.db("test")).names()


@meta(174, "config", 1)
def config(c):
    return _admin_row(c, "config")


@meta(175, "status", 1)
def status(c):
    return _admin_row(c, "status")


def _admin_row(c, what):
    target = c[0].data if c[0].kind is DB and what == "config" else c[0].table()
    system = c.q.store.db("rethinkdb").table(
        ("db_" if c[0].kind is DB else "table_") + what
    )
    return c.val(SINGLE, Single(system, target.id, getattr(target, what)()))


def _tables_of(c, name):
    if c.n == 0:
        c.fail(f"`{name}` can only be called on a table or database.")
    return list(c[0].data.tables.values()) if c[0].kind is DB else [c[0].table()]


@meta(177, "wait", 0, 1, ["timeout", "wait_for"], write=True)
def wait(c):
    option = c.opt("wait_for")
    states = ("ready_for_outdated_reads", "ready_for_reads", "ready_for_writes", "all_replicas_ready")
    if option and option.str() not in states:
        names = ", ".join(f"'{name}'" for name in states[:3]) + f", or '{states[3]}'"
        raise Fault(
            LOGIC,
            f"Unknown table readiness state: '{option.str()}', must be one of {names}",
            option.node,
        )
    return {"ready": len(_tables_of(c, "wait"))}


@meta(179, "rebalance", 0, 1, write=True)
def rebalance(c):
    rows = [table.status() for table in _tables_of(c, "rebalance")]
    return {
        "rebalanced": len(rows),
        "status_changes": [{"old_val": row, "new_val": row} for row in rows],
    }


@meta(138, "sync", 1, write=True)
def sync(c):
    c[0].table()
    return {"synced": 1}


# Reading ----------------------------------------------------------------------------------


@term(16, "get", 2)
def get(c):
    table, value = c[0].table(), c[1].datum()
    table.place(value)
    return c.val(SINGLE, Single(table, value))


@term(78, "get_all", 1, -1, ["index"])
def get_all(c):
    table, index = c[0].table(), c.opt("index")
    name = index.str() if index else table.pkey
    values = []
    for i in range(1, c.n):
        value = c[i].datum()
        if value is None:
            raise Fault(NON_EXISTENCE, "Keys cannot be NULL.", c[i].node)
        values.append(value)

    def rows(q):
        found = table.lookup(name, values)
        return (row for _, row in sorted(found, key=lambda pair: pair[0]))

    part = KeySlice(table, name, values)
    return c.val("SELECTION", Selection(table, Seq(rows, c.node, slice=part)))


class KeySlice(Slice):
    """The rows of get_all, for changefeeds."""

    def __init__(self, table, index, values):
        super().__init__(table, index)
        self.keys = set(map(key, values))

    def has(self, row):
        if self.index == self.table.pkey:
            return key(row[self.table.pkey]) in self.keys
        index = self.table.indexes[self.index]
        return any(key(value) in self.keys for value in index.values(row, self.table.internal))


def _between(c, on_null):
    part = c[0].slice()
    left_open, right_open = is_open(c, "left"), is_open(c, "right")
    bounds = []
    for i, none in ((1, MINVAL), (2, MAXVAL)):
        bound = c[i].datum()
        if bound is None and on_null == "error":
            raise Fault(
                LOGIC,
                "Cannot use `null` in BETWEEN, use `r.minval` or `r.maxval` to denote "
                "unboundedness.",
                c[i].node,
            )
        bounds.append(none if bound is None else bound)
    index = c.opt("index")
    name = index.str() if index else part.index or part.table.pkey
    if part.bounds:
        c.fail("Cannot perform multiple BETWEENs on the same table.")
    if part.index not in (None, name):
        c.fail(f"Cannot call BETWEEN on index `{name}` after ordering on index `{part.index}`.")
    bounds = (bounds[0], left_open, bounds[1], right_open)
    return c.val(SLICE, Slice(part.table, name, part.order, bounds))


BOUNDS = ["index", "left_bound", "right_bound"]


@term(182, "between", 3, 3, BOUNDS)
def between(c):
    return _between(c, "error")


@term(36, "between", 3, 3, BOUNDS)
def between_deprecated(c):
    return _between(c, "unbounded")


# Indexes ----------------------------------------------------------------------------------


@meta(75, "sindex_create", 2, 3, ["multi", "geo"], refuse=["geo"], write=True)
def index_create(c):
    table, name = c[0].table(), expect(c[1].datum(), "STRING")
    if name == table.pkey:
        c.fail(f"Index name conflict: `{name}` is the name of the primary key.")
    if table.system:
        c.fail("[sandbox] a system table cannot be indexed.")
    function = Native(lambda row: get_field(row, name), c.node)
    if c.n == 3:
        function = c[2].func()
        if not function.deterministic:
            raise Fault(
                LOGIC,
                "Could not prove function deterministic.  Index functions must be deterministic.",
                function.node,
            )
    multi = c.opt("multi")
    multi = multi is not None and multi.bool()
    c.q.store.require(c.q, "config")
    table.add_index(Index(name, function, multi, index_function(function, name)))
    return {"created": 1}


@meta(76, "sindex_drop", 2, write=True)
def index_drop(c):
    table, name = c[0].table(), expect(c[1].datum(), "STRING")
    c.q.store.require(c.q, "config")
    if table.indexes.pop(name, None) is None:
        c.fail(f"Index `{name}` does not exist on table `{table.full_name}`.", OP_FAILED)
    return {"dropped": 1}


@meta(77, "sindex_list", 1)
def index_list(c):
    return sorted(c[0].table().indexes)


def index_status(c):
    table = c[0].table()
    wanted = sorted({c[i].str() for i in range(1, c.n)})
    for name in wanted:
        if name not in table.indexes:
            c.fail(f"Index `{name}` was not found on table `{table.full_name}`.", OP_FAILED)
    result = []
    for name in wanted or sorted(table.indexes):
        index = table.indexes[name]
        blob, query = index.source
        option = ", {multi: true}" if index.multi else ""
        result.append(
            {
                "index": name, "ready": True, "outdated": False, "multi": index.multi, "geo": False,
                "function": blob + bytes([index.multi, 0]),
                "query": f"indexCreate('{name}', {query}{option})",
            }
        )  # fmt: skip
    return result


meta(139, "sindex_status", 1, -1)(index_status)
meta(140, "sindex_wait", 1, -1, write=True)(index_status)


@meta(156, "sindex_rename", 3, 3, ["overwrite"], write=True)
def index_rename(c):
    table, old, new = c[0].table(), c[1].str(), c[2].str()
    for name in (old, new):
        if name == table.pkey:
            c.fail(f"Index name conflict: `{name}` is the name of the primary key.")
    overwrite = c.opt("overwrite")
    if old not in table.indexes:
        c.fail(f"Index `{old}` does not exist on table `{table.full_name}`.", OP_FAILED)
    if old == new:
        return {"renamed": 0}
    if new in table.indexes and not (overwrite and overwrite.bool()):
        c.fail(f"Index `{new}` already exists on table `{table.full_name}`.", OP_FAILED)
    table.indexes[new] = table.indexes.pop(old)
    table.indexes[new].name = new
    return {"renamed": 1}


# Writing ----------------------------------------------------------------------------------

WRITE_OPTIONS = ["durability", "return_changes", "return_vals", "ignore_write_hook"]
BATCH = 128  # keys of a write that go to the shards together (real_table.cc)


class Stats:
    """The result of a write, summed up row by row."""

    def __init__(self, c):
        if c.opt("return_vals"):
            c.fail(
                "Error: encountered obsolete optarg `return_vals`.  Use `return_changes` instead."
            )
        option = c.opt("return_changes")
        mode = option.datum() if option else False
        if type(mode) is str and mode != "always":
            c.fail(
                f"Invalid return_changes value `{mode}` (options are `true`, `false`, and "
                "`'always'`.)"
            )
        self.mode = mode if type(mode) is str else truth(mode)
        durability(c)
        names = ("inserted", "deleted", "skipped", "replaced", "unchanged", "errors")
        self.counts, self.changes = dict.fromkeys(names, 0), None
        self.limit = c.q.limit

    def write(self, table, value, change):
        """Replace the row of a primary key and count what became of it."""
        if self.mode and self.changes is None:
            self.changes = []
        try:
            old, new = table.replace(value, change)
        except Fault as fault:
            self.error(fault)
            if self.mode == "always":
                row = table.get(value)
                self.changes.append({"old_val": row, "new_val": row, "error": fault.message})
            return
        if old is None:
            what = "skipped" if new is None else "inserted"
        else:
            what = "deleted" if new is None else "replaced"
            if new is not None and key(old) == key(new):
                what = "unchanged"
        self.counts[what] += 1
        if table.system and what not in ("skipped", "unchanged"):
            write_user(table.store, value, new)
        if self.mode == "always" or self.mode and what in ("inserted", "deleted", "replaced"):
            self.changes.append({"old_val": old, "new_val": new})

    def error(self, fault):
        self.counts["errors"] += 1
        self.counts.setdefault("first_error", fault.message)

    def result(self):
        if self.changes is not None:
            self.counts["changes"] = self.changes[: self.limit]
            if len(self.changes) > self.limit:
                self.counts["warnings"] = [
                    f"Too many changes, array truncated to {self.limit}."
                ]
        return self.counts


def writable(c, table):
    c.q.store.require(c.q, "write")
    if table.system and table.name != "users":
        c.fail(f"[sandbox] writing to the table `rethinkdb.{table.name}` is not supported.")


def in_batches(items, shard):
    """The items as the server writes them: batch by batch, in each shard by shard."""
    batch = []
    for item in items:
        batch.append(item)
        if len(batch) == BATCH:
            yield from sorted(batch, key=shard)
            batch = []
    yield from sorted(batch, key=shard)


@meta(56, "insert", 2, 2, ["conflict", *WRITE_OPTIONS], write=True, closed=True)
def insert(c):
    table = c[0].table()
    stats, option = Stats(c), c.opt("conflict")
    conflict = option.data if option and option.kind is FUNCTION else option.str() if option else "error"
    if type(conflict) is str and conflict not in ("error", "replace", "update"):
        raise Fault(
            LOGIC,
            f'Conflict option `{conflict}` unrecognized (options are "error", "replace" and '
            '"update").',
            option.node,
        )
    if option and option.kind is FUNCTION:
        if not conflict.deterministic:
            c.fail("The conflict function passed to `insert` must be deterministic.")
        if conflict.arity not in (0, 3):
            c.fail("The conflict function passed to `insert` should expect 3 arguments.")
    value = c[1]
    if value.is_datum and type(value.datum()) is dict:
        rows = [value.datum()]
    else:
        rows = value.seq().finite(c.q, c.node)
    writable(c, table)
    generated = []

    def valid():
        for row in rows:
            c.q.tick()
            if type(row) is dict and "$reql_type$" not in row and table.pkey not in row:
                row = {**row, table.pkey: str(uuid.uuid4())}
                generated.append(row[table.pkey])
            try:
                yield row, primary_key(expect(row, "OBJECT")[table.pkey])[1]
            except Fault as fault:
                stats.error(fault)

    def change_to(row):
        def change(old):
            if old is None or conflict == "replace":
                return row
            if conflict == "update":
                return merge(old, row)
            if conflict == "error":
                raise Fault(
                    LOGIC, f"Duplicate primary key `{table.pkey}`:\n{show(old)}\n{show(row)}"
                )
            return conflict(c.q, row[table.pkey], old, row).datum()

        return change

    for row, _ in in_batches(valid(), lambda pair: pair[1]):
        stats.write(table, row[table.pkey], change_to(row))
    result = stats.result()
    if generated:
        result["generated_keys"] = generated[: c.q.limit]
        if len(generated) > c.q.limit:
            result.setdefault("warnings", []).append(
                f"Too many generated keys ({len(generated)}), array truncated to {c.q.limit}."
            )
    return result


def rewrite(c, change):
    """Replace every row of the selection by ``change(row)``."""
    stats = Stats(c)
    if c.n == 2:
        option = c.opt("non_atomic")
        if not (option and option.bool()) and not getattr(c.args[1], "deterministic", True):
            c.fail(
                "Could not prove argument deterministic.  Maybe you want to use the non_atomic "
                "flag?"
            )
    function = c.arg(1, literal=True).func("const") if c.n == 2 else None
    target = c[0]
    if target.kind is SINGLE:
        table, keys = target.data.table, [target.data.key]
    else:
        selection = target.selection()
        table = selection.table
        keys = [row[table.pkey] for row in selection.seq.finite(c.q, c.node)]
    writable(c, table)
    for value in in_batches(keys, lambda value: primary_key(value)[1]):
        c.q.tick()
        stats.write(table, value, lambda old: change(function, old))
    return stats.result()


@meta(53, "update", 2, 2, ["non_atomic", *WRITE_OPTIONS], write=True, closed=True)
def update(c):
    def change(function, old):
        if old is None:
            return None
        new = function(c.q, old, literal=True).datum()
        return old if new is None else merge(old, new)

    return rewrite(c, change)


@meta(55, "replace", 2, 2, ["non_atomic", *WRITE_OPTIONS], write=True, closed=True)
def replace(c):
    return rewrite(c, lambda function, old: function(c.q, old).datum())


@meta(54, "delete", 1, 1, WRITE_OPTIONS, write=True, closed=True)
def delete(c):
    return rewrite(c, lambda function, old: None)


@meta(68, "foreach", 2)
def for_each(c):
    seq, function = c[0].seq(), c[1].func("const")
    total = {}
    problem = "FOR_EACH expects one or more basic write queries."
    for row in seq.finite(c.q, c.node):
        value = function(c.q, row)
        if not value.is_datum:
            raise Fault(LOGIC, problem, value.node)
        results = value.datum()
        try:
            results = [results] if type(results) is dict else expect(results, "ARRAY")
            for result in results:
                add_stats(total, expect(result, "OBJECT"))
        except Fault as fault:
            raise Fault(fault.kind, f"{problem}  {fault.message}", value.node) from None
    return total


def add_stats(total, result):
    """``stats_merge``: numbers and arrays add up, of strings the first stays."""
    for name, value in result.items():
        if name not in total:
            total[name] = value
        elif type(value) in (int, float) and type(total[name]) in (int, float):
            total[name] += value
        elif type(value) is list and type(total[name]) is list:
            total[name] = (total[name] + value)[:ARRAY_LIMIT]
        elif not (type(value) is str and type(total[name]) is str):
            known = total[name]
            raise Fault(
                LOGIC,
                f"Cannot merge statistics `{show(known)}` (type {type_name(known)}) and "
                f"`{show(value)}` (type {type_name(value)}).",
            )


# Changefeeds ------------------------------------------------------------------------------

CHANGES_OPTIONS = [
    "squash", "changefeed_queue_size", "include_initial", "include_states", "include_types",
    "include_offsets",
]  # fmt: skip


@meta(152, "changes", 1, 1, CHANGES_OPTIONS)
def changes(c):
    option = c.opt("squash")
    squash = option.datum() if option else False
    if type(squash) in (int, float) and squash < 0:
        raise Fault(
            LOGIC, "Expected BOOL or a positive NUMBER but found a negative NUMBER.", option.node
        )
    if type(squash) not in (bool, int, float):
        raise Fault(
            LOGIC, f"Expected BOOL or NUMBER but found {type_name(squash)}.", option.node
        )
    names = ("include_initial", "include_states", "include_types", "include_offsets")
    initial, states, types, offsets = ((o := c.opt(name)) and o.bool() for name in names)
    size = c.opt("changefeed_queue_size")
    size = size.int() if size else ARRAY_LIMIT
    if size < 1:
        c.fail(f"Illegal changefeed queue size `{size}`.  (Must be >= 1.)")
    target, steps = c[0], ()
    if target.kind is SINGLE:
        single = target.data
        if single.table.system:
            c.fail("[sandbox] CHANGES of a system table is not supported.")
        part, note = KeySlice(single.table, single.table.pkey, [single.key]), 2
    else:
        seq = target.seq()
        if seq.array or seq.slice is None or seq.slice.table.system:
            _refuse_changes(c, target, seq)
        part, note, steps = seq.slice, 1, seq.steps
        for label, _, node in steps:
            if label in ("concat_map", "zip"):
                c.fail(f"Cannot call `changes` after `{label}`.")
            if not node.deterministic:
                raise Fault(
                    LOGIC, "Cannot call `changes` after a non-deterministic function.", node
                )
    if offsets:
        c.fail("Cannot include offsets for range subs.")
    table = part.table
    table.require_index(part.index or table.pkey)
    has = part.has if isinstance(part, KeySlice) else lambda row: table.within(part, row)

    def seen(q, row):
        """What the query makes of a row: None if the row is not in it."""
        if row is None or not has(row):
            return None
        return next(iter(Seq([row], c.node, steps=steps).items(q)), None)

    with table.store.lock:
        feed = Feed(table, squash, size)
        if note == 2:
            start = [table.get(target.data.key)]
        else:
            start = list(target.seq().slice.seq(c.node).items(c.q)) if initial else []
            start = [row for row in start if has(row)]

    def typed_(change, kind):
        return {**change, "type": kind} if types else change

    def rows(q):
        if states and initial:
            yield typed_({"state": "initializing"}, "state")
        for row in start if initial else ():
            row = seen(q, row)
            if row is not None or note == 2:
                yield typed_({"new_val": row}, "initial")
        if states:
            yield typed_({"state": "ready"}, "state")
        for old, new, skipped in feed:
            q.restart()
            if skipped:
                message = f"Changefeed cache over array size limit, skipped {skipped} elements."
                yield typed_({"error": message}, "error")
                continue
            old, new = seen(q, old), seen(q, new)
            if key(old) != key(new):
                kind = "add" if old is None else "remove" if new is None else "change"
                yield typed_({"old_val": old, "new_val": new}, kind)

    feed.notes = [note] + [5] * bool(states)
    return c.val(SEQUENCE, Seq(rows, c.node, feed=feed))


def _refuse_changes(c, target, seq):
    if seq.feed is not None:
        c.fail("Cannot call `changes` on a changefeed.")
    if not seq.array and (target.is_selection or seq.slice is not None):
        c.fail("[sandbox] CHANGES is supported on a table, `get`, `get_all`, `between` and `filter`.")
    c.fail("Cannot call `changes` on an eager stream.")
