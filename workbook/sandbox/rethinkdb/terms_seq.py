"""Terms on sequences: transforms, aggregation, order, joins (``terms/seq.cc``, ``obj_or_seq.cc``)."""

import heapq
import itertools
import random

from .datum import (
    EMPTY_USER, LOGIC, NON_EXISTENCE, Fault, clip, expect, get_field, integer, key, limited, merge,
    number, ptype, show, truth, type_name, typed,
)  # fmt: skip
from .query import (
    DATUM, FUNCTION, GROUPED, SLICE, TABLE, EmptyGroup, Groups, Native, Seq, Single, Slice, Val, term,
)  # fmt: skip
from .terms_time import is_open
from .terms_values import at

# Mapping ----------------------------------------------------------------------------------


@term(38, "map", 2, -1, grouped="stream", closed=True)
def map_(c):
    seqs = [c[i].seq() for i in range(c.n - 1)]
    function = c[c.n - 1].func()
    if function.arity not in (0, len(seqs)):
        found = "sequence was" if len(seqs) == 1 else "sequences were"
        s = "" if function.arity == 1 else "s"
        c.fail(
            f"The function passed to `map` expects {function.arity} argument{s}, but {len(seqs)} "
            f"{found} found."
        )
    if len(seqs) == 1:
        return c.stream(
            seqs[0].then("map", lambda row: (function(c.q, row).datum(),), function.node)
        )

    def rows(q):
        for items in zip(*(seq.items(q) for seq in seqs), strict=False):
            yield function(q, *items).datum()

    return c.stream(Seq(rows, c.node, array=all(seq.array for seq in seqs)))


@term(40, "concatmap", 2, grouped="stream", closed=True)
def concat_map(c):
    seq, function = c[0].seq(), c[1].func()
    return c.stream(
        seq.then("concat_map", lambda row: function(c.q, row).seq().items(c.q), function.node)
    )


def matches(pattern, row):
    """``filter_match``: whether the row has the fields of the pattern."""
    if ptype(pattern) == "LITERAL":
        return key(pattern["value"]) == key(row)
    expect(row, "OBJECT")
    for name, value in sorted(pattern.items()):
        if name not in row:
            raise Fault(NON_EXISTENCE, f"No attribute `{name}` in object.")
        if type(value) is dict and type(row[name]) is dict:
            if not matches(value, row[name]):
                return False
        elif key(value) != key(row[name]):
            return False
    return True


@term(39, "filter", 2, 2, ["default"], grouped="stream", closed=True)
def filter_(c):
    value, function = c[0], c.arg(1, literal=True).func("const")
    missing = c.node.opts.get("default")

    def keep(row):
        try:
            found = function(c.q, row).datum()
            if function.matches_objects and type(found) is dict:
                return (row,) if matches(found, row) else ()
            if found is None:
                raise Fault(NON_EXISTENCE, "")
            return (row,) if truth(found) else ()
        except Fault as fault:
            if fault.kind != NON_EXISTENCE:
                raise
            if missing is None:
                return ()
            try:
                return (row,) if missing.eval(c.q, c.scope).bool() else ()
            except Fault as other:
                if other.kind != EMPTY_USER:
                    raise
            if not fault.message:
                return ()
            raise

    if value.is_selection:
        selection = value.selection()
        return c.stream(selection.seq.then("filter", keep, function.node), selection.table)
    return c.stream(value.seq().then("filter", keep, function.node))


