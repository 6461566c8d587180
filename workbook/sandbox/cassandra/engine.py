"""Statements: read, prepared, run; what the server counts."""

import hashlib
import struct
import time

from .errors import UNAUTHORIZED, UNAVAILABLE, UNPREPARED, Fault, invalid, refused
from .parser import parse
from .schema import SYSTEM, Schema
from .select import Select
from .storage import Storage
from .system import System
from .terms import Binder
from .types import BIGINT
from .write import Write, conditional

MOST_PREPARED, PREPARED_BYTES = 10_000, 4_000_000
WARN_BATCH, MAX_BATCH = 5 * 1024, 50 * 1024  # bytes
SPREAD_BATCH = 10  # partitions of an unlogged batch
ANY, ONE, TWO, THREE, QUORUM, ALL, LOCAL_QUORUM, EACH_QUORUM, SERIAL, LOCAL_SERIAL, LOCAL_ONE = range(11)
READS = {"select"}
WRITES = {"insert", "update", "delete"}


class Request:
    """What comes with a statement: bound values, consistency, paging."""

    def __init__(self, values=(), consistency=ONE, page_size=0, state=None, timestamp=None, names=None, metadata=True):
        self.values, self.consistency, self.page_size, self.state = list(values), consistency, page_size, state
        self.timestamp, self.names, self.metadata = timestamp, names, metadata
        self.now = self.deadline = 0

    def with_values(self, values):
        other = Request(values, self.consistency, timestamp=self.timestamp)
        other.now, other.deadline = self.now, self.deadline
        return other


class Prepared:
    """A statement that knows its tables. ``plan`` is a Select, a Write or a list of Writes (a batch)."""

    def __init__(self, statement, keyspace, schema):
        self.statement, self.keyspace, self.binder = statement, keyspace, Binder(statement.markers)
        self.plan = self.table = None
        if statement.kind == "select":
            self.table = schema.table(statement.table, keyspace)
            self.plan = Select(self.table, statement, self.binder)
        elif statement.kind in WRITES:
            self.plan = self.write(statement, schema)
        elif statement.kind == "batch":
            if statement.type == "counter":
                raise refused("a counter batch")
            self.timestamp = None
            if "timestamp" in statement.using:
                self.timestamp = self.binder.bind(statement.using["timestamp"], BIGINT, "[timestamp]")
            self.plan = [self.write(one, schema) for one in statement.statements]

    def write(self, statement, schema):
        self.table = schema.table(statement.table, self.keyspace)
        if self.table.keyspace in SYSTEM:
            raise Fault(UNAUTHORIZED, f"{self.table.keyspace} keyspace is not user-modifiable.")
        return Write(self.table, statement, self.binder)

    @property
    def of_client(self):
        """Whether it counts: what drivers send of their own accord does not."""
        return self.statement.kind != "use" and not (self.table and self.table.keyspace in SYSTEM)

    @property
    def columns(self):
        """Those of its result."""
        return self.plan.columns if isinstance(self.plan, Select) else []


