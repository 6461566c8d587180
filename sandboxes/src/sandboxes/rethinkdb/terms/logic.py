"""eq, ne, lt, le, gt, ge, not, and, or (``terms/pred.cc``, ``terms/control.cc``)."""

import operator

from .. import quick
from ..keys import key
from ..registry import term


def comparison(code, name, test, result=True):
    @term(code, name, 2, -1, quick=quick.comparison(test if result else operator.ne))
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
term(23, "not", 1, quick=quick.negation)(lambda c: not c[0].bool())


def connective(code, name, stop):
    @term(code, name, 0, -1, quick=quick.connective(stop))
    def run(c):
        value = not stop
        for i in range(c.n):
            value = c[i]
            if value.bool() is stop:
                break
        return value


connective(67, "and", stop=False)
connective(66, "or", stop=True)