def on_object_or_rows(c, mode, run, pseudotypes=()):
    """``run`` on an object, or on every row of a sequence (``obj_or_seq_op_impl_t``)."""
    name, value = c.node.spec.name, c[0]

    def check(row, node):
        kind = ptype(row)
        if kind is not None and kind not in pseudotypes:
            raise Fault(
                LOGIC, f"Cannot call `{name}` on objects of type `{type_name(row)}`.", node
            )
        return row

    def one(row):
        if type(row) is dict:
            return run(check(row, c.node))
        if type(row) is list:
            raise Fault(LOGIC, f"Cannot perform {name} on a sequence of sequences.", c.node)
        raise typed(row, f"Cannot perform {name} on a non-object non-sequence `{clip(show(row))}`.")

    def step(row):
        if mode == "map":
            return (one(row),)
        try:
            result = one(row)
        except Fault as fault:
            if fault.kind != NON_EXISTENCE:
                raise
            return ()
        return (result,) if mode == "skip" else (row,) if truth(result) else ()

    if value.is_datum:
        datum = value.datum()
        if type(datum) is dict:
            return run(check(datum, value.node))
        if type(datum) is not list:
            fault = typed(
                datum, f"Cannot perform {name} on a non-object non-sequence `{clip(show(datum))}`."
            )
            fault.node = value.node
            raise fault
        value = Val(DATUM, datum, value.node)
    elif value.kind in (GROUPED, FUNCTION, "DATABASE"):
        shown = clip(value.show())
        raise Fault(
            LOGIC, f"Cannot perform {name} on a non-object non-sequence `{shown}`.", value.node
        )
    return c.stream(value.seq().then(mode, step, c.node))


def path_spec(c, values):
    """Paths as a list of names and of ``{name: paths}`` (``pathspec.cc``)."""
    result = []
    for value in values:
        if type(value) is str:
            result.append(value)
        elif type(value) is list:
            result += path_spec(c, value)
        elif type(value) is dict and not ptype(value):
            for name, inner in sorted(value.items()):
                result.append(name if inner is True else {name: path_spec(c, [inner])})
        else:
            c.fail(f"Invalid path argument `{show(value)}`.")
    return result


def project(row, paths, deep=False):
    if type(row) is list and deep:
        return [project(item, paths) for item in row]
    expect(row, "OBJECT")
    result = {}
    for path in paths:
        for name in [path] if type(path) is str else path:
            if name not in row:
                continue
            if type(path) is str:
                result[name] = row[name]
                continue
            try:
                result[name] = project(row[name], path[name], True)
            except Fault:
                pass  # not an object: the path leads nowhere
    return result


def unproject(row, paths, deep=False):
    if type(row) is list and deep:
        return [unproject(item, paths) for item in row]
    result = dict(expect(row, "OBJECT"))
    for path in paths:
        if type(path) is str:
            result.pop(path, None)
            continue
        for name in path:
            if name in result:
                try:
                    result[name] = unproject(result[name], path[name], True)
                except Fault:
                    pass
    return result


def has_paths(row, paths):
    if type(row) is not dict:
        return not paths
    for path in paths:
        if type(path) is str:
            if row.get(path) is None:
                return False
        elif not all(name in row and has_paths(row[name], path[name]) for name in path):
            return False
    return True


def paths_of(c):
    return path_spec(c, [c[i].datum() for i in range(1, c.n)])


@term(33, "pluck", 1, -1, ["_NO_RECURSE_"], grouped="stream")
def pluck(c):
    return on_object_or_rows(c, "map", lambda row: project(row, paths_of(c)))


@term(34, "without", 1, -1, ["_NO_RECURSE_"], grouped="stream")
def without(c):
    return on_object_or_rows(c, "map", lambda row: unproject(row, paths_of(c)))


@term(32, "has_fields", 1, -1, ["_NO_RECURSE_"], grouped="stream")
def has_fields(c):
    return on_object_or_rows(c, "filter", lambda row: has_paths(row, paths_of(c)))


@term(96, "with_fields", 1, -1, grouped="stream")
def with_fields(c):
    def run(row):
        paths = paths_of(c)
        if not has_paths(row, paths):
            raise Fault(NON_EXISTENCE, "")
        return project(row, paths)

    return on_object_or_rows(c, "skip", run)


@term(35, "merge", 1, -1, ["_NO_RECURSE_"], grouped="stream")
def merge_(c):
    def run(row):
        for i in range(1, c.n):
            value = c.arg(i, literal=True)
            other = value.datum() if value.is_datum else value.func()(c.q, row, literal=True).datum()
            if ptype(other) not in (None, "LITERAL") and type(other) is dict:
                raise Fault(
                    LOGIC, f"Cannot merge objects of type `{type_name(other)}`.", value.node
                )
            row = merge(row, other)
        return row

    return on_object_or_rows(c, "map", run)


