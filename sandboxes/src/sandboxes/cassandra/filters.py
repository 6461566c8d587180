"""Reading a column of a row, and comparing it: what ALLOW FILTERING, an index or an IF asks for."""

import operator

PART = {"keys": 0, "values": -1}  # of an element
COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def filter_of(sign, column, get, values):
    """A function of partition, row and now that says whether a relation lets the row through."""
    read, type_, wanted = reader(column), column.type, get(values)
    if sign in ("keys", "values", "entries"):

        def contains(partition, row, now):
            data = read(partition, row, now)
            if data is None:
                return False
            items = type_.split(data)
            return wanted in (items if sign == "entries" else [item[PART[sign]] for item in items])

        return contains
    if sign in ("=", "in"):
        keys = [type_.key(item) for item in wanted]
        return lambda *place: (data := read(*place)) is not None and type_.key(data) in keys
    compare, key = COMPARE[sign], type_.key(wanted)
    return lambda *place: (data := read(*place)) is not None and compare(type_.key(data), key)


def reader(column):
    """A function of partition, row and now: the column's value."""
    position = column.position
    if column.kind == "partition_key":
        return lambda partition, row, now: partition.values[position]
    if column.kind == "clustering":
        return lambda partition, row, now: row.values[position]
    return lambda partition, row, now: row.value(column, now)
