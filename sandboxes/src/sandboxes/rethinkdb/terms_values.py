"""Terms on plain values: logic, arithmetic, strings, arrays, objects, control, types.

Messages, and the terms they point at, are those of RethinkDB's ``terms/*.cc``.
"""

import math
import operator
import random
import re
import uuid
from re import _constants as ops
from re import _parser

from .datum import (
    EMPTY_USER,
    LOGIC,
    MAX_VALUE,
    MAXVAL,
    MINVAL,
    NON_EXISTENCE,
    RESOURCE,
    STRAY_LITERAL,
    USER,
    Fault,
    build,
    clip,
    expect,
    from_json,
    integer,
    key,
    limited,
    logic,
    number,
    parse,
    ptype,
    show,
    type_name,
    weigh,
)
from .query import DATUM, DB, FUNCTION, GROUPED, SINGLE, TABLE, Groups, Val, term
from .terms_time import time_add, time_sub

# Logic and arithmetic


def comparison(code, name, test, result=True):
    @term(code, name, 2, -1)
    def run(c):
        left = key(c[0].datum())
        for i in range(1, c.n):
            right = key(c[i].datum())
            if not test(left, right):
                return not result
            left = right
        return result


comparison(17, "eq", operator.eq)
comparison(18, "ne", operator.eq, result=False)
comparison(19, "lt", operator.lt)
comparison(20, "le", operator.le)
comparison(21, "gt", operator.gt)
comparison(22, "ge", operator.ge)

term(23, "not", 1)(lambda c: not c[0].bool())


def connective(code, name, stop):
    @term(code, name, 0, -1)
    def run(c):
        value = not stop
        for i in range(c.n):
            value = c[i]
            if value.bool() is stop:
                break
        return value


connective(67, "and", stop=False)
connective(66, "or", stop=True)


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
        if len(left) + len(expect(right, "STRING")) > MAX_VALUE:
            c.fail(f"[sandbox] a string of over {MAX_VALUE:,} characters is refused.", RESOURCE)
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
        items, times = (left, right) if type(left) is list else (right, left)
        if integer(times) < 0:
            c.fail("Cannot multiply an ARRAY by a negative number.")
        return limited(items * min(integer(times), c.q.limit + 1) if items else [], c.q.limit)
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


def rounded(value):
    return number(math.copysign(math.floor(abs(value) + 0.5), value))


term(183, "floor", 1)(lambda c: number(math.floor(c[0].num())))
term(184, "ceil", 1)(lambda c: number(math.ceil(c[0].num())))
term(185, "round", 1)(lambda c: rounded(c[0].num()))


@term(151, "random", 0, 2, ["float"], pure=False)
def random_(c):
    bounds = [c[i].num() for i in range(c.n)]
    if c.flag("float") or (c.n == 0 and "float" not in c.node.opts):
        low, high = ([0, 1], [0, *bounds], bounds)[c.n]
        return number(low + random.random() * (high - low))
    if c.n == 0:
        c.fail("Generating a random integer requires one or two bounds.")
    for bound, side in zip(bounds[::-1], ("Upper", "Lower"), strict=False):
        if type(bound) is not int:
            c.fail(f"{side} bound ({bound:.20g}) could not be safely converted to an integer.")
    low, high = [0, *bounds][-2:]
    if low >= high:
        c.fail(f"Lower bound ({low}) is not less than upper bound ({high}).")
    return random.randrange(low, high)


@term(169, "uuid", 0, 1, pure=False)
def uuid_(c):
    space = uuid.UUID("91461c99-f89d-49d2-af96-d8e2e14e9b58")  # terms/uuid.cc
    return str(uuid.uuid5(space, c[0].str()) if c.n else uuid.uuid4())


# Strings

LOWER, UPPER = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # only ASCII, there too
term(141, "upcase", 1)(lambda c: c[0].str().translate(str.maketrans(LOWER, UPPER)))
term(142, "downcase", 1)(lambda c: c[0].str().translate(str.maketrans(UPPER, LOWER)))


@term(149, "split", 1, 3)
def split(c):
    text = c[0].str()
    by = c[1].datum() if c.n > 1 else None
    most = c[2].int() if c.n > 2 else -1
    if by is not None:
        expect(by, "STRING")
    if not -1 <= most < c.q.limit:
        c.fail(f"Error: `split` size argument must be in range [-1, {c.q.limit - 1}].")
    if by != "":
        return limited(text.split(by, most), c.q.limit)
    cut = len(text) if most < 0 else most
    return limited([*text[:cut], *filter(None, [text[cut:]])], c.q.limit)