@term(31, "get_field", 2, 2, ["_NO_RECURSE_"], grouped="stream")
def get_field_(c):
    return on_object_or_rows(c, "skip", lambda row: get_field(row, c[1].str()))


@term(170, "bracket", 2, 2, ["_NO_RECURSE_"], grouped="stream")
def bracket(c):
    value = c[0]
    index = c[1].datum()
    if type(index) in (int, float):
        return nth_of(c, value, c[1])
    if type(index) is str:
        return on_object_or_rows(c, "skip", lambda row: get_field(row, index))
    raise typed(
        index,
        f"Expected NUMBER or STRING as second argument to `bracket` but found {type_name(index)}.",
    )


# Parts of sequences -----------------------------------------------------------------------


def rows_and_table(value):
    """The sequence of a value and, if it is a selection, its table."""
    if value.is_selection:
        selection = value.selection()
        return selection.seq, selection.table
    return value.seq(), None


def nth_of(c, value, index_value):
    n = index_value.int(32)
    if value.is_datum:
        items = value.datum()
        if type(items) is not list and value.kind is DATUM:
            raise typed(items, f"Cannot convert {type_name(items)} to SEQUENCE")
        index = at(n, len(expect(items, "ARRAY")), c)
        if index >= len(items):
            c.fail(f"Index out of bounds: {index}", NON_EXISTENCE)
        return items[index]
    seq, table = rows_and_table(value)
    if n < -1:
        c.fail(f"Cannot use an index < -1 ({n}) on a stream.")
    found = False
    row = None
    for i, row in enumerate(seq.finite(c.q, c.node)):
        found = n in (i, -1)
        if i == n:
            break
    if not found:
        c.fail(f"Index out of bounds: {n}", NON_EXISTENCE)
    return row if table is None else c.val("SINGLE_SELECTION", Single(table, row[table.pkey], row))


@term(45, "nth", 2)
def nth(c):
    return nth_of(c, c[0], c[1])


@term(86, "is_empty", 1)
def is_empty(c):
    return next(iter(c[0].seq().finite(c.q, c.node)), c) is c


def slice_of(c, left, right, left_open=False, right_open=True):
    value = c[0]
    if value.is_datum:
        whole = value.datum()
        if type(whole) not in (list, str, bytes):
            raise Fault(
                LOGIC,
                f"Expected ARRAY, BINARY, or STRING, but found {type_name(whole)}.",
                value.node,
            )
        size = len(whole)
        start = 0 if -left > size else left + size * (left < 0) + left_open
        if -right > size:
            return whole[:0]
        return whole[start : max(right + size * (right < 0) + (not right_open), 0)]
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


@term(70, "skip", 2)
def skip(c):
    return slice_of(c, c[1].int(), -1, right_open=False)


@term(71, "limit", 2)
def limit(c):
    seq, table = rows_and_table(c[0])
    n = c[1].int(32)
    if n < 0:
        c.fail(f"LIMIT takes a non-negative argument (got {n})")
    return c.stream(seq.over(lambda items: itertools.islice(items, n), c.node), table)


@term(81, "sample", 2, deterministic=False)
def sample(c):
    n = c[1].int()
    if n < 0:
        c.fail(f"Number of items to sample must be non-negative, got `{n}`.")
    seq, table = rows_and_table(c[0])
    items = list(seq.finite(c.q, c.node))
    chosen = random.sample(items, min(n, len(items)))
    return c.stream(Seq(limited(chosen, c.q.limit), c.node, array=True), table)


@term(173, "range", 0, 2)
def range_(c):
    bounds = [c[i].int() for i in range(c.n)]

    def rows(q):
        counter = itertools.count() if not bounds else range(*bounds)
        for i in counter:
            q.tick()
            yield i

    return c.stream(Seq(rows, c.node))


@term(44, "union", 0, -1, ["interleave"])
def union(c):
    seqs = [c[i].seq() for i in range(c.n)]
    option = c.opt("interleave")
    if option is not None and (not option.is_datum or type(option.datum()) is not bool):
        c.fail("[sandbox] UNION: `interleave` is supported as true or false only.")
    if any(seq.feed is not None for seq in seqs):
        c.fail("[sandbox] UNION of changefeeds is not supported.")

    def rows(q):
        return itertools.chain.from_iterable(seq.items(q) for seq in seqs)

    return c.stream(Seq(rows, c.node, array=all(seq.array for seq in seqs)))


