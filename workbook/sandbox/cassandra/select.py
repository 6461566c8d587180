"""SELECT: what each row gives, page by page."""

import struct
import time
from bisect import bisect_left, bisect_right
from decimal import Decimal

from .errors import PROTOCOL, READ_TIMEOUT, Fault, invalid, refused
from .storage import live, token_of
from .terms import UNSET, find_function, token_bytes
from .types import BIGINT, INT, NATIVES, value
from .where import Where, reader

NO_LIMIT = 2**31 - 1
CHECK = 256  # rows between two looks at the clock
NUMBERS = {NATIVES[name] for name in "int bigint smallint tinyint varint float double decimal counter".split()}


class Rows:
    """A page: ``rows`` are encoded; ``state`` is where the next one begins, None if this is the last."""

    def __init__(self, columns, rows, state=None, warnings=()):
        self.columns, self.rows, self.state, self.warnings = columns, rows, state, list(warnings)


class Select:
    def __init__(self, table, statement, binder):
        self.table, self.binder = table, binder
        chosen = [self.selector(*given) for given in statement.columns]
        if not chosen:
            chosen = [(column.name, column.type, self.column(column)) for column in table.columns.values()]
        self.columns = [(name, type_) for name, type_, _ in chosen]
        self.selectors = [function for _, _, function in chosen]
        self.aggregate = any(isinstance(function, Aggregate) for function in self.selectors)
        self.where = Where(table, statement.where, binder, statement.filtering)
        self.distinct, self.reverse = statement.distinct, False
        if self.distinct:
            self.check_distinct(statement)
        self.order(statement.order)
        self.partition_limit = self.limit(statement.partition_limit, "per_partition_limit", "PER PARTITION LIMIT")
        self.row_limit = self.limit(statement.limit, "limit", "LIMIT")
        if self.aggregate and statement.partition_limit:
            raise invalid("PER PARTITION LIMIT is not allowed with aggregate queries.")

    # What is selected

    def selector(self, term, alias, text):
        name, type_, function = self.selected(term)
        return alias or name, type_, function

    def selected(self, term):
        """``(name, type, function of partition, row, now and bound values)``."""
        kind = term[0]
        if kind == "column":
            column = self.table.column(term[1])
            return column.name, column.type, self.column(column)
        if kind == "count":
            return "count", BIGINT, Aggregate("count", BIGINT, None)
        if kind == "cast":
            raise refused("CAST")
        if kind != "call":
            raise refused("a constant or a bind marker in a selection")
        name, arguments = term[1], term[2]
        if name in ("writetime", "ttl", "maxwritetime"):
            return self.cell_function(name, arguments)
        if name == "token":
            return self.token_function(arguments)
        if name in AGGREGATES:
            if len(arguments) != 1:
                raise invalid(f"Invalid number of arguments for function system.{name}")
            inner, type_, function = self.selected(arguments[0])
            if name in ("sum", "avg") and type_ not in NUMBERS:
                raise invalid(f"Invalid call to function {name}, none of its type signatures match")
            if isinstance(function, Aggregate):
                raise invalid("aggregate functions cannot be used as arguments of aggregate functions")
            return f"system.{name}({inner})", BIGINT if name == "count" else type_, Aggregate(name, type_, function)
        return self.function(find_function(name), arguments)

    def function(self, function, arguments):
        inner = [self.argument(function, argument) for argument in function.checked(arguments)]
        label = f"system.{function.name}({', '.join(name for name, _ in inner)})"
        if any(isinstance(get, Aggregate) for _, get in inner):
            raise refused("a function of an aggregate")
        return label, function.returns, lambda *place: function.apply([get(*place) for _, get in inner])

    def argument(self, function, term):
        if term[0] in ("column", "call"):
            name, type_, get = self.selected(term)
            if type_ not in function.takes:
                raise invalid(f"Type error: {name} cannot be passed as argument 0 of function system.{function.name}")
            return name, lambda *place: (type_, get(*place))
        get = self.binder.argument(term, function, 0)
        return (term[1] if isinstance(term[1], str) else "?"), lambda *place: get(place[3])

    def token_function(self, arguments):
        inner = [self.selected(argument) for argument in arguments]
        if [type_ for _, type_, _ in inner] != [column.type for column in self.table.partition]:
            raise invalid("Invalid call to function token: its arguments must be of the types of the partition key")

        def token(*place):
            values = [get(*place) for _, _, get in inner]
            return None if None in values else token_bytes(values)

        return f"system.token({', '.join(name for name, _, _ in inner)})", BIGINT, token

    def cell_function(self, name, arguments):
        if len(arguments) != 1 or arguments[0][0] != "column":
            raise refused(f"{name}() of something else than a column")
        column = self.table.column(arguments[0][1])
        if column.kind != "regular":
            raise invalid(f"Cannot use selection function {name} on PRIMARY KEY part {column.name}")
        if column.type.multicell or name == "maxwritetime":
            raise refused(f"{name}() of a collection")

        def get(partition, row, now, values):
            cell = row.cells.get(column.name)
            if not live(cell, now):
                return None
            if name == "ttl":
                return struct.pack(">i", cell[2] - now) if cell[2] else None
            return struct.pack(">q", cell[0])

        return f"{name}({column.name})", INT if name == "ttl" else BIGINT, get

    @staticmethod
    def column(column):
        if column.kind != "regular":
            read = reader(column)
            return lambda partition, row, now, values: read(partition, row, now)
        name = column.name
        if column.type.multicell:
            return lambda partition, row, now, values: row.value(column, now)

        def get(partition, row, now, values):
            cell = row.cells.get(name)
            if cell is None or cell[2] is not None and cell[2] <= now:
                return None
            return cell[1]

        return get

    # Which rows, and in which order

    def check_distinct(self, statement):
        keys = [column.name for column in self.table.partition]
        if {name for name, _ in self.columns} != set(keys) or any(term[0] != "column" for term, _, _ in statement.columns):
            raise invalid("SELECT DISTINCT queries must only request partition key columns and/or static columns")
        if self.where.prefix or self.where.bounds or any(target[0].kind != "partition_key" for *_, target in self.where.filters):
            raise invalid("SELECT DISTINCT with WHERE clause only supports restriction by partition key and/or static columns.")

    def order(self, order):
        """Forwards, or backwards, if the table can do it."""
        self.ordered = bool(order)
        if not order:
            return
        if self.where.indexed:
            raise invalid("ORDER BY with 2ndary indexes is not supported, except for ANN queries.")
        if self.where.keys is None:
            raise invalid("ORDER BY is only supported when the partition key is restricted by an EQ or an IN.")
        position, directions = 0, set()
        for name, descending in order:
            column = self.table.column(name)
            if column.kind != "clustering":
                raise invalid(f"Order by is currently only supported on the clustered columns of the PRIMARY KEY, got {name}")
            while position < column.position and self.where.one.get(self.table.clustering[position].name):
                position += 1
            if position != column.position:
                raise invalid("Order by currently only supports the ordering of columns following their declared order in the PRIMARY KEY")
            directions.add(descending != column.descending)
            position += 1
        if len(directions) > 1:
            raise invalid("Unsupported order by relation")
        self.reverse = directions.pop()

    def limit(self, term, name, what):
        """A function of the bound values: a number of rows."""
        if term is None:
            return lambda values: NO_LIMIT
        get = self.binder.bind(term, INT, f"[{name}]")

        def limit(values):
            data = get(values)
            if data is UNSET:
                return NO_LIMIT
            if not data:
                raise invalid(f"Invalid null value for {what}")
            if INT.key(data) <= 0:
                raise invalid(f"{what} must be strictly positive")
            return INT.key(data)

        return limit

    def run(self, request):
        values, now = request.values, request.now
        warnings = []
        size = request.page_size if request.page_size > 0 else NO_LIMIT
        limit, each = self.row_limit(values), self.partition_limit(values)
        if self.aggregate:
            if self.where.keys is None:
                warnings = ["Aggregation query used without partition key"]
            elif self.where.many_partitions(values):
                warnings = ["Aggregation query used on multiple partition keys (IN restriction)"]
            row = self.aggregated(self.walk(request, None, NO_LIMIT), now, values)
            return Rows(self.columns, [row][:limit], None, warnings)
        if self.ordered and self.where.many_partitions(values):
            return self.sorted(request, size, limit, each)
        state = None
        if request.state:
            state = State.decode(request.state, self.table)
            limit = min(limit, state.remaining)
        rows, selectors, partition, inside = [], self.selectors, None, 0
        stop = min(size, limit)
        for partition, row, inside in self.walk(request, state, each):
            rows.append(b"".join([value(select(partition, row, now, values)) for select in selectors]))
            if len(rows) >= stop:
                break
        more = None
        if len(rows) == size and size < limit:
            more = State(partition.key, row.values, limit - size, inside).encode()
        return Rows(self.columns, rows, more, warnings)

    def walk(self, request, state, each):
        """Rows in order: ``(partition, row, how many of this partition so far)``, at most ``each`` of one."""
        values, now, reverse = request.values, request.now, self.reverse
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
        each = 1 if self.distinct else each
        tick = 0
        for partition in found:
            inside, after = 0, None
            if state and partition.key == state.key:
                inside, after = state.inside, self.table.clustering_key(state.values)
            if inside >= each:
                continue
            rows = partition.rows
            for key in spans(partition, slices, reverse, after):
                tick += 1
                if not tick % CHECK and time.monotonic() > request.deadline:
                    raise Fault(
                        READ_TIMEOUT, "[sandbox] the query was stopped: it took too long.",
                        struct.pack(">HiiB", request.consistency, 0, 1, 0),
                    )
                row = rows[key]
                if not row.alive(now) or test and not test(partition, row, now):
                    continue
                inside += 1
                yield partition, row, inside
                if inside >= each:
                    break

    def sorted(self, request, size, limit, each):
        """ORDER BY over several partitions: all rows are read, then sorted."""
        if size < NO_LIMIT:
            raise invalid(
                "Cannot page queries with both ORDER BY and a IN restriction on the partition key; you must either remove "
                "the ORDER BY or the IN and sort client side, or disable paging for this query"
            )
        found = sorted(
            self.walk(request, None, each), key=lambda place: self.table.clustering_key(place[1].values), reverse=self.reverse,
        )
        place = request.now, request.values
        return Rows(self.columns, [
            b"".join([value(select(partition, row, *place)) for select in self.selectors]) for partition, row, _ in found[:limit]
        ])

    def aggregated(self, found, now, values):
        states = [function.state() if isinstance(function, Aggregate) else None for function in self.selectors]
        first = None
        for partition, row, _ in found:
            place = partition, row, now, values
            if first is None:
                first = [None if state else select(*place) for state, select in zip(states, self.selectors)]
            for state, select in zip(states, self.selectors):
                if state:
                    state.add(select.argument(*place) if select.argument else b"")
        first = first or [None] * len(states)
        return b"".join(value(state.result() if state else data) for state, data in zip(states, first))


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
        return struct.pack(">ii", self.remaining, self.inside) + value(self.key) + b"".join(map(value, self.values))

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


