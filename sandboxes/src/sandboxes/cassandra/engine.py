"""Statements: read, prepared, run; what the server counts."""

import hashlib
import struct
import time
from collections import namedtuple

from .batch import carry_out
from .describe import DESCRIBED, Describe
from .errors import UNAVAILABLE, UNPREPARED, Fault, invalid, refused
from .parser import parse
from .schema import SYSTEM, Schema
from .select import Select
from .storage import Storage
from .system import NAME, System
from .terms import Binder
from .types import BIGINT
from .write import Write

MOST_PREPARED, PREPARED_BYTES = 1_000, 4_000_000
UNQUALIFIED = (
    "`USE <keyspace>` with prepared statements is considered to be an anti-pattern due to ambiguity in "
    "non-qualified table names. Please always use fully qualified table names (e.g. <keyspace>.<table>)."
)
VOID, SET_KEYSPACE, SCHEMA_CHANGE = 1, 3, 5  # kinds of results
ANY, ONE, TWO, THREE, QUORUM, ALL, LOCAL_QUORUM, EACH_QUORUM, SERIAL, LOCAL_SERIAL = range(10)
QUORUMS = {QUORUM, LOCAL_QUORUM, EACH_QUORUM, SERIAL, LOCAL_SERIAL}
NODES = {TWO: 2, THREE: 3}
WRITES = {"insert", "update", "delete"}

# What the timestamp of a batch is announced as being of.
OF_BATCH = namedtuple("OfBatch", "keyspace name")("[batch]", "[batch]")


class Request:
    """What comes with a statement: bound values, consistency, paging."""

    page_size, state, names, metadata, now, deadline = -1, None, None, True, 0, 0

    def __init__(self, values=(), consistency=ONE, timestamp=None):
        self.values, self.consistency, self.timestamp = values, consistency, timestamp


class Done:
    """A result without rows: its kind, and the words that go with it."""

    def __init__(self, kind=VOID, words=(), warnings=()):
        self.kind, self.words, self.warnings = kind, [word for word in words if word is not None], warnings


class Prepared:
    """A statement that knows its tables. ``plan`` is a Select, a Write or a list of Writes (a batch)."""

    def __init__(self, statement, keyspace, schema):
        self.statement, self.keyspace, self.binder = statement, keyspace, Binder(statement.markers)
        self.plan, self.table, self.tables, self.qualified = None, None, set(), True
        self.described = None  # the columns of its result as the protocol has them, once they were asked for
        if statement.kind == "select":
            self.plan = Select(self.use(statement.table, schema), statement, self.binder)
        elif statement.kind in WRITES:
            self.plan = self.write(statement, schema)
        elif statement.kind == "describe":
            self.plan, self.table = Describe(statement, keyspace), DESCRIBED
            self.qualified = statement.what != "tables"
        elif statement.kind == "batch":
            if statement.type == "counter":
                raise refused("a counter batch")
            self.timestamp = None
            if "timestamp" in statement.using:
                self.binder.table = OF_BATCH
                self.timestamp = self.binder.bind(statement.using["timestamp"], BIGINT, "[timestamp]")
            self.plan = [self.write(one, schema) for one in statement.statements]
        self.columns = self.plan.columns if isinstance(self.plan, Select) else ()
        # Whether it counts: what drivers send of their own accord does not.
        self.of_client = statement.kind != "use" and not (self.table and self.table.keyspace in SYSTEM)

    def use(self, name, schema):
        """The table of that name."""
        self.table = self.binder.table = schema.table(name, self.keyspace)
        self.tables.add(self.table)
        self.qualified &= bool(name[0])
        return self.table

    def write(self, statement, schema):
        return Write(writable(self.use(statement.table, schema)), statement, self.binder)


def writable(table):
    """The table, unless it is one of the system's."""
    if table.keyspace in SYSTEM:
        raise refused(f"a write to a table of {table.keyspace}")
    return table


