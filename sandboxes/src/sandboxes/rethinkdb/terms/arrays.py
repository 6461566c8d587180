"""append, prepend, set_insert, set_union, insert_at, delete_at and so on (``terms/arr.cc``)."""

from ..datum import expect, integer, limited
from ..errors import NON_EXISTENCE
from ..keys import key
from ..registry import term


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
