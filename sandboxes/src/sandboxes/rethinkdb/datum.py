"""ReQL values: their types, order and JSON, as in RethinkDB's ``datum.cc``.

A value is None, bool, int or float, str, bytes (BINARY), list or dict; a dict with
``$reql_type$`` is a pseudotype. Integral numbers are kept as int, for so the server prints them.
"""

import base64
import json
import math
import re
import struct

# Error types of the wire protocol (ql2.proto).
INTERNAL, RESOURCE, LOGIC, NON_EXISTENCE = 1000000, 2000000, 3000000, 3100000
OP_FAILED, USER, PERMISSION = 4100000, 5000000, 6000000
EMPTY_USER = -USER  # r.error() without a message: `default` rethrows what it caught

PTYPE = "$reql_type$"
ARRAY_LIMIT = 100_000
MAX_VALUE = 32_000_000  # bytes of JSON, about
MAX_KEY = 127
STRAY_LITERAL = (
    "Stray literal keyword found: literal is only legal inside of the object passed to merge or "
    "update and cannot nest inside other literals."
)


class Fault(Exception):
    """An error of the query. ``node`` is the term it points at, None until one is known."""

    def __init__(self, kind, message, node=None):
        super().__init__(message)
        self.kind, self.message, self.node = kind, message, node


def logic(message, node=None):
    return Fault(LOGIC, message, node)


def missing(message, node=None):
    return Fault(NON_EXISTENCE, message, node)


class Extreme:
    """r.minval and r.maxval."""

    def __init__(self, name):
        self.name = name


MINVAL, MAXVAL = Extreme("MINVAL"), Extreme("MAXVAL")
NAMES = {
    type(None): "NULL",
    bool: "BOOL",
    int: "NUMBER",
    float: "NUMBER",
    str: "STRING",
    bytes: "PTYPE<BINARY>",
    list: "ARRAY",
    dict: "OBJECT",
}


def ptype(value):
    """The pseudotype's name, or None."""
    if type(value) is bytes:
        return "BINARY"
    return value.get(PTYPE) if type(value) is dict else None


def type_name(value):
    if type(value) is dict and PTYPE in value:
        return f"PTYPE<{value[PTYPE]}>"
    return value.name if type(value) is Extreme else NAMES[type(value)]


def typed(value, message, node=None):
    """A type error: of class non-existence if the value is null, as on the server."""
    return Fault(NON_EXISTENCE if value is None else LOGIC, message, node)


def expect(value, name):
    """``value`` if its type is ``name``, else the server's type error."""
    if NAMES.get(type(value)) != name:
        raise typed(value, f"Expected type {name} but found {type_name(value)}.")
    return value


def number(value):
    """A finite double, as int where it is integral and exact."""
    try:
        value = float(value)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise logic(f"Non-finite number: {value:.20g}")
    if value.is_integer() and abs(value) <= 2**53 and (value or math.copysign(1, value) > 0):
        return int(value)
    return value


def integer(value):
    if type(expect(value, "NUMBER")) is float and value != 0:
        size = " (<-2^53)" if value < -(2**53) else " (>2^53)" if value > 2**53 else ""
        raise logic(f"Number not an integer{size}: {value:.20g}")
    return int(value)


def truth(value):
    return value is not None and value is not False


def limited(items, limit=ARRAY_LIMIT):
    """The list itself, unless it is longer than an array may be."""
    if len(items) > limit:
        raise Fault(
            RESOURCE,
            f"Array over size limit `{limit}`.  To raise the number of allowed elements, modify "
            "the `array_limit` option to `.run` (not available in the Data Explorer), or use an "
            "index.",
        )
    return items


def weigh(value):
    """About the bytes of its JSON. What sharing has blown up past the limit is refused."""
    left, stack = MAX_VALUE, [value]
    while stack:
        item = stack.pop()
        if type(item) is list:
            stack.extend(item)
            left -= len(item)
        elif type(item) is dict:
            stack.extend(item.values())
            left -= sum(map(len, item)) + 4 * len(item)
        elif type(item) is Extreme:
            _wire(item)
        left -= len(item) + 2 if type(item) in (str, bytes) else 4
        if left < 0:
            raise Fault(RESOURCE, f"[sandbox] a value of over {MAX_VALUE:,} bytes is refused.")
    return MAX_VALUE - left


# Order and equality


