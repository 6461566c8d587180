"""Compiling and evaluating ReQL terms.

A query arrives as a tree of terms in JSON. ``compile_term`` makes a tree of ``Node`` of it, checks
arity, options and variables as the server's compile phase does, and ``Node.eval`` runs it: one
function per term, registered with ``@term`` in the modules ``terms_*``.
"""

import time
from typing import NamedTuple

from .datum import (
    ARRAY_LIMIT,
    LOGIC,
    NON_EXISTENCE,
    RESOURCE,
    Fault,
    build,
    clip,
    expect,
    from_json,
    get_field,
    integer,
    key,
    limited,
    logic,
    make_time,
    ptype,
    show,
    truth,
    type_name,
    typed,
)

COMPILE = -1  # kind of a Fault that is found before the query runs
DEADLINE = 10.0  # seconds
MAX_DEPTH = 300

# What a term can give (``val_t``), by the names that stand in messages.
DB, TABLE, SLICE, SELECTION = "DATABASE", "TABLE", "TABLE_SLICE", "SELECTION"
SEQUENCE, SINGLE, DATUM = "SEQUENCE", "SINGLE_SELECTION", "DATUM"
FUNCTION, GROUPED = "FUNCTION", "GROUPED_DATA"

MAKE_ARRAY, MAKE_OBJ, VAR, IMPLICIT_VAR, ORDER_BY, FUNC, DESC, ARGS = 2, 3, 10, 13, 41, 69, 74, 154
REFUSED = {
    36: "BETWEEN_DEPRECATED",
    153: "HTTP",
    157: "GEOJSON",
    158: "TO_GEOJSON",
    159: "POINT",
    160: "LINE",
    161: "POLYGON",
    162: "DISTANCE",
    163: "INTERSECTS",
    164: "INCLUDES",
    165: "CIRCLE",
    166: "GET_INTERSECTING",
    167: "FILL",
    168: "GET_NEAREST",
    171: "POLYGON_SUB",
    176: "RECONFIGURE",
    179: "REBALANCE",
    188: "GRANT",
    189: "SET_WRITE_HOOK",
    190: "GET_WRITE_HOOK",
    191: "BIT_AND",
    192: "BIT_OR",
    193: "BIT_XOR",
    194: "BIT_NOT",
    195: "BIT_SAL",
    196: "BIT_SAR",
}


class Spec(NamedTuple):
    """What a term takes.

    ``high`` -1: any number of arguments. ``refuse``: options of the server which the sandbox has
    not. ``grouped``: "value", the term is applied to each group; "stream", it maps a grouped stream
    to a grouped stream; None, it takes the groups whole. ``pure``: deterministic. ``write``:
    forbidden inside the functions of ``closed`` terms.
    """

    name: str
    run: object
    low: int
    high: int
    opts: tuple
    refuse: tuple = ()
    grouped: str | None = "value"
    pure: bool = True
    write: bool = False
    closed: bool = False

    def check_arity(self, found, node, kind):
        if found < self.low or 0 <= self.high < found:
            expected = plural(self.low)
            if self.high < 0:
                expected = f"{self.low} or more argument{'s' * (self.low != 1)}"
            elif self.low != self.high:
                expected = f"between {self.low} and {self.high} arguments"
            raise Fault(kind, f"Expected {expected} but found {found}.", node)


TERMS = {}  # code -> Spec


def term(code, name, low, high=None, opts=(), **more):
    """Register the function that evaluates a term; see Spec."""

    def register(run):
        TERMS[code] = Spec(name, run, low, low if high is None else high, tuple(opts), **more)
        return run

    return register


def plural(n):
    return f"{n} argument{'' if n == 1 else 's'}"


class Query:
    """One running query: its session, its options and its deadline."""

    def __init__(self, store, user="admin", seconds=DEADLINE):
        self.store, self.user, self.seconds = store, user, seconds
        self.options, self.limit, self.now, self.nodes = {}, ARRAY_LIMIT, None, 0
        self.restart()

    def restart(self):
        self.deadline, self.ticks = time.monotonic() + self.seconds, 0

    def tick(self):
        self.ticks += 1
        if not self.ticks & 127 and time.monotonic() > self.deadline:
            raise Fault(RESOURCE, f"[sandbox] the query was stopped after {self.seconds:g} s.")

    def time(self):
        self.now = self.now or make_time(time.time(), "Z")
        return self.now


