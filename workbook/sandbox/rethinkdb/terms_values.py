"""Terms on plain values: logic, arithmetic, strings, arrays, objects, control, types.

Messages and the terms they point at are those of RethinkDB's ``terms/*.cc``.
"""

import json
import math
import random
import re
import uuid
from re import _constants, _parser

from .datum import (
    EMPTY_USER, LOGIC, MAX_VALUE, MAXVAL, MINVAL, NON_EXISTENCE, RESOURCE, USER, Fault, build, clip,
    expect, from_json, get_field, integer, key, limited, number, parse, ptype, show, truth,
    type_name, typed, weigh,
)  # fmt: skip
from .query import DATUM, FUNCTION, GROUPED, SEQUENCE, SINGLE, Func, Groups, Seq, term
from .terms_time import time_add, time_sub

# Logic and comparison ---------------------------------------------------------------------


def comparison(code, name, test, invert=False):
    @term(code, name, 2, -1)
    def run(c):
        left = key(c[0].datum())
        for i in range(1, c.n):
            right = key(c[i].datum())
            if not test(left, right):
                return invert
            left = right
        return not invert


comparison(17, "eq", lambda a, b: a == b)
comparison(18, "ne", lambda a, b: a == b, invert=True)
comparison(19, "lt", lambda a, b: a < b)
comparison(20, "le", lambda a, b: a <= b)
comparison(21, "gt", lambda a, b: a > b)
comparison(22, "ge", lambda a, b: a >= b)


@term(23, "not", 1)
def not_(c):
    return not c[0].bool()


@term(67, "and", 0, -1)
def and_(c):
    value = True
    for i in range(c.n):
        value = c[i]
        if not value.bool():
            break
    return value


@term(66, "or", 0, -1)
def or_(c):
    value = False
    for i in range(c.n):
        value = c[i]
        if value.bool():
            break
    return value


# Arithmetic -------------------------------------------------------------------------------


def arithmetic(code, name, step):
    @term(code, name, 1, -1)
    def run(c):
        value = c[0].datum()
        for i in range(1, c.n):
            value = step(value, c[i].datum(), c)
        return value


def add(left, right, c):
    if ptype(left) == "TIME" or ptype(right) == "TIME":
        return time_add(left, right)
    if type(left) is str:
        expect(right, "STRING")
        if len(left) + len(right) > MAX_VALUE:
            raise Fault(RESOURCE, f"[sandbox] a string of more than {MAX_VALUE:,} is refused.")
        return left + right
    if type(left) is list:
        return limited(left + expect(right, "ARRAY"), c.q.limit)
    return number(expect(left, "NUMBER") + expect(right, "NUMBER"))


def sub(left, right, c):
    if ptype(left) == "TIME":
        return time_sub(left, right)
    return number(expect(left, "NUMBER") - expect(right, "NUMBER"))


def mul(left, right, c):
    if type(left) is list or type(right) is list:
        array, times = (left, right) if type(left) is list else (right, left)
        times = integer(times)
        if times < 0:
            c.fail("Cannot multiply an ARRAY by a negative number.")
        return limited(array * min(times, c.q.limit + 1) if array else [], c.q.limit)
    return number(float(expect(left, "NUMBER")) * expect(right, "NUMBER"))


def div(left, right, c):
    expect(left, "NUMBER")
    if expect(right, "NUMBER") == 0:
        c.fail("Cannot divide by zero.")
    return number(left / right)


arithmetic(24, "add", add)
arithmetic(25, "sub", sub)
arithmetic(26, "mul", mul)
arithmetic(27, "div", div)


@term(28, "mod", 2)
def mod(c):
    left, right = c[0].int(), c[1].int()
    if right == 0:
        c.fail("Cannot take a number modulo 0.")
    return int(math.fmod(left, right))


@term(183, "floor", 1)
def floor(c):
    return number(math.floor(c[0].num()))


@term(184, "ceil", 1)
def ceil(c):
    return number(math.ceil(c[0].num()))


@term(185, "round", 1)
def round_(c):
    value = c[0].num()
    return number(math.copysign(math.floor(abs(value) + 0.5), value))


def bitwise(code, name, step):
    @term(code, name, 1, -1)
    def run(c):
        value = c[0].int()
        for i in range(1, c.n):
            value = step(value, c[i].int(), c)
        return number(value)


def shift_left(left, right, c):
    if right < 0:
        c.fail("Cannot bit-shift by a negative value")
    return left << right if right < 64 else 0


