"""The table of terms: what each takes, and the function that evaluates it."""

from typing import NamedTuple

from .errors import Fault

MAKE_ARRAY, MAKE_OBJ, VAR, IMPLICIT_VAR, ORDER_BY, UNION, FUNC, DESC, NOW, ARGS = 2, 3, 10, 13, 41, 44, 69, 74, 103, 154
REFUSED = {
    36: "BETWEEN_DEPRECATED",
    153: "HTTP",
    161: "POLYGON",
    163: "INTERSECTS",
    164: "INCLUDES",
    165: "CIRCLE",
    166: "GET_INTERSECTING",
    167: "FILL",
    168: "GET_NEAREST",
    171: "POLYGON_SUB",
}


class Spec(NamedTuple):
    """What a term takes.

    ``high`` -1: any number of arguments. ``opts`` None: any option. ``refuse``: options of the server
    which the sandbox has not. ``grouped``: "value", the term is applied to each group; "stream", it maps
    a grouped stream to a grouped stream; None, it takes the groups whole. ``pure``: deterministic, or a
    function of the node that tells. ``write``: forbidden inside the functions of ``closed`` terms.
    ``literal``: `r.args` may give it an `r.literal`.

    What only few terms need: ``arguments(node, args, child)`` compiles the arguments, where that is not
    one by one; ``check(node, place)`` raises Fault where the term must not stand there; ``quick`` is for
    ``quick.quick_of``.
    """

    name: str
    run: object
    low: int
    high: int
    opts: tuple | None
    refuse: tuple = ()
    grouped: str | None = "value"
    pure: object = True
    write: bool = False
    closed: bool = False
    literal: bool = False
    arguments: object = None
    check: object = None
    quick: object = None

    def check_arity(self, found, node, kind):
        if found < self.low or 0 <= self.high < found:
            expected = plural(self.low)
            if self.high < 0:
                expected = f"{self.low} or more argument{'s' * (self.low != 1)}"
            elif self.low != self.high:
                expected = f"between {self.low} and {self.high} arguments"
            raise Fault(kind, f"Expected {expected} but found {found}.", node)


TERMS = {}  # code -> Spec


def term(code, name, low, high=None, opts=(), **more):
    """Register the function that evaluates a term; see Spec."""

    def register(run):
        options = None if opts is None else tuple(opts)
        TERMS[code] = Spec(name, run, low, low if high is None else high, options, **more)
        return run

    return register


def plural(n):
    return f"{n} argument{'' if n == 1 else 's'}"