class Val:
    """A result and the term it came from, at which type errors point (``val_t``)."""

    __slots__ = ("kind", "data", "node")

    def __init__(self, kind, data, node):
        self.kind, self.data, self.node = kind, data, node

    def wrong(self, expected):
        kind = NON_EXISTENCE if self.kind is DATUM and self.data is None else LOGIC
        message = f"Expected type {expected} but found {self.kind}:\n{self.show()}"
        return Fault(kind, message, self.node)

    def show(self):
        if self.is_datum:
            return show(self.datum())
        if self.kind in (DB, TABLE):
            return f'{"db" if self.kind is DB else "table"}("{self.data.name}")'
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
            raise logic(f"Integer too {size}: {value}", self.node)
        return value

    def time(self):
        if ptype(self.datum()) == "TIME":
            return self.datum()
        raise logic(f"Not a TIME pseudotype: `{clip(self.datum())}`.", self.node)

    def exactly(self, kind):
        if self.kind is kind:
            return self.data
        raise self.wrong(kind)

    def table(self):
        return self.exactly(TABLE)

    def db(self):
        return self.exactly(DB)

    def slice(self):
        return Slice(self.data) if self.kind is TABLE else self.exactly(SLICE)

    def seq(self):
        if self.kind is SELECTION:
            return self.data.seq
        if self.kind in (TABLE, SLICE):
            return self.slice().seq(self.node)
        if self.kind is DATUM:
            if type(self.data) is list:
                return Seq(self.data, self.node, array=True)
            raise typed(self.data, f"Cannot convert {type_name(self.data)} to SEQUENCE")
        return self.exactly(SEQUENCE)

    def selection(self):
        if self.kind in (TABLE, SLICE):
            return Selection(self.slice().table, self.seq())
        return self.exactly(SELECTION)

    def func(self, shortcut=None):
        """As a function; ``shortcut`` says what a plain value is good for: const or field."""
        if self.kind is FUNCTION:
            return self.data
        if shortcut is None or not self.is_datum:
            raise self.wrong(FUNCTION)
        value = self.datum()
        if shortcut == "const":
            return native(lambda *_: value, self.node, matches=True)
        return native(lambda row: field_of(row, expect(value, "STRING")), self.node)


def field_of(row, name):
    """What a string does in place of a function: get_field."""
    if type(row) is dict and not ptype(row):
        return get_field(row, name)
    if type(row) is list:
        return [item[name] for item in row if type(item) is dict and name in item]
    if ptype(row):
        raise logic(f"Cannot call `get_field` on objects of type `{type_name(row)}`.")
    raise typed(row, f"Cannot perform get_field on a non-object non-sequence `{clip(row)}`.")


class Func:
    """A function. ``matches``: an object that it gives is a pattern for `filter`."""

    def __init__(self, run, node, arity=0, pure=True, matches=False):
        self.run, self.node, self.arity = run, node, arity
        self.pure, self.matches = pure, matches

    def __call__(self, q, *args, literal=False):
        if self.arity and len(args) != self.arity:
            expected, found = plural(len(args)), plural(self.arity)
            raise logic(f"Expected function with {expected} but found function with {found}.", self.node)
        return self.run(q, args, literal)


def native(function, node, matches=False):
    """A function of the server's own; its errors point at ``node``."""

    def run(q, args, literal):
        try:
            return Val(DATUM, function(*args), node)
        except Fault as fault:
            fault.node = fault.node or node
            raise

    return Func(run, node, matches=matches)


class Seq:
    """A lazy sequence: a source and the steps its items go through.

    A step maps an item to an iterable of items. ``array``: it is an array in all but name.
    ``slice``: the part of a table that it reads, which `changes` can follow. ``feed``: the Feed of
    a sequence without end.
    """

    def __init__(self, source, node, array=False, slice=None, feed=None, steps=()):
        self.source, self.node, self.array = source, node, array
        self.slice, self.feed, self.steps = slice, feed, steps

    def then(self, label, step, node, function=None):
        steps = (*self.steps, (label, step, node, function))
        return Seq(self.source, self.node, self.array, self.slice, self.feed, steps)

    def over(self, function, node):
        """``function(iterator)``: a sequence of the same kind that `changes` cannot follow."""
        return Seq(lambda q: function(self.items(q)), node, self.array, None, self.feed)

    def items(self, q):
        try:
            items = iter(self.source(q) if callable(self.source) else self.source)
        except Fault as fault:
            fault.node = fault.node or self.node
            raise
        for _, step, node, _ in self.steps:
            items = self._apply(step, items, node)
        return items

    @staticmethod
    def _apply(step, items, node):
        try:
            for item in items:
                yield from step(item)
        except Fault as fault:
            fault.node = fault.node or node
            raise

    def finite(self, q):
        """The items, for a term that needs all of them."""
        if self.feed is not None:
            raise logic(
                "Cannot call a terminal (`reduce`, `count`, etc.) on an infinite stream (such as a changefeed).",
                self.node,
            )
        return self.items(q)

    def list(self, q):
        result = []
        for item in self.finite(q):
            result.append(item)
            if len(result) > q.limit:
                limited(result, q.limit)
        return result