def shift_right(left, right, c):
    if right < 0:
        c.fail("Cannot bit-shift by a negative value")
    return left >> right


bitwise(191, "bit_and", lambda a, b, c: a & b)
bitwise(192, "bit_or", lambda a, b, c: a | b)
bitwise(193, "bit_xor", lambda a, b, c: a ^ b)
bitwise(195, "bit_sal", shift_left)
bitwise(196, "bit_sar", shift_right)


@term(194, "bit_not", 1)
def bit_not(c):
    return ~c[0].int()


@term(151, "random", 0, 2, ["float"], deterministic=False)
def random_(c):
    option = c.opt("float")
    if option.bool() if option else c.n == 0:
        bounds = [c[i].num() for i in range(c.n)]
        low, high = ([0, *bounds, 1][:2]) if c.n < 1 else (0, bounds[0]) if c.n == 1 else bounds
        return number(low + random.random() * (high - low))
    if c.n == 0:
        c.fail("Generating a random integer requires one or two bounds.")
    bounds = [c[i].num() for i in range(c.n)]
    for value, which in zip(bounds[::-1], ("Upper", "Lower"), strict=False):
        if type(value) is not int:
            c.fail(f"{which} bound ({value:.20g}) could not be safely converted to an integer.")
    low, high = bounds if c.n == 2 else (0, bounds[0])
    if low >= high:
        c.fail(f"Lower bound ({low}) is not less than upper bound ({high}).")
    return random.randrange(low, high)


@term(169, "uuid", 0, 1, deterministic=False)
def uuid_(c):
    if c.n:
        space = uuid.UUID("91461c99-f89d-49d2-af96-d8e2e14e9b58")  # terms/uuid.cc
        return str(uuid.uuid5(space, c[0].str()))
    return str(uuid.uuid4())


# Strings ----------------------------------------------------------------------------------


def _ascii(table):
    return str.maketrans(*table)


LOWER, UPPER = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TO_UPPER, TO_LOWER = str.maketrans(LOWER, UPPER), str.maketrans(UPPER, LOWER)


@term(141, "upcase", 1)
def upcase(c):
    return c[0].str().translate(TO_UPPER)  # only ASCII, as on the server


@term(142, "downcase", 1)
def downcase(c):
    return c[0].str().translate(TO_LOWER)


@term(149, "split", 1, 3)
def split(c):
    text = c[0].str()
    by = c[1].datum() if c.n > 1 else None
    if by is not None:
        expect(by, "STRING")
    most = c[2].int() if c.n > 2 else -1
    if not -1 <= most <= c.q.limit - 1:
        c.fail(f"Error: `split` size argument must be in range [-1, {c.q.limit - 1}].")
    if by != "":
        return limited(text.split(by, most), c.q.limit)
    cut = len(text) if most < 0 else most
    return limited([*text[:cut], *([text[cut:]] if text[cut:] else [])], c.q.limit)


@term(97, "match", 2)
def match(c):
    text, pattern = c[0].str(), c[1].str()
    found = compile_regex(pattern, text, c).search(text)
    if not found:
        return None

    def place(group):
        start, end = found.span(group)
        offsets = [len(text[:at].encode()) for at in (start, end)]  # in bytes, as on the server
        return {"str": found[group], "start": offsets[0], "end": offsets[1]}

    count = found.re.groups
    groups = [None if found[i] is None else place(i) for i in range(1, count + 1)]
    return {**place(0), "groups": groups}


def compile_regex(pattern, text, c):
    """The pattern for Python's engine, where RE2 would find the same.

    RE2 takes linear time; patterns on which Python's engine could take much more are refused, as
    are those that mean something else to it.
    """

    def refuse(what):
        c.fail(f"[sandbox] MATCH: {what} is not supported in `{clip(pattern)}`.")

    def cost(items):
        """How many unbounded repeats follow one another."""
        total = 0
        for i, (op, value) in enumerate(items):
            if op is _constants.AT and value is _constants.AT_END:
                items[i] = (op, _constants.AT_END_STRING)  # RE2's $ is the very end
            elif op in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
                inner = cost(value[2])
                if value[1] > 1 and inner:
                    refuse("a repeat inside a repeat")
                total += inner + (value[1] > 1000)
            elif op is _constants.SUBPATTERN:
                total += cost(value[3])
            elif op is _constants.BRANCH:
                total += sum(map(cost, value[1]))
            elif op not in (
                _constants.LITERAL, _constants.NOT_LITERAL, _constants.ANY, _constants.IN,
                _constants.AT,
            ):  # fmt: skip
                refuse(str(op).lower())
        return total

    try:
        tree = _parser.parse(pattern, re.ASCII if pattern.isascii() else 0)
        repeats = cost(tree)
        if len(text) ** repeats > 1e8:
            refuse("so many repeats on so long a string")
        return re._compiler.compile(tree)
    except (re.error, OverflowError, RecursionError) as error:
        c.fail(f"Error in regexp `{pattern}` (portion `{pattern}`): {error}")


