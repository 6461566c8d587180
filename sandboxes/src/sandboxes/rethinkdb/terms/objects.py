"""keys, values, object, pluck, without, merge, has_fields, with_fields, get_field, bracket.

``terms/obj.cc``, ``terms/obj_or_seq.cc`` and ``pathspec.cc``.
"""

from ..datum import build, expect, get_field, merge, ptype, truth, type_name, typed
from ..errors import Fault, logic, missing
from ..quick import field
from ..registry import term
from ..results import DB, FUNCTION, GROUPED, Seq
from ..text import clip, show
from .mapping import unless_missing
from .slicing import nth


def plain_object(c, name):
    value = c[0].datum()
    if type(value) is not dict or ptype(value):
        raise logic(f"Cannot call `{name}` on objects of type `{type_name(value)}`.", c[0].node)
    return sorted(value.items())


term(94, "keys", 1)(lambda c: [name for name, _ in plain_object(c, "keys")])
term(186, "values", 1)(lambda c: [value for _, value in plain_object(c, "values")])


def object_of(c, pairs, what):
    """An object of pairs, in which no name may come twice."""
    result = {}
    for name, value in pairs:
        if name in result:
            got = f"(got {clip(result[name])} and {clip(value)} as values)"
            c.fail(f"Duplicate key {show(name)} in {what}.  {got}")
        result[name] = value
    return build(result)


@term(143, "object", 0, -1)
def object_(c):
    if c.n % 2:
        c.fail(f"OBJECT expects an even number of arguments (but found {c.n}).")
    return object_of(c, ((c[i].str(), c[i + 1].datum()) for i in range(0, c.n, 2)), "object")


def on_object_or_rows(c, mode, run):
    """``run`` on an object, or on every row of a sequence (``obj_or_seq_op_impl_t``).

    ``mode`` for a sequence: map; filter by the result; or skip the rows where it does not exist.
    """
    name, value = c.node.spec.name, c[0]

    def one(row, node):
        if ptype(row):
            raise logic(f"Cannot call `{name}` on objects of type `{type_name(row)}`.", node)
        if type(row) is dict:
            return run(row)
        if type(row) is list:
            raise logic(f"Cannot perform {name} on a sequence of sequences.", node)
        message = f"Cannot perform {name} on a non-object non-sequence `{clip(row)}`."
        raise typed(row, message, node)

    def step(row):
        if mode == "map":
            return (one(row, c.node),)
        result = unless_missing(lambda: (one(row, c.node),), ())
        return (row,) * truth(*result) if mode == "filter" and result else result

    if value.is_datum and type(value.datum()) is not list:
        return one(value.datum(), value.node)
    if value.kind in (GROUPED, FUNCTION, DB):
        message = f"Cannot perform {name} on a non-object non-sequence `{value.show()}`."
        raise logic(message, value.node)
    seq = Seq(value.datum(), value.node, array=True) if value.is_datum else value.seq()
    table = value.selection().table if mode == "filter" and value.is_selection else None
    return c.stream(seq.then(mode, step, c.node), table)


def path_spec(c, values):
    """Paths as a list of names and of ``{name: paths}`` (``pathspec.cc``)."""
    result = []
    for value in values:
        if type(value) is str:
            result.append(value)
        elif type(value) is list:
            result += path_spec(c, value)
        elif type(value) is dict:
            for name, inner in sorted(value.items()):
                result.append(name if inner is True else {name: path_spec(c, [inner])})
        else:
            c.fail(f"Invalid path argument `{show(value)}`.")
    return result


def paths_of(c):
    return path_spec(c, [c[i].datum() for i in range(1, c.n)])


def project(row, paths, deep=False):
    """Only the paths of the row. A path into what is no object leads nowhere."""
    if type(row) is list and deep:
        return [project(item, paths) for item in row]
    result = {}
    for path in paths:
        for name in [path] if type(path) is str else path:
            if name in expect(row, "OBJECT"):
                inside = row[name] if type(path) is str else follow(project, row[name], path[name])
                result |= {} if inside is Fault else {name: inside}
    return result


def unproject(row, paths, deep=False):
    """The row without the paths."""
    if type(row) is list and deep:
        return [unproject(item, paths) for item in row]
    result = dict(expect(row, "OBJECT"))
    for path in paths:
        for name in [path] if type(path) is str else path:
            if name in result:
                inside = Fault if type(path) is str else follow(unproject, result[name], path[name])
                if type(path) is str:
                    del result[name]
                elif inside is not Fault:
                    result[name] = inside
    return result


def follow(function, value, paths):
    try:
        return function(value, paths, True)
    except Fault:
        return Fault


def has_paths(row, paths):
    if type(row) is not dict:
        return not paths
    return all(
        row.get(path) is not None
        if type(path) is str
        else all(name in row and has_paths(row[name], path[name]) for name in path)
        for path in paths
    )


def with_paths(c, row):
    if not has_paths(row, paths_of(c)):
        raise missing("")
    return project(row, paths_of(c))


def merged(c, row):
    for i in range(1, c.n):
        value = c.arg(i, literal=True)
        other = value.datum() if value.is_datum else value.func()(c.q, row, literal=True).datum()
        if type(other) is dict and ptype(other) not in (None, "LITERAL"):
            raise logic(f"Cannot merge objects of type `{type_name(other)}`.", value.node)
        row = merge(row, other)
    return row


POLYMORPHIC = {
    33: ("pluck", "map", lambda c, row: project(row, paths_of(c))),
    34: ("without", "map", lambda c, row: unproject(row, paths_of(c))),
    35: ("merge", "map", merged),
    32: ("has_fields", "filter", lambda c, row: has_paths(row, paths_of(c))),
    96: ("with_fields", "skip", with_paths),
    31: ("get_field", "skip", lambda c, row: get_field(row, c[1].str())),
}
for code, (name, mode, run) in POLYMORPHIC.items():
    high = 2 if name == "get_field" else -1
    more = {"literal": name == "merge", "quick": field if name == "get_field" else None}
    term(code, name, 2 if high == 2 else 1, high, grouped="stream", **more)(
        lambda c, mode=mode, run=run: on_object_or_rows(c, mode, lambda row: run(c, row))
    )


@term(170, "bracket", 2, grouped="stream", quick=field)
def bracket(c):
    index = c[1].datum()
    if type(index) in (int, float):
        return nth(c)
    if type(index) is str:
        return on_object_or_rows(c, "skip", lambda row: get_field(row, index))
    found = f"Expected NUMBER or STRING as second argument to `bracket` but found {type_name(index)}."
    raise typed(index, found)
