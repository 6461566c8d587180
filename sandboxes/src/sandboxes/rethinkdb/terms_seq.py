"""Terms on sequences: transforms, aggregation, order, joins (``terms/seq.cc``, ``obj_or_seq.cc``)."""

import itertools
import random

from .datum import (
    EMPTY_USER,
    NON_EXISTENCE,
    RESOURCE,
    Fault,
    clip,
    expect,
    get_field,
    key,
    limited,
    logic,
    merge,
    missing,
    number,
    ptype,
    show,
    truth,
    type_name,
    typed,
)
from .query import (
    DB,
    DESC,
    FUNCTION,
    GROUPED,
    ORDER_BY,
    SINGLE,
    SLICE,
    TABLE,
    EmptyGroup,
    Groups,
    Seq,
    Single,
    Slice,
    term,
)
from .terms_time import is_open
from .terms_values import array, canonical


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


# Mapping


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


def on_object_or_rows(c, mode, run):
    """``run`` on an object, or on every row of a sequence (``obj_or_seq_op_impl_t``).

    ``mode`` for a sequence: map; filter by the result; or skip the rows where it does not exist.
    """
    name, value = c.node.spec.name, c[0]

    def one(row, node):
        if ptype(row):
            raise logic(f"Cannot call `{name}` on objects of type `{type_name(row)}`.", node)
        if type(row) is dict:
            return run(row)
        if type(row) is list:
            raise logic(f"Cannot perform {name} on a sequence of sequences.", node)
        message = f"Cannot perform {name} on a non-object non-sequence `{clip(row)}`."
        raise typed(row, message, node)

    def step(row):
        if mode == "map":
            return (one(row, c.node),)
        result = unless_missing(lambda: (one(row, c.node),), ())
        return (row,) * truth(*result) if mode == "filter" and result else result

    if value.is_datum and type(value.datum()) is not list:
        return one(value.datum(), value.node)
    if value.kind in (GROUPED, FUNCTION, DB):
        message = f"Cannot perform {name} on a non-object non-sequence `{value.show()}`."
        raise logic(message, value.node)
    seq = Seq(value.datum(), value.node, array=True) if value.is_datum else value.seq()
    return c.stream(seq.then(mode, step, c.node))


def path_spec(c, values):
    """Paths as a list of names and of ``{name: paths}`` (``pathspec.cc``)."""
    result = []
    for value in values:
        if type(value) is str:
            result.append(value)
        elif type(value) is list:
            result += path_spec(c, value)
        elif type(value) is dict:
            for name, inner in sorted(value.items()):
                result.append(name if inner is True else {name: path_spec(c, [inner])})
        else:
            c.fail(f"Invalid path argument `{show(value)}`.")
    return result


def paths_of(c):
    return path_spec(c, [c[i].datum() for i in range(1, c.n)])


def project(row, paths, deep=False):
    """Only the paths of the row. A path into what is no object leads nowhere."""
    if type(row) is list and deep:
        return [project(item, paths) for item in row]
    result = {}
    for path in paths:
        for name in [path] if type(path) is str else path:
            if name in expect(row, "OBJECT"):
                inside = row[name] if type(path) is str else follow(project, row[name], path[name])
                result |= {} if inside is Fault else {name: inside}
    return result


def unproject(row, paths, deep=False):
    """The row without the paths."""
    if type(row) is list and deep:
        return [unproject(item, paths) for item in row]
    result = dict(expect(row, "OBJECT"))
    for path in paths:
        for name in [path] if type(path) is str else path:
            if name in result:
                inside = Fault if type(path) is str else follow(unproject, result[name], path[name])
                if type(path) is str:
                    del result[name]
                elif inside is not Fault:
                    result[name] = inside
    return result


def follow(function, value, paths):
    try:
        return function(value, paths, True)
    except Fault:
        return Fault


def has_paths(row, paths):
    if type(row) is not dict:
        return not paths
    return all(
        row.get(path) is not None
        if type(path) is str
        else all(name in row and has_paths(row[name], path[name]) for name in path)
        for path in paths
    )


def with_paths(c, row):
    if not has_paths(row, paths_of(c)):
        raise missing("")
    return project(row, paths_of(c))


def merged(c, row):
    for i in range(1, c.n):
        value = c.arg(i, literal=True)
        other = value.datum() if value.is_datum else value.func()(c.q, row, literal=True).datum()
        if type(other) is dict and ptype(other) not in (None, "LITERAL"):
            raise logic(f"Cannot merge objects of type `{type_name(other)}`.", value.node)
        row = merge(row, other)
    return row