class Slice:
    """A table, or a range of it in an index, possibly in order (``table_slice_t``)."""

    def __init__(self, table, index=None, order=None, bounds=None):
        self.table, self.index, self.order, self.bounds = table, index, order, bounds

    def seq(self, node):
        return Seq(lambda q: (row for row, _ in self.table.pairs(self)), node, slice=self)


class Selection(NamedTuple):
    table: object
    seq: Seq


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

    __slots__ = ("code", "spec", "args", "opts", "parent", "frame", "id", "value", "pure", "params", "spliced")

    def __init__(self, parent, frame, number):
        self.parent, self.frame, self.id = parent, frame, number
        self.code, self.spec, self.args, self.opts = 1, None, (), {}
        self.value, self.pure, self.params, self.spliced = None, True, None, False

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
                return self.eval_groups(call)
            result = self.spec.run(call)
        except Fault as fault:
            fault.node = fault.node or self
            raise
        return result if type(result) is Val else Val(DATUM, result, self)

    def eval_groups(self, call):
        groups, pairs = call[0].data, []
        stream = groups.stream and self.spec.grouped == "stream"
        for group, value in groups.pairs:
            each = Call(self, call.q, call.scope, False)
            each.first, each.in_groups = Val(DATUM, value, self), groups.stream
            try:
                result = self.spec.run(each)
            except EmptyGroup:
                continue
            if type(result) is Val:
                result = result.seq().list(call.q) if result.kind is SEQUENCE else result.datum()
            if result or not stream:
                pairs.append((group, result))
        return Val(GROUPED, Groups(pairs, stream), self)


class Call:
    """One evaluation of a term: its arguments, evaluated when asked for."""

    __slots__ = ("node", "q", "scope", "literal", "args", "n", "first", "in_groups")

    def __init__(self, node, q, scope, literal):
        self.node, self.q, self.scope, self.literal = node, q, scope, literal
        self.args, self.first, self.in_groups = node.args, None, False
        if node.spliced:
            self.args = []
            for arg in node.args:
                values = arg.eval(q, scope).datum() if arg.code == ARGS else None
                self.args += [arg] if values is None else [Val(DATUM, v, node) for v in values]
            node.spec.check_arity(len(self.args), node, LOGIC)
        self.n = len(self.args)

    def __getitem__(self, i):
        if i == 0:
            self.first = self.first or self.arg(0)
            return self.first
        return self.arg(i)

    def arg(self, i, literal=False):
        arg = self.args[i]
        return arg if type(arg) is Val else arg.eval(self.q, self.scope, literal)

    def opt(self, name):
        node = self.node.opts.get(name) or self.q.options.get(name)
        return None if node is None else node.eval(self.q, self.scope)

    def flag(self, name):
        option = self.opt(name)
        return option is not None and option.bool()

    def fail(self, message, kind=LOGIC):
        raise Fault(kind, message, self.node)

    def val(self, kind, data):
        return Val(kind, data, self.node)

    def stream(self, seq, table=None):
        """The sequence as this term's result: a selection if it is one of a table's rows."""
        if table is not None:
            return self.val(SELECTION, Selection(table, seq))
        return seq.list(self.q) if seq.array else self.val(SEQUENCE, seq)


# Compiling


class Place(NamedTuple):
    """Where a term stands: what is visible there, and whether writes are allowed."""

    names: frozenset = frozenset()
    rows: int = 0  # how many functions r.row could belong to
    writes: bool = True
    depth: int = 0
    parent: int = 0


