"""How values are written: the JSON of the wire and that of messages."""

import base64
import json
import math
import re
import sys

from .errors import logic
from .grisu import digits

PTYPE = "$reql_type$"


class Extreme:
    """r.minval and r.maxval."""

    def __init__(self, name):
        self.name = name


MINVAL, MAXVAL = Extreme("MINVAL"), Extreme("MAXVAL")


def _wire(value):
    if type(value) is bytes:
        return {PTYPE: "BINARY", "data": base64.b64encode(value).decode()}
    raise logic(f"Cannot convert `r.{value.name.lower()}` to JSON.")


def encoder():
    """``dump(value)``: what goes over the wire. One encoder for all: making one costs more than it does."""
    options = {"ensure_ascii": False, "separators": (",", ":"), "sort_keys": True, "default": _wire}
    if json.encoder.c_make_encoder is None:
        return json.JSONEncoder(check_circular=False, **options).encode
    encode = json.encoder.c_make_encoder(None, _wire, json.encoder.encode_basestring, None, ":", ",", True, False, True)
    return lambda value: "".join(encode(value, 0))


dump = encoder()


def log(text):
    """A line, or lines, for people."""
    sys.stderr.write(text.rstrip() + "\n")
    sys.stderr.flush()


def show(value, indent="\t"):
    """JSON as RethinkDB prints it: keys sorted, tabs in messages (indent None: compact)."""
    kind = type(value)
    if kind is float:
        return show_double(value)
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


def show_double(value):
    """``Prettify`` of RapidJSON, which uses an exponent more sparingly than Python."""
    sign = "-" if math.copysign(1, value) < 0 else ""
    if value == 0:
        return f"{sign}0.0"
    text, power = digits(abs(value))
    point = len(text) + power
    if power >= 0 and point <= 21:
        return f"{sign}{text}{'0' * power}.0"
    if 0 < point <= 21:
        return f"{sign}{text[:point]}.{text[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{text}"
    return f"{sign}{text[0]}{'.' * (len(text) > 1)}{text[1:]}e{point - 1}"


def clip(value):
    """``trunc_print``: what messages quote of a value that may be long."""
    text = show(value)
    return text if len(text) <= 300 else text[:297] + "..."


def _unique(pairs):
    names = [name for name, _ in pairs]
    for name in set(names) if len(set(names)) < len(names) else ():
        if names.count(name) > 1:
            raise logic(f"Duplicate key {show(name)} in JSON.")
    return dict(pairs)


_decode = json.JSONDecoder(parse_constant=int, object_pairs_hook=_unique).decode  # int("NaN") fails


def parse(text):
    """``json.loads``, refusing what RapidJSON refuses. Raises ValueError."""
    value = _decode(text)
    if "\\u" in text:
        json.dumps(value, ensure_ascii=False).encode()  # so does a lone surrogate
    return value
