"""group, ungroup (``terms/seq.cc``)."""

import itertools

from ..errors import RESOURCE
from ..keys import key
from ..registry import term
from ..results import GROUPED, Groups, Slice
from .mapping import unless_missing


@term(144, "group", 1, -1, ["index", "multi"], grouped="stream", closed=True)
def group(c):
    functions, index, multi = [c[i].func("field") for i in range(1, c.n)], c.opt("index"), c.flag("multi")
    if index:
        part = Slice(c[0].table(), index.str(), "asc")
        rows = part.table.read(part, c.q)
    else:
        rows = ((row, None) for row in c[0].seq().finite(c.q))
        if not functions:
            c.fail("Cannot group by nothing.")
    groups = {}
    for size, (row, value) in enumerate(rows):
        c.q.tick()
        if size >= c.q.limit:
            message = f"Grouped data over size limit `{c.q.limit}`.  Try putting a reduction "
            c.fail(message + "(like `.reduce` or `.count`) on the end.", RESOURCE)
        names = [unless_missing(lambda: function.datum(c.q, row)) for function in functions]
        names += [value] if index else []
        for name in names_of(names, multi):
            groups.setdefault(key(name), (name, []))[1].append(row)
    return c.val(GROUPED, Groups(groups.values(), stream=True))


def names_of(names, multi):
    """The groups of a row; ``multi``: one for each element, or combination of elements, of its arrays."""
    if not multi:
        return [names[0] if len(names) == 1 else names]
    choices = [(name or [None]) if type(name) is list else [name] for name in names]
    found = [choice[0] if len(names) == 1 else list(choice) for choice in itertools.product(*choices)]
    return {key(name): name for name in found}.values()


@term(150, "ungroup", 1, grouped=None)
def ungroup(c):
    pairs = c[0].exactly(GROUPED).pairs
    return [{"group": name, "reduction": value} for name, value in pairs]