@term(87, "offsets_of", 2)
def offsets_of(c):
    seq, test = c[0].seq(), predicate(c, c[1])

    def offsets(items):
        return (i for i, item in enumerate(items) if test(item))

    return c.stream(seq.over(offsets, c.node))


def predicate(c, value):
    if value.kind is FUNCTION:
        function = value.func()
        return lambda item: function(c.q, item).bool()
    wanted = key(value.datum())
    return lambda item: key(item) == wanted


@term(93, "contains", 1, -1)
def contains(c):
    seq = c[0].seq()
    wanted = [predicate(c, c[i]) for i in range(1, c.n)]
    if not wanted:
        return True
    for item in seq.finite(c.q, c.node):
        for test in wanted:
            if test(item):
                wanted.remove(test)  # each item counts once
                break
        if not wanted:
            return True
    return False


@term(95, "difference", 2)
def difference(c):
    unwanted = set(map(key, c[1].seq().finite(c.q, c.node)))
    seq, table = rows_and_table(c[0])
    return c.stream(
        seq.then("filter", lambda row: () if key(row) in unwanted else (row,), c.node), table
    )


# Aggregation ------------------------------------------------------------------------------


@term(43, "count", 1, 2, closed=True)
def count(c):
    value = c[0]
    if c.n == 1 and value.is_datum:
        datum = value.datum()
        if type(datum) in (bytes, str) or type(datum) is dict:
            return len(datum)
    seq = value.seq() if value.kind is not TABLE or c.n == 2 else None
    if seq is None:
        return len(value.data.scan())
    test = predicate(c, c[1]) if c.n == 2 else None
    return sum(1 for item in seq.finite(c.q, c.node) if test is None or test(item))


def measured(c, seq, function):
    """``(measure, row)`` of the rows that have the field (``skip_terminal_t``)."""
    empty = True
    for row in seq.finite(c.q, c.node):
        try:
            yield function(c.q, row).datum() if function else row, row
            empty = False
        except Fault as fault:
            if fault.kind != NON_EXISTENCE:
                raise
    if empty and c.in_groups:
        raise EmptyGroup


def numbers(c, seq, function):
    for value, _ in measured(c, seq, function):
        if value is None:
            continue
        yield expect(value, "NUMBER")


def aggregation(code, name, run, indexed=False):
    @term(code, name, 1, 2, ["index"], closed=True)
    def aggregate(c):
        value, index = c[0], c.opt("index")
        function = c[1].func("field") if c.n == 2 else None
        if function and index:
            c.fail(f"Cannot provide both a function and an index to {name}.")
        if index and not indexed:
            c.fail(f"Cannot call {name} on an index.")
        if indexed and (index or not function and value.kind is TABLE):
            table = value.table()
            part = Slice(table, index.str() if index else None, "asc" if name == "min" else "desc")
            for row in part.seq(c.node).items(c.q):
                return c.val("SINGLE_SELECTION", Single(table, row[table.pkey], row))
            c.fail(f"`{name}` found no entries in the specified index.")
        return run(c, value.seq(), function)


def sum_(c, seq, function):
    return number(sum(numbers(c, seq, function)))


def avg(c, seq, function):
    found = list(numbers(c, seq, function))
    if not found:
        empty(c, "average", "avg")
    return number(sum(found) / len(found))


def empty(c, what, name):
    c.fail(
        f"Cannot take the {what} of an empty stream.  (If you passed `{name}` a field name, it may "
        "be that no elements of the stream had that field.)",
        NON_EXISTENCE,
    )


def extreme(name, better):
    def run(c, seq, function):
        best, best_row = None, None
        for value, row in measured(c, seq, function):
            found = key(value)
            if best is None or better(found, best):
                best, best_row = found, row
        if best is None:
            empty(c, name, name)
        return best_row

    return run


aggregation(145, "sum", sum_)
aggregation(146, "avg", avg)
aggregation(147, "min", extreme("min", lambda a, b: a < b), indexed=True)
aggregation(148, "max", extreme("max", lambda a, b: a > b), indexed=True)


