"""range, union, offsets_of, contains, difference, zip (``terms/seq.cc``)."""

import itertools

from ..datum import merge
from ..errors import logic
from ..keys import key
from ..registry import term
from ..results import FUNCTION, Seq
from .arrays import array
from .mapping import rows_and_table


@term(173, "range", 0, 2)
def range_(c):
    bounds = [c[i].int() for i in range(c.n)]

    def rows(q):
        for i in range(*bounds) if bounds else itertools.count():
            q.tick()
            yield i

    return c.stream(Seq(rows, c.node))


@term(44, "union", 0, -1, ["interleave"], refuse=["interleave"])
def union(c):
    seqs = [c[i].seq() for i in range(c.n)]
    if any(seq.feed for seq in seqs):
        c.fail("[sandbox] UNION of changefeeds is not supported.")
    rows = lambda q: itertools.chain.from_iterable(seq.items(q) for seq in seqs)
    return c.stream(Seq(rows, c.node, array=all(seq.array for seq in seqs)))


def predicate(c, value):
    if value.kind is FUNCTION:
        return lambda item: value.func()(c.q, item).bool()
    wanted = key(value.datum())
    return lambda item: key(item) == wanted


@term(87, "offsets_of", 2)
def offsets_of(c):
    seq, test = c[0].seq(), predicate(c, c[1])
    return c.stream(seq.over(lambda items: (i for i, x in enumerate(items) if test(x)), c.node))


@term(93, "contains", 1, -1)
def contains(c):
    seq, wanted = c[0].seq(), [predicate(c, c[i]) for i in range(1, c.n)]
    for item in seq.finite(c.q):
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
