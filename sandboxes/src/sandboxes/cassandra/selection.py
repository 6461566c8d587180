"""What a SELECT gives of each row, or of all: columns, functions of them, aggregates."""

import operator
import struct
from decimal import Context, Decimal, Inexact

from .errors import invalid, refused
from .jsons import label, to_json
from .storage import SECOND, live
from .terms import find_function, token_bytes
from .types import BIGINT, DECIMAL, INT, LEGACY_TIMEUUID, NULL, SIZE, TEXT, TIMEUUID, value

LONG = Context(prec=2000)  # digits
EXACT = Context(prec=2000, traps=[Inexact])
BITS = {"int": 32, "bigint": 64, "counter": 64, "smallint": 16, "tinyint": 8}
NUMBERS = {*BITS, "varint", "float", "double", "decimal"}


class Selection:
    """``columns``: name and type of each; ``functions`` of partition, row, now and bound values give them."""

    def __init__(self, table, chosen, binder, json=False):
        self.table, self.binder = table, binder
        chosen = chosen or [(("column", name), None) for name in table.columns]
        found = [(alias, self.selected(term)) for term, alias in chosen]
        self.columns = [(alias or name, type_) for alias, (name, type_, _) in found]
        self.functions = [function for _, (_, _, function) in found]
        self.json = [(label(name), type_) for name, type_ in self.columns] if json else None
        if json:
            self.columns = [("[json]", TEXT)]
        self.aggregate = any(isinstance(function, Aggregate) for function in self.functions)

    def of(self, partition, row, request):
        """A row, encoded."""
        now, values = request.now, request.values
        if self.json:
            return self.encode([function(partition, row, now, values) for function in self.functions])
        parts = []
        for function in self.functions:
            data = function(partition, row, now, values)
            parts.append(NULL if data is None else SIZE(len(data)) + data)
        return b"".join(parts)

    def encode(self, found):
        """The values of a row as the protocol has them, or as one of JSON."""
        if self.json:
            parts = [f"{name}: {to_json(type_, data)}" for (name, type_), data in zip(self.json, found)]
            return value(("{" + ", ".join(parts) + "}").encode())
        return b"".join(map(value, found))

    def of_all(self, found, request):
        """The one row that aggregates give; with them go the values of the first row."""
        first, states = None, [isinstance(f, Aggregate) and f.state(f.type) for f in self.functions]
        for partition, row, _ in found:
            place = partition, row, request.now, request.values
            if first is None:
                first = [None if state else get(*place) for state, get in zip(states, self.functions)]
            for state, function in zip(states, self.functions):
                if state:
                    state.add(function.argument(*place) if function.argument else b"")
        first = first or [None] * len(states)
        return self.encode([state.result() if state else data for state, data in zip(states, first)])

    def selected(self, term):
        """``(name, type, function of partition, row, now and bound values)``."""
        kind = term[0]
        if kind == "column":
            column = self.table.column(term[1])
            return column.name, column.type, self.column(column)
        if kind == "count":
            return "count", BIGINT, Aggregate(Count, BIGINT, None)
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
            inner, type_, function = self.plain(arguments[0])
            if name in ("sum", "avg") and type_.name not in NUMBERS:
                raise invalid(f"Invalid call to function {name}: not of {inner}")
            returns = BIGINT if name == "count" else type_
            if name in ("min", "max") and type_ is TIMEUUID:
                returns = LEGACY_TIMEUUID
            return f"system.{name}({inner})", returns, Aggregate(AGGREGATES[name], type_, function)
        if name in ("tojson", "to_json"):
            return self.json_function(name, arguments)
        return self.function(find_function(name), arguments)

    def json_function(self, name, arguments):
        if len(arguments) != 1:
            raise invalid(f"Invalid number of arguments for function system.{name}(any)")
        inner, type_, get = self.plain(arguments[0])
        return f"system.{name}({inner})", TEXT, lambda *place: to_json(type_, get(*place)).encode()

    def plain(self, term):
        """``selected``, but no aggregate."""
        found = self.selected(term)
        if isinstance(found[2], Aggregate):
            raise refused("a function of an aggregate")
        return found

    def function(self, function, arguments):
        inner = [self.argument(function, argument) for argument in function.checked(arguments)]
        label = f"system.{function.name}({', '.join(name for name, _ in inner)})"
        return label, function.returns, lambda *place: function.apply([get(*place) for _, get in inner])

    def argument(self, function, term):
        if term[0] in ("column", "call"):
            name, type_, get = self.plain(term)
            if type_ not in function.takes:
                raise invalid(f"Type error: {name} is no argument for function system.{function.name}")
            return name, lambda *place: (type_, get(*place))
        get = self.binder.argument(term, function, "[selection]")
        return (term[1] if isinstance(term[1], str) else "?"), lambda *place: get(place[3])

    def token_function(self, arguments):
        inner = [self.plain(argument) for argument in arguments]
        if [type_ for _, type_, _ in inner] != [column.type for column in self.table.partition]:
            raise invalid("The arguments of token() must be of the types of the partition key")

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
                return struct.pack(">i", -((now - cell[2]) // SECOND)) if cell[2] else None
            return struct.pack(">q", cell[0])

        return f"{name}({column.name})", INT if name == "ttl" else BIGINT, get

    @staticmethod
    def column(column):
        name, position = column.name, column.position
        if column.kind == "partition_key":
            return lambda partition, row, now, values: partition.values[position]
        if column.kind == "clustering":
            return lambda partition, row, now, values: row.values[position]
        if column.type.multicell:
            return lambda partition, row, now, values: row.value(column, now)

        def get(partition, row, now, values):
            cell = row.cells.get(name)
            if cell is None or (cell[2] is not None and cell[2] <= now):
                return None
            return cell[1]

        return get


class Aggregate:
    """A function of many rows; ``argument`` gives what to add of each, None if that does not matter."""

    def __init__(self, state, type_, argument):
        self.state, self.type, self.argument = state, type_, argument


class Count:
    def __init__(self, type_):
        self.count = 0

    def add(self, data):
        self.count += data is not None

    def result(self):
        return struct.pack(">q", self.count)


class Least:
    better = operator.lt

    def __init__(self, type_):
        self.type, self.best = type_, None

    def add(self, data):
        key = self.type.key
        if data is not None and (self.best is None or self.better(key(data), key(self.best))):
            self.best = data

    def result(self):
        return self.best


class Greatest(Least):
    better = operator.gt


class Sum:
    def __init__(self, type_):
        self.type, self.total, self.count = type_, 0, 0
        self.plus = EXACT.add if type_ is DECIMAL else operator.add

    def add(self, data):
        if data:
            self.total = self.plus(self.total, number(self.type, data))
            self.count += 1

    def result(self):
        return self.encode(self.total)

    def encode(self, total):
        bits = BITS.get(self.type.name)
        if bits:
            total = (total + 2 ** (bits - 1)) % 2**bits - 2 ** (bits - 1)
        return self.type.parse(str(total))


class Average(Sum):
    def result(self):
        if not self.count:
            return self.encode(0)
        if isinstance(self.total, int):
            quotient = abs(self.total) // self.count
            return self.encode(-quotient if self.total < 0 else quotient)
        if isinstance(self.total, Decimal):
            return self.encode(LONG.quantize(LONG.divide(self.total, self.count), self.total))
        return self.encode(self.total / self.count)


def number(type_, data):
    if type_.name in ("float", "double"):
        return struct.unpack(">f" if type_.name == "float" else ">d", data)[0]
    return type_.key(data)


AGGREGATES = {"count": Count, "min": Least, "max": Greatest, "sum": Sum, "avg": Average}