@term(37, "reduce", 2, 2, ["base"], closed=True)
def reduce(c):
    function = c[1].func()
    items = iter(c[0].seq().finite(c.q, c.node))
    result = next(items, items)
    if result is items:
        raise Fault(NON_EXISTENCE, "Cannot reduce over an empty stream.", function.node)
    for item in items:
        result = function(c.q, result, item).datum()
    return result


@term(187, "fold", 3, 3, ["emit", "final_emit"])
def fold(c):
    seq, value, function = c[0].seq(), c[1].datum(), c[2].func()
    if function.arity not in (0, 2):
        c.fail("The accumulator function passed to `fold` should expect 2 arguments")
    emit, final = c.opt("emit"), c.opt("final_emit")
    emit, final = emit and emit.func(), final and final.func()
    if emit is None:
        for item in seq.finite(c.q, c.node):
            value = function(c.q, value, item).datum()
        return final(c.q, value).datum() if final else value

    def rows(q, value=value):
        for item in seq.items(q):
            before, value = value, function(q, value, item).datum()
            yield from expect(emit(q, before, item, value).datum(), "ARRAY")
        if final:
            yield from expect(final(q, value).datum(), "ARRAY")

    return c.stream(Seq(rows, c.node, array=seq.array, feed=seq.feed))


@term(144, "group", 1, -1, ["index", "multi"], grouped="stream", closed=True)
def group(c):
    functions = [c[i].func("field") for i in range(1, c.n)]
    index, multi = c.opt("index"), c.opt("multi")
    rows = ((row, []) for row in (() if index else c[0].seq().finite(c.q, c.node)))
    if index:
        table, name = c[0].table(), index.str()
        if name == table.pkey:
            functions.append(Native(lambda row: row[name], c.node))
            rows = ((row, []) for row in table.scan())
        else:
            rows = ((row, [value]) for row, value in table.entries(name))
    elif not functions:
        c.fail("Cannot group by nothing.")
    groups, size = {}, 0
    for row, found in rows:
        c.q.tick()
        found = [group_of(c, function, row) for function in functions] + found
        if multi and multi.bool():
            choices = [value if type(value) is list else [value] for value in found]
            names = itertools.product(*choices)
        else:
            names = [found]
        for name in names:
            name = name[0] if len(name) == 1 else list(name)
            groups.setdefault(key(name), (name, []))[1].append(row)
            size += 1
        if size > c.q.limit:
            c.fail(
                f"Grouped data over size limit `{c.q.limit}`.  Try putting a reduction (like "
                "`.reduce` or `.count`) on the end.",
                2000000,
            )
    return c.val(GROUPED, Groups(list(groups.values()), stream=True))


def group_of(c, function, row):
    try:
        return function(c.q, row).datum()
    except Fault as fault:
        if fault.kind != NON_EXISTENCE:
            raise
        return None


@term(150, "ungroup", 1, grouped=None)
def ungroup(c):
    if c[0].kind is not GROUPED:
        raise c[0].wrong(GROUPED)
    return [{"group": name, "reduction": value} for name, value in c[0].data.pairs]


# Order ------------------------------------------------------------------------------------


def comparisons(c):
    """``(function, descending)`` of the arguments after the first (``order_util.cc``)."""
    result = []
    for i in range(1, c.n):
        function = c[i].func("field")
        if not function.deterministic:
            c.fail("Sorting by a non-deterministic function is not supported.")
        result.append((function, getattr(c.args[i], "code", 1) == 74))
    return result


def sort(c, rows, orders):
    for function, descending in reversed(orders):

        def place(row, function=function):
            try:
                return key(function(c.q, row).datum())
            except Fault as fault:
                if fault.kind != NON_EXISTENCE:
                    raise
                return (-1,)  # rows without the field come first

        rows.sort(key=place, reverse=descending)
    return rows