def key(value):
    """A sort key: values order as on the server, by type name first (``datum_t::cmp``)."""
    kind = type(value)
    if kind is str:
        return (8, value)
    if kind is int or kind is float:
        return (4, value)
    if kind is list:
        return (1, tuple(map(key, value)))
    if kind is dict:
        if ptype(value) == "TIME":
            return (7, value["epoch_time"])
        return (5, tuple((name, key(item)) for name, item in sorted(value.items())))
    if kind is bool:
        return (2, value)
    return (3,) if value is None else (6, value) if kind is bytes else (0 if value is MINVAL else 9,)


def store_key(value):
    """The bytes under which the server stores a primary key (``print_primary``)."""
    kind = type(value)
    if kind is bool:
        return b"Bt" if value else b"Bf"
    if kind in (int, float):
        value = float(value) or 0.0
        bits = struct.unpack(">Q", struct.pack(">d", value))[0]
        bits ^= 2**64 - 1 if bits >> 63 else 1 << 63
        return b"N%016x#%s" % (bits, f"{value:.20g}".encode())
    if kind is str:
        if "\0" in value:
            raise logic(
                f"String {show(value[:20])} (truncated) contains NULL byte at offset "
                f"{value.encode().index(0)} in index key."
            )
        return b"S" + value.encode()
    if kind is bytes:
        return b"PBINARY:" + value.replace(b"\1", b"\1\2").replace(b"\0", b"\1\1")
    if kind is list:
        for item in value:
            if item is None or (type(item) is dict and PTYPE not in item):
                raise typed(
                    item,
                    "Array keys can only contain numbers, strings, bools,  pseudotypes, or arrays "
                    f"(got {show(item)} of type {type_name(item)}).",
                )
        return b"A" + b"".join(store_key(item) + b"\0" for item in value)
    if ptype(value) == "TIME":
        return b"PTIME:" + store_key(value["epoch_time"])
    if kind is Extreme:
        return b"@" if value is MINVAL else b"["
    raise typed(
        value,
        "Primary keys must be either a number, string, bool, pseudotype or array (got type "
        f"{type_name(value)}):\n{clip(value)}",
    )


def primary_key(value):
    """``(sort key, shard)``: the server hashes keys over eight shards (``hash_region.cc``).

    Unordered reads go through the shards one after the other, here as there, so that nobody
    learns to rely on the order of insertion.
    """
    data = store_key(value)
    if len(data) > MAX_KEY + 1:
        raise logic(f"Primary key too long (max {MAX_KEY} characters): {show(value)}")
    h = 0x47A59E381FB2DC06
    for byte in data:
        h = h + ((byte * 0x80200802 & 0x0884422110) * 0x0101010101 << 23) & 2**64 - 1
        h = (h ^ h >> 11 ^ h << 21) & 2**64 - 1
    return key(value), h >> 60 & 7


def index_key(value):
    """The sort key of a value in a secondary index, or None if it cannot be in one."""
    try:
        store_key(value)
    except Fault:
        return None
    return key(value)


# JSON


def _wire(value):
    if type(value) is bytes:
        return {PTYPE: "BINARY", "data": base64.b64encode(value).decode()}
    raise logic(f"Cannot convert `r.{value.name.lower()}` to JSON.")


dump = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=_wire
).encode  # what goes over the wire


def show(value, indent="\t"):
    """JSON as RethinkDB prints it: keys sorted, tabs in messages (indent None: compact)."""
    kind = type(value)
    if kind is float:  # RapidJSON uses an exponent more sparingly than Python
        mantissa, _, power = repr(value).partition("e")
        if power and -7 < int(power) < 21:
            digits = len(mantissa.strip("-").replace(".", "")) - int(power) - 1
            return f"{value:.{max(digits, 1)}f}"
        return f"{mantissa}e{int(power)}" if power else mantissa
    if kind in (bytes, Extreme):
        return show(_wire(value), indent)
    if kind not in (list, dict) or not value:
        text = json.dumps(value, ensure_ascii=False)
        return re.sub(r"\\u00..", lambda m: "\\u" + m[0][2:].upper(), text)
    deeper = None if indent is None else indent + "\t"
    colon, start, end = (":", "", "") if indent is None else (":\t", "\n" + indent, "\n" + indent[1:])
    if kind is list:
        items = [show(item, deeper) for item in value]
    else:
        items = [show(k) + colon + show(v, deeper) for k, v in sorted(value.items())]
    left, right = "[]" if kind is list else "{}"
    return left + start + ("," + start).join(items) + end + right


