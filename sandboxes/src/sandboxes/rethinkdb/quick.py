"""Small terms as closures: fields, comparisons, logic and sums of plain values, which is what most functions hold.

``quick_of(node)`` -> ``scope -> value``, or None. The closure gives MISS for whatever is not plain: a field that is not
there, types that differ, numbers that are large. Then the term is evaluated in full, which finds the right error.
"""

import operator

from .registry import IMPLICIT_VAR, MAKE_ARRAY, MAKE_OBJ, VAR
from .text import PTYPE

MISS = object()
BIG = 2**53
COMPARISONS = {17: operator.eq, 18: operator.ne, 19: operator.lt, 20: operator.le, 21: operator.gt, 22: operator.ge}
SUMS = {24: operator.add, 25: operator.sub, 26: operator.mul}
OR, AND, NOT, GET_FIELD, BRACKET = 66, 67, 23, 31, 170


def quick_of(node):
    if node.value is not None:
        value = node.value.data
        return lambda scope: value
    if node.spliced or (node.opts and node.code != MAKE_OBJ):
        return None
    if node.code == VAR:
        number = node.args[0].value.data
        return lambda scope: scope[number]
    if node.code == IMPLICIT_VAR:
        return lambda scope: scope[None]
    parts = [arg.quick for arg in (node.opts.values() if node.code == MAKE_OBJ else node.args)]
    if any(part is None for part in parts):
        return None
    if node.code == MAKE_OBJ:
        return None if PTYPE in node.opts else _object(list(zip(node.opts, parts, strict=True)))
    if node.code == MAKE_ARRAY:
        return _array(parts)
    if node.code in (GET_FIELD, BRACKET) and node.args[1].value and type(node.args[1].value.data) is str:
        return _field(parts[0], node.args[1].value.data)
    if node.code in COMPARISONS and len(parts) == 2:
        return _comparison(COMPARISONS[node.code], *parts)
    if node.code in SUMS and len(parts) == 2:
        return _sum(SUMS[node.code], *parts)
    if node.code in (AND, OR) and parts:
        return _connective(node.code == OR, parts)
    return _not(parts[0]) if node.code == NOT else None


def _field(part, name):
    def run(scope):
        value = part(scope)
        return value.get(name, MISS) if type(value) is dict and PTYPE not in value else MISS

    return run


def _comparison(test, left, right):
    def run(scope):
        a, b = left(scope), right(scope)
        kind = type(a)
        if kind is type(b) and (kind is str or kind is int or kind is float):
            return test(a, b)
        return MISS

    return run


def _sum(step, left, right):
    def run(scope):
        a, b = left(scope), right(scope)
        if type(a) is int and type(b) is int:
            value = step(a, b)
            return value if -BIG < value < BIG else MISS
        return MISS

    return run


def _connective(stop, parts):
    def run(scope):
        value = MISS
        for part in parts:
            value = part(scope)
            if value is MISS or (value is not None and value is not False) is stop:
                break
        return value

    return run


def _not(part):
    def run(scope):
        value = part(scope)
        return MISS if value is MISS else value is None or value is False

    return run


def _object(parts):
    def run(scope):
        value = {name: part(scope) for name, part in parts}
        return MISS if any(item is MISS for item in value.values()) else value

    return run


def _array(parts):
    def run(scope):
        value = [part(scope) for part in parts]
        return MISS if any(item is MISS for item in value) else value

    return run
