"""map, concat_map, filter (``terms/seq.cc``)."""

from ..errors import NON_EXISTENCE, Fault
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
    if value.is_selection:
        selection = value.selection()
        return selection.seq, selection.table
    return value.seq(), None


@term(38, "map", 2, -1, grouped="stream", closed=True)
def map_(c):
    seqs = [c[i].seq() for i in range(c.n - 1)]
    function = c[c.n - 1].func()
    if function.arity not in (0, len(seqs)):
        found = "1 sequence was" if len(seqs) == 1 else f"{len(seqs)} sequences were"
        s = "" if function.arity == 1 else "s"
        c.fail(f"The function passed to `map` expects {function.arity} argument{s}, but {found} found.")
    if len(seqs) == 1:
        step = lambda row: (function.datum(c.q, row),)
        return c.stream(seqs[0].then("map", step, c.node, function))

    def rows(q):
        together = zip(*(seq.items(q) for seq in seqs), strict=False)
        return (function.datum(q, *items) for items in together)

    array, infinite = all(seq.array for seq in seqs), all(seq.infinite for seq in seqs)
    return c.stream(Seq(rows, c.node, array=array, infinite=infinite))


@term(40, "concatmap", 2, grouped="stream", closed=True)
def concat_map(c):
    seq, function = c[0].seq(), c[1].func()
    step = lambda row: function(c.q, row).seq().items(c.q)
    return c.stream(seq.then("concat_map", step, c.node))


@term(39, "filter", 2, 2, ["default"], grouped="stream", closed=True)
def filter_(c):
    seq, table = rows_and_table(c[0])
    function, default = c.arg(1, literal=True).func("const"), c.node.opts.get("default")

    otherwise = default and (lambda: default.eval(c.q, c.scope).bool())
    keep = lambda row: (row,) if function.holds(c.q, row, otherwise) else ()
    return c.stream(seq.then("filter", keep, c.node, function), table)
