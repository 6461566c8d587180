"""type_of, coerce_to, info (``terms/type_manip.cc``)."""

import re

from ..datum import expect, limited, number, type_name, weigh
from ..errors import LOGIC, NON_EXISTENCE, Fault, logic
from ..registry import term
from ..results import DATUM, DB, FUNCTION, GROUPED, SINGLE, TABLE, Val
from ..text import MAXVAL, MINVAL, show
from .objects import object_of

TYPE_NAMES = {DB: "DB", "SEQUENCE": "STREAM", SINGLE: "SELECTION<OBJECT>"}


def name_of(value):
    if value.kind is DATUM:
        return type_name(value.data)
    if value.kind is GROUPED:
        return "GROUPED_STREAM" if value.data.stream else "GROUPED_DATA"
    if value.kind == "SELECTION":
        return f"SELECTION<{'ARRAY' if value.data.seq.array else 'STREAM'}>"
    return TYPE_NAMES.get(value.kind, value.kind)


term(52, "typeof", 1, grouped=None)(lambda c: name_of(c[0]))
SEQUENCES = ["TABLE", "TABLE_SLICE", "SELECTION<ARRAY>", "SELECTION<STREAM>", "STREAM"]
DATUMS = ["NULL", "BINARY", "BOOL", "NUMBER", "STRING", "ARRAY", "OBJECT", "MINVAL", "MAXVAL"]
OTHERS = ["DB", "SELECTION<OBJECT>", "DATUM", "FUNCTION", "GROUPED_DATA"]


@term(51, "coerce_to", 2)
def coerce_to(c):
    value, target = c[0], c[1].str().upper()
    if target not in SEQUENCES + DATUMS + OTHERS:
        c.fail(f"Unknown Type: {target}")
    start, datum = name_of(value), value.datum() if value.is_datum else None
    if value.is_datum:
        start = {bytes: "BINARY", dict: "OBJECT"}.get(type(datum), type_name(datum))
        if target in (start, "DATUM", "STREAM"):
            return value
    elif target == start or (start in SEQUENCES and target in SEQUENCES[SEQUENCES.index(start) :]):
        return value
    if target == "BOOL":
        return start != "NULL"
    if value.is_datum and target == "STRING":
        weigh(datum)
        return datum.decode() if start == "BINARY" else show(datum, None)
    if start == "STRING" and target == "BINARY":
        return datum.encode()
    if start == "OBJECT" and target == "ARRAY":
        return limited([[name, item] for name, item in sorted(datum.items())], c.q.limit)
    if start == "STRING" and target == "NUMBER":
        if re.fullmatch(r"\s*[+-]?0[xX][0-9a-fA-F]+\.?[0-9a-fA-F]*([pP][+-]?\d+)?", datum):
            return number(float.fromhex(datum))  # as strtod does
        if not re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", datum):
            c.fail(f"Could not coerce `{datum}` to NUMBER.")
        return number(float(datum))
    if start in SEQUENCES or start == "ARRAY":
        if target in ("ARRAY", "DATUM"):
            return value.seq().list(c.q)
        if target == "OBJECT":
            return object_of(c, (pair(item, c) for item in value.seq().finite(c.q)), "coerced object")
    kind = NON_EXISTENCE if start == "NULL" else LOGIC
    raise Fault(kind, f"Cannot coerce {start} to {target}.", value.node)


def pair(item, c):
    if len(expect(item, "ARRAY")) != 2:
        c.fail(f"Expected array of size 2, but got size {len(item)}.")
    return expect(item[0], "STRING"), item[1]


@term(79, "info", 1, grouped=None, pure=False)
def info(c):
    return describe(c[0])


def describe(value):
    result = {"type": name_of(value)}
    if value.kind is DB:
        result |= value.data.config()
    elif value.kind is TABLE:
        table = value.data
        result |= {
            "name": table.name,
            "id": table.id,
            "primary_key": table.pkey,
            "db": {"type": "DB", **table.db.config()},
            "indexes": sorted(table.indexes),
            "doc_count_estimates": [len(table.rows)],
        }
    elif value.kind in ("SELECTION", SINGLE):
        result["table"] = describe(Val(TABLE, value.data.table, value.node))
    elif value.kind is DATUM:
        if type(value.data) is bytes:
            result["count"] = len(value.data)
        if value.data not in (None, MINVAL, MAXVAL):
            result["value"] = show(value.data)
    elif value.kind in ("TABLE_SLICE", FUNCTION):
        raise logic(f"[sandbox] INFO of a {value.kind} is not supported.", value.node)
    return result
