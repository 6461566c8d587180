"""How a table shows the functions of its indexes (``pprint/js_pprint.cc``, ``terms/sindex.cc``)."""

import struct

from .datum import dump, show, type_name
from .query import TERMS

# Functions of r in JavaScript; every other term is a method of its first argument.
OF_R = {
    *range(10, 15), *range(17, 29), *range(57, 60), *range(65, 68), 98, 99, 101, *range(107, 126),
    136, 137, 143, 151, 154, 169, 173, 180, 181, *range(191, 197),
}  # fmt: skip


def index_function(function, name):
    """``(serialized, JavaScript)`` of an index function."""
    node = getattr(function, "body", None)
    if node is None:  # the index is on the field of its name
        params, tree = [-19], [31, [[10, [[1, -19, 0]], 0], [1, name, 0]], 0]
        script, root = f"_var19.getField({show(name)})", 0
    else:
        params, tree, root = function.params, _tree(node), node.id
        script = _script(node, False)
    text = dump(tree).encode()
    head = b"$reql_index_function$\t\7\7\7" + bytes(6) + bytes([len(params)])
    body = b"".join(struct.pack("<q", param) for param in params)
    blob = head + body + struct.pack("<I", len(text) + 1) + text + b"\0" + struct.pack("<I", root)
    names = ", ".join(map(_variable, params))
    return blob, f"function({names}) {{ return {script}; }}"


def _tree(node):
    if node.value is not None:
        return [1, node.value.data, node.id]
    tree = [node.code] if node.code == 3 else [node.code, [_tree(arg) for arg in node.args]]
    if node.opts:
        tree.append({name: _tree(arg) for name, arg in node.opts.items()})
    return [*tree, node.id]


def _variable(number):
    return f"_var{-number}" if number < 0 else f"var{number}"


def _script(node, inside):
    """JavaScript for a term; ``inside``: of an r.expr or an argument list already."""
    if node.value is not None:
        text = show(node.value.data, None)
        return text if inside else f"r.expr({text})"
    args, name = node.args, _camel(TERMS[node.code].name)
    if node.code == 10:
        return _variable(args[0].value.data)
    if node.code == 13:
        return "r.row"
    if node.code == 2:
        text = "[" + ", ".join(_script(arg, True) for arg in args) + "]"
        return text if inside else f"r.expr({text})"
    if node.code == 3:
        if inside:
            fields = (f'"{k}": {_script(arg, True)}' for k, arg in node.opts.items())
            return "{" + ", ".join(fields) + "}"
        fields = (f'"{k}", {_script(arg, False)}' for k, arg in node.opts.items())
        return f"r.object({', '.join(fields)})"
    if node.code == 69:
        names = ", ".join(map(_variable, node.params))
        return f"function({names}) {{ return {_script(args[1], False)}; }}"
    if node.code == 170:
        return f"{_script(args[0], False)}({_script(args[1], True)})"
    if node.code == 64 and len(args) == 2:
        return f"{_script(args[1], False)}.do({_script(args[0], True)})"
    options = [f'"{_camel(k)}": {_script(arg, True)}' for k, arg in node.opts.items()]
    tail = ["{" + ", ".join(options) + "}"] if options else []
    if node.code in OF_R or not args:
        return f"r.{name}({', '.join([_script(arg, True) for arg in args] + tail)})"
    rest = ", ".join([_script(arg, True) for arg in args[1:]] + tail)
    return f"{_script(args[0], False)}.{name}({rest})"


def _camel(name):
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
