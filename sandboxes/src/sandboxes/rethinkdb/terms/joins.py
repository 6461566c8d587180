"""inner_join, outer_join, eq_join (``terms/rewrites.cc``, ``terms/seq.cc``)."""

from ..datum import limited
from ..registry import term
from ..results import Seq
from ..table import interleave
from .mapping import unless_missing


def join(code, name, outer):
    @term(code, name, 3, grouped="stream", closed=True)
    def run(c):
        right, function = c[1].seq(), c[2].func("const")

        def step(left):
            found = False
            for row in right.finite(c.q):
                if function(c.q, left, row).bool():
                    found = True
                    yield {"left": left, "right": row}
            if outer and not found:
                yield {"left": left}

        return c.stream(c[0].seq().then("concat_map", step, c.node))


join(48, "inner_join", outer=False)
join(49, "outer_join", outer=True)


@term(50, "eqjoin", 3, 3, ["index", "ordered"], refuse=["ordered"], grouped="stream", closed=True)
def eq_join(c):
    left, function, table = c[0].seq(), c[1].func("field"), c[2].table()
    name = c.opt("index").str() if c.opt("index") else table.pkey

    def rows(q):
        table.require_index(name)
        found = []
        for row in left.items(q):
            value = unless_missing(lambda: function.datum(q, row))
            for place in table.lookup(name, [value]) if value is not None else ():
                other = table.rows.get(place)
                if other is not None:
                    found.append((place, {"left": row, "right": other}))
            limited(found, q.limit)
        found = interleave(found, lambda pair: table.ranks.get(pair[0]))  # as that table is read
        return (pair for _, pair in found)

    return c.stream(Seq(rows, c.node, array=left.array))