POLYMORPHIC = {
    33: ("pluck", "map", lambda c, row: project(row, paths_of(c))),
    34: ("without", "map", lambda c, row: unproject(row, paths_of(c))),
    35: ("merge", "map", merged),
    32: ("has_fields", "filter", lambda c, row: has_paths(row, paths_of(c))),
    96: ("with_fields", "skip", with_paths),
    31: ("get_field", "skip", lambda c, row: get_field(row, c[1].str())),
}
for code, (name, mode, run) in POLYMORPHIC.items():
    high = 2 if name == "get_field" else -1
    term(code, name, 2 if high == 2 else 1, high, grouped="stream")(
        lambda c, mode=mode, run=run: on_object_or_rows(c, mode, lambda row: run(c, row))
    )


@term(170, "bracket", 2, grouped="stream")
def bracket(c):
    index = c[1].datum()
    if type(index) in (int, float):
        return nth(c)
    if type(index) is str:
        return on_object_or_rows(c, "skip", lambda row: get_field(row, index))
    found = f"Expected NUMBER or STRING as second argument to `bracket` but found {type_name(index)}."
    raise typed(index, found)


# Parts of sequences


@term(45, "nth", 2)
def nth(c):
    value, n = c[0], c[1].int(32)
    if value.is_datum:
        items = value.datum()
        if type(items) is not list:
            raise typed(items, f"Cannot convert {type_name(items)} to SEQUENCE")
        index = canonical(n, len(items), c)
        if index >= len(items):
            c.fail(f"Index out of bounds: {index}", NON_EXISTENCE)
        return items[index]
    seq, table = rows_and_table(value)
    if n < -1:
        c.fail(f"Cannot use an index < -1 ({n}) on a stream.")
    found = None
    for i, row in enumerate(seq.finite(c.q)):
        found = [row] if n in (i, -1) else None
        if i == n:
            break
    if not found:
        c.fail(f"Index out of bounds: {n}", NON_EXISTENCE)
    return single(c, table, row) if table else row


def single(c, table, row):
    return c.val(SINGLE, Single(table, row[table.pkey], row))


@term(86, "is_empty", 1)
def is_empty(c):
    return not any(True for _ in itertools.islice(c[0].seq().finite(c.q), 1))


def slice_of(c, left, right, left_open=False, right_open=True):
    value = c[0]
    if value.is_datum:
        whole = value.datum()
        if type(whole) not in (list, str, bytes):
            found = type_name(whole)
            raise logic(f"Expected ARRAY, BINARY, or STRING, but found {found}.", value.node)
        size = len(whole)
        start = max(left + size * (left < 0) + left_open, 0) if -left <= size else 0
        stop = right + size * (right < 0) + (not right_open) if -right <= size else 0
        return whole[start : max(stop, 0)]
    seq, table = rows_and_table(value)
    if left < 0:
        c.fail("Cannot use a negative left index on a stream.")
    if right < -1:
        c.fail("Cannot use a right index < -1 on a stream.")
    if right == -1 and right_open:
        c.fail("Cannot slice to an open right index of -1 on a stream.")
    start = left + left_open
    stop = None if right == -1 else max(right + (not right_open), start)
    return c.stream(seq.over(lambda items: itertools.islice(items, start, stop), c.node), table)


@term(30, "slice", 2, 3, ["left_bound", "right_bound"])
def slice_(c):
    if c.n == 2:
        return slice_of(c, c[1].int(), -1, is_open(c, "left"), False)
    return slice_of(c, c[1].int(), c[2].int(), is_open(c, "left"), is_open(c, "right"))


term(70, "skip", 2)(lambda c: slice_of(c, c[1].int(), -1, right_open=False))


@term(71, "limit", 2)
def limit(c):
    (seq, table), n = rows_and_table(c[0]), c[1].int(32)
    if n < 0:
        c.fail(f"LIMIT takes a non-negative argument (got {n})")
    return c.stream(seq.over(lambda items: itertools.islice(items, n), c.node), table)


@term(81, "sample", 2, pure=False)
def sample(c):
    n = c[1].int()
    if n < 0:
        c.fail(f"Number of items to sample must be non-negative, got `{n}`.")
    seq, table = rows_and_table(c[0])
    items = list(seq.finite(c.q))
    chosen = limited(random.sample(items, min(n, len(items))), c.q.limit)
    return c.stream(Seq(chosen, c.node, array=True), table)


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


# Aggregation


@term(43, "count", 1, 2, closed=True)
def count(c):
    if c.n == 1 and c[0].is_datum and type(c[0].datum()) in (bytes, str, dict):
        return len(c[0].datum())
    seq, test = c[0].seq(), predicate(c, c[1]) if c.n == 2 else None
    return sum(1 for item in seq.finite(c.q) if test is None or test(item))


