"""insert, update, replace, delete (``terms/writes.cc``)."""

import uuid

from ..datum import merge
from ..errors import Fault, logic
from ..keys import key, primary_key
from ..results import FUNCTION, SINGLE
from ..system import write_user
from ..text import show
from .databases import durability, meta

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