@term(97, "match", 2)
def match(c):
    text, pattern = c[0].str(), c[1].str()
    found = compile_regex(pattern, len(text), c).search(text)
    if not found:
        return None

    def place(i):
        start, end = (len(text[:at].encode()) for at in found.span(i))  # bytes, as on the server
        return {"str": found[i], "start": start, "end": end}

    groups = range(1, found.re.groups + 1)
    return {**place(0), "groups": [None if found[i] is None else place(i) for i in groups]}


def compile_regex(pattern, length, c):
    """The pattern for Python's engine, where it finds what RE2 would find.

    RE2 takes linear time. Patterns on which Python's engine could take much more are refused, as
    are those that mean something else to it.
    """
    plain = (ops.LITERAL, ops.NOT_LITERAL, ops.ANY, ops.IN, ops.AT)

    def ways(items):
        """How many ways the engine may have to try."""
        product = 1
        for i, (op, value) in enumerate(items):
            if value is ops.AT_END:
                items[i] = (op, ops.AT_END_STRING)  # RE2's $ is the very end
            elif op in (ops.MAX_REPEAT, ops.MIN_REPEAT):
                low, high, body = value
                inner = ways(body)
                if inner > 1 and high > 1:
                    c.fail(f"[sandbox] MATCH refuses a repeat of a choice: `{pattern}`.")
                product *= inner * (min(high, max(low, length)) - low + 1)
            elif op is ops.SUBPATTERN:
                product *= ways(value[3])
            elif op is ops.BRANCH:
                product *= sum(map(ways, value[1]))
            elif op not in plain:
                c.fail(f"[sandbox] MATCH does not support {str(op).lower()}: `{pattern}`.")
        return product

    try:
        tree = _parser.parse(pattern, re.ASCII if pattern.isascii() else 0)
        if ways(tree) * (length + 1) > 3e8:
            c.fail(f"[sandbox] MATCH refuses so many choices on so long a string: `{pattern}`.")
        return re._compiler.compile(tree)
    except (re.error, OverflowError, RecursionError) as error:
        c.fail(f"[sandbox] Error in regexp `{pattern}`: {error}")


@term(172, "to_json_string", 1)
def to_json_string(c):
    weigh(c[0].datum())
    return show(c[0].datum(), None)


JSON_ERRORS = {  # Python's words for RapidJSON's
    "Extra data": "The document root must not be followed by other values.",
    "Expecting property name enclosed in double quotes": "Missing a name for object member.",
    "Expecting ':' delimiter": "Missing a colon after a name of object member.",
    "Unterminated string starting at": "Missing a closing quotation mark in string.",
}


@term(98, "json", 1)
def json_(c):
    text = c[0].str()
    try:
        return from_json(parse(text), literal=True)
    except (ValueError, RecursionError) as error:
        reason = JSON_ERRORS.get(getattr(error, "msg", ""), "Invalid value.")
        reason = reason if text.strip() else "The document is empty."
        c.fail(f'Failed to parse "{text if len(text) <= 40 else text[:37] + "..."}" as JSON: {reason}')


@term(11, "javascript", 1, 1, ["timeout"], pure=False)
def javascript(c):
    """There is no JavaScript engine here: a script is run if it is a JSON literal."""
    try:
        return from_json(parse(c[0].str()))
    except ValueError:
        c.fail("[sandbox] the term JAVASCRIPT is supported for JSON literals only.")


# Arrays


def array(c, i=0):
    return expect(c[i].datum(), "ARRAY")


def unique(items, seen=()):
    seen = set(seen)
    return [item for item in items if not ((k := key(item)) in seen or seen.add(k))]


def intersection(left, right):
    right = set(map(key, right))
    return unique(item for item in left if key(item) in right)


ARRAYS = {
    29: ("append", lambda c: [*array(c), c[1].datum()]),
    80: ("prepend", lambda c: [c[1].datum(), *array(c)]),
    88: ("set_insert", lambda c: unique([*array(c), c[1].datum()])),
    90: ("set_union", lambda c: unique([*array(c), *array(c, 1)])),
    89: ("set_intersection", lambda c: intersection(array(c), array(c, 1))),
    91: ("set_difference", lambda c: unique(array(c), map(key, array(c, 1)))),
}
for code, (name, run) in ARRAYS.items():
    term(code, name, 2)(lambda c, run=run: limited(run(c), c.q.limit))