@term(172, "to_json_string", 1)
def to_json_string(c):
    value = c[0].datum()
    weigh(value)
    return show(value, None)


JSON_ERRORS = {  # Python's words for RapidJSON's
    "Extra data": "The document root must not be followed by other values.",
    "Expecting property name enclosed in double quotes": "Missing a name for object member.",
    "Expecting ':' delimiter": "Missing a colon after a name of object member.",
    "Unterminated string starting at": "Missing a closing quotation mark in string.",
    "Invalid \\escape": "Invalid escape character in string.",
}


@term(98, "json", 1)
def json_(c):
    text = c[0].str()
    try:
        value = parse(text)
    except (ValueError, RecursionError) as error:
        reason = JSON_ERRORS.get(getattr(error, "msg", ""), "Invalid value.")
        if not text.strip():
            reason = "The document is empty."
        elif getattr(error, "msg", "") == "Expecting ',' delimiter":
            before = text[: error.pos]
            inside = before.rfind("{") > before.rfind("[")
            reason = "Missing a comma or } after an object member."
            if not inside:
                reason = "Missing a comma or ] after an array element."
        quoted = text if len(text.encode()) <= 40 else text[:37] + "..."
        c.fail(f'Failed to parse "{quoted}" as JSON: {reason}')
    return from_json(value, literal=True)


@term(11, "javascript", 1, 1, ["timeout"], deterministic=False)
def javascript(c):
    """There is no JavaScript engine here: a script is run if it is a JSON literal."""
    try:
        return from_json(parse(c[0].str()))
    except ValueError:
        c.fail("[sandbox] the term JAVASCRIPT is supported for JSON literals only.")


# Arrays -----------------------------------------------------------------------------------


def at(index, size, c):
    """An index that may count from the end (``canonicalize`` in arr.cc)."""
    if index >= 0:
        return index
    if -index > size:
        c.fail(f"Index out of bounds: {index}", NON_EXISTENCE)
    return size + index


def array(c, i=0):
    return expect(c[i].datum(), "ARRAY")


@term(29, "append", 2)
def append(c):
    return limited([*array(c), c[1].datum()], c.q.limit)


@term(80, "prepend", 2)
def prepend(c):
    return limited([c[1].datum(), *array(c)], c.q.limit)


def distinct_items(items, seen=()):
    seen = set(seen)
    return [item for item in items if not ((k := key(item)) in seen or seen.add(k))]


@term(88, "set_insert", 2)
def set_insert(c):
    return limited(distinct_items([*array(c), c[1].datum()]), c.q.limit)


@term(90, "set_union", 2)
def set_union(c):
    return limited(distinct_items([*array(c), *array(c, 1)]), c.q.limit)


@term(89, "set_intersection", 2)
def set_intersection(c):
    left, right = array(c), set(map(key, array(c, 1)))
    return distinct_items([item for item in left if key(item) in right])


@term(91, "set_difference", 2)
def set_difference(c):
    return distinct_items(array(c), map(key, array(c, 1)))


def modify(code, name, low, high, spaces, change):
    @term(code, name, low, high)
    def run(c):
        items = list(array(c))
        index = at(integer(c[1].datum()), len(items) + spaces, c)
        if index >= len(items) + spaces and c.n == low:
            c.fail(
                f"Index `{index}` out of bounds for array of size: `{len(items)}`.", NON_EXISTENCE
            )
        change(items, index, c)
        return limited(items, c.q.limit)


def change_at(items, index, c):
    items[index] = c[2].datum()


def splice_at(items, index, c):
    items[index:index] = array(c, 2)


def delete_at(items, index, c):
    if c.n == 2:
        del items[index]
        return
    end = at(integer(c[2].datum()), len(items), c)
    for name, value in (("Index", index), ("Index", end)):
        if value > len(items):
            message = f"{name} `{value}` out of bounds for array of size: `{len(items)}`."
            c.fail(message, NON_EXISTENCE)
    if index > end:
        c.fail(f"Start index `{index}` is greater than end index `{end}`.")
    del items[index:end]