def measured(c, seq, function, kind=None):
    """``(measure, row)`` of the rows that have the field (``skip_terminal_t``)."""
    found = False

    def measure(row):
        value = function(c.q, row).datum() if function else row
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
        result = [function(c.q, *result, item).datum() if i else item]
    if result is None:
        raise missing("Cannot reduce over an empty stream.", function.node)
    return result[0]


@term(187, "fold", 3, 3, ["emit", "final_emit"], refuse=["emit", "final_emit"])
def fold(c):
    seq, value, function = c[0].seq(), c[1].datum(), c[2].func()
    if function.arity not in (0, 2):
        c.fail("The accumulator function passed to `fold` should expect 2 arguments")
    for item in seq.finite(c.q):
        value = function(c.q, value, item).datum()
    return value


@term(144, "group", 1, -1, ["index", "multi"], refuse=["multi"], grouped="stream", closed=True)
def group(c):
    functions, index = [c[i].func("field") for i in range(1, c.n)], c.opt("index")
    if index:
        part = Slice(c[0].table(), index.str(), "asc")
        rows = part.table.pairs(part)
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
        names = [unless_missing(lambda: function(c.q, row).datum()) for function in functions]
        names += [value] if index else []
        name = names[0] if len(names) == 1 else names
        groups.setdefault(key(name), (name, []))[1].append(row)
    return c.val(GROUPED, Groups(groups.values(), stream=True))


@term(150, "ungroup", 1, grouped=None)
def ungroup(c):
    pairs = c[0].exactly(GROUPED).pairs
    return [{"group": name, "reduction": value} for name, value in pairs]


# Order


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
        place = lambda row: unless_missing(lambda: key(function(c.q, row).datum()), (-1,))
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
        for _, pairs in itertools.groupby(part.table.pairs(part), lambda pair: key(pair[1])):
            yield from sort(c, [row for row, _ in pairs], orders)

    return c.stream(Seq(rows, c.node), part.table)


term(73, "asc", 1)(lambda c: c[0])
term(DESC, "desc", 1)(lambda c: c[0])


@term(42, "distinct", 1, 1, ["index"])
def distinct(c):
    value, index = c[0], c.opt("index")
    if value.kind in (TABLE, SLICE):
        part = value.slice()
        name = index.str() if index else part.index
        if part.index in (None, name):
            order = Slice(part.table, name, part.order or "asc", part.bounds)
            if index is None:
                return c.stream(Seq(order.seq(c.node).items, c.node))

            def values(q):
                found = (value for _, value in part.table.pairs(order))
                return (next(same) for _, same in itertools.groupby(found, key))

            return c.stream(Seq(values, c.node))
    if index is not None:
        c.fail("Can only perform an indexed distinct on a TABLE.")
    found = {}
    for item in value.seq().finite(c.q):
        found.setdefault(key(item), item)
        limited(found, c.q.limit)
    return [found[place] for place in sorted(found)]


# Joins


def join(code, name, outer):
    @term(code, name, 3, grouped="stream", closed=True)
    def run(c):
        right, function = c[1].seq(), c[2].func("const")

        def step(left):
            found = False
            for row in right.finite(c.q):
                if function(c.q, left, row).bool():
                    found = True
                    yield {"left": left, "right": row}
            if outer and not found:
                yield {"left": left}

        return c.stream(c[0].seq().then("concat_map", step, c.node))


join(48, "inner_join", outer=False)
join(49, "outer_join", outer=True)


@term(50, "eqjoin", 3, 3, ["index", "ordered"], refuse=["ordered"], grouped="stream", closed=True)
def eq_join(c):
    left, function, table = c[0].seq(), c[1].func("field"), c[2].table()
    name = c.opt("index").str() if c.opt("index") else table.pkey

    def rows(q):
        table.require_index(name)
        found = []
        for row in left.items(q):
            value = unless_missing(lambda: function(q, row).datum())
            for place, other in table.lookup(name, [value]) if value is not None else ():
                found.append((place, {"left": row, "right": other}))
            limited(found, q.limit)
        return (pair for _, pair in sorted(found, key=lambda pair: pair[0]))  # as that table reads

    return c.stream(Seq(rows, c.node))


@term(72, "zip", 1)
def zip_(c):
    def step(pair):
        if type(pair) is not dict or "left" not in pair:
            raise logic("ZIP can only be called on the result of a join.")
        return (merge(pair["left"], pair["right"]) if "right" in pair else pair["left"],)

    return c.stream(c[0].seq().then("zip", step, c.node))
