"""Order and equality of values (``datum_t::cmp``), and how keys are stored (``print_primary``)."""

import struct

from .datum import expect, ptype, type_name, typed
from .errors import Fault, logic, missing
from .text import MINVAL, PTYPE, Extreme, clip, show

MAX_KEY = 127


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


def store_key(value, secondary=False, extremes=True):
    """The bytes under which the server stores a key (``print_primary``, ``print_secondary``).

    Raises Fault for what cannot be in one: strings with NUL in a primary key; minval and maxval, unless ``extremes``.
    """
    kind = type(value)
    if kind is bool:
        return b"Bt" if value else b"Bf"
    if kind in (int, float):
        value = float(value) or 0.0
        bits = struct.unpack(">Q", struct.pack(">d", value))[0]
        bits ^= 2**64 - 1 if bits >> 63 else 1 << 63
        return b"N%016x#%s" % (bits, f"{value:.20g}".encode())
    if kind is str:
        if "\0" in value and not secondary:
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
        return b"A" + b"".join(store_key(item, secondary, extremes) + b"\0" for item in value)
    if ptype(value) == "TIME":
        return b"PTIME:" + store_key(value["epoch_time"])
    if kind is Extreme:
        if not extremes:
            raise logic("Cannot use `r.minval` or `r.maxval` in an index key.")
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


def index_key(value, bound=False):
    """The sort key of a value in a secondary index, or of a bound in it, or None if it cannot be one."""
    try:
        store_key(value, secondary=True, extremes=bound)
    except Fault:
        return None
    return key(value)


def matches(pattern, row):
    """``filter_match``: whether the row has the fields of the pattern."""
    if ptype(pattern) == "LITERAL":
        return key(pattern["value"]) == key(row)
    for name, value in sorted(pattern.items()):
        if name not in expect(row, "OBJECT"):
            raise missing(f"No attribute `{name}` in object.")
        if type(value) is dict and type(row[name]) is dict:
            if not matches(value, row[name]):
                return False
        elif key(value) != key(row[name]):
            return False
    return True
