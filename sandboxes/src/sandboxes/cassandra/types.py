"""CQL types: how values are written in CQL, checked, compared and announced on the wire.

Values are kept as the bytes that travel on the wire; None is null. ``key(data)`` is what they are
ordered by.
"""

import calendar
import datetime
import math
import re
import socket
import struct
import time
import uuid
from decimal import Decimal

from cassandra.marshal import varint_pack, varint_unpack

from .errors import SYNTAX, Fault, invalid, refused, string

REASONS = {  # why a constant is none of a type, where Cassandra says it in its own words
    "bigint": "Unable to make long from '%s'",
    "smallint": "Unable to make short from '%s'",
    "tinyint": "Unable to make byte from '%s'",
    "timestamp": "Unable to parse a date/time from '%s'",
    "date": "Unable to coerce '%s' to a formatted date (long)",
    "inet": "Unable to make inet address from '%s'",
    "time": "(TimeType) Unable to coerce '%s' to a formatted time (long)",
}
NULL, SIZE = b"\xff\xff\xff\xff", struct.Struct(">i").pack
FIRST = float("-inf")  # the place of an empty value among numbers
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
DAY_ZERO = 2**31  # how a date counts the first day of 1970
EMPTY = {"text", "ascii", "blob"}  # types of which no bytes at all are a value
MAPPED = bytes(10) + b"\xff\xff"  # how an IPv6 address begins that is one of IPv4


class Native:
    """A type without parameters.

    ``kinds``: of constants that may stand for it. ``parse(text)``: a constant's bytes, or ValueError.
    ``sizes``: those of its values, if they are fixed.
    """

    frozen, multicell, parts = True, False, ()

    def __init__(self, name, code, kinds, parse, key, sizes=None, check=None):
        self.name, self.option, self.kinds, self.parse = name, struct.pack(">H", code), kinds.split(), parse
        self.key, self.sizes, self.further, self.numeric = key, sizes, check, "INTEGER" in self.kinds

    def __str__(self):
        return self.name

    def check(self, data):
        """Raise Fault if these bytes are not a value of the type."""
        if self.sizes and len(data) not in self.sizes:
            raise invalid(f"Expected {' or '.join(map(str, self.sizes))} byte {self.name} ({len(data)})")
        if self.further:
            try:
                self.further(data)
            except ValueError:
                raise invalid(f"These bytes are not a value of type {self.name}.") from None

    def literal(self, kind, text, name):
        """The bytes of a constant that is meant for ``name``."""
        if kind not in self.kinds:
            raise invalid(f'Invalid {kind} constant ({text[:100]}) for "{name}" of type {self.name}')
        try:
            return self.parse(text)
        except (ValueError, ArithmeticError, struct.error, OSError, OverflowError):
            reason = REASONS.get(self.name, f"Unable to make {self.name} from '%s'")
            raise invalid(reason % text[:100]) from None


