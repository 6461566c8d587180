"""order_by, asc, desc, distinct (``terms/sort.cc``)."""

import itertools

from ..datum import limited
from ..errors import COMPILE, Fault
from ..keys import key
from ..registry import DESC, ORDER_BY, UNION, term
from ..results import SLICE, TABLE, Seq, Slice
from .mapping import rows_and_table, unless_missing


def comparisons(c):
    """``(function, descending)`` of the arguments after the first (``order_util.cc``)."""
    if c.node.spliced:
        c.fail("r.args is not supported in an order_by or union command yet.")
    functions = [c[i].func("field") for i in range(1, c.n)]
    if not all(function.pure for function in functions):
        c.fail("Sorting by a non-deterministic function is not supported.")
    return [(function, arg.code == DESC) for function, arg in zip(functions, c.args[1:], strict=True)]


def sort(c, rows, orders):
    for function, descending in reversed(orders):
        place = lambda row: unless_missing(lambda: key(function.datum(c.q, row)), (-1,))
        rows.sort(key=place, reverse=descending)  # rows without the field come first
    return rows


@term(ORDER_BY, "orderby", 1, -1, ["index"])
def order_by(c):
    orders, value, index = comparisons(c), c[0], c.opt("index")
    if index is None:
        if not orders:
            c.fail("Must specify something to order by.")
        seq, table = rows_and_table(value)
        return c.stream(Seq(sort(c, seq.list(c.q), orders), c.node, array=True), table)
    if value.kind not in (TABLE, SLICE):
        c.fail(
            "Indexed order_by can only be performed on a TABLE or TABLE_SLICE. Make sure order_by "
            "comes before any transformations (such as map) or filters."
        )
    name, part = index.str(), value.slice()
    if part.order:
        c.fail("Cannot perform multiple indexed ORDER_BYs on the same table.")
    if part.index not in (None, name):
        c.fail(f"Cannot order by index `{name}` after calling BETWEEN on index `{part.index}`.")
    direction = "desc" if c.node.opts["index"].code == DESC else "asc"
    part = Slice(part.table, name, direction, part.bounds)
    if not orders:
        return c.val(SLICE, part)

    def rows(q):
        for _, pairs in itertools.groupby(part.table.read(part, q), lambda pair: key(pair[1])):
            yield from sort(c, [row for row, _ in pairs], orders)

    return c.stream(Seq(rows, c.node), part.table)


def only_in_an_order(node, place):
    if place.parent not in (ORDER_BY, UNION):
        raise Fault(COMPILE, f"{node.spec.name.upper()} may only be used as an argument to ORDER_BY.", node)


term(73, "asc", 1, check=only_in_an_order)(lambda c: c[0])
term(DESC, "desc", 1, check=only_in_an_order)(lambda c: c[0])


def distinct_values(part, name, q):
    """The values in another index of the rows of a slice."""
    index, found = part.table.require_index(name), {}
    for row, _ in part.table.read(part, q):
        for value in index.values(row, q) if index else [row[name]]:
            found.setdefault(key(value), value)
    return (found[place] for place in sorted(found))


@term(42, "distinct", 1, 1, ["index"])
def distinct(c):
    value, index = c[0], c.opt("index")
    if value.kind in (TABLE, SLICE):
        part = value.slice()
        name = index.str() if index else part.index
        if index and part.bounds and part.index != name:
            return c.stream(Seq(lambda q: distinct_values(part, name, q), c.node))
        if part.index in (None, name):
            order = Slice(part.table, name, part.order or "asc", part.bounds)
            if index is None:
                return c.stream(Seq(order.seq(c.node).items, c.node))

            def values(q):
                found = (value for _, value in part.table.read(order, q))
                return (next(same) for _, same in itertools.groupby(found, key))

            return c.stream(Seq(values, c.node))
    if index is not None:
        c.fail("Can only perform an indexed distinct on a TABLE.")
    found = {}
    for item in value.seq().finite(c.q):
        found.setdefault(key(item), item)
        limited(found, c.q.limit)
    return [found[place] for place in sorted(found)]
