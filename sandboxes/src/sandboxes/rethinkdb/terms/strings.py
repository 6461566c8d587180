"""upcase, downcase, split, match (``terms/string.cc``)."""

import re
import unicodedata
from re import _constants as ops
from re import _parser

from ..datum import expect, limited
from ..registry import term

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
    letters = []  # with the marks that belong to them
    for char in text:
        if letters and unicodedata.combining(char):
            letters[-1] += char
        else:
            letters.append(char)
    cut = len(letters) if most < 0 else most
    return limited([*letters[:cut], *filter(None, ["".join(letters[cut:])])], c.q.limit)


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
