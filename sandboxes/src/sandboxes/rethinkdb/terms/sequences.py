"""range, union, offsets_of, contains, difference, zip (``terms/seq.cc``)."""

import heapq
import itertools

from ..datum import merge
from ..errors import logic
from ..keys import key
from ..registry import UNION, term
from ..results import FUNCTION, SEQUENCE, Seq
from .arrays import array
from .changes import together
from .mapping import rows_and_table


@term(173, "range", 0, 2)
def range_(c):
    bounds = [c[i].int() for i in range(c.n)]

    def rows(q):
        for i in range(*bounds) if bounds else itertools.count():
            q.tick()
            yield i

    return c.stream(Seq(rows, c.node, infinite=not bounds))


@term(UNION, "union", 0, -1, ["interleave"])
def union(c):
    seqs, how = [c[i].seq() for i in range(c.n)], c.opt("interleave")
    if any(seq.feed for seq in seqs):
        if how:
            c.fail("[sandbox] the option `interleave` of UNION is not supported for changefeeds.")
        return c.val(SEQUENCE, together(c, seqs))
    array, infinite = all(seq.array for seq in seqs), any(seq.infinite for seq in seqs)
    if how is None or (how.is_datum and type(how.datum()) is bool):
        rows = lambda q: itertools.chain.from_iterable(seq.items(q) for seq in seqs)
    else:
        if how.is_datum and type(how.datum()) is list:
            c.fail("[sandbox] the option `interleave` of UNION takes a field or a function.")
        function = how.func("field")
        place = lambda item: key(function.datum(c.q, item))
        rows = lambda q: heapq.merge(*(seq.items(q) for seq in seqs), key=place)
    whole = Seq(rows, c.node, array=array, infinite=infinite)
    if how is None and seqs and not any(seq.array for seq in seqs):
        whole.parts = tuple(part for seq in seqs for part in (seq.parts or (seq,)))
    return c.stream(whole)


def same_as(value):
    wanted = key(value.datum())
    return lambda item: key(item) == wanted


def passes(c, value):
    """What `count` and `offsets_of` take: a function as for `filter`, or a value to be found."""
    if value.kind is FUNCTION:
        function = value.func()
        return lambda item: function.holds(c.q, item)
    return same_as(value)


def true_of(c, value):
    """What `contains` takes: a function that is true of an item, or a value to be found."""
    if value.kind is FUNCTION:
        function = value.func()
        return lambda item: function(c.q, item).bool()
    return same_as(value)


@term(87, "offsets_of", 2)
def offsets_of(c):
    seq, test = c[0].seq(), passes(c, c[1])
    return c.stream(seq.over(lambda items: (i for i, x in enumerate(items) if test(x)), c.node))


@term(93, "contains", 1, -1)
def contains(c):
    seq, wanted = c[0].seq(), [true_of(c, c[i]) for i in range(1, c.n)]
    for item in seq.finite(c.q, few=True):
        found = next((test for test in wanted if test(item)), None)
        if found:
            wanted.remove(found)  # an item counts once
        if not wanted:
            return True
    return False


@term(95, "difference", 2)
def difference(c):
    (seq, table), unwanted = rows_and_table(c[0]), set(map(key, array(c, 1)))
    step = lambda row: () if key(row) in unwanted else (row,)
    return c.stream(seq.then("filter", step, c.node), table)


@term(72, "zip", 1)
def zip_(c):
    def step(pair):
        if type(pair) is not dict or "left" not in pair:
            raise logic("ZIP can only be called on the result of a join.")
        return (merge(pair["left"], pair["right"]) if "right" in pair else pair["left"],)

    return c.stream(c[0].seq().then("zip", step, c.node))