class Collection:
    """list, set, map or tuple; ``parts`` are the types of what is in it."""

    parse, kinds, numeric = None, (), False

    def __init__(self, kind, parts, frozen=False):
        self.kind = self.name = kind
        self.parts, self.frozen = parts, frozen or kind == "tuple"
        self.multicell = not self.frozen
        code = {"list": 0x20, "map": 0x21, "set": 0x22, "tuple": 0x31}[kind]
        count = struct.pack(">H", len(parts)) if kind == "tuple" else b""
        self.option = struct.pack(">H", code) + count + b"".join(part.option for part in parts)

    def __str__(self):
        text = f"{self.kind}<{', '.join(map(str, self.parts))}>"
        return f"frozen<{text}>" if self.frozen else text

    def __eq__(self, other):
        return str(self) == str(other)

    def __hash__(self):
        return hash(str(self))

    def no_null(self):
        # A real node stores a null in a frozen list and fails at one in a list.
        return refused("a null or an empty value that is bound in a list")

    def check(self, data):
        if self.kind == "tuple":
            for part, value in zip(self.parts, self.split(data)):
                if value is not None:
                    part.check(value)
            return
        for item in self.split(data):
            for part, value in zip(self.parts, item):
                if self.kind == "list" and (value is None or (not value and part.name not in EMPTY)):
                    raise self.no_null()
                if value is None:
                    raise invalid("null is not supported inside collections")
                part.check(value)

    def split(self, data):
        """The values of a tuple; of a collection ``(value,)`` or ``(key, value)`` for each element."""
        whole, count, position, values = self.kind == "tuple", len(self.parts), 0, []
        try:
            if not whole:
                count, position = count * struct.unpack_from(">I", data)[0], 4
            while len(values) < count and (position < len(data) or not whole):
                size = struct.unpack_from(">i", data, position)[0]
                position += 4 + max(size, 0)
                if position > len(data):
                    raise struct.error
                values.append(None if size < 0 else data[position - size : position])
            if position < len(data):
                raise struct.error
        except struct.error:
            raise invalid(f"Unexpected bytes in a value of type {self}.") from None
        if whole:
            return values + [None] * (len(self.parts) - len(values))
        return list(zip(*[iter(values)] * len(self.parts)))

    def join(self, items):
        """What ``split`` took apart."""
        if self.kind == "tuple":
            return b"".join(map(value, items))
        return struct.pack(">i", len(items)) + b"".join(value(part) for item in items for part in item)

    def ordered(self, items):
        """Elements as they are stored: those of sets and maps in order, each once."""
        if self.kind in ("list", "tuple"):
            return items
        key = self.parts[0].key
        return [item for _, item in sorted({key(item[0]): item for item in items}.items())]

    def key(self, data):
        items = self.split(data)
        if self.kind == "tuple":
            return tuple((0,) if v is None else (1, part.key(v)) for part, v in zip(self.parts, items))
        return tuple(part.key(v) for item in items for part, v in zip(self.parts, item))


def value(data):
    """A [bytes] of the protocol."""
    return NULL if data is None else SIZE(len(data)) + data


def _integer(layout):
    """Parse and key of integers of a fixed size."""
    packer = struct.Struct(layout)
    return lambda text: packer.pack(int(text)), lambda data: packer.unpack(data)[0] if data else FIRST


def _floating(layout):
    packer = struct.Struct(layout)
    signed = struct.Struct(layout.replace("d", "q").replace("f", "i"))

    def key(data):
        """Ordered as Java does: -0 before 0, NaN last."""
        if not data:
            return FIRST
        bits = signed.unpack(data)[0]
        if math.isnan(packer.unpack(data)[0]):
            return math.inf
        return bits if bits >= 0 else -(bits & 2 ** (8 * len(data) - 1) - 1) - 1

    def parse(text):
        number = float(text)
        try:
            return packer.pack(number)
        except OverflowError:
            return packer.pack(math.copysign(math.inf, number))

    return parse, key


def _decimal(text):
    sign, digits, exponent = Decimal(text).as_tuple()
    if not isinstance(exponent, int):
        raise ValueError(text)
    number = int("".join(map(str, digits)))
    return struct.pack(">i", -exponent) + varint_pack(-number if sign else number)


def decimal_value(data):
    return Decimal(f"{varint_unpack(data[4:])}E{-struct.unpack('>i', data[:4])[0]}") if data else FIRST


def _uuid_key(data):
    if len(data) < 16:
        return (-1, 0, data)
    version = data[6] >> 4
    return (version, _ticks(data) if version == 1 else 0, data)


def _ticks(data):
    """The time in a uuid of version 1: 100 ns since 1582."""
    low, mid, high = struct.unpack(">IHH", data[:8])
    return (high & 0x0FFF) << 48 | mid << 32 | low


def timeuuid_millis(data):
    return (_ticks(data) - 0x01B21DD213814000) // 10_000


def _timeuuid_key(data):
    return (_ticks(data), bytes(byte ^ 0x80 for byte in data[8:])) if data else (FIRST, b"")


def _timeuuid_check(data):
    if data and data[6] >> 4 != 1:
        raise ValueError("version")


TIMESTAMP = re.compile(
    # Months and days of one digit are dates only before a time.
    r"(\d{4})-(?=\d\d-\d\d(?!\d)|\d\d?-\d\d?[ T]\d)(\d\d?)-(\d\d?)"
    r"(?:[ T](\d\d?):(\d\d?)(?::(\d\d?)(?:\.(\d{0,9}))?)?)?(?: ?Z| UTC| GMT| ?([+-]\d\d):?(\d\d)?)?"
)


