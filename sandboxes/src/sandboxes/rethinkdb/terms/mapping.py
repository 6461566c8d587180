"""map, concat_map, filter (``terms/seq.cc``)."""

from ..datum import expect, ptype, truth
from ..errors import EMPTY_USER, NON_EXISTENCE, Fault, missing
from ..keys import key
from ..registry import term
from ..results import Seq


def unless_missing(function, otherwise=None):
    """``function()``, or ``otherwise`` if what it asks for does not exist."""
    try:
        return function()
    except Fault as fault:
        if fault.kind != NON_EXISTENCE:
            raise
        return otherwise


def rows_and_table(value):
    """The sequence of a value and, if it is a selection, its table."""
    return (value.selection().seq, value.selection().table) if value.is_selection else (value.seq(), None)


@term(38, "map", 2, -1, grouped="stream", closed=True)
def map_(c):
    seqs = [c[i].seq() for i in range(c.n - 1)]
    function = c[c.n - 1].func()
    if function.arity not in (0, len(seqs)):
        found = "1 sequence was" if len(seqs) == 1 else f"{len(seqs)} sequences were"
        s = "" if function.arity == 1 else "s"
        c.fail(f"The function passed to `map` expects {function.arity} argument{s}, but {found} found.")
    if len(seqs) == 1:
        step = lambda row: (function(c.q, row).datum(),)
        return c.stream(seqs[0].then("map", step, c.node, function))

    def rows(q):
        together = zip(*(seq.items(q) for seq in seqs), strict=False)
        return (function(q, *items).datum() for items in together)

    return c.stream(Seq(rows, c.node, array=all(seq.array for seq in seqs)))


@term(40, "concatmap", 2, grouped="stream", closed=True)
def concat_map(c):
    seq, function = c[0].seq(), c[1].func()
    step = lambda row: function(c.q, row).seq().items(c.q)
    return c.stream(seq.then("concat_map", step, c.node))


def matches(pattern, row):
    """``filter_match``: whether the row has the fields of the pattern."""
    if ptype(pattern) == "LITERAL":
        return key(pattern["value"]) == key(row)
    for name, value in sorted(pattern.items()):
        if name not in expect(row, "OBJECT"):
            raise missing(f"No attribute `{name}` in object.")
        if type(value) is dict and type(row[name]) is dict:
            if not matches(value, row[name]):
                return False
        elif key(value) != key(row[name]):
            return False
    return True


@term(39, "filter", 2, 2, ["default"], grouped="stream", closed=True)
def filter_(c):
    seq, table = rows_and_table(c[0])
    function, default = c.arg(1, literal=True).func("const"), c.node.opts.get("default")

    def keep(row):
        try:
            found = function(c.q, row).datum()
            if function.matches and type(found) is dict:
                return (row,) if matches(found, row) else ()
            if found is None:
                raise missing("")
            return (row,) if truth(found) else ()
        except Fault as fault:
            if fault.kind != NON_EXISTENCE:
                raise
            try:
                return (row,) if default and default.eval(c.q, c.scope).bool() else ()
            except Fault as other:
                if other.kind != EMPTY_USER or not fault.message:
                    raise
            raise

    return c.stream(seq.then("filter", keep, c.node, function), table)
