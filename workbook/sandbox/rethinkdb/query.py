"""Compiling and evaluating ReQL terms.

A query arrives as a tree of terms in JSON. ``compile_term`` makes a tree of ``Node`` of it, checks
arity, options and variables as the server's compile phase does, and ``Node.eval`` runs it: one
function per term, registered with ``@term`` in the modules ``terms_*``.
"""

import time

from .datum import (
    ARRAY_LIMIT, LOGIC, NON_EXISTENCE, RESOURCE, Fault, build, clip, expect, from_json, get_field,
    integer, key, limited, make_time, ptype, show, truth, type_name, typed,
)  # fmt: skip

COMPILE = -1  # kind of a Fault found before the query runs
DEADLINE = 10.0  # seconds
MAX_DEPTH = 500

DB, TABLE, SLICE, SELECTION = "DATABASE", "TABLE", "TABLE_SLICE", "SELECTION"
SEQUENCE, SINGLE, DATUM = "SEQUENCE", "SINGLE_SELECTION", "DATUM"
FUNCTION, GROUPED = "FUNCTION", "GROUPED_DATA"

TERMS = {}  # code -> Spec
REFUSED = {
    153: "HTTP", 157: "GEOJSON", 158: "TO_GEOJSON", 159: "POINT", 160: "LINE", 161: "POLYGON",
    162: "DISTANCE", 163: "INTERSECTS", 164: "INCLUDES", 165: "CIRCLE", 166: "GET_INTERSECTING",
    167: "FILL", 168: "GET_NEAREST", 171: "POLYGON_SUB", 176: "RECONFIGURE", 188: "GRANT",
    189: "SET_WRITE_HOOK", 190: "GET_WRITE_HOOK",
}  # fmt: skip


class Spec:
    """What a term takes. ``grouped``: applied to each group of its first argument."""

    def __init__(self, name, run, low, high, opts, refuse, grouped, deterministic, write, closed):
        self.name, self.run, self.low, self.high = name, run, low, high
        self.opts, self.refuse, self.grouped = frozenset(opts), frozenset(refuse), grouped
        self.deterministic, self.write, self.closed = deterministic, write, closed

    def check_arity(self, found, node, kind):
        if found < self.low or 0 <= self.high < found:
            if self.low == self.high:
                expected = f"{self.low} argument{'' if self.low == 1 else 's'}"
            elif self.high < 0:
                expected = f"{self.low} or more argument{'' if self.low == 1 else 's'}"
            else:
                expected = f"between {self.low} and {self.high} arguments"
            raise Fault(kind, f"Expected {expected} but found {found}.", node)


def term(
    code, name, low=1, high=None, opts=(), *, refuse=(), grouped="value", deterministic=True,
    write=False, closed=False,
):  # fmt: skip
    """Register the function that evaluates a term.

    ``high`` -1: any number of arguments. ``refuse``: options of the server which the sandbox has
    not. ``grouped`` "stream": maps a grouped stream to a grouped stream; None: takes the groups
    whole. ``write``: forbidden inside the functions of ``closed`` terms.
    """

    def register(run):
        TERMS[code] = Spec(
            name, run, low, low if high is None else high, opts, refuse, grouped, deterministic,
            write, closed,
        )  # fmt: skip
        return run

    return register


class Query:
    """One running query: its session, its options and its deadline."""

    def __init__(self, store, user="admin", deadline=DEADLINE):
        self.store, self.user, self.seconds = store, user, deadline
        self.options, self.limit, self.now, self.nodes = {}, ARRAY_LIMIT, None, 0
        self.restart()

    def restart(self):
        self.deadline, self.ticks = time.monotonic() + self.seconds, 0

    def tick(self):
        self.ticks += 1
        if not self.ticks & 127 and time.monotonic() > self.deadline:
            raise Fault(
                RESOURCE, f"[sandbox] the query ran for more than {self.seconds:g} s: stopped."
            )

    def time(self):
        if self.now is None:
            self.now = make_time(time.time(), "Z")
        return self.now


