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

    ``high`` -1: any number of arguments. ``refuse``: options of the server which the sandbox has
    not. ``grouped``: "value", the term is applied to each group; "stream", it maps a grouped stream
    to a grouped stream; None, it takes the groups whole. ``pure``: deterministic. ``write``:
    forbidden inside the functions of ``closed`` terms. ``literal``: `r.args` may give it an `r.literal`.
    """

    name: str
    run: object
    low: int
    high: int
    opts: tuple
    refuse: tuple = ()
    grouped: str | None = "value"
    pure: bool = True
    write: bool = False
    closed: bool = False
    literal: bool = False

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
        TERMS[code] = Spec(name, run, low, low if high is None else high, tuple(opts), **more)
        return run

    return register


def plural(n):
    return f"{n} argument{'' if n == 1 else 's'}"
