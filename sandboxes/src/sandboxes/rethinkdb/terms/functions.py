"""Terms of the language itself: arrays, objects, variables, functions, r.args."""

from ..datum import build, expect, limited
from ..registry import ARGS, FUNC, IMPLICIT_VAR, MAKE_ARRAY, MAKE_OBJ, VAR, term
from ..results import FUNCTION, Func


@term(MAKE_ARRAY, "make_array", 0, -1, grouped=None)
def make_array(c):
    return limited([c.arg(i, c.literal).datum() for i in range(c.n)], c.q.limit)


@term(MAKE_OBJ, "make_obj", 0)
def make_obj(c):
    fields = c.node.opts.items()
    return build({k: arg.eval(c.q, c.scope, c.literal).datum() for k, arg in fields}, c.literal)


@term(VAR, "var", 1)
def var(c):
    return c.scope[c.node.args[0].value.data]


@term(IMPLICIT_VAR, "implicit_var", 0)
def implicit_var(c):
    return c.scope[None]


@term(FUNC, "func", 2, grouped=None)
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
        quick, (param,) = body.quick, params
        function.quick = lambda row: quick({**scope, param: row, None: row})
    return c.val(FUNCTION, function)


@term(ARGS, "args", 1, grouped=None)
def args(c):
    return expect(c.arg(0, c.literal).datum(), "ARRAY")