class Val:
    """A result and the term it came from, at which type errors point (``val_t``)."""

    __slots__ = ("kind", "data", "node")

    def __init__(self, kind, data, node):
        self.kind, self.data, self.node = kind, data, node

    def wrong(self, expected):
        kind = NON_EXISTENCE if self.kind is DATUM and self.data is None else LOGIC
        return Fault(
            kind, f"Expected type {expected} but found {self.kind}:\n{self.show()}", self.node
        )

    def show(self):
        if self.is_datum:
            return show(self.datum())
        if self.kind is DB:
            return f'db("{self.data.name}")'
        if self.kind is TABLE:
            return f'table("{self.data.name}")'
        if self.kind is SELECTION:
            return f"SELECTION ON table({self.data.table.name})"
        return f"VALUE {self.kind}"

    @property
    def is_datum(self):
        return self.kind is DATUM or self.kind is SINGLE

    @property
    def is_selection(self):
        return self.kind in (TABLE, SLICE, SELECTION)

    def datum(self):
        if self.kind is DATUM:
            return self.data
        if self.kind is SINGLE:
            return self.data.row()
        raise self.wrong(DATUM)

    def convert(self, function, *args):
        """``function(datum, *args)``, its type errors pointing at this value."""
        value = self.datum()
        try:
            return function(value, *args)
        except Fault as fault:
            fault.node = fault.node or self.node
            raise

    def num(self):
        return self.convert(expect, "NUMBER")

    def str(self):
        return self.convert(expect, "STRING")

    def bool(self):
        return truth(self.datum())

    def int(self, bits=64):
        value = self.convert(integer)
        if abs(value) >= 2 ** (bits - 1):
            size = "large" if value > 0 else "small"
            raise Fault(LOGIC, f"Integer too {size}: {value}", self.node)
        return value

    def time(self):
        value = self.datum()
        if ptype(value) == "TIME":
            return value
        raise Fault(LOGIC, f"Not a TIME pseudotype: `{clip(show(value))}`.", self.node)

    def table(self):
        if self.kind is TABLE:
            return self.data
        raise self.wrong(TABLE)

    def slice(self):
        if self.kind is TABLE:
            return Slice(self.data)
        if self.kind is SLICE:
            return self.data
        raise self.wrong(SLICE)

    def db(self):
        if self.kind is DB:
            return self.data
        raise self.wrong(DB)

    def seq(self):
        if self.kind is SEQUENCE:
            return self.data
        if self.kind is SELECTION:
            return self.data.seq
        if self.kind in (TABLE, SLICE):
            return self.slice().seq(self.node)
        if self.kind is DATUM:
            if type(self.data) is list:
                return Seq(self.data, self.node, array=True)
            raise typed(self.data, f"Cannot convert {type_name(self.data)} to SEQUENCE")
        raise self.wrong(SEQUENCE)

    def selection(self):
        if self.kind is SELECTION:
            return self.data
        if self.kind in (TABLE, SLICE):
            return Selection(self.slice().table, self.seq())
        raise self.wrong(SELECTION)

    def func(self, shortcut=None):
        """As a function; ``shortcut`` says what a plain value is good for: const or field."""
        if self.kind is FUNCTION:
            return self.data
        if shortcut is None or not self.is_datum:
            raise self.wrong(FUNCTION)
        value = self.datum()
        if shortcut == "const":
            return Native(lambda *_: value, self.node, constant=True)
        return Native(lambda row: field(row, value), self.node)


def field(row, name):
    """What the shortcut ``'name'`` for a function does: get_field."""
    if type(row) is not dict:
        raise typed(
            row, f"Cannot perform get_field on a non-object non-sequence `{clip(show(row))}`."
        )
    return get_field(row, expect(name, "STRING"))


class Func:
    """A function of the query with the scope it was made in."""

    def __init__(self, node, scope):
        self.node, self.scope = node, scope
        self.params, self.body = node.params, node.args[1]
        self.arity = len(self.params)
        self.deterministic = node.deterministic
        self.matches_objects = self.body.code in (1, 3)  # {'a': 1} as a predicate

    def __call__(self, q, *args, literal=False):
        if self.params and len(args) != self.arity:
            raise Fault(
                LOGIC,
                f"Expected function with {plural(len(args))} but found function with "
                f"{plural(self.arity)}.",
                self.node,
            )
        scope = self.scope
        if self.params:
            scope = {**scope, **dict(zip(self.params, args, strict=True))}
            if self.arity == 1:
                scope[None] = args[0]  # r.row
        return self.body.eval(q, scope, literal)


