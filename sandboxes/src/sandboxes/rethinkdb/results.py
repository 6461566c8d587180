"""What a term can give: a value, a sequence, a table or a part of one, a function, groups."""

from typing import NamedTuple

from .datum import expect, get_field, integer, limited, ptype, truth, type_name, typed
from .errors import EMPTY_USER, LOGIC, NON_EXISTENCE, Fault, logic, missing
from .keys import key, matches
from .quick import MISS
from .registry import plural
from .text import clip, show

DB, TABLE, SLICE, SELECTION = "DATABASE", "TABLE", "TABLE_SLICE", "SELECTION"
SEQUENCE, SINGLE, DATUM = "SEQUENCE", "SINGLE_SELECTION", "DATUM"
FUNCTION, GROUPED = "FUNCTION", "GROUPED_DATA"


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
        if self.kind is SELECTION and self.data.seq.array:
            return self.data.seq.list(self.data.q)
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
        self.quick = None  # of one row, as in quick.py

    def __call__(self, q, *args, literal=False):
        if self.arity and len(args) != self.arity:
            expected, found = plural(len(args)), plural(self.arity)
            raise logic(f"Expected function with {expected} but found function with {found}.", self.node)
        return self.run(q, args, literal)

    def datum(self, q, *args):
        """What it gives, as a value."""
        if self.quick and len(args) == 1:
            q.tick()
            value = self.quick(*args)
            if value is not MISS:
                return value
        return self(q, *args).datum()

    def holds(self, q, row, otherwise=None):
        """Whether the row passes (``func_t::filter_call``).

        An object that is given by the function is a pattern. ``otherwise()`` is asked where something does
        not exist; an r.error() without a message in it brings the first error back.
        """
        try:
            found = self.datum(q, row)
            if self.matches and type(found) is dict:
                return matches(found, row)
            if found is None:
                raise missing("")
            return truth(found)
        except Fault as fault:
            if fault.kind != NON_EXISTENCE:
                raise
            try:
                return bool(otherwise and otherwise())
            except Fault as other:
                if other.kind != EMPTY_USER or not fault.message:
                    raise
            raise


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

    def __init__(self, source, node, array=False, slice=None, feed=None, steps=(), infinite=False):
        self.source, self.node, self.array = source, node, array
        self.slice, self.feed, self.steps, self.infinite = slice, feed, steps, infinite
        self.parts, self.problem = (), None  # of a union; why `changes` cannot follow it

    def then(self, label, step, node, function=None):
        steps = (*self.steps, (label, step, node, function))
        seq = Seq(self.source, self.node, self.array, self.slice, self.feed, steps, self.infinite)
        seq.parts, seq.problem = self.parts, self.problem
        return seq

    def over(self, function, node, infinite=False):
        """``function(iterator)``: a sequence of the same kind that `changes` cannot follow."""
        return Seq(lambda q: function(self.items(q)), node, self.array, None, self.feed, infinite=infinite)

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

    def finite(self, q, few=False):
        """The items, for a term that needs all of them, or a ``few``."""
        if self.infinite and not few:
            raise logic(
                "Cannot use an infinite stream with an aggregation function (`reduce`, `count`, etc.) "
                "or coerce it to an array.",
                self.node,
            )
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

    def __init__(self, table, index=None, order=None, bounds=None, values=None, limit=None):
        self.table, self.index, self.order, self.bounds = table, index, order, bounds
        self.values, self.limit = values, limit  # of get_all, of limit

    def first(self, n):
        """Its first rows."""
        return Slice(self.table, self.index, self.order, self.bounds, self.values, n)

    def seq(self, node):
        return Seq(lambda q: (row for row, _ in self.table.read(self, q)), node, slice=self)


class Selection(NamedTuple):
    """Rows of one table, which can be written to. ``q``: the query that reads them."""

    table: object
    seq: Seq
    q: object = None


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
