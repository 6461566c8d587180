"""Terms -> functions of the bound values that give bytes; the functions of CQL."""

import struct
import time
import uuid

from .errors import invalid, refused
from .storage import partition_bytes, token_of
from .types import (
    BIGINT,
    DATE,
    DAY_ZERO,
    TIMESTAMP_TYPE,
    TIMEUUID,
    UUID,
    Collection,
    timeuuid_millis,
)

UNSET = type("Unset", (), {"__repr__": lambda self: "UNSET"})()
DAY = 86_400_000  # milliseconds


class Binder:
    """The bind markers of a statement: the name and type that each turns out to have."""

    def __init__(self, names):
        self.names, self.specs, self.columns = names, [None] * len(names), [None] * len(names)
        self.table, self.tables = None, [None] * len(names)  # in use, and of each marker

    def declare(self, number, name, type_, column):
        self.specs[number], self.columns[number] = (self.names[number] or name, type_), column
        self.tables[number] = self.table

    def key_indexes(self, table):
        """Which markers make up the partition key; [] if others do too."""
        found = {column.name: i for i, column in enumerate(self.columns) if column in table.partition}
        return [found[c.name] for c in table.partition] if len(found) == len(table.partition) else []

    def bind(self, term, type_, name, column=None):
        """A function of the bound values: the bytes of ``term`` as a ``type_``, None or UNSET."""
        kind = term[0]
        if kind == "?":
            number, check = term[1], type_.check
            self.declare(number, name, type_, column)

            def bound(values):
                data = values[number]
                if data is not None and data is not UNSET:
                    check(data)
                return data

            return bound
        if kind == "NULL":
            return lambda values: None
        if kind == "given":
            return term[1]
        if kind == "call":
            return self.call(term, type_, name)
        if kind == "tuple" and len(term[1]) == 1 and type_.name != "tuple":
            return self.bind(term[1][0], type_, name, column)  # in parentheses
        if isinstance(type_, Collection):
            return self.collection(term, type_, name)
        if kind in ("list", "set", "map", "tuple"):
            raise invalid(f"Invalid {kind} literal for {name} of type {type_}")
        constant = type_.literal(kind, term[1], name)
        return lambda values: constant

    def collection(self, term, type_, name):
        kind, items = term[0], term[1]
        if type_.kind == "tuple" and kind not in ("tuple", "list", "set", "map"):
            raise refused("a constant for a tuple")
        if kind == "set" and type_.kind == "map" and not items:
            kind = "map"
        if kind != type_.kind or (kind == "tuple" and len(items) > len(type_.parts)):
            raise invalid(f"Invalid {kind} literal for {name} of type {type_}")
        if kind == "tuple":
            parts = [self.bind(item, type_.parts[i], f"{name}[{i}]") for i, item in enumerate(items)]
            parts += [lambda values: None] * (len(type_.parts) - len(parts))
            return lambda values: type_.join(set_parts([part(values) for part in parts]))
        rows = [item if kind == "map" else (item,) for item in items]
        for row in rows:
            for part in row:
                if part[0] == "NULL":
                    raise invalid("null is not supported inside collections")
                if part[0] == "?":
                    raise invalid(f"Bind variables are not supported inside collection literals ({name})")
        functions = [[self.bind(part, of, name) for part, of in zip(row, type_.parts)] for row in rows]

        def build(values):
            made = [tuple(function(values) for function in row) for row in functions]
            for row in made:
                if None in row or UNSET in row:
                    raise invalid("null is not supported inside collections")
            return type_.join(type_.ordered(made))

        return build

    def call(self, term, type_, name):
        function = find_function(term[1])
        if type_ not in function.fits():
            raise invalid(f"Type error: {name} of type {type_} cannot be {term[1]}() of type {function.returns}")
        arguments = [self.argument(argument, function) for argument in function.checked(term[2])]
        return lambda values: function.apply([argument(values) for argument in arguments])

    def argument(self, term, function, name=None):
        """A function of the bound values: the argument of a function, with its type."""
        while term[0] == "tuple" and len(term[1]) == 1:
            term = term[1][0]
        if term[0] == "call":
            fitting = [type_ for type_ in function.takes if type_ is find_function(term[1]).returns]
        else:
            fitting = [type_ for type_ in function.takes if term[0] in ("?", "NULL", *type_.kinds)]
        if len(fitting) != 1:
            raise invalid(f"Type error: wrong or ambiguous argument of function system.{function.name}")
        get = self.bind(term, fitting[0], name or f"arg0(system.{function.name})")
        return lambda values: (fitting[0], get(values))