class Native:
    """A function of the server's own."""

    deterministic, arity = True, 0

    def __init__(self, function, node, constant=False):
        self.function, self.node, self.matches_objects = function, node, constant

    def __call__(self, q, *args, literal=False):
        try:
            return Val(DATUM, self.function(*args), self.node)
        except Fault as fault:
            fault.node = fault.node or self.node
            raise


def plural(n, word="argument"):
    return f"{n} {word}{'' if n == 1 else 's'}"


class Seq:
    """A lazy sequence: a source and the steps its items go through.

    A step maps an item to an iterable of items. ``array``: it is an array in all but name.
    ``slice``: the part of a table it reads, which is what `changes` can follow. ``feed``: the notes
    of a changefeed, which never ends. Arrays are made of finite sequences only.
    """

    def __init__(self, source, node, array=False, slice=None, feed=None, steps=()):
        self.source, self.node, self.array = source, node, array
        self.slice, self.feed, self.steps = slice, feed, steps

    def then(self, label, step, node):
        steps = (*self.steps, (label, step, node))
        return Seq(self.source, self.node, self.array, self.slice, self.feed, steps)

    def over(self, function, node):
        """The same kind of sequence with ``function(iterator)`` applied; `changes` cannot follow."""
        return Seq(lambda q: function(self.items(q)), node, self.array, None, self.feed)

    def items(self, q):
        try:
            items = iter(self.source(q) if callable(self.source) else self.source)
        except Fault as fault:
            fault.node = fault.node or self.node
            raise
        for _, step, node in self.steps:
            items = _apply(step, items, node)
        return items

    def finite(self, q, node):
        """The items, for a term that needs all of them."""
        if self.feed is not None:
            raise Fault(
                LOGIC,
                "Cannot call a terminal (`reduce`, `count`, etc.) on an infinite stream (such as a "
                "changefeed).",
                self.node,
            )
        return self.items(q)

    def list(self, q, node):
        result = []
        for item in self.finite(q, node):
            result.append(item)
            if len(result) > q.limit:
                limited(result, q.limit)
        return result


def _apply(step, items, node):
    try:
        for item in items:
            yield from step(item)
    except Fault as fault:
        fault.node = fault.node or node
        raise


class Slice:
    """A table, or a range of it in an index, possibly in order (``table_slice_t``)."""

    def __init__(self, table, index=None, order=None, bounds=None):
        self.table, self.index, self.order, self.bounds = table, index, order, bounds

    def seq(self, node):
        return Seq(
            lambda q: self.table.scan(self.index, self.bounds, self.order), node, slice=self
        )


class Selection:
    def __init__(self, table, seq):
        self.table, self.seq = table, seq


class Single:
    """One row of a table, which need not exist."""

    def __init__(self, table, key, row=None):
        self.table, self.key, self._row = table, key, row

    def row(self):
        return self.table.get(self.key) if self._row is None else self._row


class Groups:
    """Grouped data: ``[(group, value)]`` in order; of a stream still, or reduced."""

    def __init__(self, pairs, stream=False):
        self.pairs, self.stream = sorted(pairs, key=lambda pair: key(pair[0])), stream


class EmptyGroup(Exception):
    """Nothing in the group had the field: the group is left out of the result."""


class Node:
    """A compiled term."""

    __slots__ = (
        "code", "spec", "args", "opts", "parent", "frame", "id", "value", "deterministic",
        "params", "spliced",
    )  # fmt: skip

    def path(self):
        frames, node = [], self
        while node.parent is not None:
            frames.append(node.frame)
            node = node.parent
        return frames[::-1]

    def eval(self, q, scope, literal=False):
        if self.value is not None:
            return self.value
        q.tick()
        try:
            call = Call(self, q, scope, literal)
            if self.spec.grouped and call.n and call[0].kind is GROUPED:
                return self.eval_groups(q, scope, call)
            result = self.spec.run(call)
        except Fault as fault:
            fault.node = fault.node or self
            raise
        return result if type(result) is Val else Val(DATUM, result, self)

    def eval_groups(self, q, scope, call):
        groups = call[0].data
        stream = groups.stream and self.spec.grouped == "stream"
        pairs = []
        for group, value in groups.pairs:
            each = Call(self, q, scope, False)
            each.first, each.in_groups = Val(DATUM, value, self), groups.stream
            try:
                result = self.spec.run(each)
            except EmptyGroup:
                continue
            if type(result) is Val:
                result = result.seq().list(q, self) if result.kind is SEQUENCE else result.datum()
            if not stream or result:
                pairs.append((group, result))
        return Val(GROUPED, Groups(pairs, stream), self)


