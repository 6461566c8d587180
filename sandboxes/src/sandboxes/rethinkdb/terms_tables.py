"""Terms on databases, tables, indexes and changefeeds, and all writes.

``terms/db_table.cc``, ``terms/sindex.cc``, ``terms/writes.cc`` and ``changefeed.cc``.
"""

import re
import uuid

from .datum import (
    ARRAY_LIMIT,
    OP_FAILED,
    Fault,
    expect,
    get_field,
    key,
    logic,
    merge,
    missing,
    primary_key,
    show,
    type_name,
)
from .pprint import index_function
from .query import (
    DB,
    FUNCTION,
    SELECTION,
    SEQUENCE,
    SINGLE,
    SLICE,
    TABLE,
    Selection,
    Seq,
    Single,
    Slice,
    native,
    term,
)
from .store import Feed, Index, write_user
from .terms_time import is_open


def meta(code, name, low, high=None, opts=(), **more):
    return term(code, name, low, high, opts, pure=False, **more)


# Databases and tables


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


@meta(15, "table", 1, 2, ["read_mode", "identifier_format"], refuse=["identifier_format"])
def table(c):
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


# Reading


@term(16, "get", 2)
def get(c):
    table, value = c[0].table(), c[1].datum()
    table.place(value)
    return c.val(SINGLE, Single(table, value))


@term(78, "get_all", 1, -1, ["index"])
def get_all(c):
    table, index = c[0].table(), c.opt("index")
    name, values = index.str() if index else table.pkey, [c[i].datum() for i in range(1, c.n)]
    if None in values:
        raise missing("Keys cannot be NULL.", c[values.index(None) + 1].node)

    def rows(q):
        found = table.lookup(name, values)
        return (row for _, row in sorted(found, key=lambda pair: pair[0]))

    return c.val(SELECTION, Selection(table, Seq(rows, c.node)))


@term(182, "between", 3, 3, ["index", "left_bound", "right_bound"])
def between(c):
    part, index = c[0].slice(), c.opt("index")
    bounds = (c[1].datum(), is_open(c, "left"), c[2].datum(), is_open(c, "right"))
    for i in (1, 2):
        if c[i].datum() is None:
            instead = "use `r.minval` or `r.maxval` to denote unboundedness"
            raise logic(f"Cannot use `null` in BETWEEN, {instead}.", c[i].node)
    name = index.str() if index else part.index or part.table.pkey
    if part.bounds:
        c.fail("Cannot perform multiple BETWEENs on the same table.")
    if part.index not in (None, name):
        c.fail(f"Cannot call BETWEEN on index `{name}` after ordering on index `{part.index}`.")
    return c.val(SLICE, Slice(part.table, name, part.order, bounds))


# Indexes


def not_primary(c, table, *names):
    for name in names:
        if name == table.pkey:
            c.fail(f"Index name conflict: `{name}` is the name of the primary key.")
    if table.system:
        c.fail("[sandbox] the indexes of a system table cannot be changed.")
    c.q.store.require(c.q, "config")


@meta(75, "sindex_create", 2, 3, ["multi", "geo"], refuse=["geo"], write=True)
def index_create(c):
    table, name = c[0].table(), expect(c[1].datum(), "STRING")
    not_primary(c, table, name)
    function, body = native(lambda row: get_field(row, name), c.node), None
    if c.n == 3:
        function, body = c[2].func(), c[2].node
    if not function.pure:
        message = "Could not prove function deterministic.  Index functions must be deterministic."
        raise logic(message, function.node)
    table.add_index(Index(name, function, c.flag("multi"), index_function(name, body)))
    return {"created": 1}


@meta(76, "sindex_drop", 2, write=True)
def index_drop(c):
    table, name = c[0].table(), expect(c[1].datum(), "STRING")
    not_primary(c, table)
    if table.indexes.pop(name, None) is None:
        c.fail(f"Index `{name}` does not exist on table `{table.full_name}`.", OP_FAILED)
    return {"dropped": 1}


@meta(156, "sindex_rename", 3, 3, ["overwrite"], write=True)
def index_rename(c):
    table, old, new = c[0].table(), c[1].str(), c[2].str()
    not_primary(c, table, old, new)
    if old not in table.indexes:
        c.fail(f"Index `{old}` does not exist on table `{table.full_name}`.", OP_FAILED)
    if old == new:
        return {"renamed": 0}
    if new in table.indexes and not c.flag("overwrite"):
        c.fail(f"Index `{new}` already exists on table `{table.full_name}`.", OP_FAILED)
    table.indexes[new] = table.indexes.pop(old)
    return {"renamed": 1}


meta(77, "sindex_list", 1)(lambda c: sorted(c[0].table().indexes))


