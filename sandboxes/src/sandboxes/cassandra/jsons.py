"""SELECT JSON and INSERT JSON: values as JSON, and back (CQL, "JSON Support")."""

import datetime
import json
import socket
import struct
import uuid
from decimal import Decimal

from cassandra.marshal import varint_unpack

from .errors import Fault, invalid
from .terms import UNSET
from .types import DAY_ZERO, EPOCH, TEXT, Collection, decimal_value

INTEGERS = {"int": "an int", "bigint": "a bigint", "smallint": "a smallint", "tinyint": "a tinyint"}
OF_TEXT = {"uuid", "timeuuid", "date", "time", "inet", "text", "ascii"}
ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


# Values as JSON


def to_json(type_, data):
    """The JSON text of a value, which may be None."""
    if data is None:
        return "null"
    if isinstance(type_, Collection):
        return collection_to_json(type_, data)
    write = WRITERS.get(type_.name)
    if write:
        return write(data)
    return '""' if not data else str(type_.key(data))


def collection_to_json(type_, data):
    items = type_.split(data)
    if type_.kind == "tuple":
        return "[" + ", ".join(to_json(part, item) for part, item in zip(type_.parts, items)) + "]"
    if type_.kind != "map":
        return "[" + ", ".join(to_json(type_.parts[0], item[0]) for item in items) + "]"
    pairs = [(to_json(type_.parts[0], key), to_json(type_.parts[1], item)) for key, item in items]
    keys = [key if key.startswith('"') else string(key) for key, _ in pairs]
    return "{" + ", ".join(f"{key}: {item}" for key, (_, item) in zip(keys, pairs)) + "}"


def string(text):
    """As Jackson escapes it: what must be, and no more."""
    return '"' + "".join(ESCAPES.get(c) or (c if c >= " " else f"\\u{ord(c):04X}") for c in text) + '"'


def floating(number, shortest):
    """As Java writes it; ``shortest`` are digits that give the number again."""
    if number != number or number in (float("inf"), float("-inf")):
        return "null"
    sign, digits, exponent = Decimal(shortest).normalize().as_tuple()
    text = "".join(map(str, digits))
    place = len(text) + exponent  # of the point
    if text == "0":
        found = "0.0"
    elif -3 < place <= 7:
        padded = text.ljust(place, "0") if place > 0 else "0" * (1 - place) + text
        point = max(place, 1)
        found = f"{padded[:point]}.{padded[point:] or '0'}"
    else:
        found = f"{text[0]}.{text[1:] or '0'}E{place - 1}"
    return "-" * sign + found


def double_to_json(data):
    number = struct.unpack(">d", data)[0]
    return floating(number, "4.9e-324" if abs(number) == 5e-324 else repr(number))  # Java shows two digits


def float_to_json(data):
    number = struct.unpack(">f", data)[0]
    tries = [f"{number:.{digits}g}" for digits in range(1, 10)]
    return floating(number, next((text for text in tries if narrow(text) == number), tries[-1]))


def narrow(text):
    try:
        return struct.unpack(">f", struct.pack(">f", float(text)))[0]
    except OverflowError:
        return None


def date_text(days):
    """``yyyy-mm-dd`` of days since 1970, of any year."""
    cycles, days = divmod(days + EPOCH.toordinal() - 1, 146_097)
    date = datetime.date.fromordinal(days + 1)
    year = date.year + cycles * 400
    text = f"{abs(year):04}"
    return f"{'-' if year < 0 else '+' if year > 9999 else ''}{text}-{date.month:02}-{date.day:02}"


def clock(seconds):
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def timestamp_to_json(data):
    seconds, millis = divmod(struct.unpack(">q", data)[0], 1000)
    days, seconds = divmod(seconds, 24 * 3600)
    return f'"{date_text(days)} {clock(seconds)}.{millis:03}Z"'


def time_to_json(data):
    seconds, nanos = divmod(struct.unpack(">q", data)[0], 10**9)
    return f'"{clock(seconds)}.{nanos:09}"'


def inet_to_json(data):
    if len(data) == 4:
        return f'"{socket.inet_ntoa(data)}"'
    return '"' + ":".join(f"{part:x}" for part in struct.unpack(">8H", data)) + '"'


def quoted_uuid(data):
    return f'"{uuid.UUID(bytes=data)}"'


def text_to_json(data):
    return string(data.decode())