@term(41, "orderby", 1, -1, ["index"])
def order_by(c):
    if c.node.spliced:
        c.fail("r.args is not supported in an order_by or union command yet.")
    orders, value, index = comparisons(c), c[0], c.opt("index")
    if index is not None:
        if value.kind not in (TABLE, SLICE):
            c.fail(
                "Indexed order_by can only be performed on a TABLE or TABLE_SLICE. Make sure "
                "order_by comes before any transformations (such as map) or filters."
            )
        name, part = index.str(), value.slice()
        direction = "desc" if c.node.opts["index"].code == 74 else "asc"
        if part.order:
            c.fail("Cannot perform multiple indexed ORDER_BYs on the same table.")
        if part.index not in (None, name):
            c.fail(
                f"Cannot order by index `{name}` after calling BETWEEN on index `{part.index}`."
            )
        part = Slice(part.table, name, direction, part.bounds)
        if not orders:
            return c.val(SLICE, part)

        def rows(q):
            values = lambda pair: key(pair[1])  # noqa: E731
            for _, pairs in itertools.groupby(part.table.pairs(part), values):
                yield from sort(c, [row for row, _ in pairs], orders)

        return c.stream(Seq(rows, c.node), part.table)
    if not orders:
        c.fail("Must specify something to order by.")
    seq, table = rows_and_table(value)
    rows = sort(c, seq.list(c.q, c.node), orders)
    return c.stream(Seq(rows, c.node, array=True), table)


@term(73, "asc", 1)
def asc(c):
    return c[0]


@term(74, "desc", 1)
def desc(c):
    return c[0]


@term(42, "distinct", 1, 1, ["index"])
def distinct(c):
    value, index = c[0], c.opt("index")
    if value.kind in (TABLE, SLICE):
        part = value.slice()
        name = index.str() if index else part.index or part.table.pkey
        if part.index in (None, name):

            def rows(q):
                order = Slice(part.table, name, part.order or "asc", part.bounds)
                pairs = part.table.pairs(order)
                if index is None:
                    return (row for row, _ in pairs)
                values = (value for _, value in pairs)
                return (next(same) for _, same in itertools.groupby(values, key))

            return c.stream(Seq(rows, c.node))
    if index is not None:
        c.fail("Can only perform an indexed distinct on a TABLE.")
    found = {}
    for item in value.seq().finite(c.q, c.node):
        found.setdefault(key(item), item)
        limited(found, c.q.limit)
    return [found[place] for place in sorted(found)]


# Joins ------------------------------------------------------------------------------------


def pairs_of(c, outer):
    function = c[2].func("const")
    right = c[1].seq()

    def step(left):
        found = False
        for row in right.finite(c.q, c.node):
            c.q.tick()
            if function(c.q, left, row).bool():
                found = True
                yield {"left": left, "right": row}
        if outer and not found:
            yield {"left": left}

    return c.stream(c[0].seq().then("concat_map", step, c.node))


@term(48, "inner_join", 3, grouped="stream", closed=True)
def inner_join(c):
    return pairs_of(c, outer=False)


@term(49, "outer_join", 3, grouped="stream", closed=True)
def outer_join(c):
    return pairs_of(c, outer=True)


@term(50, "eqjoin", 3, 3, ["index", "ordered"], grouped="stream", closed=True)
def eq_join(c):
    left, table, function = c[0].seq(), c[2].table(), c[1].func("field")
    index, ordered = c.opt("index"), c.opt("ordered")
    name = index.str() if index else table.pkey

    def rows(q):
        table.require_index(name)
        found = []
        for row in left.items(q):
            try:
                value = function(q, row).datum()
            except Fault as fault:
                if fault.kind != NON_EXISTENCE:
                    raise
                continue
            if value is not None:
                found += [
                    (place, {"left": row, "right": other})
                    for place, other in table.lookup(name, [value])
                ]
                limited(found, q.limit)
        if not (ordered and ordered.bool()):
            found.sort(key=lambda pair: pair[0])  # as the right table is read
        return (pair for _, pair in found)

    return c.stream(Seq(rows, c.node))


@term(72, "zip", 1)
def zip_(c):
    def step(pair):
        if type(pair) is not dict or "left" not in pair:
            raise Fault(LOGIC, "ZIP can only be called on the result of a join.", c.node)
        return (merge(pair["left"], pair["right"]) if "right" in pair else pair["left"],)

    return c.stream(c[0].seq().then("zip", step, c.node))