def canonical(index, size, c):
    """An index that may count from the end (``canonicalize`` in arr.cc)."""
    if -index > size:
        c.fail(f"Index out of bounds: {index}", NON_EXISTENCE)
    return index if index >= 0 else size + index


def modify(code, name, low, high, spaces, change):
    """A term that changes a copy of an array at an element, or at a space between elements."""

    @term(code, name, low, high)
    def run(c):
        items = list(array(c))
        size = len(items)
        indexes = [canonical(integer(c[i].datum()), size + spaces, c) for i in range(1, high - low + 2) if i < c.n]
        for index in indexes:
            if index > size or (index == size and not (spaces or len(indexes) == 2)):
                c.fail(f"Index `{index}` out of bounds for array of size: `{size}`.", NON_EXISTENCE)
        items[slice(*change(c, *indexes)[:2])] = change(c, *indexes)[2]
        return limited(items, c.q.limit)


def delete_range(c, start, end=None):
    end = start + 1 if end is None else end
    if start > end:
        c.fail(f"Start index `{start}` is greater than end index `{end}`.")
    return start, end, []


modify(82, "insert_at", 3, 3, 1, lambda c, i: (i, i, [c[2].datum()]))
modify(85, "splice_at", 3, 3, 1, lambda c, i: (i, i, array(c, 2)))
modify(84, "change_at", 3, 3, 0, lambda c, i: (i, i + 1, [c[2].datum()]))
modify(83, "delete_at", 2, 3, 0, delete_range)


# Objects


def plain_object(c, name):
    value = c[0].datum()
    if type(value) is not dict or ptype(value):
        raise logic(f"Cannot call `{name}` on objects of type `{type_name(value)}`.", c[0].node)
    return sorted(value.items())


term(94, "keys", 1)(lambda c: [name for name, _ in plain_object(c, "keys")])
term(186, "values", 1)(lambda c: [value for _, value in plain_object(c, "values")])


def object_of(c, pairs, what):
    """An object of pairs, in which no name may come twice."""
    result = {}
    for name, value in pairs:
        if name in result:
            got = f"(got {clip(result[name])} and {clip(value)} as values)"
            c.fail(f"Duplicate key {show(name)} in {what}.  {got}")
        result[name] = value
    return build(result)


@term(143, "object", 0, -1)
def object_(c):
    if c.n % 2:
        c.fail(f"OBJECT expects an even number of arguments (but found {c.n}).")
    return object_of(c, ((c[i].str(), c[i + 1].datum()) for i in range(0, c.n, 2)), "object")


@term(137, "literal", 0, 1, grouped=None)
def literal(c):
    if not c.literal:
        c.fail(STRAY_LITERAL)
    return {"$reql_type$": "LITERAL", **({"value": c[0].datum()} if c.n else {})}


@term(155, "binary", 1)
def binary(c):
    value = c[0].datum()
    return value if type(value) is bytes else expect(value, "STRING").encode()


# Control


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
        pairs = [(name, function(c.q, value, *rest).datum()) for name, value in first.data.pairs]
        return c.val(GROUPED, Groups(pairs))
    return function(c.q, first.datum(), *rest)


@term(12, "error", 0, 1)
def error(c):
    if c.n == 0:
        c.fail("Empty ERROR term outside a default block.", EMPTY_USER)
    c.fail(c[0].str(), USER)


@term(92, "default", 2, grouped=None)
def default(c):
    first, fault = None, None
    try:
        first = c[0]
        if not first.is_datum or first.datum() is not None:
            return first
    except Fault as caught:
        if caught.kind != NON_EXISTENCE:
            raise
        fault = caught
        fault.node = fault.node or c.node
    try:
        value = c[1]
        return value.func()(c.q, fault and fault.message) if value.kind is FUNCTION else value
    except Fault as caught:
        if caught.kind != EMPTY_USER:
            raise
        if fault:
            raise fault from None
        return first


term(180, "minval", 0)(lambda c: MINVAL)
term(181, "maxval", 0)(lambda c: MAXVAL)


# Types

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
