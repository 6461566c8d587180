"""nth, slice, skip, limit, sample, is_empty (``terms/arr.cc``, ``terms/seq.cc``)."""

import itertools
import random

from ..datum import limited, type_name, typed
from ..errors import NON_EXISTENCE, logic
from ..registry import term
from ..results import SINGLE, Seq, Single
from .arrays import canonical
from .mapping import rows_and_table
from .times import is_open


@term(45, "nth", 2)
def nth(c):
    value, n = c[0], c[1].int(32)
    if value.is_datum:
        items = value.datum()
        if type(items) is not list:
            raise typed(items, f"Cannot convert {type_name(items)} to SEQUENCE")
        index = canonical(n, len(items), c)
        if index >= len(items):
            c.fail(f"Index out of bounds: {index}", NON_EXISTENCE)
        return items[index]
    seq, table = rows_and_table(value)
    if n < -1:
        c.fail(f"Cannot use an index < -1 ({n}) on a stream.")
    found = None
    for i, row in enumerate(seq.finite(c.q, few=n >= 0)):
        found = [row] if n in (i, -1) else None
        if i == n:
            break
    if not found:
        c.fail(f"Index out of bounds: {n}", NON_EXISTENCE)
    return single(c, table, row) if table else row


def single(c, table, row):
    return c.val(SINGLE, Single(table, row[table.pkey], row))


@term(86, "is_empty", 1)
def is_empty(c):
    return not any(True for _ in itertools.islice(c[0].seq().finite(c.q, few=True), 1))


def slice_of(c, left, right, left_open=False, right_open=True):
    value = c[0]
    if value.is_datum:
        whole = value.datum()
        if type(whole) not in (list, str, bytes):
            found = type_name(whole)
            raise logic(f"Expected ARRAY, BINARY, or STRING, but found {found}.", value.node)
        size = len(whole)
        start = max(left + size * (left < 0) + left_open, 0) if -left <= size else 0
        stop = right + size * (right < 0) + (not right_open) if -right <= size else 0
        return whole[start : max(stop, 0)]
    seq, table = rows_and_table(value)
    if left < 0:
        c.fail("Cannot use a negative left index on a stream.")
    if right < -1:
        c.fail("Cannot use a right index < -1 on a stream.")
    if right == -1 and right_open:
        c.fail("Cannot slice to an open right index of -1 on a stream.")
    start = left + left_open
    stop = None if right == -1 else max(right + (not right_open), start)
    endless = stop is None and seq.infinite
    return c.stream(seq.over(lambda items: itertools.islice(items, start, stop), c.node, endless), table)


@term(30, "slice", 2, 3, ["left_bound", "right_bound"])
def slice_(c):
    if c.n == 2:
        return slice_of(c, c[1].int(), -1, is_open(c, "left"), False)
    return slice_of(c, c[1].int(), c[2].int(), is_open(c, "left"), is_open(c, "right"))


term(70, "skip", 2)(lambda c: slice_of(c, c[1].int(), -1, right_open=False))


@term(71, "limit", 2)
def limit(c):
    (seq, table), n = rows_and_table(c[0]), c[1].int(32)
    if n < 0:
        c.fail(f"LIMIT takes a non-negative argument (got {n})")
    if seq.slice and seq.slice.limit is None and not seq.steps:
        return c.stream(seq.slice.first(n).seq(c.node), table)
    first = seq.over(lambda items: itertools.islice(items, n), c.node)
    first.problem = None if seq.array else "[sandbox] CHANGES of `limit` after another term is not supported."
    return c.stream(first, table)


@term(81, "sample", 2, pure=False)
def sample(c):
    n = c[1].int()
    if n < 0:
        c.fail(f"Number of items to sample must be non-negative, got `{n}`.")
    seq, table = rows_and_table(c[0])
    items = list(seq.finite(c.q))
    chosen = limited(random.sample(items, min(n, len(items))), c.q.limit)
    return c.stream(Seq(chosen, c.node, array=True), table)