def clip(value):
    """``trunc_print``: what messages quote of a value that may be long."""
    text = show(value)
    return text if len(text) <= 300 else text[:297] + "..."


def parse(text):
    """``json.loads``, refusing what RapidJSON refuses. Raises ValueError."""

    def unique(pairs):
        names = [name for name, _ in pairs]
        for name in set(names) if len(set(names)) < len(names) else ():
            if names.count(name) > 1:
                raise logic(f"Duplicate key {show(name)} in JSON.")
        return dict(pairs)

    value = json.loads(text, parse_constant=int, object_pairs_hook=unique)  # int("NaN") fails
    if "\\u" in text:
        json.dumps(value, ensure_ascii=False).encode()  # so does a lone surrogate
    return value


def from_json(value, literal=False):
    """What ``parse`` gave, as a ReQL value."""
    if type(value) is list:
        return limited([from_json(item) for item in value])
    if type(value) is dict:
        return build({name: from_json(item, True) for name, item in value.items()}, literal)
    return number(value) if type(value) in (int, float) else value


def build(obj, literal=False):
    """A finished object: pseudotypes are checked, BINARY becomes bytes."""
    if PTYPE not in obj:
        return obj
    name = obj[PTYPE]
    if name == "TIME":
        return _check_time(obj)
    if name == "LITERAL":
        if literal:
            return obj
        raise logic(STRAY_LITERAL)
    if name == "BINARY" and type(obj.get("data")) is str:
        try:
            return base64.b64decode(obj["data"], validate=True)
        except ValueError:
            raise logic("Invalid base64 data in a BINARY pseudotype.") from None
    if name in ("BINARY", "GEOMETRY"):
        raise logic(f"[sandbox] this {name} pseudotype is not supported.")
    if type(name) is not str:
        raise logic(
            f"Error: Field `{PTYPE}` must be a string (got `{clip(name)}` of type {type_name(name)}):\n{clip(obj)}"
        )
    raise logic(f"Unknown {PTYPE} `PTYPE<{name}>`.")


TIMEZONE = re.compile(r"Z|(?!-00(?::?00)?$)[+-](?:[01]\d|2[0-4])(?::?[0-5]\d)?")


def _check_time(obj):
    """``sanitize_time`` in pseudo_time.cc."""
    problem = None
    for name, kind in (("epoch_time", "number"), ("timezone", "string")):
        if name not in obj:
            problem = problem or f"no field `{name}`"
        elif NAMES[type(obj[name])] != kind.upper():
            found = f"got `{clip(obj[name])}` of type {type_name(obj[name])}"
            problem = f"field `{name}` must be a {kind} ({found})"
    if not problem and not TIMEZONE.fullmatch(obj["timezone"]):
        problem = f"invalid timezone string `{clip(obj['timezone'])}`"
    for name in sorted(set(obj) - {PTYPE, "epoch_time", "timezone"}):
        problem = f"unrecognized field `{name}`"
    if problem:
        raise logic(f"Invalid time object constructed ({problem}):\n{clip(obj)}")
    return make_time(obj["epoch_time"], obj["timezone"])


def make_time(seconds, zone):
    """A time: to the millisecond, the zone as +hh:mm."""
    zone = "+0000" if zone == "Z" else zone.replace(":", "")
    seconds = number(math.copysign(math.floor(abs(seconds) * 1000 + 0.5) / 1000, seconds) + 0)
    return {PTYPE: "TIME", "epoch_time": seconds, "timezone": f"{zone[:3]}:{zone[3:] or '00'}"}


def merge(left, right):
    """``datum_t::merge``: deep, with r.literal replacing."""
    if type(left) is not dict or type(right) is not dict or ptype(right) == "LITERAL":
        return right
    result = dict(left)
    for name, value in right.items():
        if type(value) is dict and name in left and ptype(value) != "LITERAL":
            result[name] = merge(left[name], value)
        else:
            result.pop(name, None)
            result |= drop_literals({name: value})
    return build(result, literal=True)


def drop_literals(obj):
    """Where there is nothing to replace, a literal is just its value."""
    result = {}
    for name, value in obj.items():
        if ptype(value) != "LITERAL":
            result[name] = drop_literals(value) if type(value) is dict else value
        elif "value" in value:
            result[name] = value["value"]
    return result


def get_field(obj, name):
    if name not in expect(obj, "OBJECT"):
        raise missing(f"No attribute `{name}` in object:\n{show(obj)}")
    return obj[name]
