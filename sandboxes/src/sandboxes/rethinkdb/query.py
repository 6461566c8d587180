"""One running query, and the tree of terms that it evaluates."""

import time
import uuid

from .datum import ARRAY_LIMIT, make_time
from .errors import LOGIC, RESOURCE, Fault, Stopped
from .registry import ARGS
from .results import DATUM, GROUPED, SELECTION, SEQUENCE, EmptyGroup, Groups, Selection, Val

DEADLINE = 10.0  # seconds


HAND_OVER = 0.01  # seconds after which a query is slow


class Query:
    """One running query: its session, its options and its deadline.

    ``connection``: whose it is. ``slow()`` is called once if it takes long.
    """

    def __init__(self, store, user="admin", seconds=DEADLINE, connection=None):
        self.store, self.user, self.seconds, self.connection = store, user, seconds, connection
        self.options, self.limit, self.now, self.nodes = {}, ARRAY_LIMIT, None, 0
        self.round, self.in_rounds, self.batch_rows = 0, False, None  # of an unordered read
        self.slow, self.handed, self.root, self.profiled = None, False, None, False
        self.begin()

    def begin(self):
        """Its time begins, or that of its next batch."""
        self.begun, self.ticks = time.monotonic(), 0
        self.deadline = self.begun + self.seconds

    restart = begin

    def tick(self):
        self.ticks += 1
        if not self.ticks & 127:
            self.look()

    def look(self):
        """Look at the clock, and whether the client is still there."""
        now = time.monotonic()
        if now > self.deadline:
            raise Stopped(RESOURCE, f"[sandbox] the query was stopped after {self.seconds:g} s.")
        if self.slow and now > self.begun + HAND_OVER:
            slow, self.slow = self.slow, None
            slow()
        if self.connection is not None and self.connection.gone:
            raise Stopped(RESOURCE, "[sandbox] the client has gone.")

    def take_over(self, other):
        """Another query, of which this is to send the next batch, runs in this one's place."""
        other.slow, self.slow = self.slow, None
        other.begin()

    def time(self):
        self.now = self.now or make_time(time.time(), "Z")
        return self.now

    # As `rethinkdb.jobs` and the option `profile` show it

    @property
    def client(self):
        return self.connection.client

    @property
    def id(self):
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{id(self)} {self.begun}"))

    def profile(self):
        """What the option `profile` gives: one task, the whole query, in milliseconds."""
        taken = (time.monotonic() - self.begun) * 1000
        name = self.root.spec.name if self.root.spec else "datum"
        return [{"description": f"Evaluating {name}.", "duration(ms)": taken, "sub_tasks": []}]


class Node:
    """A compiled term."""

    __slots__ = ("code", "spec", "args", "opts", "parent", "frame", "id", "value", "pure", "params", "spliced", "quick")

    def __init__(self, parent, frame, number):
        self.parent, self.frame, self.id = parent, frame, number
        self.code, self.spec, self.args, self.opts = 1, None, (), {}
        self.value, self.pure, self.params, self.spliced = None, True, None, False
        self.quick = None  # see quick.py

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
            self.args, literal = [], literal or node.spec.literal
            for arg in node.args:
                values = arg.eval(q, scope, literal).datum() if arg.code == ARGS else None
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
            return self.val(SELECTION, Selection(table, seq, self.q))
        return seq.list(self.q) if seq.array else self.val(SEQUENCE, seq)
