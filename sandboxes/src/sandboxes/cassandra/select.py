"""SELECT: which rows, and in which order, page by page."""

import struct
import time
from bisect import bisect_left, bisect_right

from .errors import PROTOCOL, READ_TIMEOUT, Fault, invalid
from .selection import Selection
from .storage import token_of
from .terms import UNSET
from .types import INT, value
from .where import Where

NO_LIMIT = 2**31 - 1
CHECK = 256  # rows between two looks at the clock


class Rows:
    """A page: ``rows`` are encoded; ``state`` is where the next one begins, None if this is the last."""

    def __init__(self, columns, rows, state=None, warnings=()):
        self.columns, self.rows, self.state, self.warnings = columns, rows, state, warnings


class Select:
    def __init__(self, table, statement, binder):
        self.table, self.binder = table, binder
        self.selection = Selection(table, statement.columns, binder, statement.json)
        self.columns, self.aggregate = self.selection.columns, self.selection.aggregate
        self.where = Where(table, statement.where, binder, statement.filtering)
        self.distinct, self.ordered, self.reverse = statement.distinct, bool(statement.order), False
        if self.distinct:
            self.check_distinct(statement)
        if self.ordered:
            self.reverse = self.direction(statement.order)
        self.direct = self.where.is_point() and not (self.aggregate or self.distinct or self.ordered)
        self.direct &= statement.limit is None and statement.partition_limit is None
        self.partition_limit = self.limit(statement.partition_limit, "per_partition_limit")
        self.row_limit = self.limit(statement.limit, "limit")
        if statement.partition_limit and (self.aggregate or self.distinct):
            what = "aggregate queries." if self.aggregate else "SELECT DISTINCT queries"
            raise invalid(f"PER PARTITION LIMIT is not allowed with {what}")

    def check_distinct(self, statement):
        where, keys = self.where, [column.name for column in self.table.partition]
        asked = [name for term, _ in statement.columns for name in names_in(term)]
        for name in asked if statement.columns else self.table.columns:
            if name not in keys:
                what = "SELECT DISTINCT queries must only request partition key columns and/or static columns"
                raise invalid(f"{what} (not {name})")
        for key in keys if statement.columns and where.keys is None else ():
            if key not in asked:
                what = "SELECT DISTINCT queries must request all the partition key columns"
                raise invalid(f"{what} (missing {key})")
        filtered = any(column.kind != "partition_key" for _, _, (column, _) in where.filters)
        if where.prefix or where.bounds or filtered:
            raise invalid(
                "SELECT DISTINCT with WHERE clause only supports restriction by partition key and/or static columns."
            )

    def direction(self, order):
        """Whether the rows come backwards; Fault if the table cannot have them in this order."""
        where, clustering = self.where, self.table.clustering
        if where.indexed:
            raise invalid("ORDER BY with 2ndary indexes is not supported, except for ANN queries.")
        if where.keys is None:
            raise invalid("ORDER BY is only supported when the partition key is restricted by an EQ or an IN.")
        position, directions = 0, set()
        for name, descending in dict(order).items():  # of a column named twice the last counts
            column = self.table.column(name)
            if column.kind != "clustering":
                what = "Order by is currently only supported on the clustered columns of the PRIMARY KEY"
                raise invalid(f"{what}, got {name}")
            while position < column.position and where.is_one(clustering[position].name):
                position += 1
            if position != column.position:
                raise invalid(
                    "Order by currently only supports the ordering of columns following their declared order in the "
                    "PRIMARY KEY"
                )
            directions.add(descending != column.descending)
            position += 1
        if len(directions) > 1:
            raise invalid("Unsupported order by relation")
        return directions.pop()

    def limit(self, term, name):
        """A function of the bound values: a number of rows."""
        if term is None:
            return lambda values: NO_LIMIT
        get = self.binder.bind(term, INT, f"[{name}]")

        def limit(values):
            data = get(values)
            if data is UNSET:
                return NO_LIMIT
            if not data or INT.key(data) <= 0:
                raise invalid(f"{name.upper().replace('_', ' ')} must be strictly positive")
            return INT.key(data)

        return limit

    def point(self, request):
        """The one row of a whole key, or none: no walk for that."""
        key, place = self.where.point(request.values)
        partition = self.table.storage.partitions.get(key)
        row = partition and partition.rows.get(place)
        if row is None or not row.alive(request.now):
            return Rows(self.columns, [])
        return Rows(self.columns, [self.selection.of(partition, row, request)])

    def run(self, request):
        values = request.values
        if self.direct and request.state is None and request.page_size != 1:
            return self.point(request)
        size = request.page_size if request.page_size > 0 else NO_LIMIT
        limit, each = self.row_limit(values), self.partition_limit(values)
        sort = self.ordered and self.where.many_partitions()
        if sort and size < NO_LIMIT and (self.aggregate or self.where.finds_something(values)):
            raise invalid(
                "Cannot page queries with both ORDER BY and a IN restriction on the partition key; you must either "
                "remove the ORDER BY or the IN and sort client side, or disable paging for this query"
            )
        if self.aggregate:
            found = self.walk(request, None, 1 if self.distinct else NO_LIMIT)
            return Rows(self.columns, [self.selection.of_all(found, request)], None, self.warnings())
        if sort:
            found = list(self.walk(request, None, each))
            found.sort(key=lambda place: self.table.clustering_key(place[1].values), reverse=self.reverse)
            return Rows(self.columns, [self.selection.of(*place, request) for *place, _ in found[:limit]])
        if self.distinct or not self.table.clustering:
            each = 1
        state = None
        if request.state is not None:
            state = State.decode(request.state, self.table)
            limit = min(limit, state.remaining)
        rows, encode, stop, more = [], self.selection.of, min(size, limit), None
        for partition, row, inside in self.walk(request, state, each):  # noqa: B007 (used after the loop)
            rows.append(encode(partition, row, request))
            if len(rows) >= stop:
                break
        if len(rows) == size and size < limit and not self.exhausted(partition, inside, each, values):
            more = State(partition.key, row.values, limit - size, inside).encode()
        return Rows(self.columns, rows, more)

    def warnings(self):
        if self.where.any_partition():
            return ["Aggregation query used without partition key"]
        if self.where.many_partitions():
            return ["Aggregation query used on multiple partition keys (IN restriction)"]
        return []

    def exhausted(self, partition, inside, each, values):
        """Whether no row can follow: the last partition asked for has given all it may."""
        where = self.where
        return where.keys is not None and inside >= each and partition.key == where.partitions(values)[-1][0]

    def walk(self, request, state, each):
        """Rows in order: ``(partition, row, how many of this partition so far)``, at most ``each`` of one."""
        values, now = request.values, request.now
        where, partitions = self.where, self.table.storage.partitions
        slices, test = where.slices(values), where.predicate(values)
        if where.keys is None:
            low, high = where.range(values)
            if state:
                low = max(low, (token_of(state.key), state.key))
            found = self.table.storage.between(low, high)
        else:
            keys = [key for key, _ in where.partitions(values)]
            if state and state.key in keys:
                keys = keys[keys.index(state.key) :]
            found = (partitions[key] for key in keys if key in partitions)
        tick = 0
        for partition in found:
            inside, after = 0, None
            if state and partition.key == state.key:
                inside, after = state.inside, self.table.clustering_key(state.values)
            if inside >= each:
                continue
            rows = partition.rows
            for key in spans(partition, slices, self.reverse, after):
                tick += 1
                if not tick % CHECK and time.monotonic() > request.deadline:
                    extra = struct.pack(">HiiB", request.consistency, 0, 1, 0)
                    raise Fault(READ_TIMEOUT, "[sandbox] the query was stopped: it took too long.", extra)
                row = rows[key]
                if not row.alive(now) or (test and not test(partition, row, now)):
                    continue
                inside += 1
                yield partition, row, inside
                if inside >= each:
                    break