class Aggregate:
    """A function of many rows."""

    def __init__(self, name, type_, argument):
        self.name, self.type, self.argument = name, type_, argument

    def state(self):
        return AGGREGATES[self.name](self.type)


class Count:
    def __init__(self, type_):
        self.count = 0

    def add(self, data):
        self.count += data is not None

    def result(self):
        return struct.pack(">q", self.count)


class Extreme:
    """min; max below."""

    better = staticmethod(lambda new, old: new < old)

    def __init__(self, type_):
        self.type, self.best = type_, None

    def add(self, data):
        if data is not None and (self.best is None or self.better(self.type.key(data), self.type.key(self.best))):
            self.best = data

    def result(self):
        return self.best


class Greatest(Extreme):
    better = staticmethod(lambda new, old: new > old)


class Sum:
    def __init__(self, type_):
        self.type, self.total, self.count = type_, Decimal(0) if type_.name == "decimal" else 0, 0

    def add(self, data):
        if data:
            self.total += number(self.type, data)
            self.count += 1

    def result(self):
        return self.encode(self.total)

    def encode(self, total):
        name = self.type.name
        size = {"int": 32, "bigint": 64, "counter": 64, "smallint": 16, "tinyint": 8}.get(name)
        if size:
            total = (int(total) + 2 ** (size - 1)) % 2**size - 2 ** (size - 1)
        return self.type.parse(str(total))


class Average(Sum):
    def result(self):
        if not self.count:
            return self.encode(0)
        if isinstance(self.total, int):
            quotient = abs(self.total) // self.count
            return self.encode(-quotient if self.total < 0 else quotient)
        return self.encode(self.total / self.count)


def number(type_, data):
    if type_.name in ("float", "double"):
        return struct.unpack(">f" if type_.name == "float" else ">d", data)[0]
    return type_.key(data)


AGGREGATES = {"count": Count, "min": Extreme, "max": Greatest, "sum": Sum, "avg": Average}