def index_status(c):
    table, result = c[0].table(), []
    for name in sorted({c[i].str() for i in range(1, c.n)}) or sorted(table.indexes):
        if name not in table.indexes:
            c.fail(f"Index `{name}` was not found on table `{table.full_name}`.", OP_FAILED)
        index = table.indexes[name]
        blob, script = index.source
        script = f"indexCreate('{name}', {script}{', {multi: true}' if index.multi else ''})"
        status = {"index": name, "ready": True, "outdated": False, "multi": index.multi, "geo": False}
        result.append({**status, "function": blob + bytes([index.multi, 0]), "query": script})
    return result


meta(139, "sindex_status", 1, -1)(index_status)
meta(140, "sindex_wait", 1, -1, write=True)(index_status)


# Writing

BATCH = 128  # keys of a write that go to the shards together (real_table.cc)
WRITE = ["durability", "return_changes", "return_vals", "ignore_write_hook"]
REWRITE = {"refuse": WRITE[2:], "write": True, "closed": True}


class Write:
    """A write in progress: what became of its rows is summed up as the server does."""

    def __init__(self, c, table):
        option = c.opt("return_changes")
        mode = option.datum() if option else False
        if type(mode) is str and mode != "always":
            names = "options are `true`, `false`, and `'always'`."
            c.fail(f"Invalid return_changes value `{mode}` ({names})")
        durability(c)
        c.q.store.require(c.q, "write")
        if table.system and table.name != "users":
            c.fail(f"[sandbox] writing to the table `rethinkdb.{table.name}` is not supported.")
        self.c, self.table, self.mode = c, table, mode
        names = ("inserted", "deleted", "skipped", "replaced", "unchanged", "errors")
        self.counts = dict.fromkeys(names, 0)

    def run(self, items, change):
        """Replace the row of each ``(key, new)`` by ``change(old, new)``.

        They go batch by batch, and in a batch shard by shard.
        """
        batch = []
        for item in items:
            self.c.q.tick()
            try:
                batch.append((primary_key(item[0])[1], *item))
            except Fault as fault:
                self.error(fault)
            if len(batch) == BATCH:
                self.write(batch, change)
                batch = []
        self.write(batch, change)

    def write(self, batch, change):
        for _, value, given in sorted(batch, key=lambda item: item[0]):
            changes = self.counts.setdefault("changes", []) if self.mode else []
            try:
                old, new = self.table.replace(value, lambda old: change(old, given))
                what = self.outcome(old, new)
                if self.table.system and what not in ("skipped", "unchanged"):
                    write_user(self.table.store, value, new)
            except Fault as fault:
                self.error(fault)
                old = new = self.table.get(value)
                what, problem = "errors", {"error": fault.message}
            else:
                self.counts[what] += 1
                problem = {}
            if self.mode == "always" or (self.mode and what in ("inserted", "deleted", "replaced")):
                changes.append({"old_val": old, "new_val": new, **problem})
                if len(changes) > self.c.q.limit:
                    changes.pop()
                    warning = f"Too many changes, array truncated to {self.c.q.limit}."
                    self.counts["warnings"] = [warning]

    def outcome(self, old, new):
        if old is None:
            return "skipped" if new is None else "inserted"
        return "deleted" if new is None else "unchanged" if key(old) == key(new) else "replaced"

    def error(self, fault):
        self.counts["errors"] += 1
        self.counts.setdefault("first_error", fault.message)


def new_key():
    """A random UUID that begins with f: where it sorts among other keys is the same in every run."""
    return "f" + str(uuid.uuid4())[1:]


def conflict_option(c):
    option = c.opt("conflict")
    if option is None:
        return "error"
    if option.kind is FUNCTION:
        if not option.func().pure:
            c.fail("The conflict function passed to `insert` must be deterministic.")
        if option.func().arity not in (0, 3):
            c.fail("The conflict function passed to `insert` should expect 3 arguments.")
        return option.func()
    if option.str() not in ("error", "replace", "update"):
        names = 'options are "error", "replace" and "update"'
        raise logic(f"Conflict option `{option.str()}` unrecognized ({names}).", option.node)
    return option.str()


@meta(56, "insert", 2, 2, ["conflict", *WRITE], **REWRITE)
def insert(c):
    table, conflict, value = c[0].table(), conflict_option(c), c[1]
    one = value.is_datum and type(value.datum()) is dict
    rows = [value.datum()] if one else value.seq().finite(c.q)
    write, generated = Write(c, table), []

    def keyed():
        for row in rows:
            if type(row) is dict and "$reql_type$" not in row and table.pkey not in row:
                generated.append(new_key())
                row = {**row, table.pkey: generated[-1]}
            try:
                yield table.key_of(row), row
            except Fault as fault:
                write.error(fault)

    def change(old, row):
        if old is None or conflict == "replace":
            return row
        if conflict == "update":
            return merge(old, row)
        if conflict == "error":
            raise logic(f"Duplicate primary key `{table.pkey}`:\n{show(old)}\n{show(row)}")
        return conflict(c.q, row[table.pkey], old, row).datum()

    write.run(keyed(), change)
    if generated:
        write.counts["generated_keys"] = generated[: c.q.limit]
    return write.counts