class Call:
    """One evaluation of a term: its arguments, evaluated when asked for."""

    __slots__ = ("node", "q", "scope", "literal", "args", "n", "first", "in_groups")

    def __init__(self, node, q, scope, literal):
        self.node, self.q, self.scope, self.literal = node, q, scope, literal
        self.args, self.first, self.in_groups = node.args, None, False
        if node.spliced:
            self.splice()
        self.n = len(self.args)

    def splice(self):
        args = []
        for arg in self.node.args:
            if arg.code == 154:  # r.args
                values = arg.eval(self.q, self.scope).datum()
                args += [Val(DATUM, value, self.node) for value in values]
            else:
                args.append(arg)
        self.args = args
        self.node.spec.check_arity(len(args), self.node, LOGIC)

    def __getitem__(self, i):
        if i == 0 and self.first is not None:
            return self.first
        result = self.arg(i)
        if i == 0:
            self.first = result
        return result

    def arg(self, i, literal=False):
        arg = self.args[i]
        return arg if type(arg) is Val else arg.eval(self.q, self.scope, literal)

    def opt(self, name):
        node = self.node.opts.get(name) or self.q.options.get(name)
        return None if node is None else node.eval(self.q, self.scope)

    def fail(self, message, kind=LOGIC):
        raise Fault(kind, message, self.node)

    def val(self, kind, data):
        return Val(kind, data, self.node)

    def stream(self, seq, table=None):
        """The sequence as this term's result: a selection if it is one of a table's rows."""
        if table is not None:
            return self.val(SELECTION, Selection(table, seq))
        if seq.array:
            return seq.list(self.q, self.node)
        return self.val(SEQUENCE, seq)


# Compiling ---------------------------------------------------------------------------------


class Place:
    """What is visible where a term stands: variables, r.row, whether writes are allowed."""

    __slots__ = ("names", "rows", "writes", "depth", "ordering")

    def __init__(self, names=frozenset(), rows=0, writes=True, depth=0, ordering=False):
        self.names, self.rows, self.writes = names, rows, writes
        self.depth, self.ordering = depth, ordering


