"""index_create, index_drop, index_rename, index_list, index_status, index_wait (``terms/sindex.cc``)."""

from ..datum import expect, get_field
from ..errors import OP_FAILED, logic
from ..results import native
from ..stored import is_timeless, of_field, of_value
from ..table import Index
from .databases import meta


def not_primary(c, table, *names):
    for name in names:
        if name == table.pkey:
            c.fail(f"Index name conflict: `{name}` is the name of the primary key.")
    if table.system:
        c.fail("[sandbox] the indexes of a system table cannot be changed.")
    c.q.store.require(c.q, "config")


def function_of(c, i, arity, what):
    """The stored function that an argument is; it must give the same at any time."""
    stored = of_value(c[i])
    if not (stored.function.pure and is_timeless(stored.function.node)):
        message = f"Could not prove function deterministic.  {what} functions must be deterministic."
        raise logic(message, stored.function.node)
    if stored.function.arity not in (0, arity):
        s = "" if arity == 1 else "s"
        raise logic(f"{what} functions must expect {arity} argument{s}.", stored.function.node)
    return stored


@meta(75, "sindex_create", 2, 3, ["multi", "geo"], refuse=["geo"], write=True)
def index_create(c):
    table, name = c[0].table(), expect(c[1].datum(), "STRING")
    not_primary(c, table, name)
    if c.n == 3:
        stored = function_of(c, 2, 1, "Index")
    else:
        stored = of_field(name, native(lambda row: get_field(row, name), c.node))
    table.add_index(Index(name, stored, c.flag("multi") or stored.multi))
    return {"created": 1}


@meta(76, "sindex_drop", 2, write=True)
def index_drop(c):
    table, name = c[0].table(), expect(c[1].datum(), "STRING")
    not_primary(c, table)
    if table.indexes.pop(name, None) is None:
        c.fail(f"Index `{name}` does not exist on table `{table.full_name}`.", OP_FAILED)
    table.store.config_changed()
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
    table.store.config_changed()
    return {"renamed": 1}


meta(77, "sindex_list", 1)(lambda c: sorted(c[0].table().indexes))


def chosen(c):
    """``(name, index)`` of the indexes that are asked for: those named, or all."""
    table = c[0].table()
    for name in sorted({c[i].str() for i in range(1, c.n)}) or sorted(table.indexes):
        if name not in table.indexes:
            c.fail(f"Index `{name}` was not found on table `{table.full_name}`.", OP_FAILED)
        yield name, table.indexes[name]


def state(name, index, ready):
    multi = ", {multi: true}" if index.multi else ""
    return {
        "index": name,
        "ready": ready,
        **({} if ready else {"progress": 0}),
        "outdated": False,
        "multi": index.multi,
        "geo": False,
        "function": index.stored.blob + bytes([index.multi, 0]),
        "query": f"indexCreate('{name}', {index.stored.script}{multi})",
    }


@meta(139, "sindex_status", 1, -1)
def index_status(c):
    return [state(name, index, index.asked()) for name, index in chosen(c)]


@meta(140, "sindex_wait", 1, -1, write=True)
def index_wait(c):
    result = []
    for name, index in chosen(c):
        index.finish()
        result.append(state(name, index, True))
    return result
