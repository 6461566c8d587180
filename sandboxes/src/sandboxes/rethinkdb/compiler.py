"""From the JSON of the wire to a tree of ``Node``: arity, options and variables are checked here."""

from typing import NamedTuple

from .datum import build, from_json, limited
from .errors import LOGIC, Fault
from .query import Node
from .quick import quick_of
from .registry import ARGS, FUNC, IMPLICIT_VAR, MAKE_ARRAY, MAKE_OBJ, ORDER_BY, REFUSED, TERMS, UNION, VAR
from .results import DATUM, Val

COMPILE = -1  # kind of a Fault that is found before the query runs
MAX_DEPTH = 300


class Place(NamedTuple):
    """Where a term stands: what is visible there, and whether writes are allowed."""

    names: frozenset = frozenset()
    rows: int = 0  # how many functions r.row could belong to
    writes: bool = True
    depth: int = 0
    parent: int = 0


def compile_term(wire, q, place=Place(), parent=None, frame=None):
    """The Node of a term as it came over the wire."""
    node = Node(parent, frame, q.nodes)
    q.nodes += 1

    def fail(message, at=node):
        raise Fault(COMPILE, message, at)

    if place.depth > MAX_DEPTH:
        fail(f"[sandbox] a query of more than {MAX_DEPTH} nested terms is refused.")
    if type(wire) is dict:
        wire = [MAKE_OBJ, [], wire]
    elif type(wire) is not list:
        wire = [1, wire]
    if not 1 <= len(wire) <= 3 or type(wire[0]) is not int:
        fail("Expected a term: an array of a TermType as a NUMBER, arguments and options.")
    code, args, opts = wire + ([[], {}], [{}], [])[len(wire) - 1]
    if code == 1 or (code in (MAKE_ARRAY, MAKE_OBJ) and not place.rows):
        try:
            value = from_json(args) if code == 1 else _plain(opts if code == MAKE_OBJ else wire, q)
            node.value = Val(DATUM, value, node)
            node.quick = quick_of(node)
            return node
        except (_NotPlain, Fault) as fault:  # terms in it, or an error: evaluating it will tell
            if code == 1:
                raise Fault(LOGIC, fault.message, node) from None
            q.nodes = node.id + 1
    if type(args) is dict:
        args, opts = [], args
    if type(args) is not list or type(opts) is not dict:
        fail("Expected the arguments of a term as an array and its options as an object.")
    if code in REFUSED:
        fail(f"[sandbox] the term {REFUSED[code]} is not supported.")
    if code not in TERMS:
        fail(f"Unrecognized TermType: {code}.")
    node.code, node.spec = code, TERMS[code]
    if node.spec.write and not place.writes:
        fail("Cannot nest writes or meta ops in stream operations.  Use FOR_EACH instead.")
    if node.spec.name in ("asc", "desc") and place.parent not in (ORDER_BY, UNION):
        fail(f"{node.spec.name.upper()} may only be used as an argument to ORDER_BY.")

    def child(wire, frame, names=place.names, rows=place.rows):
        writes = place.writes and not (node.spec.closed and frame != 0)
        return compile_term(wire, q, Place(names, rows, writes, place.depth + 1, code), node, frame)

    if code == FUNC:
        node.spec.check_arity(len(args), node, COMPILE)
        names = args[0][1] if type(args[0]) is list and args[0][:1] == [MAKE_ARRAY] else args[0]
        if type(names) is not list or not all(type(name) is int for name in names):
            fail("CLIENT ERROR: FUNC variables must be a literal array of numbers.")
        q.nodes += 1 + len(names)
        node.params, rows = names, place.rows + (len(names) == 1)
        node.args = [child(args[1], 1, place.names.union(names), rows)] * 2
    else:
        node.args = [child(arg, i) for i, arg in enumerate(args)]
    node.spliced = any(arg.code == ARGS for arg in node.args)
    if not node.spliced:
        node.spec.check_arity(len(node.args), node, COMPILE)
    for name, option in opts.items():
        node.opts[name] = child(option, name)
        if name in node.spec.refuse:
            what = node.spec.name.upper()
            fail(f"[sandbox] the option `{name}` of {what} is not supported.", node.opts[name])
        if code != MAKE_OBJ and name not in node.spec.opts:
            fail(f"Unrecognized optional argument `{name}`.", node.opts[name])
    if code == VAR and (type(args[0]) is not int or args[0] not in place.names):
        fail("Variable name not found.")
    if code == IMPLICIT_VAR and place.rows == 0:
        fail("r.row is not defined in this context.")
    if code == IMPLICIT_VAR and place.rows > 1:
        fail("Cannot use r.row in nested queries.  Use functions instead.")
    pure = node.spec.pure or (node.spec.name == "uuid" and len(args) == 1)
    node.pure = pure and all(one.pure for one in (*node.args, *node.opts.values()))
    node.quick = quick_of(node)
    return node


class _NotPlain(Exception):
    pass


def _plain(wire, q):
    """An object or array that is nothing but data, as a value: it need not become terms."""
    if type(wire) is dict:
        q.nodes += len(wire)
        return build({name: _plain(item, q) for name, item in wire.items()})
    if type(wire) is not list:
        return wire if type(wire) is str else from_json(wire)
    if len(wire) == 2 and wire[0] == MAKE_ARRAY and type(wire[1]) is list:
        q.nodes += len(wire[1])
        return limited([_plain(item, q) for item in wire[1]], q.limit)
    raise _NotPlain
