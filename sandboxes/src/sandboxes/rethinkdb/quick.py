"""Small terms as closures: fields, comparisons, logic and sums of plain values, which is what most functions hold.

``quick_of(node)`` -> ``scope -> value``, or None. The closure gives MISS for whatever is not plain: a field that is not
there, types that differ, numbers that are large. Then the term is evaluated in full, which finds the right error.

A term that can be quick has one of the functions below as ``quick`` of its Spec: ``(node, parts)`` -> closure or None,
where ``parts`` are the closures of its arguments and options.
"""

from .text import PTYPE

MISS = object()
BIG = 2**53


def quick_of(node):
    if node.value is not None:
        value = node.value.data
        return lambda scope: value
    if node.spec.quick is None or node.spliced or (node.opts and node.spec.opts is not None):
        return None
    parts = [one.quick for one in (*node.args, *node.opts.values())]
    return None if any(part is None for part in parts) else node.spec.quick(node, parts)


def variable(node, parts):
    number = node.args[0].value.data
    return lambda scope: scope[number]


def field(node, parts):
    part, name = parts[0], node.args[1].value and node.args[1].value.data
    if type(name) is not str:
        return None

    def run(scope):
        value = part(scope)
        return value.get(name, MISS) if type(value) is dict and PTYPE not in value else MISS

    return run


def comparison(test):
    def quick(node, parts):
        if len(parts) != 2:
            return None
        left, right = parts

        def run(scope):
            a, b = left(scope), right(scope)
            kind = type(a)
            if kind is type(b) and (kind is str or kind is int or kind is float):
                return test(a, b)
            return MISS

        return run

    return quick


def arithmetic(step):
    def quick(node, parts):
        if len(parts) != 2:
            return None
        left, right = parts

        def run(scope):
            a, b = left(scope), right(scope)
            if type(a) is int and type(b) is int:
                value = step(a, b)
                return value if -BIG < value < BIG else MISS
            return MISS

        return run

    return quick


def connective(stop):
    def quick(node, parts):
        def run(scope):
            value = MISS
            for part in parts:
                value = part(scope)
                if value is MISS or (value is not None and value is not False) is stop:
                    break
            return value

        return run if parts else None

    return quick


def negation(node, parts):
    (part,) = parts

    def run(scope):
        value = part(scope)
        return MISS if value is MISS else value is None or value is False

    return run


def make_object(node, parts):
    if PTYPE in node.opts:
        return None
    fields = list(zip(node.opts, parts, strict=True))

    def run(scope):
        value = {name: part(scope) for name, part in fields}
        return MISS if any(item is MISS for item in value.values()) else value

    return run


def make_array(node, parts):
    def run(scope):
        value = [part(scope) for part in parts]
        return MISS if any(item is MISS for item in value) else value

    return run
