"""How values are written: the JSON of the wire and that of messages."""

import base64
import json
import re

from .errors import logic

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
