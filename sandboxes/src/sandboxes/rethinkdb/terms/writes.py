"""insert, update, replace, delete (``terms/writes.cc``, ``rdb_protocol/real_table.cc``)."""

from ..datum import merge
from ..errors import Fault, Stopped, logic
from ..keys import key, primary_key
from ..registry import FUNC
from ..results import FUNCTION, SINGLE
from ..text import show
from .databases import durability, meta

BATCH = 128  # keys of a write that go to the shards together
WRITE = ["durability", "return_changes", "return_vals", "ignore_write_hook"]
REWRITE = {"refuse": ["return_vals"], "write": True, "closed": True}


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
        self.c, self.table, self.mode = c, table, mode
        self.hook = None if c.flag("ignore_write_hook") else table.hook
        names = ("inserted", "deleted", "skipped", "replaced", "unchanged", "errors")
        self.counts, self.changes = dict.fromkeys(names, 0), []

    def run(self, items, change, in_order=False):
        """Replace the row of each ``(key, given)`` by ``change(old, given)`` -> the counts.

        They go batch by batch, and in a batch shard by shard. ``in_order``: the changes that are
        returned stand in the order of the items.
        """
        batch = []
        for number, (value, given) in enumerate(items):
            self.c.q.tick()
            try:
                batch.append((primary_key(value)[1], number, value, given))
            except Fault as fault:
                self.error(fault)
                self.changed(number, None, None, "errors", fault)
            if len(batch) == BATCH:
                self.write(batch, change)
                batch = []
        self.write(batch, change)
        if self.mode:
            if in_order:
                self.changes.sort(key=lambda entry: entry[0])
            self.counts["changes"] = [entry for _, entry in self.changes]
        return self.counts

    def write(self, batch, change):
        for _, number, value, given in sorted(batch, key=lambda item: item[0]):
            fault = None
            try:
                old, new = self.table.replace(value, lambda old: self.hooked(value, old, change(old, given)))
                what = self.outcome(old, new)
                self.counts[what] += 1
            except Stopped:
                raise
            except Fault as caught:
                fault = caught
                self.error(fault)
                old = new = self.table.get(value)
                what = "errors"
            self.changed(number, old, new, what, fault)

    def changed(self, number, old, new, what, fault=None):
        if self.mode == "always" or (self.mode and what in ("inserted", "deleted", "replaced")):
            if len(self.changes) >= self.c.q.limit:
                self.counts["warnings"] = [f"Too many changes, array truncated to {self.c.q.limit}."]
                return
            problem = {"error": fault.message} if fault else {}
            self.changes.append((number, {"old_val": old, "new_val": new, **problem}))

    def hooked(self, value, old, new):
        """``apply_write_hook``: what the hook of the table makes of the row that is to be stored."""
        if self.hook is None or (old is None and new is None):
            return new
        context = {"primary_key": value, "timestamp": self.c.q.time()}
        result = self.hook.function(self.c.q, context, old, new).datum()
        if (new is None) != (result is None):
            words = ("turn a deletion into a replace/insertion", "turn a replace/insertion into a deletion")
            raise logic(f"A write hook function must not {words[result is None]}.")
        return result

    def outcome(self, old, new):
        if old is None:
            return "skipped" if new is None else "inserted"
        return "deleted" if new is None else "unchanged" if key(old) == key(new) else "replaced"

    def error(self, fault):
        self.counts["errors"] += 1
        self.counts.setdefault("first_error", fault.message)


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
                generated.append(table.store.new_key())
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

    # Read to the end first: the rows may come from the table that they go into.
    counts = write.run(list(keyed()), change, in_order=True)
    if generated:
        counts["generated_keys"] = generated[: c.q.limit]
    return counts


def rewrite(c, change):
    """Replace every row of a selection by ``change(row)``."""
    if c.n == 2 and not c.flag("non_atomic") and not getattr(c.args[1], "pure", True):
        problem = "Could not prove argument deterministic.  Maybe you want to use the non_atomic flag?"
        c.fail(problem)
    if c[0].kind is SINGLE:
        table, keys = c[0].data.table, [c[0].data.key]
    else:
        table, seq, _ = c[0].selection()
        keys = [row[table.pkey] for row in seq.finite(c.q)]
    return Write(c, table).run(((value, None) for value in keys), lambda old, _: change(old))


@meta(53, "update", 2, 2, ["non_atomic", *WRITE], **REWRITE)
def update(c):
    """The server makes `replace` of it, and so whatever goes wrong is an error of the row (``rewrites.cc``)."""
    ready = c.arg(1).func() if getattr(c.args[1], "code", 1) == FUNC else None

    def change(old):
        if old is None:
            return None
        function = ready or c.arg(1, literal=True).func("const")
        new = function(c.q, old, literal=True).datum()
        return old if new is None else merge(old, new)

    return rewrite(c, change)


@meta(55, "replace", 2, 2, ["non_atomic", *WRITE], **REWRITE)
def replace(c):
    function = c.arg(1).func("const")
    return rewrite(c, lambda old: function.datum(c.q, old))


@meta(54, "delete", 1, 1, WRITE, **REWRITE)
def delete(c):
    return rewrite(c, lambda old: None)


# The hook of a table


@meta(189, "set_write_hook", 2, write=True)
def set_write_hook(c):
    from .indexes import function_of  # both are stored functions

    table = c[0].table()
    c.q.store.require(c.q, "config")
    if c[1].is_datum and c[1].datum() is None:
        had, table.hook = table.hook, None
        return {"deleted": 1} if had else {"deleted": 0}
    hook = function_of(c, 1, 3, "hook")
    had, table.hook = table.hook, hook
    return {"replaced" if had else "created": 1}


@meta(190, "get_write_hook", 1)
def get_write_hook(c):
    hook = c[0].table().hook
    return hook and {"function": hook.blob, "query": f"setWriteHook({hook.script})"}
