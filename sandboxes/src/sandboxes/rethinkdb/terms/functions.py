"""Terms of the language itself: arrays, objects, variables, functions, r.args."""

from .. import quick
from ..datum import build, expect, limited
from ..errors import COMPILE, Fault
from ..registry import ARGS, FUNC, IMPLICIT_VAR, MAKE_ARRAY, MAKE_OBJ, VAR, term
from ..results import FUNCTION, Func


@term(MAKE_ARRAY, "make_array", 0, -1, grouped=None, quick=quick.make_array)
def make_array(c):
    return limited([c.arg(i, c.literal).datum() for i in range(c.n)], c.q.limit)


@term(MAKE_OBJ, "make_obj", 0, opts=None, quick=quick.make_object)
def make_obj(c):
    fields = c.node.opts.items()
    return build({k: arg.eval(c.q, c.scope, c.literal).datum() for k, arg in fields}, c.literal)


def is_known(node, place):
    value = node.args[0].value
    if value is None or type(value.data) is not int or value.data not in place.names:
        raise Fault(COMPILE, "Variable name not found.", node)


@term(VAR, "var", 1, check=is_known, quick=quick.variable)
def var(c):
    return c.scope[c.node.args[0].value.data]


def is_of_one_function(node, place):
    if place.rows == 0:
        raise Fault(COMPILE, "r.row is not defined in this context.", node)
    if place.rows > 1:
        raise Fault(COMPILE, "Cannot use r.row in nested queries.  Use functions instead.", node)


@term(IMPLICIT_VAR, "implicit_var", 0, check=is_of_one_function, quick=lambda node, parts: lambda scope: scope[None])
def implicit_var(c):
    return c.scope[None]


def with_parameters(node, args, child):
    """The body, in which the parameters are known, twice: a function has two arguments."""
    node.spec.check_arity(len(args), node, COMPILE)
    names = args[0][1] if type(args[0]) is list and args[0][:1] == [MAKE_ARRAY] else args[0]
    if type(names) is not list or not all(type(name) is int for name in names):
        raise Fault(COMPILE, "CLIENT ERROR: FUNC variables must be a literal array of numbers.", node)
    node.params = names
    return [child(args[1], 1, names)] * 2


@term(FUNC, "func", 2, grouped=None, arguments=with_parameters)
def func(c):
    scope, params, body = c.scope, c.node.params, c.node.args[1]

    def inside(args):
        inner = {**scope, **dict(zip(params, args, strict=False))}
        if len(params) == 1:
            inner[None] = args[0]  # r.row
        return inner

    run = lambda q, args, literal: body.eval(q, inside(args), literal)
    matches = body.code in (1, MAKE_OBJ)
    function = Func(run, c.node, len(params), c.node.pure, matches)
    if body.quick and len(params) == 1:
        closure, (param,) = body.quick, params
        function.quick = lambda row: closure({**scope, param: row, None: row})
    return c.val(FUNCTION, function)


@term(ARGS, "args", 1, grouped=None)
def args(c):
    return expect(c.arg(0, c.literal).datum(), "ARRAY")
