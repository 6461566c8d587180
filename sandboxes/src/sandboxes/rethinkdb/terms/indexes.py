"""index_create, index_drop, index_rename, index_list, index_status, index_wait (``terms/sindex.cc``)."""

from ..datum import expect, get_field
from ..errors import OP_FAILED, logic
from ..pprint import index_function
from ..results import native
from ..table import Index
from .databases import meta


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
