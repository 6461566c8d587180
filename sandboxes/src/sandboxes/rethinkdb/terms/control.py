"""branch, do (funcall), error, default, for_each (``terms/control.cc``, ``terms/error.cc``)."""

from ..datum import ARRAY_LIMIT, expect, type_name
from ..errors import EMPTY_USER, NON_EXISTENCE, USER, Fault, logic
from ..registry import term
from ..results import FUNCTION, GROUPED, Groups
from ..text import show
from .databases import meta


@term(65, "branch", 3, -1)
def branch(c):
    if c.n % 2 == 0:
        c.fail("Cannot call `branch` term with an even number of arguments.")
    for i in range(0, c.n - 1, 2):
        if c[i].bool():
            return c[i + 1]
    return c[c.n - 1]


@term(64, "funcall", 1, -1)
def funcall(c):
    function = c[0].func("const")
    if c.n == 1:
        return function(c.q)
    first, rest = c[1], [c[i].datum() for i in range(2, c.n)]
    if first.kind is GROUPED:
        pairs = [(name, function.datum(c.q, value, *rest)) for name, value in first.data.pairs]
        return c.val(GROUPED, Groups(pairs))
    return function(c.q, first.datum(), *rest)


@term(12, "error", 0, 1)
def error(c):
    if c.n == 0:
        c.fail("Empty ERROR term outside a default block.", EMPTY_USER)
    c.fail(c[0].str(), USER)


@term(92, "default", 2, grouped=None)
def default(c):
    first, fault = None, None
    try:
        first = c[0]
        if not first.is_datum or first.datum() is not None:
            return first
    except Fault as caught:
        if caught.kind != NON_EXISTENCE:
            raise
        fault = caught
        fault.node = fault.node or c.node
    try:
        value = c[1]
        return value.func()(c.q, fault and fault.message) if value.kind is FUNCTION else value
    except Fault as caught:
        if caught.kind != EMPTY_USER:
            raise
        if fault:
            raise fault from None
        return first


@meta(68, "foreach", 2)
def for_each(c):
    seq, function, total = c[0].seq(), c[1].func("const"), {}
    problem = "FOR_EACH expects one or more basic write queries."
    for row in seq.finite(c.q):
        value = function(c.q, row)
        if not value.is_datum:
            raise logic(problem, value.node)
        results = value.datum()
        try:
            for result in [results] if type(results) is dict else expect(results, "ARRAY"):
                add_stats(total, expect(result, "OBJECT"))
        except Fault as fault:
            raise Fault(fault.kind, f"{problem}  {fault.message}", value.node) from None
    return total


def add_stats(total, result):
    """``stats_merge``: numbers and arrays add up, of strings the first stays."""
    for name, value in result.items():
        kinds = {type_name(value), type_name(total.get(name, value))}
        if kinds == {"NUMBER"}:
            total[name] = total.get(name, 0) + value
        elif kinds == {"ARRAY"}:
            total[name] = (total.get(name, []) + value)[:ARRAY_LIMIT]
        elif kinds == {"STRING"} or name not in total:
            total.setdefault(name, value)
        else:
            known, quoted = total[name], "`{}` (type {})"
            quoted = " and ".join(quoted.format(show(x), type_name(x)) for x in (known, value))
            raise logic(f"Cannot merge statistics {quoted}.")
