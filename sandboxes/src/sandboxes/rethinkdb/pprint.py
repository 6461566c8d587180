"""How a table shows the functions of its indexes (``pprint/js_pprint.cc``, ``terms/sindex.cc``)."""

import struct

from .registry import FUNC, IMPLICIT_VAR, MAKE_ARRAY, MAKE_OBJ, TERMS, VAR
from .text import dump, show

# Functions of r in JavaScript; every other term is a method of its first argument.
OF_R = {*range(10, 15), *range(17, 29), *range(57, 60), *range(65, 68), 98, 99, 101, 136, 143, 154}


def index_function(name, node=None):
    """``(serialized, JavaScript)`` of an index function; without a node, of the field ``name``."""
    params, tree, root = [-19], [31, [[VAR, [[1, -19, 0]], 0], [1, name, 0]], 0], 0
    script = f"_var19.getField({show(name)})"
    if node is not None:
        body = node.args[1]
        params, tree, root, script = node.params, _tree(body), body.id, _script(body)
    text = dump(tree).encode() + b"\0"
    blob = b"$reql_index_function$\t\7\7\7" + bytes(6) + bytes([len(params)])
    blob += b"".join(struct.pack("<q", param) for param in params)
    blob += struct.pack("<I", len(text)) + text + struct.pack("<I", root)
    return blob, f"function({', '.join(map(_variable, params))}) {{ return {script}; }}"


def _tree(node):
    if node.value is not None:
        return [1, node.value.data, node.id]
    args = [] if node.code == MAKE_OBJ else [[_tree(arg) for arg in node.args]]
    opts = [{name: _tree(arg) for name, arg in node.opts.items()}] if node.opts else []
    return [node.code, *args, *opts, node.id]


def _variable(number):
    return f"_var{-number}" if number < 0 else f"var{number}"


def _script(node, inside=False):
    """JavaScript for a term; ``inside``: of an r.expr or an argument list already."""
    if node.value is not None:
        text = show(node.value.data, None)
        return text if inside else f"r.expr({text})"
    if node.code == VAR:
        return _variable(node.args[0].value.data)
    if node.code == IMPLICIT_VAR:
        return "r.row"
    if node.code == FUNC:
        names = ", ".join(map(_variable, node.params))
        return f"function({names}) {{ return {_script(node.args[1])}; }}"
    name = TERMS[node.code].name.title().replace("_", "")
    name = name[0].lower() + name[1:]
    args = [_script(arg, True) for arg in node.args]
    fields = [f'"{k}": {_script(arg, True)}' for k, arg in node.opts.items()]
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
    return f"{_script(node.args[0])}{dot}({', '.join(args[1:])})"