def names_in(term):
    """The columns that a selected term is made of."""
    if term[0] == "column":
        return [term[1]]
    return [name for part in term[2] for name in names_in(part)] if term[0] == "call" else []


def spans(partition, slices, reverse, after):
    """The clustering keys of a partition in ``slices``, forwards or backwards, beyond ``after``."""
    keys = partition.keys
    for low, high in reversed(slices) if reverse else slices:
        start, end = bisect_left(keys, low), bisect_left(keys, high)
        if after is not None and reverse:
            end = min(end, bisect_left(keys, after))
        elif after is not None:
            start = max(start, bisect_right(keys, after))
        for index in range(end - 1, start - 1, -1) if reverse else range(start, end):
            yield keys[index]


class State:
    """Where a page ended: after which row, how many rows may follow, how many of its partition have been."""

    def __init__(self, key, values, remaining, inside):
        self.key, self.values, self.remaining, self.inside = key, values, remaining, inside

    def encode(self):
        head = struct.pack(">ii", self.remaining, self.inside)
        return head + value(self.key) + b"".join(map(value, self.values))

    @classmethod
    def decode(cls, data, table):
        try:
            remaining, inside = struct.unpack_from(">ii", data)
            parts, position = [], 8
            while position < len(data):
                size = struct.unpack_from(">i", data, position)[0]
                position += 4 + size
                if size < 0 or position > len(data):
                    raise ValueError
                parts.append(data[position - size : position])
            if len(parts) != 1 + len(table.clustering) or remaining < 0 or inside < 0:
                raise ValueError
            for column, part in zip(table.clustering, parts[1:]):
                column.type.check(part)
        except (struct.error, ValueError, Fault):
            raise Fault(PROTOCOL, "Invalid value for the paging state") from None
        return cls(parts[0], parts[1:], remaining, inside)
