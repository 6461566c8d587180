"""What INSERT, UPDATE and DELETE do to the columns of a row."""

import struct

from .errors import invalid, refused
from .storage import SECOND, list_paths, live
from .terms import UNSET
from .types import COUNTER, INT, Collection


class Change:
    """``run(row, stamp, *data)`` changes a row; ``gets`` give the data from the bound values.

    ``check(row, stamp, *data)`` comes before all changes of a request and may raise; ``row`` may be None.
    ``reads``: the row is looked at first, so that it is not known before how much is written.
    ``adds``: to a list, for which a real node fails on an unset value.
    """

    def __init__(self, gets, run, reads=False, check=None, adds=False):
        self.gets, self.run, self.reads, self.check, self.adds = gets, run, reads, check, adds


class Stamp:
    """When a write happens, and how long it lasts; ``size`` adds up the cells as Cassandra counts them."""

    __slots__ = ("timestamp", "ttl", "now", "expires", "size")

    def __init__(self, timestamp, ttl, now):
        self.timestamp, self.ttl, self.now = timestamp, ttl or None, now
        self.expires, self.size = now + ttl * SECOND if ttl else None, 0

    def cell(self, data):
        self.size += 20 + len(data or b"")
        if data is None:
            return self.timestamp, None, None, None
        return self.timestamp, data, self.expires, self.ttl


def set_column(binder, column, term):
    name, type_ = column.name, column.type
    if type_ is COUNTER:
        what = "counters can only be incremented/decremented, not set"
        raise invalid(f"Cannot set the value of counter column {name} ({what})")

    def put(row, stamp, data):
        row.put(name, stamp.cell(data))

    def replace(row, stamp, data):
        cells = row.collection(name)
        # One earlier: what this very write adds stays, and so does what others add at its own timestamp.
        cells.delete(stamp.timestamp - 1)
        extend(column, cells, stamp, data)

    return Change([binder.bind(term, type_, name, column)], replace if type_.multicell else put)


def change_column(binder, column, element, operation, term):
    """A Change for ``column = ...``, ``column += ...``, ``column[element] = ...`` and so on."""
    name, type_ = column.name, column.type
    if type_ is COUNTER:
        return count(binder, column, operation, term)
    if element is not None:
        return set_element(binder, column, element, operation, term)
    if operation == "=":
        return set_column(binder, column, term)
    if not type_.multicell:
        raise invalid(f"Invalid operation ({name} = {name} {operation[0]} ...) for non counter column {name}")
    if operation == "-=":
        return subtract(binder, column, term)
    if operation == "=+" and type_.kind != "list":
        raise invalid(f"Invalid operation ({name} = ... + {name}) for column {name}")
    direction = -1 if operation == "=+" else 1

    def add(row, stamp, data):
        extend(column, row.collection(name), stamp, data, direction)

    return Change([binder.bind(term, type_, name, column)], add, adds=type_.kind == "list")


def subtract(binder, column, term):
    name, type_ = column.name, column.type
    of = Collection("set", [type_.parts[0]]) if type_.kind == "map" else type_

    def run(row, stamp, data):
        cells, gone = row.collection(name), {item[0] for item in of.split(data)} if data else set()
        if type_.kind == "list":
            gone = [path for path, found in cells.live(type_, stamp.now) if found in gone]
        for path in gone:
            cells.put(path, stamp.cell(None))

    return Change([binder.bind(term, of, name, column)], run, reads=True)


def count(binder, column, operation, term):
    name = column.name
    if operation == "=+":
        raise invalid(f"Invalid operation ({name} = ... - {name}) for non list column {name}")
    if operation == "=":
        return set_column(binder, column, term)
    sign = -1 if operation == "-=" else 1

    def check(row, stamp, data):
        if data is None:
            raise invalid(f"Invalid null value for counter increment of {name}")

    def run(row, stamp, data):
        old = row.cells.get(name)
        total = (COUNTER.key(old[1]) if live(old, stamp.now) else 0) + sign * COUNTER.key(data)
        total = (total + 2**63) % 2**64 - 2**63
        row.put(name, (max(stamp.timestamp, old[0] + 1 if old else 0), struct.pack(">q", total), None, None))

    return Change([binder.bind(term, COUNTER, name, column)], run, reads=True, check=check)


def element_of(binder, column, term):
    """A function of the bound values: the key or index of an element."""
    what = {"list": "idx", "map": "key", "set": "value"}[column.type.kind]
    return binder.bind(term, INT if what == "idx" else column.type.parts[0], f"{what}({column.name})")


def set_element(binder, column, element, operation, term):
    name, type_ = column.name, column.type
    if not type_.multicell or type_.kind == "set" or operation != "=":
        raise invalid(f"Invalid operation on an element of {name}, of type {type_}")
    key = element_of(binder, column, element)
    get = binder.bind(term, type_.parts[-1], f"value({name})")

    def run(row, stamp, path, data):
        cells = row.collection(name)
        cells.put(find_element(column, cells, path, stamp), stamp.cell(data))

    return Change([key, get], run, reads=True, check=check_element(column))


def delete_column(binder, column, element):
    name, type_ = column.name, column.type
    if element is None:

        def remove(row, stamp):
            if type_.multicell:
                row.collection(name).delete(stamp.timestamp)
            else:
                row.put(name, stamp.cell(None))

        return Change([], remove)
    if not type_.multicell:
        raise invalid(f"Invalid deletion operation for column {name} of type {type_}")

    def remove_element(row, stamp, path):
        cells = row.collection(name)
        cells.put(find_element(column, cells, path, stamp), stamp.cell(None))

    get = element_of(binder, column, element)
    return Change([get], remove_element, reads=True, check=check_element(column))


def check_element(column):
    def check(row, stamp, path, *data):
        if path is None:
            raise invalid(f"Invalid null value for an element of {column.name}")
        if column.type.kind == "list":
            cells = row and row.cells.get(column.name)
            if not cells or not cells.live(column.type, stamp.now):
                raise invalid("Attempted to set or delete an element of a list which is null")
            find_element(column, cells, path, stamp)

    return check


def find_element(column, cells, path, stamp):
    """The key of an element in Cells: for a list, of the element with that index."""
    if column.type.kind != "list":
        return path
    items, index = cells.live(column.type, stamp.now), INT.key(path)
    if not 0 <= index < len(items):
        raise invalid(f"List index {index} out of bound, list has size {len(items)}")
    return items[index][0]


def extend(column, cells, stamp, data, direction=1):
    """Put the elements of a value into a collection; -1: before the others of a list."""
    items = column.type.split(data) if data else []
    if column.type.kind == "list":
        for item in items if direction > 0 else reversed(items):
            cells.put(next(list_paths) * direction, stamp.cell(item[0]))
    else:
        for item in items:
            cells.put(item[0], stamp.cell(item[1] if len(item) > 1 else b""))
            stamp.size += len(item[0])


def given(change, values):
    """The data of a change; None if a value is unset, so that nothing changes."""
    data = [get(values) for get in change.gets]
    if len(data) > 1 and data[0] is UNSET:
        raise invalid("Invalid unset value for an element")
    if UNSET in data and change.adds:
        raise refused("an unset value added to a list")
    return None if UNSET in data else data
