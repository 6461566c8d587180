"""ReQL values and their types, as in RethinkDB's ``datum.cc``.

A value is None, bool, int or float, str, bytes (BINARY), list or dict; a dict with
``$reql_type$`` is a pseudotype. Integral numbers are kept as int, for so the server prints them.
"""

import base64
import math
import re

from .errors import LOGIC, NON_EXISTENCE, RESOURCE, Fault, logic, missing
from .text import PTYPE, Extreme, _wire, clip, show

ARRAY_LIMIT = 100_000
MAX_VALUE = 32_000_000  # bytes of JSON, about
STRAY_LITERAL = (
    "Stray literal keyword found: literal is only legal inside of the object passed to merge or "
    "update and cannot nest inside other literals."
)
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


def weigh(value, stored=False):
    """About the bytes of its JSON. What sharing has blown up past the limit is refused."""
    # ``times``: how often a container stands there side by side, so that [x, x] of [y, y] of ... takes no time.
    left, stack, times = MAX_VALUE, [], []
    items, factor = (value,), 1
    while True:
        last = None
        for item in items:
            kind = type(item)
            if kind is list or kind is dict:
                if item is last:
                    times[-1] += factor
                else:
                    stack.append(item)
                    times.append(factor)
                    last = item
                left -= 4 * factor
            elif kind is str or kind is bytes:
                left -= (len(item) + 2) * factor
            else:
                if kind is Extreme:
                    _wire(item)
                left -= 4 * factor
        if left < 0:
            raise Fault(RESOURCE, f"[sandbox] a value of over {MAX_VALUE:,} bytes is refused.")
        if not stack:
            return MAX_VALUE - left
        items, factor = stack.pop(), times.pop()
        if type(items) is dict:
            left -= (sum(map(len, items)) + 4 * len(items)) * factor
            items = items.values()
        else:
            if stored and len(items) > ARRAY_LIMIT:
                raise logic(f"Array too large for disk writes (limit {ARRAY_LIMIT:,} elements).")
            left -= len(items) * factor


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
    if name == "GEOMETRY":
        return check_geometry(obj)
    if name == "BINARY":
        raise logic(f"[sandbox] this {name} pseudotype is not supported.")
    if type(name) is not str:
        raise logic(
            f"Error: Field `{PTYPE}` must be a string (got `{clip(name)}` of type {type_name(name)}):\n{clip(obj)}"
        )
    raise logic(f"Unknown {PTYPE} `PTYPE<{name}>`.")


TIMEZONE = re.compile(r"Z|(?!-00(?::?00)?$)[+-](?:[01]\d|2[0-4])(?::?[0-5]\d)?")


def check_geometry(obj):
    """``validate_geojson``: the shape of it, and longitude and latitude in their ranges."""
    kind, depth = obj.get("type"), {"Point": 0, "LineString": 1, "Polygon": 2}.get(obj.get("type"))
    if depth is None or set(obj) != {PTYPE, "type", "coordinates"}:
        raise logic(f"[sandbox] this GEOMETRY pseudotype is not supported: {clip(obj)}")

    def check(value, depth):
        expect(value, "ARRAY")
        if depth:
            for item in value:
                check(item, depth - 1)
            if len(value) < 2:
                raise logic(f"GeoJSON {kind} must have at least two positions.")
            return
        if len(value) != 2:
            raise logic(f"Expected exactly 2 coordinates, got {len(value)}.")
        for item, most, name in zip(value, (180, 90), ("Longitude", "Latitude"), strict=True):
            if abs(expect(item, "NUMBER")) > most:
                raise logic(f"{name} must be between -{most} and {most}.  Got {item:.20g}.")

    check(obj["coordinates"], depth)
    return obj


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


GONE = object()  # what is left of a literal without a value


def merge(left, right):
    """``datum_t::merge``: deep, with r.literal replacing."""
    if ptype(right) == "LITERAL":
        raise logic(STRAY_LITERAL)
    if type(left) is not dict or type(right) is not dict:
        return drop_literals(right)
    result = dict(left)
    for name, value in right.items():
        if type(value) is dict and name in left and ptype(value) != "LITERAL":
            result[name] = merge(left[name], value)
        else:
            value = drop_literals(value)
            if value is GONE:
                result.pop(name, None)
            else:
                result[name] = value
    return build(result)


def drop_literals(value):
    """``datum_t::drop_literals``: where there is nothing to replace, a literal is just its value."""
    if type(value) is list:
        return [item for item in map(drop_literals, value) if item is not GONE]
    if type(value) is not dict:
        return value
    if ptype(value) == "LITERAL":
        return value.get("value", GONE)
    items = ((name, drop_literals(item)) for name, item in value.items())
    return {name: item for name, item in items if item is not GONE}


def get_field(obj, name):
    if name not in expect(obj, "OBJECT"):
        raise missing(f"No attribute `{name}` in object:\n{show(obj)}")
    return obj[name]
