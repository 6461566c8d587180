"""From the JSON of the wire to a tree of ``Node``: what holds for all terms. What one term needs is in its ``Spec``."""

from typing import NamedTuple

from .datum import build, from_json, limited
from .errors import COMPILE, LOGIC, Fault
from .query import Node
from .quick import quick_of
from .registry import ARGS, MAKE_ARRAY, MAKE_OBJ, REFUSED, TERMS
from .results import DATUM, Val

DATUM_CODE = 1
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
    if place.depth > MAX_DEPTH:
        raise Fault(COMPILE, f"[sandbox] a query of more than {MAX_DEPTH} nested terms is refused.", node)
    code, args, opts = _parts(wire, node)
    if not _as_data(node, code, args, opts, place, q):
        _as_term(node, code, args, opts, place, q)
    node.quick = quick_of(node)
    return node


def _parts(wire, node):
    """``(code, arguments, options)``."""
    if type(wire) is dict:
        return MAKE_OBJ, [], wire
    if type(wire) is not list:
        return DATUM_CODE, wire, {}
    if not 1 <= len(wire) <= 3 or type(wire[0]) is not int:
        message = "Expected a term: an array of a TermType as a NUMBER, arguments and options."
        raise Fault(COMPILE, message, node)
    return wire + ([[], {}], [{}], [])[len(wire) - 1]


def _as_data(node, code, args, opts, place, q):
    """Give the node its value, if it is nothing but data -> whether it is."""
    try:
        if code == DATUM_CODE:
            value = from_json(args)
        elif code == MAKE_OBJ and not place.rows:
            value = _plain(opts, q)
        elif code == MAKE_ARRAY and not place.rows:
            value = _plain([code, args, opts] if opts else [code, args], q)
        else:
            return False
    except (_NotPlain, Fault) as fault:  # terms in it, or an error: evaluating it will tell
        if code == DATUM_CODE:
            raise Fault(LOGIC, fault.message, node) from None
        q.nodes = node.id + 1
        return False
    node.value = Val(DATUM, value, node)
    return True


def _as_term(node, code, args, opts, place, q):
    """Compile the arguments and options of the node, and check it."""
    if type(args) is dict:
        args, opts = [], args
    if type(args) is not list or type(opts) is not dict:
        message = "Expected the arguments of a term as an array and its options as an object."
        raise Fault(COMPILE, message, node)
    if code in REFUSED:
        raise Fault(COMPILE, f"[sandbox] the term {REFUSED[code]} is not supported.", node)
    if code not in TERMS:
        raise Fault(COMPILE, f"Unrecognized TermType: {code}.", node)
    node.code, node.spec = code, TERMS[code]
    spec = node.spec
    if spec.write and not place.writes:
        message = "Cannot nest writes or meta ops in stream operations.  Use FOR_EACH instead."
        raise Fault(COMPILE, message, node)

    def child(wire, frame, names=None):
        """The node of an argument or option; ``names``: the parameters of the function of which it is the body."""
        known, rows = place.names, place.rows
        if names is not None:
            q.nodes += 1 + len(names)
            known, rows = known.union(names), rows + (len(names) == 1)
        writes = place.writes and not (spec.closed and frame != 0)
        return compile_term(wire, q, Place(known, rows, writes, place.depth + 1, code), node, frame)

    node.args = (spec.arguments or _one_by_one)(node, args, child)
    node.spliced = any(arg.code == ARGS for arg in node.args)
    if not node.spliced:
        spec.check_arity(len(node.args), node, COMPILE)
    for name, option in opts.items():
        node.opts[name] = child(option, name)
        if name in spec.refuse:
            message = f"[sandbox] the option `{name}` of {spec.name.upper()} is not supported."
            raise Fault(COMPILE, message, node.opts[name])
        if spec.opts is not None and name not in spec.opts:
            raise Fault(COMPILE, f"Unrecognized optional argument `{name}`.", node.opts[name])
    if spec.check:
        spec.check(node, place)
    pure = spec.pure(node) if callable(spec.pure) else spec.pure
    node.pure = pure and all(one.pure for one in (*node.args, *node.opts.values()))


def _one_by_one(node, args, child):
    return [child(arg, i) for i, arg in enumerate(args)]


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