class Engine:
    def __init__(self, address, port, seconds):
        """``seconds``: how long a SELECT may take."""
        self.schema, self.seconds, self.prepared, self.prepared_bytes, self.last = Schema(), seconds, {}, 0, 0
        names = "parsed prepared executed pages connections connections_opened"
        self.counts = dict.fromkeys(names.split(), 0)
        self.system = System(self.schema, address, port, lambda: self.counts)
        self.schema.changed = self.schema_changed
        self.listeners = []

    def schema_changed(self, change, target, keyspace, name):
        """Forget what was prepared for the table, tell who wants to know; the system tables are filled when read."""
        self.system.stale.add(keyspace)
        for key, (_text, prepared) in list(self.prepared.items()):
            if any(table.keyspace == keyspace and name in (None, table.name) for table in prepared.tables):
                self.forget(key)
        for listener in self.listeners:
            listener(change, target, keyspace, name)

    # Preparing

    def read(self, text, keyspace):
        """The Prepared of a text, which counts."""
        try:
            prepared = Prepared(parse(text), keyspace, self.schema)
        except Fault:
            self.counts["parsed"] += 1
            raise
        self.counts["parsed"] += prepared.of_client
        return prepared

    def prepare(self, text, keyspace):
        """``(id, Prepared)``."""
        key = hashlib.md5(f"{keyspace or ''}{text}".encode(errors="replace")).digest()
        if key not in self.prepared:
            if len(text) > PREPARED_BYTES:
                raise invalid("Prepared statement of that size is larger than allowed maximum")
            found = self.read(text, keyspace)
            self.prepared[key] = text, found
            self.prepared_bytes += len(text)
            while len(self.prepared) > MOST_PREPARED or self.prepared_bytes > PREPARED_BYTES:
                self.forget(next(iter(self.prepared)))
        found = self.prepared[key][1]
        self.counts["prepared"] += found.of_client
        return key, found

    def forget(self, key):
        text, _ = self.prepared.pop(key)
        self.prepared_bytes -= len(text)

    def find(self, key):
        if key not in self.prepared:
            size = struct.pack(">H", len(key))
            raise Fault(UNPREPARED, f"Prepared query with ID {key.hex()} not found", size + key)
        return self.prepared[key][1]

    # Running

    def run(self, prepared, request, connection):
        """Rows or Done."""
        statement, plan = prepared.statement, prepared.plan
        if prepared.of_client and request.state is None:
            self.counts["executed"] += len(plan) if statement.kind == "batch" else 1
        self.bind(prepared, request)
        if statement.kind == "select":
            self.consistent(plan.table, request, False)
            if prepared.table.keyspace in SYSTEM:
                self.system.refresh()
            if prepared.table.name == "counters" and prepared.table.keyspace == "sandbox":
                self.system.count()
            rows = plan.run(request)
            self.counts["pages"] += prepared.of_client
            return rows
        if statement.kind in WRITES:
            return self.write(None, [(plan, request)])
        if statement.kind == "batch":
            if prepared.timestamp:
                request.timestamp = BIGINT.key(prepared.timestamp(request.values))
            return self.write(statement.type, [(write, request) for write in plan], bool(prepared.timestamp))
        if statement.kind == "describe":
            return plan.run(self.schema, request, (NAME, self.system.address))
        if statement.kind == "use":
            self.schema.keyspace(statement.keyspace)
            connection.keyspace = statement.keyspace
            return Done(SET_KEYSPACE, [statement.keyspace])
        if statement.kind == "truncate":
            writable(self.schema.table(statement.table, connection.keyspace)).storage = Storage()
            return Done()
        change = self.schema.run(statement, connection.keyspace)
        return Done(SCHEMA_CHANGE, change, self.schema.warnings) if change else Done()

    def bind(self, prepared, request):
        """Put the values in order, and the times in."""
        names = prepared.binder.specs
        if request.names is not None:
            given = dict(zip(request.names, request.values))
            missing = [spec[0] for spec in names if spec[0] not in given]
            if missing:
                raise invalid(f"Invalid amount of bind variables: {missing[0]} is missing")
            request.values = [given[name] for name, _ in names]
        if len(request.values) != len(names):
            raise invalid(f"There are {len(names)} markers in CQL but {len(request.values)} bound values")
        self.stamp(request)

    def stamp(self, request):
        self.last = max(int(time.time() * 1_000_000), self.last + 1)
        if request.timestamp is None:
            request.timestamp = self.last
        request.now, request.deadline = self.last, time.monotonic() + self.seconds

    def consistent(self, table, request, writing, conditional=False):
        """Refuse what one node cannot promise."""
        level = request.consistency
        if table.keyspace in SYSTEM:
            return
        if level == ANY and not writing:
            raise invalid("ANY ConsistencyLevel is only supported for writes")
        if level in (SERIAL, LOCAL_SERIAL) and writing:
            raise invalid("You must use conditional updates for serializable writes")
        if conditional:
            if level == EACH_QUORUM:
                raise invalid("consistency level EACH_QUORUM not compatible with a conditional update")
            level = SERIAL
        replicas = self.schema.keyspaces[table.keyspace].replicas
        if level in QUORUMS:
            needed = replicas // 2 + 1
        else:
            needed = replicas if level == ALL else NODES.get(level, 1)
        if needed > min(replicas, 1):
            extra = struct.pack(">Hii", level, needed, min(replicas, 1))
            raise Fault(UNAVAILABLE, f"Cannot achieve consistency level {level}", extra)

    def run_batch(self, kind, parts, common):
        """Run ``[(Prepared, values)]`` as one; ``common`` is the Request that they share."""
        writes = []
        self.stamp(common)
        for prepared, values in parts:
            if not isinstance(prepared.plan, Write):
                raise invalid("Only UPDATE, INSERT and DELETE statements are allowed in a batch.")
            request = Request(values, common.consistency, common.timestamp)
            self.bind(prepared, request)
            writes.append((prepared.plan, request))
            self.counts["executed"] += 1
        return self.write(kind, writes)

    def write(self, kind, writes, timestamped=False):
        """Carry out ``[(Write, Request)]``: a batch if there is a ``kind``."""
        for write, request in writes:
            self.consistent(write.table, request, True, write.conditional)
            if write.conditional:
                request.timestamp = self.last  # not the client's: what it compares with may be later
        rows, warnings = carry_out(kind, writes, timestamped)
        return rows or Done(warnings=warnings)