def compile_term(wire, q, place=Place(), parent=None, frame=None):
    """The Node of a term as it came over the wire."""
    node = Node(parent, frame, q.nodes)
    q.nodes += 1

    def fail(message, at=node):
        raise Fault(COMPILE, message, at)

    if place.depth > MAX_DEPTH:
        fail(f"[sandbox] a query of more than {MAX_DEPTH} nested terms is refused.")
    if type(wire) is dict:
        wire = [MAKE_OBJ, [], wire]
    elif type(wire) is not list:
        wire = [1, wire]
    if not 1 <= len(wire) <= 3 or type(wire[0]) is not int:
        fail("Expected a term: an array of a TermType as a NUMBER, arguments and options.")
    code, args, opts = wire + ([[], {}], [{}], [])[len(wire) - 1]
    if code == 1 or (code in (MAKE_ARRAY, MAKE_OBJ) and not place.rows):
        try:
            value = from_json(args) if code == 1 else _plain(opts if code == MAKE_OBJ else wire, q)
            node.value = Val(DATUM, value, node)
            return node
        except (_NotPlain, Fault) as fault:  # terms in it, or an error: evaluating it will tell
            if code == 1:
                raise Fault(LOGIC, fault.message, node) from None
            q.nodes = node.id + 1
    if type(args) is dict:
        args, opts = [], args
    if type(args) is not list or type(opts) is not dict:
        fail("Expected the arguments of a term as an array and its options as an object.")
    if code in REFUSED:
        fail(f"[sandbox] the term {REFUSED[code]} is not supported.")
    if code not in TERMS:
        fail(f"Unrecognized TermType: {code}.")
    node.code, node.spec = code, TERMS[code]
    if node.spec.write and not place.writes:
        fail("Cannot nest writes or meta ops in stream operations.  Use FOR_EACH instead.")
    if node.spec.name in ("asc", "desc") and place.parent != ORDER_BY:
        fail(f"{node.spec.name.upper()} may only be used as an argument to ORDER_BY.")

    def child(wire, frame, names=place.names, rows=place.rows):
        writes = place.writes and not (node.spec.closed and frame != 0)
        return compile_term(wire, q, Place(names, rows, writes, place.depth + 1, code), node, frame)

    if code == FUNC:
        node.spec.check_arity(len(args), node, COMPILE)
        names = args[0][1] if type(args[0]) is list and args[0][:1] == [MAKE_ARRAY] else args[0]
        if type(names) is not list or not all(type(name) is int for name in names):
            fail("CLIENT ERROR: FUNC variables must be a literal array of numbers.")
        q.nodes += 1 + len(names)
        node.params, rows = names, place.rows + (len(names) == 1)
        node.args = [child(args[1], 1, place.names.union(names), rows)] * 2
    else:
        node.args = [child(arg, i) for i, arg in enumerate(args)]
    node.spliced = any(arg.code == ARGS for arg in node.args)
    if not node.spliced:
        node.spec.check_arity(len(node.args), node, COMPILE)
    for name, option in opts.items():
        node.opts[name] = child(option, name)
        if name in node.spec.refuse:
            what = node.spec.name.upper()
            fail(f"[sandbox] the option `{name}` of {what} is not supported.", node.opts[name])
        if code != MAKE_OBJ and name not in node.spec.opts:
            fail(f"Unrecognized optional argument `{name}`.", node.opts[name])
    if code == VAR and (type(args[0]) is not int or args[0] not in place.names):
        fail("Variable name not found.")
    if code == IMPLICIT_VAR and place.rows == 0:
        fail("r.row is not defined in this context.")
    if code == IMPLICIT_VAR and place.rows > 1:
        fail("Cannot use r.row in nested queries.  Use functions instead.")
    pure = node.spec.pure or (node.spec.name == "uuid" and len(args) == 1)
    node.pure = pure and all(one.pure for one in (*node.args, *node.opts.values()))
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
    if len(wire) == 2 and wire[0] == MAKE_ARRAY and type(wire[1]) is list:
        q.nodes += len(wire[1])
        return limited([_plain(item, q) for item in wire[1]], q.limit)
    raise _NotPlain


@term(MAKE_ARRAY, "make_array", 0, -1, grouped=None)
def make_array(c):
    return limited([c.arg(i, c.literal).datum() for i in range(c.n)], c.q.limit)


@term(MAKE_OBJ, "make_obj", 0)
def make_obj(c):
    fields = c.node.opts.items()
    return build({k: arg.eval(c.q, c.scope, c.literal).datum() for k, arg in fields}, c.literal)


@term(VAR, "var", 1)
def var(c):
    return c.scope[c.node.args[0].value.data]


@term(IMPLICIT_VAR, "implicit_var", 0)
def implicit_var(c):
    return c.scope[None]


@term(FUNC, "func", 2, grouped=None)
def func(c):
    scope, params, body = c.scope, c.node.params, c.node.args[1]

    def run(q, args, literal):
        inner = {**scope, **dict(zip(params, args, strict=False))}
        if len(params) == 1:
            inner[None] = args[0]  # r.row
        return body.eval(q, inner, literal)

    matches = body.code in (1, MAKE_OBJ)
    return c.val(FUNCTION, Func(run, c.node, len(params), c.node.pure, matches))


@term(ARGS, "args", 1)
def args(c):
    expect(c[0].datum(), "ARRAY")
    return c[0]