def rewrite(c, change):
    """Replace every row of a selection by ``change(function, row)``."""
    if c.n == 2 and not c.flag("non_atomic") and not getattr(c.args[1], "pure", True):
        problem = "Could not prove argument deterministic.  Maybe you want to use the non_atomic flag?"
        c.fail(problem)
    function = c.arg(1, literal=True).func("const") if c.n == 2 else None
    if c[0].kind is SINGLE:
        table, keys = c[0].data.table, [c[0].data.key]
    else:
        table, seq = c[0].selection()
        keys = [row[table.pkey] for row in seq.finite(c.q)]
    write = Write(c, table)
    write.run(((value, None) for value in keys), lambda old, _: change(function, old))
    return write.counts


@meta(53, "update", 2, 2, ["non_atomic", *WRITE], **REWRITE)
def update(c):
    def change(function, old):
        new = None if old is None else function(c.q, old, literal=True).datum()
        return old if new is None else merge(old, new)

    return rewrite(c, change)


@meta(55, "replace", 2, 2, ["non_atomic", *WRITE], **REWRITE)
def replace(c):
    return rewrite(c, lambda function, old: function(c.q, old).datum())


@meta(54, "delete", 1, 1, WRITE, **REWRITE)
def delete(c):
    return rewrite(c, lambda function, old: None)


@meta(68, "foreach", 2)
def for_each(c):
    seq, function, total = c[0].seq(), c[1].func("const"), {}
    problem = "FOR_EACH expects one or more basic write queries."
    for row in seq.finite(c.q):
        value = function(c.q, row)
        if not value.is_datum:
            raise logic(problem, value.node)
        results = value.datum()
        try:
            for result in [results] if type(results) is dict else expect(results, "ARRAY"):
                add_stats(total, expect(result, "OBJECT"))
        except Fault as fault:
            raise Fault(fault.kind, f"{problem}  {fault.message}", value.node) from None
    return total


def add_stats(total, result):
    """``stats_merge``: numbers and arrays add up, of strings the first stays."""
    for name, value in result.items():
        kinds = {type_name(value), type_name(total.get(name, value))}
        if kinds == {"NUMBER"}:
            total[name] = total.get(name, 0) + value
        elif kinds == {"ARRAY"}:
            total[name] = (total.get(name, []) + value)[:ARRAY_LIMIT]
        elif kinds == {"STRING"} or name not in total:
            total.setdefault(name, value)
        else:
            known, quoted = total[name], "`{}` (type {})"
            quoted = " and ".join(quoted.format(show(x), type_name(x)) for x in (known, value))
            raise logic(f"Cannot merge statistics {quoted}.")


# Changefeeds

FEED = ["squash", "include_initial", "include_states"]
NO_FEED = ["changefeed_queue_size", "include_types", "include_offsets"]


@term(152, "changes", 1, 1, FEED + NO_FEED, refuse=NO_FEED)
def changes(c):
    squash, initial, states = (c.flag(name) for name in FEED)
    if squash and type(c.opt("squash").datum()) is not bool:
        c.fail("[sandbox] CHANGES: `squash` is supported as true or false only.")
    target = c[0]
    if target.kind is SINGLE:
        table, note, steps = target.data.table, 2, ()
    else:
        seq = target.seq()
        if seq.array or (seq.slice is None and not target.is_selection):
            c.fail("Cannot call `changes` on an eager stream.")
        part, note, steps = seq.slice, 1, seq.steps
        if part is None or part.bounds or part.order:
            c.fail("[sandbox] CHANGES is supported on a table, on `get` and on `filter`.")
        table = part.table
    for label, _, _, function in steps:
        if label in ("concat_map", "zip"):
            c.fail(f"Cannot call `changes` after `{label}`.")
        if function and not function.pure:
            problem = "Cannot call `changes` after a non-deterministic function."
            raise logic(problem, function.node)
    if table.system:
        c.fail("[sandbox] CHANGES of a system table is not supported.")
    with table.store.lock:
        feed = Feed(table, table.place(target.data.key) if note == 2 else None, squash)
        start = [target.datum()] if note == 2 else [row for row, _ in table.pairs(part)] * initial
    feed.notes = [note] + [5] * states

    def seen(q, row):
        """What the query makes of a row: None if the row is not in it."""
        return None if row is None else next(iter(Seq([row], c.node, steps=steps).items(q)), None)

    def rows(q):
        if states and initial:
            yield {"state": "initializing"}
        for row in start if initial else ():
            row = seen(q, row)
            if row is not None or note == 2:
                yield {"new_val": row}
        if states:
            yield {"state": "ready"}
        for old, new, skipped in feed:
            q.restart()
            if skipped:
                yield {"error": f"Changefeed cache over array size limit, skipped {skipped} elements."}
            old, new = seen(q, old), seen(q, new)
            if key(old) != key(new):
                yield {"old_val": old, "new_val": new}

    return c.val(SEQUENCE, Seq(rows, c.node, feed=feed))