NOT_HERE = re.compile(TIMESTAMP.pattern + r" [A-Z]\w*(?:/\w+)*|-\d{4}-\d\d-\d\d")


def _match(pattern, text):
    found = re.fullmatch(pattern, text)
    if not found:
        raise ValueError(text)
    return found.groups()


def _timestamp(text):
    """Without a zone: UTC, where Cassandra takes that of its machine."""
    if not text:
        return b""
    if re.fullmatch(r"-?\d+", text):
        return struct.pack(">q", int(text))
    if text.lower() == "now":
        return struct.pack(">q", int(time.time() * 1000))
    found = re.fullmatch(TIMESTAMP, text)
    if text.startswith("0000") or (not found and re.fullmatch(NOT_HERE, text)):
        raise refused("a time zone by its name, or a year before 1,")
    year, month, day, hour, minute, second, fraction, zone, zone_minutes = _match(TIMESTAMP, text)
    last = calendar.monthrange(int(year), int(month))[1]  # Java takes the 30th of February for the 29th
    day = min(int(day), last) if int(day) < 32 else 32
    parts = int(hour or 0), int(minute or 0), int(second or 0)
    ends = parts == (24, 0, 0) and not int(fraction or 0)  # the day
    when = datetime.datetime(int(year), int(month), day, *((0, 0, 0) if ends else parts), tzinfo=datetime.UTC)
    when += datetime.timedelta(days=ends)
    offset = int(zone or 0) * 60 + (-1 if (zone or "+")[0] == "-" else 1) * int(zone_minutes or 0)
    seconds = (when - EPOCH) // datetime.timedelta(seconds=1) - offset * 60
    return struct.pack(">q", seconds * 1000 + int((fraction or "0").ljust(3, "0")[:3]))


def _date(text):
    if re.fullmatch(r"-?\d+", text):
        return struct.pack(">I", int(text))
    year, month, day = map(int, _match(r"(\d{4}|-\d{4,9}|\+\d{5,9})-(\d\d)-(\d\d)", text))
    cycles, year = divmod(year, 400)  # Python has no years before 1
    days = (datetime.date(year + 400, month, day) - EPOCH.date()).days + (cycles - 1) * 146_097
    return struct.pack(">I", days + DAY_ZERO)


def _time(text):
    if re.fullmatch(r"-?\d+", text):
        nanos = int(text)
    else:
        hour, minute, second, fraction = _match(r"(\d\d?):(\d\d):(\d\d)(?:\.(\d{1,9}))?", text)
        if int(hour) > 23 or int(minute) > 59 or int(second) > 59:
            raise ValueError(text)
        seconds = (int(hour) * 60 + int(minute)) * 60 + int(second)
        nanos = seconds * 10**9 + int((fraction or "").ljust(9, "0"))
    data = struct.pack(">q", nanos)
    _time_check(data)
    return data


def _time_check(data):
    if not 0 <= struct.unpack(">q", data)[0] < 24 * 3600 * 10**9:
        raise ValueError("time")


def _inet(text):
    """As Java reads an address: ``1.2`` is 1.0.0.2, ``[::1]`` is ::1, ``::ffff:1.2.3.4`` is 1.2.3.4."""
    if not text:
        return b""
    if ":" in text:
        data = socket.inet_pton(socket.AF_INET6, text[1:-1] if text[0] + text[-1] == "[]" else text)
        return data[12:] if data.startswith(MAPPED) else data
    if text == "localhost":
        return b"\x7f\0\0\1"
    if not re.fullmatch(r"[\d.]+", text):
        raise refused(f"a host name, {text[:100]}, for an address")
    *head, last = [int(part) for part in text.split(".")]
    if len(head) > 3 or any(part > 255 for part in head):
        raise ValueError(text)
    return bytes(head) + last.to_bytes(4 - len(head), "big")


def _decimal_check(data):
    if 0 < len(data) < 4:
        raise ValueError("scale")


def _ascii(data):
    data.decode("ascii")


def _utf8(data):
    data.decode("utf-8")


def _timeuuid(text):
    data = uuid.UUID(text).bytes
    _timeuuid_check(data)
    return data