def compile_term(wire, q, place=None, parent=None, frame=None):
    """The Node of a term as it came over the wire."""
    place = place or Place()
    node = Node()
    node.parent, node.frame, node.id = parent, frame, q.nodes
    node.value, node.params, node.spliced, node.deterministic = None, None, False, True
    node.args, node.opts, node.code, node.spec = (), {}, 1, None
    q.nodes += 1

    def fail(message):
        raise Fault(COMPILE, message, node)

    if place.depth > MAX_DEPTH:
        fail(f"[sandbox] a query nested deeper than {MAX_DEPTH} terms is refused.")
    if type(wire) is dict:
        code, args, opts = 3, [], wire
    elif type(wire) is list:
        if not 1 <= len(wire) <= 3:
            fail(f"Expected between 1 and 3 elements in a Term, but found {len(wire)}.")
        code, args, opts = wire[0], wire[1] if len(wire) > 1 else [], wire[2:] and wire[2] or {}
        if type(code) is not int:
            fail(f"Expected a TermType as a NUMBER but found {type_name(code)}.")
    else:
        code, args, opts = 1, wire, {}
    if code == 1:
        try:
            node.value = Val(DATUM, from_json(args), node)
            return node
        except Fault as fault:
            fault.node = node
            raise
    if code in (2, 3) and not place.rows:
        try:
            node.value = Val(DATUM, _plain(wire, q), node)
            return node
        except (_NotPlain, Fault):  # there are terms in it, or it is wrong: evaluating will tell
            q.nodes = node.id + 1
    if type(args) is dict:
        args, opts = [], args
    if type(args) is not list:
        fail("Second element in a non-DATUM Term is neither arguments nor optional arguments.")
    if type(opts) is not dict:
        fail("Third element in a non-DATUM Term is not optional arguments.")
    if code == 103 and not args:  # r.now(): the same all over the query
        node.value = Val(DATUM, q.time(), node)
        return node
    if code in REFUSED:
        fail(f"[sandbox] the term {REFUSED[code]} is not supported.")
    if code not in TERMS:
        fail(f"Unrecognized TermType: {code}.")
    spec = TERMS[code]
    if spec.write and not place.writes:
        fail("Cannot nest writes or meta ops in stream operations.  Use FOR_EACH instead.")
    if code in (73, 74) and not place.ordering:
        fail(f"{spec.name.upper()} may only be used as an argument to ORDER_BY.")
    node.code, node.spec = code, spec

    def child(wire, frame, names=place.names, rows=place.rows):
        writes = place.writes and not (spec.closed and frame != 0)
        inside = Place(names, rows, writes, place.depth + 1, code == 41)
        return compile_term(wire, q, inside, node, frame)

    if code == 69:
        node.params = _parameters(args, fail)
        rows = place.rows + (len(node.params) == 1)
        node.args = [child(args[0], 0), child(args[1], 1, place.names | set(node.params), rows)]
    else:
        node.args = [child(arg, i) for i, arg in enumerate(args)]
    node.spliced = any(arg.code == 154 for arg in node.args)
    if not node.spliced:
        spec.check_arity(len(node.args), node, COMPILE)
    for name, wire_value in opts.items():
        node.opts[name] = child(wire_value, name)
        if name in spec.refuse:
            raise Fault(
                COMPILE,
                f"[sandbox] the option `{name}` of {spec.name.upper()} is not supported.",
                node.opts[name],
            )
        if code != 3 and name not in spec.opts:
            raise Fault(COMPILE, f"Unrecognized optional argument `{name}`.", node.opts[name])
    if code == 10 and (not node.args[0].value or node.args[0].value.data not in place.names):
        fail("Variable name not found.")
    if code == 13 and place.rows != 1:
        fail(
            "Cannot use r.row in nested queries.  Use functions instead."
            if place.rows
            else "r.row is not defined in this context."
        )
    children = [*node.args, *node.opts.values()]
    node.deterministic = (spec.deterministic or code == 169 and bool(args)) and all(
        one.deterministic for one in children
    )
    return node


class _NotPlain(Exception):
    pass


def _plain(wire, q):
    """An object or array that is nothing but data, as a value: it need not become terms."""
    if type(wire) is dict:
        q.nodes += len(wire)
        return build({name: _plain(item, q) for name, item in wire.items()})
    if type(wire) is not list:
        return wire if type(wire) is str else from_json(wire)
    if len(wire) == 2 and wire[0] == 2 and type(wire[1]) is list:
        q.nodes += len(wire[1])
        return limited([_plain(item, q) for item in wire[1]], q.limit)
    raise _NotPlain


def _parameters(args, fail):
    if len(args) != 2:
        fail(f"Expected 2 arguments but found {len(args)}.")
    names = args[0]
    if type(names) is list and len(names) == 2 and names[0] == 2:
        names = names[1]
    if type(names) is not list or not all(type(name) is int for name in names):
        fail("CLIENT ERROR: FUNC variables must be a literal array of numbers.")
    return names


@term(2, "make_array", 0, -1)
def make_array(c):
    return limited([c.arg(i, c.literal).datum() for i in range(c.n)], c.q.limit)


@term(3, "make_obj", 0)
def make_obj(c):
    fields = c.node.opts.items()
    return build({k: node.eval(c.q, c.scope, c.literal).datum() for k, node in fields}, c.literal)


@term(10, "var", 1)
def var(c):
    return c.scope[c.node.args[0].value.data]


@term(13, "implicit_var", 0)
def implicit_var(c):
    return c.scope[None]


@term(69, "func", 2, grouped=None)
def func(c):
    return c.val(FUNCTION, Func(c.node, c.scope))


@term(154, "args", 1)
def args(c):
    value = c[0].datum()
    expect(value, "ARRAY")
    return c[0]