modify(82, "insert_at", 3, 3, 1, lambda items, i, c: items.insert(i, c[2].datum()))
modify(83, "delete_at", 2, 3, 0, delete_at)
modify(84, "change_at", 3, 3, 0, change_at)
modify(85, "splice_at", 3, 3, 1, splice_at)


# Objects ----------------------------------------------------------------------------------


def plain_object(c, name):
    value = c[0].datum()
    if type(value) is not dict or ptype(value):
        raise Fault(
            LOGIC, f"Cannot call `{name}` on objects of type `{type_name(value)}`.", c[0].node
        )
    return value


@term(94, "keys", 1)
def keys(c):
    return sorted(plain_object(c, "keys"))


@term(186, "values", 1)
def values(c):
    return [value for _, value in sorted(plain_object(c, "values").items())]


@term(143, "object", 0, -1)
def object_(c):
    if c.n % 2:
        c.fail(f"OBJECT expects an even number of arguments (but found {c.n}).")
    result = {}
    for i in range(0, c.n, 2):
        name, value = c[i].str(), c[i + 1].datum()
        if name in result:
            c.fail(
                f"Duplicate key {show(name)} in object.  (got {clip(show(result[name]))} and "
                f"{clip(show(value))} as values)"
            )
        result[name] = value
    return build(result)


@term(137, "literal", 0, 1, grouped=None)
def literal(c):
    if not c.literal:
        from .datum import STRAY_LITERAL

        c.fail(STRAY_LITERAL)
    return {"$reql_type$": "LITERAL", **({"value": c[0].datum()} if c.n else {})}


@term(155, "binary", 1)
def binary(c):
    value = c[0].datum()
    return value if type(value) is bytes else expect(value, "STRING").encode()


# Control ----------------------------------------------------------------------------------


@term(65, "branch", 3, -1)
def branch(c):
    if c.n % 2 == 0:
        c.fail("Cannot call `branch` term with an even number of arguments.")
    for i in range(0, c.n - 1, 2):
        if c[i].bool():
            return c[i + 1]
    return c[c.n - 1]


@term(64, "funcall", 1, -1)
def funcall(c):
    function = c[0].func("const")
    if c.n == 1:
        return function(c.q)
    first, rest = c[1], [c[i].datum() for i in range(2, c.n)]
    if first.kind is GROUPED:
        pairs = [(g, function(c.q, value, *rest).datum()) for g, value in first.data.pairs]
        return c.val(GROUPED, Groups(pairs))
    return function(c.q, first.datum(), *rest)


@term(12, "error", 0, 1)
def error(c):
    if c.n == 0:
        c.fail("Empty ERROR term outside a default block.", EMPTY_USER)
    c.fail(c[0].str(), USER)


@term(92, "default", 2, grouped=None)
def default(c):
    fault, first, reason = None, None, None
    try:
        first = c[0]
        if not first.is_datum or first.datum() is not None:
            return first
    except Fault as caught:
        if caught.kind != NON_EXISTENCE:
            raise
        fault, reason = caught, caught.message
        fault.node = fault.node or c.node
    try:
        value = c[1]
        return value.func()(c.q, reason) if value.kind is FUNCTION else value
    except Fault as caught:
        if caught.kind != EMPTY_USER:
            raise
        if fault:
            raise fault from None
        return first


@term(180, "minval", 0)
def minval(c):
    return MINVAL


@term(181, "maxval", 0)
def maxval(c):
    return MAXVAL


# Types ------------------------------------------------------------------------------------


def type_of_value(value):
    if value.kind is DATUM:
        return type_name(value.data)
    if value.kind is GROUPED:
        return "GROUPED_STREAM" if value.data.stream else "GROUPED_DATA"
    if value.is_selection and value.kind == "SELECTION":
        return "SELECTION<ARRAY>" if value.data.seq.array else "SELECTION<STREAM>"
    return {SEQUENCE: "STREAM", SINGLE: "SELECTION<OBJECT>", "DATABASE": "DB"}.get(
        value.kind, value.kind
    )


@term(52, "typeof", 1, grouped=None)
def type_of(c):
    return type_of_value(c[0])


# What may stand in coerce_to, and of which values it is the identity.
COERCIONS = {
    "DB", "TABLE", "TABLE_SLICE", "SELECTION<STREAM>", "SELECTION<ARRAY>", "STREAM",
    "SELECTION<OBJECT>", "DATUM", "FUNCTION", "GROUPED_DATA", "NULL", "BINARY", "BOOL", "NUMBER",
    "STRING", "ARRAY", "OBJECT", "MINVAL", "MAXVAL",
}  # fmt: skip


