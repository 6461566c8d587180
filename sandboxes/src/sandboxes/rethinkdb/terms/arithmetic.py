"""add, sub, mul, div, mod, floor, ceil, round, random, and the bits (``terms/arith.cc``)."""

import math
import operator
import random

from .. import quick
from ..datum import MAX_VALUE, expect, integer, limited, number, ptype
from ..errors import RESOURCE
from ..registry import term
from .times import time_add, time_sub


def arithmetic(code, name, step, whole=None):
    """``whole``: the same for two integers."""

    @term(code, name, 1, -1, quick=whole and quick.arithmetic(whole))
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


arithmetic(24, "add", add, operator.add)
arithmetic(25, "sub", sub, operator.sub)
arithmetic(26, "mul", mul, operator.mul)
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
term(184, "ceil", 1)(lambda c: number(math.copysign(math.ceil(c[0].num()), c[0].num())))
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


# Bits (2.4)


def bits(code, name, step, low=2):
    """A term on whole numbers, which are taken as 64-bit integers and must fit 53 bits again."""

    @term(code, name, low, -1 if low == 2 else low)
    def run(c):
        value = c[0].int()
        for i in range(1, c.n):
            value = step(value, c[i].int(), c)
        if low == 1:
            value = ~value
        if abs(value) > 2**53:
            c.fail(f"Integer too {'large' if value > 0 else 'small'}: {value}")
        return value


def shifted(left, by, c, sign=1):
    if by < 0:
        c.fail("Cannot bit-shift by a negative value")
    return left << min(by, 64) if sign > 0 else left >> min(by, 64)


bits(191, "bit_and", lambda left, right, c: left & right)
bits(192, "bit_or", lambda left, right, c: left | right)
bits(193, "bit_xor", lambda left, right, c: left ^ right)
bits(194, "bit_not", None, low=1)
bits(195, "bit_sal", shifted)
bits(196, "bit_sar", lambda left, by, c: shifted(left, by, c, -1))
