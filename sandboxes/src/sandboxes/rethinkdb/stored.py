"""Functions that a table keeps: of its indexes and of its write hook.

How they are shown (``pprint/js_pprint.cc``), and how they are serialized and read again, which is what
`rethinkdb export` and `import` do with them (``terms/sindex.cc``).
"""

import json
import struct
from typing import NamedTuple

from .compiler import compile_term
from .errors import Fault, logic
from .query import Query
from .registry import FUNC, IMPLICIT_VAR, MAKE_ARRAY, MAKE_OBJ, NOW, TERMS, VAR
from .text import dump, show

# Functions of r in JavaScript; every other term is a method of its first argument.
OF_R = {*range(10, 15), *range(17, 29), *range(57, 60), *range(65, 68), 98, 99, 101, 136, 143, 154}
HEAD = b"$reql_index_function$\t\7\7\7" + bytes(6)
FIELD = -19  # the variable of a function that stands for a field's name


class Stored(NamedTuple):
    """A function, its serialized form, its JavaScript, and what else the serialized form said."""

    function: object
    blob: bytes
    script: str
    multi: bool = False


def of_field(name, function):
    """The function that an index of a field is."""
    tree = [31, [[VAR, [[1, FIELD, 0]], 0], [1, name, 0]], 0]
    return Stored(function, _blob([FIELD], tree, 0), f"function(_var19) {{ return _var19.getField({show(name)}); }}")


def of_value(value):
    """The function that a term gave, or that a serialized one was."""
    if value.is_datum and type(value.datum()) is bytes:
        return _read(value.datum(), value.node)
    function = value.func()
    return Stored(function, *_written(function.node))


def is_timeless(node):
    """Whether the function gives the same at any time: r.now() is the same in one query only."""
    if node.value is not None:
        return True
    if node.code == NOW:
        return False
    return all(map(is_timeless, (*node.args, *node.opts.values())))


def _written(node):
    body = node.args[1]
    script = f"function({', '.join(map(_variable, node.params))}) {{ return {script_of(body)}; }}"
    return _blob(node.params, _tree(body), body.id), script


def _blob(params, tree, root):
    text = dump(tree).encode() + b"\0"
    blob = HEAD + bytes([len(params)]) + b"".join(struct.pack("<q", param) for param in params)
    return blob + struct.pack("<I", len(text)) + text + struct.pack("<I", root)


def _read(blob, node):
    """The other way round. Behind the function stand two bytes: whether an index is multi, and geo."""
    try:
        head, rest = blob[: len(HEAD)], blob[len(HEAD) :]
        count, rest = rest[0], rest[1:]
        params, rest = struct.unpack(f"<{count}q", rest[: 8 * count]), rest[8 * count :]
        size = struct.unpack("<I", rest[:4])[0]
        wire, flags = _wire(json.loads(rest[4 : 3 + size])), rest[8 + size :]
        if head != HEAD or flags[1:2] == b"\1":
            raise ValueError
        q = Query(None, seconds=float("inf"))
        function = compile_term([FUNC, [[MAKE_ARRAY, list(params)], wire]], q).eval(q, {}).func()
    except (ValueError, IndexError, KeyError, TypeError, struct.error, RecursionError, Fault):
        raise logic("[sandbox] a function is stored here as the sandbox has serialized it.", node) from None
    return Stored(function, blob[: len(blob) - len(flags)], _written(function.node)[1], flags[:1] == b"\1")


def _tree(node):
    if node.value is not None:
        return [1, node.value.data, node.id]
    if node.code == FUNC:
        params = [MAKE_ARRAY, [[1, param, node.id] for param in node.params], node.id]
        return [FUNC, [params, _tree(node.args[1])], node.id]
    args = [] if node.code == MAKE_OBJ else [[_tree(arg) for arg in node.args]]
    opts = [{name: _tree(arg) for name, arg in node.opts.items()}] if node.opts else []
    return [node.code, *args, *opts, node.id]


def _wire(tree):
    """A tree as it would have come from a client."""
    code, *parts, _ = tree
    if code == 1:
        return [1, parts[0]]
    if code == MAKE_OBJ:
        return {name: _wire(arg) for name, arg in (parts[0] if parts else {}).items()}
    if code == FUNC:
        params, body = parts[0]
        return [FUNC, [[MAKE_ARRAY, [param[1] for param in params[1]]], _wire(body)]]
    if code == VAR:
        return [VAR, [parts[0][0][1]]]
    return [code, [_wire(arg) for arg in parts[0]], *({n: _wire(a) for n, a in opts.items()} for opts in parts[1:])]


def _constant(value):
    if type(value) is list:
        return f"[{', '.join(map(_constant, value))}]"
    if type(value) is dict:
        return "{" + ", ".join(f"{show(name)}: {_constant(item)}" for name, item in value.items()) + "}"
    return show(value, None)


def _variable(number):
    return f"_var{-number}" if number < 0 else f"var{number}"


def script_of(node, inside=False):
    """JavaScript for a term; ``inside``: of an r.expr or an argument list already."""
    if node.value is not None:
        text = _constant(node.value.data)
        return text if inside else f"r.expr({text})"
    if node.code == VAR:
        return _variable(node.args[0].value.data)
    if node.code == IMPLICIT_VAR:
        return "r.row"
    if node.code == FUNC:
        names = ", ".join(map(_variable, node.params))
        return f"function({names}) {{ return {script_of(node.args[1])}; }}"
    name = TERMS[node.code].name.title().replace("_", "")
    name = name[0].lower() + name[1:]
    args = [script_of(arg, True) for arg in node.args]
    fields = [f'"{k}": {script_of(arg, True)}' for k, arg in node.opts.items()]
    if node.code == MAKE_ARRAY:
        return f"[{', '.join(args)}]" if inside else f"r.expr([{', '.join(args)}])"
    if node.code == MAKE_OBJ and inside:
        return "{" + ", ".join(fields) + "}"
    if node.code == MAKE_OBJ:
        return f"r.object({', '.join(fields).replace(': ', ', ')})"
    args += ["{" + ", ".join(fields) + "}"] if fields else []
    if node.code in OF_R or not node.args:
        return f"r.{name}({', '.join(args)})"
    dot = "" if name == "bracket" else f".{name}"
    return f"{script_of(node.args[0])}{dot}({', '.join(args[1:])})"
