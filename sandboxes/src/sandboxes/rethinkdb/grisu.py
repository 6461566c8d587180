"""The shortest digits of a double, nearly: RapidJSON's Grisu2, which now and then takes another last digit.

``digits(value)`` -> ``(digits, exponent)`` with ``value == int(digits) * 10**exponent``. After Florian Loitsch,
"Printing Floating-Point Numbers Quickly and Accurately with Integers".
"""

import math
import struct
from functools import lru_cache

MASK = 2**64 - 1


@lru_cache(maxsize=128)
def cached_power(index):
    """``(f, e)`` of 10 to the (8 * index - 348), f of 64 bits, rounded."""
    power = 8 * index - 348
    number, by = (10**power, 1) if power >= 0 else (1, 10**-power)
    exponent = number.bit_length() - by.bit_length() - 64
    shifted = (number << max(-exponent, 0), by << max(exponent, 0))
    if shifted[0] // shifted[1] < 2**63:
        exponent -= 1
        shifted = (number << max(-exponent, 0), by << max(exponent, 0))
    f = (2 * shifted[0] + shifted[1]) // (2 * shifted[1])
    return (f >> 1, exponent + 1) if f > MASK else (f, exponent)


def normalized(f, e):
    shift = 64 - f.bit_length()
    return f << shift, e - shift


def times(left, right):
    return (left[0] * right[0] + 2**63 >> 64), left[1] + right[1] + 64


def digits(value):
    bits = struct.unpack(">Q", struct.pack(">d", value))[0]
    fraction, biased = bits & 2**52 - 1, bits >> 52 & 0x7FF
    f, e = (fraction | 2**52, biased - 1075) if biased else (fraction, -1074)
    plus = normalized(2 * f + 1, e - 1)
    minus = (4 * f - 1, e - 2) if f == 2**52 else (2 * f - 1, e - 1)
    minus = (minus[0] << minus[1] - plus[1], plus[1])
    estimate = (-61 - plus[1]) * 0.30102999566398114 + 347
    index = (math.ceil(estimate) >> 3) + 1
    power = cached_power(index)
    w, high, low = times(normalized(f, e), power), times(plus, power), times(minus, power)
    return generate(w[0], high[0] - 1, high[1], high[0] - low[0] - 2, 348 - 8 * index)


def generate(w, high, exponent, delta, k):
    """``DigitGen``: of ``high`` as many digits as tell it from what is ``delta`` below, then nearer to ``w``."""
    one, distance = 1 << -exponent, high - w
    whole, part, out = high >> -exponent, high & (one - 1), ""
    kappa = len(str(whole)) if whole else 0
    while kappa > 0:
        kappa -= 1
        digit, whole = divmod(whole, 10**kappa)
        if digit or out:
            out += str(digit)
        rest = (whole << -exponent) + part
        if rest <= delta:
            return nearer(out, delta, rest, 10**kappa << -exponent, distance), k + kappa
    while True:
        part, delta, kappa = part * 10, delta * 10, kappa - 1
        digit, part = part >> -exponent, part & (one - 1)
        if digit or out:
            out += str(digit)
        if part < delta:
            distance = distance * 10**-kappa if -kappa < 9 else 0  # its table of powers ends there
            return nearer(out, delta, part, one, distance), k + kappa


def nearer(out, delta, rest, unit, distance):
    """``GrisuRound``: the last digit down, while that comes nearer."""
    last = int(out[-1])
    while rest < distance and delta - rest >= unit:
        if rest + unit >= distance and distance - rest <= rest + unit - distance:
            break
        last, rest = last - 1, rest + unit
    return out[:-1] + str(last)
