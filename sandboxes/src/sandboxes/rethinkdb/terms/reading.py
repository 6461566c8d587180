"""get, get_all, between (``terms/db_table.cc``, ``terms/seq.cc``)."""

from ..errors import logic, missing
from ..registry import term
from ..results import SELECTION, SINGLE, SLICE, Selection, Single, Slice
from .times import is_open


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

    return c.val(SELECTION, Selection(table, Slice(table, name, values=values).seq(c.node), c.q))


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
