"""INSERT, UPDATE and DELETE: which rows, and what happens to them."""

from .changes import Stamp, change_column, delete_column, set_column
from .conditions import Condition
from .errors import invalid, refused
from .filters import COMPARE
from .jsons import JsonValues
from .storage import NEVER, SECOND
from .terms import UNSET
from .types import BIGINT, INT
from .where import Where

MAX_TTL = 20 * 365 * 24 * 3600
LAST_SECOND = 2**31 - 2  # of what expires


class Write:
    """One of the three: the rows that ``where`` finds, the ``changes`` made there, the conditions for it."""

    def __init__(self, table, statement, binder):
        self.table, self.binder, self.kind = table, binder, statement.kind
        self.changes, self.exists, self.missing, self.conditions = [], False, False, []
        self.timestamp = self.ttl = None
        getattr(self, self.kind)(statement)
        self.conditional = bool(self.exists or self.missing or self.conditions)
        if self.timestamp and (self.conditional or table.counter):
            raise invalid("Cannot provide custom timestamp for conditional or counter updates")
        if table.counter and (self.conditional or self.ttl):
            raise invalid("Neither conditions nor TTLs are supported on counter tables")

    def using(self, statement):
        for name, type_ in (("timestamp", BIGINT), ("ttl", INT)):
            if name in statement.using:
                setattr(self, name, self.binder.bind(statement.using[name], type_, f"[{name}]"))

    def regular(self, name, what):
        """The column of that name; Fault if it is part of the key."""
        column = self.table.column(name)
        if column.kind != "regular":
            raise invalid(f"PRIMARY KEY part {name} found in {what}")
        return column

    def insert(self, statement):
        table = self.table
        if table.counter:
            raise invalid("INSERT statements are not allowed on counter tables, use UPDATE instead")
        if statement.json:
            missing = UNSET if statement.unset else None
            given = JsonValues(table, self.binder, statement.json, missing)
            statement.columns = list(table.columns)
            statement.values = [given.term(column) for column in table.columns.values()]
        if len(statement.columns) != len(statement.values):
            raise invalid("Unmatched column names/values")
        relations = []
        for name, term in zip(statement.columns, statement.values):
            column = table.column(name)
            if statement.columns.count(name) > 1:
                raise invalid(f"The column names contains duplicates: {name}")
            if column.kind == "regular":
                self.changes.append(set_column(self.binder, column, term))
            else:
                relations.append((name, "=", term))
        self.find(relations)
        self.missing = statement.missing
        self.using(statement)

    def update(self, statement):
        self.using(statement)
        for name, element, operation, term in statement.changes:
            column = self.regular(name, "SET part")
            self.changes.append(change_column(self.binder, column, element, operation, term))
        self.find(statement.where)
        self.when(statement)

    def delete(self, statement):
        self.using(statement)
        for name, element in statement.columns:
            self.changes.append(delete_column(self.binder, self.regular(name, "DELETE part"), element))
        self.find(statement.where, slices=not statement.columns)
        self.when(statement)

    def find(self, relations, slices=False):
        """Understand the WHERE; ``slices``: ranges of rows will do."""
        table, given = self.table, set()
        for target, operator, _ in relations:
            if target[0] == "tuple":
                given.update(target[1])
            elif target[0] == "token":
                raise refused(f"token() in the WHERE of an {self.kind.upper()}")
            elif not isinstance(target, str):
                raise invalid(f"{target[0]} cannot be used in the WHERE of an {self.kind.upper()}")
            elif table.column(target).kind == "regular":
                raise invalid(f"Non PRIMARY KEY columns found in where clause: {target}")
            elif operator not in ("=", "in") and not (slices and operator in COMPARE):
                what = "clustering columns" if table.column(target).kind == "clustering" else "partition key"
                what += f" in {self.kind.upper()} statements"
                raise invalid(f"Slice restrictions are not supported on the {what}")
            else:
                given.add(target)
        for what, columns in (("partition key parts", table.partition), ("clustering keys", table.clustering)):
            missing = [column.name for column in columns if column.name not in given]
            if missing and (self.kind != "delete" or columns is table.partition):
                raise invalid(f"Some {what} are missing: {', '.join(missing)}")
        self.where = Where(table, relations, self.binder)
        if self.where.keys is None:
            raise invalid("The columns of the partition key must be restricted by = or IN")

    def when(self, statement):
        self.exists = statement.exists
        for name, *rest in statement.conditions:
            self.conditions.append(Condition(self.binder, self.regular(name, "IF part"), *rest))

    def place(self, request):
        """``(partition, clustering key, row)`` that the condition is about; None for what is not there."""
        rows, several = self.where.starts(request.values), self.where.many_partitions()
        if several or len(rows) > 1 or self.where.width < len(self.table.clustering):
            raise invalid("A conditional statement must name one row by its whole PRIMARY KEY, with = alone")
        key, place = self.where.partitions(request.values)[0][0], next(iter(rows))
        partition = self.table.storage.partitions.get(key)
        return partition, place, partition and partition.rows.get(place)

    def holds(self, row, request):
        """Whether the IF holds for a row, which may be None."""
        if row is not None and not row.alive(request.now):
            row = None
        if self.missing or self.exists:
            return (row is None) == self.missing
        return all(condition.holds(row, request.now, request.values) for condition in self.conditions)

    def stamp(self, request):
        timestamp, ttl = request.timestamp, int(self.table.options["default_time_to_live"])
        if self.timestamp:
            data = self.timestamp(request.values)
            if data is not UNSET:
                timestamp = BIGINT.key(data) if data else NEVER
                if timestamp == NEVER:
                    raise invalid(f"Out of bound timestamp, must be in [{NEVER + 1}, {2**63 - 1}]")
        if self.ttl:
            data = self.ttl(request.values)
            if data is not UNSET:
                ttl = INT.key(data) if data else 0
            if ttl < 0:
                raise invalid(f"A TTL must be greater or equal to 0, but was {ttl}")
            if ttl > MAX_TTL:
                raise invalid(f"ttl is too large. requested ({ttl}) maximum ({MAX_TTL})")
        if request.now + ttl * SECOND > LAST_SECOND * SECOND:
            raise invalid(f"A ttl of {ttl} seconds goes beyond 2038-01-19T03:14:06+00:00")
        return Stamp(timestamp, ttl, request.now)