class Engine:
    def __init__(self, address, port, seconds):
        """``seconds``: how long a SELECT may take."""
        self.schema, self.seconds, self.prepared, self.prepared_bytes, self.last = Schema(), seconds, {}, 0, 0
        self.counts = dict.fromkeys(("parsed", "prepared", "executed", "pages", "connections", "connections_opened"), 0)
        self.system = System(self.schema, address, port, lambda: self.counts)
        self.schema.changed = self.schema_changed
        self.listeners = []

    def schema_changed(self, change, target, keyspace, name):
        """Fill the system tables anew, forget what was prepared for the table, tell who wants to know."""
        self.system.fill()
        for key, (text, prepared) in list(self.prepared.items()):
            table = prepared.table
            if table and table.keyspace == keyspace and name in (None, table.name):
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
        """Rows, ``("keyspace", name)``, ``("schema", change...)`` or None."""
        statement, plan = prepared.statement, prepared.plan
        if prepared.of_client and not request.state:
            self.counts["executed"] += len(plan) if statement.kind == "batch" else 1
        self.bind(prepared, request)
        if statement.kind == "select":
            self.consistent(plan.table, request, False)
            if prepared.table.name == "counters" and prepared.table.keyspace == "sandbox":
                self.system.count()
            rows = plan.run(request)
            self.counts["pages"] += prepared.of_client
            return rows
        if statement.kind in WRITES:
            self.consistent(plan.table, request, True)
            return plan.run(request)
        if statement.kind == "batch":
            if prepared.timestamp:
                request.timestamp = BIGINT.key(prepared.timestamp(request.values))
            return self.batch(statement.type, [(write, request) for write in plan], bool(prepared.timestamp))
        if statement.kind == "use":
            self.schema.keyspace(statement.keyspace)
            connection.keyspace = statement.keyspace
            return "keyspace", statement.keyspace
        if statement.kind == "truncate":
            table = self.schema.table(statement.table, connection.keyspace)
            if table.keyspace in SYSTEM:
                raise Fault(UNAUTHORIZED, f"{table.keyspace} keyspace is not user-modifiable.")
            table.storage = Storage()
            return None
        change = self.schema.run(statement, connection.keyspace)
        return ("schema", *change) if change else None

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
            raise invalid(
                f"Invalid amount of bind variables: there are {len(names)} markers and {len(request.values)} values"
            )
        self.stamp(request)

    def stamp(self, request):
        self.last = max(int(time.time() * 1_000_000), self.last + 1)
        if request.timestamp is None:
            request.timestamp = self.last
        request.now, request.deadline = self.last // 1_000_000, time.monotonic() + self.seconds

    def consistent(self, table, request, writing):
        """Refuse what one node cannot promise."""
        level, replicas = request.consistency, self.schema.keyspaces[table.keyspace].replicas
        if table.keyspace in SYSTEM:
            return
        if level == ANY and not writing:
            raise invalid("ANY ConsistencyLevel is only supported for writes")
        if level in (SERIAL, LOCAL_SERIAL) and writing:
            raise invalid("You must use conditional updates for serializable writes")
        needed = {TWO: 2, THREE: 3, ALL: replicas}.get(level, replicas // 2 + 1 if level in QUORUMS else 1)
        if needed > min(replicas, 1):
            extra = struct.pack(">Hii", level, needed, min(replicas, 1))
            raise Fault(UNAVAILABLE, f"Cannot achieve consistency level {level}", extra)

    def run_batch(self, kind, parts, common):
        """Run ``[(Prepared, values)]`` as one; ``common`` is the Request that they share."""
        writes = []
        self.stamp(common)
        for prepared, values in parts:
            if not isinstance(prepared.plan, Write):
                raise invalid("Invalid statement in batch: only UPDATE, INSERT and DELETE statements are allowed.")
            request = common.with_values(values)
            self.bind(prepared, request)
            writes.append((prepared.plan, request))
            self.counts["executed"] += 1
        return self.batch(kind, writes)

    def batch(self, kind, writes, timestamped=False):
        """Run ``[(Write, Request)]`` as one."""
        for write, request in writes:
            self.consistent(write.table, request, True)
            if write.table.counter:
                raise invalid(f"Cannot include a counter statement in a {kind} batch")
        if any(write.conditional for write, _ in writes):
            places = {(str(write.table), key) for write, request in writes for key, _ in write.where.partitions(request.values)}
            if len({table for table, _ in places}) > 1:
                raise invalid("Batch with conditions cannot span multiple tables")
            if len(places) > 1:
                raise invalid("Batch with conditions cannot span multiple partitions")
            if timestamped or any(write.timestamp for write, _ in writes):
                raise invalid("Cannot provide custom timestamp for conditional BATCH")
            return conditional(writes)
        for write, request in writes:
            write.apply(request)
        return None


QUORUMS = {QUORUM, LOCAL_QUORUM, EACH_QUORUM, SERIAL, LOCAL_SERIAL}