@term(51, "coerce_to", 2)
def coerce_to(c):
    value, target = c[0], c[1].str().upper()
    if target not in COERCIONS:
        c.fail(f"Unknown Type: {target}")
    start = type_of_value(value)
    if value.is_datum:
        datum = value.datum()
        start = {"PTYPE<TIME>": "OBJECT", "PTYPE<BINARY>": "BINARY"}.get(
            type_name(datum), type_name(datum)
        )
    identity = {
        "TABLE": ("TABLE_SLICE", "SELECTION<STREAM>", "STREAM"),
        "TABLE_SLICE": ("SELECTION<STREAM>", "STREAM"),
        "SELECTION<STREAM>": ("STREAM",),
        "SELECTION<ARRAY>": ("SELECTION<STREAM>", "STREAM"),
    }
    if start == target or target in identity.get(start, ()) or target == "DATUM" and value.is_datum:
        return value
    if target == "STREAM" and value.is_datum:
        return value
    if target == "BOOL":
        return start != "NULL"
    if value.is_datum:
        if target == "STRING":
            weigh(datum)
            return datum.decode() if start == "BINARY" else show(datum, None)
        if (start, target) == ("STRING", "BINARY"):
            return datum.encode()
        if (start, target) == ("OBJECT", "ARRAY"):
            return limited([[k, v] for k, v in sorted(datum.items())], c.q.limit)
        if (start, target) == ("STRING", "NUMBER"):
            if not re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", datum):
                c.fail(f"Could not coerce `{datum}` to NUMBER.")
            return number(float(datum))
    if not value.is_datum and value.kind not in ("DATABASE", FUNCTION, GROUPED) or start == "ARRAY":
        if target in ("ARRAY", "DATUM"):
            return value.seq().list(c.q, c.node)
        if target == "OBJECT":
            result = {}
            for pair in value.seq().finite(c.q, c.node):
                if len(expect(pair, "ARRAY")) != 2:
                    c.fail(f"Expected array of size 2, but got size {len(pair)}.")
                name, item = expect(pair[0], "STRING"), pair[1]
                if name in result:
                    c.fail(
                        f"Duplicate key {show(name)} in coerced object.  (got "
                        f"{clip(show(result[name]))} and {clip(show(item))} as values)"
                    )
                result[name] = item
            return build(result)
    kind = NON_EXISTENCE if start == "NULL" else LOGIC
    raise Fault(kind, f"Cannot coerce {start} to {target}.", value.node)


@term(79, "info", 1, grouped=None, deterministic=False)
def info(c):
    return describe(c[0])


def describe(value):
    result = {"type": type_of_value(value)}
    if value.kind == "DATABASE":
        result |= {"name": value.data.name, "id": value.data.id}
    elif value.kind == "TABLE":
        table = value.data
        result |= {
            "name": table.name, "id": table.id, "primary_key": table.pkey,
            "db": {"type": "DB", "name": table.db.name, "id": table.db.id},
            "doc_count_estimates": [len(table.rows)], "indexes": sorted(table.indexes),
        }  # fmt: skip
    elif value.kind == "TABLE_SLICE":
        part = value.data
        orders = {None: "UNORDERED", "asc": "ASCENDING", "desc": "DESCENDING"}
        result |= {
            "table": describe(type(value)("TABLE", part.table, value.node)),
            "index": part.index, "sorting": orders[part.order],
        }  # fmt: skip
        low, low_open, high, high_open = part.bounds or (MINVAL, False, MAXVAL, True)
        for side, bound, is_open, none, never in (
            ("left", low, low_open, MINVAL, MAXVAL),
            ("right", high, high_open, MAXVAL, MINVAL),
        ):
            if bound is none or bound is never:
                word = "unbounded" if bound is none else "unachievable"
            else:
                word = "open" if is_open else "closed"
                result[f"{side}_bound"] = bound
            result[f"{side}_bound_type"] = word
    elif value.kind in ("SELECTION", SINGLE):
        result["table"] = describe(type(value)("TABLE", value.data.table, value.node))
    elif value.kind is FUNCTION:
        raise Fault(LOGIC, "[sandbox] INFO of a function is not supported.", value.node)
    elif value.kind is DATUM:
        if type(value.data) is bytes:
            result["count"] = len(value.data)
        if value.data not in (None, MINVAL, MAXVAL):
            result["value"] = show(value.data)
    return result
