"""count, sum, avg, min, max, reduce, fold (``terms/seq.cc``, ``shards.cc``)."""

from ..datum import expect, number
from ..errors import NON_EXISTENCE, missing
from ..keys import key
from ..registry import term
from ..results import TABLE, EmptyGroup, Seq, Slice
from .mapping import unless_missing
from .sequences import passes
from .slicing import single


@term(43, "count", 1, 2, closed=True)
def count(c):
    if c.n == 1 and c[0].is_datum and type(c[0].datum()) in (bytes, str, dict):
        return len(c[0].datum())
    seq = c[0].seq()
    if c.n == 1:
        return sum(1 for _ in seq.finite(c.q))
    test = passes(c, c[1])
    found = sum(1 for item in seq.finite(c.q) if test(item))
    if not found and c.in_groups:
        raise EmptyGroup
    return found


def measured(c, seq, function, kind=None):
    """``(measure, row)`` of the rows that have the field (``skip_terminal_t``)."""
    found = False

    def measure(row):
        value = function.datum(c.q, row) if function else row
        return (expect(value, kind) if kind else value, row)

    for row in seq.finite(c.q):
        result = unless_missing(lambda: measure(row))
        if result:
            found = True
            yield result
    if not found and c.in_groups:
        raise EmptyGroup


def total(c, seq, function, name):
    values = [value for value, _ in measured(c, seq, function, "NUMBER")]
    if name == "avg" and not values:
        nothing(c, "average", name)
    return number(sum(values) / len(values) if name == "avg" else sum(values))


def extreme(c, seq, function, name):
    pairs = ((key(value), row) for value, row in measured(c, seq, function))
    best = (min if name == "min" else max)(pairs, key=lambda pair: pair[0], default=None)
    return best[1] if best else nothing(c, name, name)


def nothing(c, what, name):
    c.fail(
        f"Cannot take the {what} of an empty stream.  (If you passed `{name}` a field name, it may "
        "be that no elements of the stream had that field.)",
        NON_EXISTENCE,
    )


def aggregation(code, name, run):
    @term(code, name, 1, 2, ["index"], closed=True)
    def aggregate(c):
        value, index = c[0], c.opt("index")
        function = c[1].func("field") if c.n == 2 else None
        if function and index:
            c.fail(f"Cannot provide both a function and an index to {name}.")
        if index and run is total:
            c.fail(f"Cannot call {name} on an index.")
        if index or (run is extreme and not function and value.kind is TABLE):
            order = "asc" if name == "min" else "desc"
            part = Slice(value.table(), index and index.str(), order)
            for row in part.seq(c.node).items(c.q):
                return single(c, part.table, row)
            c.fail(f"`{name}` found no entries in the specified index.")
        return run(c, value.seq(), function, name)


aggregation(145, "sum", total)
aggregation(146, "avg", total)
aggregation(147, "min", extreme)
aggregation(148, "max", extreme)


@term(37, "reduce", 2, 2, ["base"], refuse=["base"], closed=True)
def reduce(c):
    function, result = c[1].func(), None
    for i, item in enumerate(c[0].seq().finite(c.q)):
        result = [function.datum(c.q, *result, item) if i else item]
    if result is None:
        raise missing("Cannot reduce over an empty stream.", function.node)
    return result[0]


@term(187, "fold", 3, 3, ["emit", "final_emit"])
def fold(c):
    if c.in_groups:
        c.fail("Cannot treat the output of `group` as a stream (did you mean to `ungroup`?).")
    seq, base, function = c[0].seq(), c[1].datum(), c[2].func()
    emit, final = c.opt("emit"), c.opt("final_emit")
    if function.arity not in (0, 2):
        c.fail("The accumulator function passed to `fold` should expect 2 arguments")
    if emit is None:
        if final:
            c.fail("[sandbox] FOLD with `final_emit` and without `emit` is not supported.")
        value = base
        for item in seq.finite(c.q):
            value = function.datum(c.q, value, item)
        return value

    def rows(q):
        value = base
        for item in seq.items(q):
            before, value = value, function.datum(q, value, item)
            yield from expect(emit.func()(q, before, item, value).datum(), "ARRAY")
        if final:
            yield from expect(final.func()(q, value).datum(), "ARRAY")

    return c.stream(Seq(rows, c.node, array=seq.array, feed=seq.feed, infinite=seq.infinite))