def _same(data):
    return data


def _number(name, code, layout, kinds="INTEGER", empty=True):
    parse, key = _integer(layout)
    size = struct.calcsize(layout)
    return Native(name, code, kinds, parse, key, (size, 0) if empty else (size,))


TEXT = Native("text", 0x0D, "STRING", lambda text: text.encode(), _same, check=_utf8)
INT = _number("int", 0x09, ">i")
BIGINT = _number("bigint", 0x02, ">q")
COUNTER = _number("counter", 0x05, ">q")
BLOB = Native("blob", 0x03, "HEX", lambda text: bytes.fromhex(text[2:]), _same)
BOOLEAN = Native("boolean", 0x04, "BOOLEAN", lambda text: bytes([text.lower() == "true"]), _same, (1, 0))
UUID = Native("uuid", 0x0C, "UUID", lambda text: uuid.UUID(text).bytes, _uuid_key, (16, 0))
TIMEUUID = Native("timeuuid", 0x0F, "UUID", _timeuuid, _timeuuid_key, (16, 0), _timeuuid_check)
TIMESTAMP_TYPE = Native("timestamp", 0x0B, "STRING INTEGER", _timestamp, _integer(">q")[1], (8, 0))
# What the least or greatest of timeuuids is announced as.
LEGACY_TIMEUUID = Native("timeuuid", 0, "UUID", _timeuuid, _timeuuid_key, (16, 0), _timeuuid_check)
LEGACY_TIMEUUID.option += string("org.apache.cassandra.db.marshal.LegacyTimeUUIDType")
DATE = Native("date", 0x11, "STRING INTEGER", _date, _integer(">I")[1], (4,))
DOUBLE = Native("double", 0x07, "INTEGER FLOAT", *_floating(">d"), (8, 0))
FLOAT = Native("float", 0x08, "INTEGER FLOAT", *_floating(">f"), (4, 0))
VARINT = Native(
    "varint",
    0x0E,
    "INTEGER",
    lambda text: varint_pack(int(text)),
    lambda data: varint_unpack(data) if data else FIRST,
)
DECIMAL = Native("decimal", 0x06, "INTEGER FLOAT", _decimal, decimal_value, check=_decimal_check)
NATIVES = {
    native.name: native
    for native in (
        TEXT,
        INT,
        BIGINT,
        COUNTER,
        BLOB,
        BOOLEAN,
        UUID,
        TIMEUUID,
        TIMESTAMP_TYPE,
        DATE,
        DOUBLE,
        FLOAT,
        VARINT,
        DECIMAL,
        Native("ascii", 0x01, "STRING", lambda text: text.encode("ascii"), _same, check=_ascii),
        Native("time", 0x12, "STRING INTEGER", _time, _integer(">q")[1], (8,), _time_check),
        Native("inet", 0x10, "STRING", _inet, _same, (4, 16, 0)),
        _number("smallint", 0x13, ">h", empty=False),
        _number("tinyint", 0x14, ">b", empty=False),
    )
}
NATIVES["varchar"] = TEXT


def make(parsed, frozen=False):
    """The type that ``parser`` read as ``(name, parts)``."""
    name, parts = parsed
    if name == "frozen":
        if len(parts) != 1:
            raise Fault(SYNTAX, "frozen<> takes one type")
        if parts[0][0] in NATIVES:
            raise Fault(SYNTAX, f"frozen<> is only allowed on collections and tuples (got {parts[0][0]})")
        return make(parts[0], True)
    if name in ("list", "set", "map", "tuple"):
        if len(parts) != {"map": 2, "tuple": len(parts) or 1}.get(name, 1):
            raise Fault(SYNTAX, f"wrong number of parameters of {name}<>")
        made = [make(part, frozen) for part in parts]
        for part in made:
            if part is COUNTER:
                raise invalid("Counters are not allowed inside collections")
            if part.multicell:
                raise invalid("Non-frozen collections are not allowed inside collections")
        return Collection(name, made, frozen)
    if name in ("duration", "vector") or parts:
        raise refused(f"the type {name}")
    if name not in NATIVES:
        raise invalid(f"Unknown type {name}")
    return NATIVES[name]