def set_parts(parts):
    """The parts of a tuple; Fault if one is unset."""
    if UNSET in parts:
        raise invalid(f"Invalid unset value for tuple field number {parts.index(UNSET)}")
    return parts


class Function:
    """``takes``: the types that its argument may have, () for none. ``run(type, bytes)`` gives bytes."""

    def __init__(self, name, takes, returns, run):
        self.name, self.takes, self.returns, self.run = name, takes, returns, run

    def fits(self):
        """Types that its result may be assigned to."""
        return (TIMEUUID, UUID) if self.returns is TIMEUUID else (self.returns,)

    def checked(self, arguments):
        if len(arguments) != (1 if self.takes else 0):
            raise invalid(f"Invalid number of arguments for function system.{self.name}")
        return arguments

    def apply(self, arguments):
        if not arguments:
            return self.run()
        type_, data = arguments[0]
        if data is UNSET:
            raise invalid(f"Invalid unset value for argument in call to function {self.name}")
        return None if data is None else self.run(type_, data)


def millis(type_, data):
    """A timeuuid, timestamp or date as milliseconds since 1970."""
    if type_ is TIMEUUID:
        return timeuuid_millis(data)
    return (type_.key(data) - DAY_ZERO) * DAY if type_ is DATE else type_.key(data)


def _clock():
    return int(time.time() * 1000)


def _date(ms):
    return struct.pack(">I", ms // DAY + DAY_ZERO)


def _long(number):
    return struct.pack(">q", number)


def _bound(ms, high):
    """The least or the greatest timeuuid of a millisecond."""
    ticks = ms * 10_000 + 0x01B21DD213814000 + 9999 * high
    head = struct.pack(">IHH", ticks & 0xFFFFFFFF, ticks >> 32 & 0xFFFF, ticks >> 48 & 0x0FFF | 0x1000)
    return head + (b"\x7f" if high else b"\x80") * 8


FUNCTIONS = {}
for _names, *_spec in (
    ("now current_timeuuid currenttimeuuid", (), TIMEUUID, lambda: uuid.uuid1().bytes),
    ("uuid", (), UUID, lambda: uuid.uuid4().bytes),
    ("current_timestamp currenttimestamp", (), TIMESTAMP_TYPE, lambda: _long(_clock())),
    ("current_date currentdate", (), DATE, lambda: _date(_clock())),
    ("to_timestamp totimestamp", (TIMEUUID, DATE), TIMESTAMP_TYPE, lambda t, data: _long(millis(t, data))),
    ("to_date todate", (TIMEUUID, TIMESTAMP_TYPE), DATE, lambda t, data: _date(millis(t, data))),
    (
        "to_unix_timestamp tounixtimestamp",
        (TIMEUUID, TIMESTAMP_TYPE, DATE),
        BIGINT,
        lambda t, data: _long(millis(t, data)),
    ),
    ("min_timeuuid mintimeuuid", (TIMESTAMP_TYPE,), TIMEUUID, lambda t, data: _bound(millis(t, data), 0)),
    ("max_timeuuid maxtimeuuid", (TIMESTAMP_TYPE,), TIMEUUID, lambda t, data: _bound(millis(t, data), 1)),
):
    for _name in _names.split():
        FUNCTIONS[_name] = Function(_name, *_spec)
# What Cassandra has besides; its other functions have one of the words in their names.
KNOWN = set(
    "abs exp log log10 round map_keys map_values maxwritetime currenttime current_time dateof unixtimestampof "
    "token writetime ttl count min max sum avg cast".split()
)
FAMILIES = ("blob", "json", "collection_", "mask_", "similarity_")


def find_function(name):
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    if name in KNOWN or any(word in name for word in FAMILIES):
        raise refused(f"the function {name}() here")
    raise invalid(f"Unknown function '{name}'")


def token_bytes(values):
    return _long(token_of(partition_bytes(values)))