WRITERS = {
    "text": text_to_json,
    "ascii": text_to_json,
    "boolean": lambda data: "true" if data != b"\0" else "false",
    "blob": lambda data: f'"0x{data.hex()}"',
    "uuid": quoted_uuid,
    "timeuuid": quoted_uuid,
    "double": double_to_json,
    "float": float_to_json,
    "decimal": lambda data: str(decimal_value(data)),
    "varint": lambda data: str(varint_unpack(data)),
    "timestamp": timestamp_to_json,
    "date": lambda data: string(date_text(struct.unpack(">I", data)[0] - DAY_ZERO)),
    "time": time_to_json,
    "inet": inet_to_json,
}


def label(name):
    """The key of a column in SELECT JSON: in quotes of its own where there are capital letters."""
    return string(name if name == name.lower() else f'"{name}"')


# Values from JSON


def unusual(text):
    raise ValueError(f"Non-standard token '{text}'")


def decode(text):
    try:
        return json.loads(text, parse_constant=unusual)
    except ValueError as error:
        raise invalid(f"Could not decode JSON string: {error}") from None


def from_json(type_, given):
    """The bytes of what JSON says; None of null. Fault where it does not fit the type."""
    if given is None:
        return None
    if isinstance(type_, Collection):
        return collection_from_json(type_, decode(given) if isinstance(given, str) else given)
    name, whole = type_.name, isinstance(given, int) and not isinstance(given, bool)
    if name in INTEGERS or name == "varint":
        return written(type_, "INTEGER", given, whole)
    if name in ("float", "double", "decimal"):
        number = isinstance(given, float)
        return written(type_, "FLOAT", floating(given, repr(given)) if number else given, whole or number)
    if name == "boolean":
        if isinstance(given, str) and given.lower() not in ("true", "false"):
            raise invalid(f"Unable to make boolean from '{given[:100]}'")
        return written(type_, "BOOLEAN", given, isinstance(given, bool))
    if name == "blob" and isinstance(given, str) and not given.startswith("0x"):
        raise invalid("String representation of blob is missing 0x prefix")
    if name == "timestamp":
        return written(type_, "STRING", given, whole and not -(2**31) <= given < 2**31)
    return written(type_, {"uuid": "UUID", "timeuuid": "UUID", "blob": "HEX"}.get(name, "STRING"), given, False)


def written(type_, kind, given, fits):
    """A constant's bytes: of a string, or of another value that ``fits``."""
    if not fits and not isinstance(given, str):
        raise invalid(f"Expected a {type_} value, but got: {str(given)[:100]}")
    if not fits and kind in ("INTEGER", "FLOAT") and given != given.strip():
        raise invalid(f"Unable to make {type_} from '{given[:100]}'")
    return type_.literal(kind, str(given), "JSON")


def collection_from_json(type_, given):
    kind = type_.kind
    if not isinstance(given, dict if kind == "map" else list):
        raise invalid(f"Expected a {kind}, but got: {str(given)[:100]}")
    if kind == "tuple":
        if len(given) != len(type_.parts):
            raise invalid(f"Tuple has {len(given)} items, not {len(type_.parts)}")
        return type_.join([from_json(part, item) for part, item in zip(type_.parts, given)])
    rows = list(given.items()) if kind == "map" else [(item,) for item in given]
    made = [tuple(from_json(part, item) for part, item in zip(type_.parts, row)) for row in rows]
    if any(None in row for row in made):
        raise invalid(f"Invalid null element in {kind}")
    return type_.join(type_.ordered(made))


class JsonValues:
    """The columns of an INSERT ... JSON, of a literal or a marker; ``missing`` is the value of the others."""

    def __init__(self, table, binder, term, missing):
        self.table, self.text, self.missing = table, binder.bind(term, TEXT, "[json]"), missing
        self.last = None, {}  # a text and what is in it: each column of a statement asks

    def term(self, column):
        """What stands for the value of a column."""
        return "given", lambda values: self.values(values).get(column.name, self.missing)

    def values(self, values):
        data = self.text(values)
        if data is not self.last[0] or data is None:
            self.last = data, self.read(data)
        return self.last[1]

    def read(self, data):
        """``{column: bytes}``."""
        if data is None:
            raise invalid("Got null for INSERT JSON values")
        given = decode("" if data is UNSET else data.decode())
        if given is None:
            raise invalid("Got null for INSERT JSON values")
        if not isinstance(given, dict):
            raise invalid("Could not decode JSON string as a map")
        found = {}
        for key, item in given.items():
            name = key[1:-1] if len(key) > 1 and key[0] == key[-1] == '"' else key.lower()
            if name not in self.table.columns:
                raise invalid(f"JSON values map contains unrecognized column: {name[:100]}")
            try:
                found[name] = from_json(self.table.columns[name].type, item)
            except Fault as fault:
                raise Fault(fault.code, f"Error decoding JSON value for {name}: {fault.message}") from None
        return found
