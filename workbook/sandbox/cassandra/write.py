"""INSERT, UPDATE and DELETE, alone and in batches."""

import struct

from .errors import invalid, refused
from .select import Rows
from .storage import NEVER, list_paths, live
from .terms import UNSET
from .types import BIGINT, BOOLEAN, COUNTER, INT, Collection, value
from .where import COMPARE, Named, Where, reader

MAX_TTL = 20 * 365 * 24 * 3600
APPLIED = ("[applied]", BOOLEAN)


class Write:
    """One of the three: the rows that ``where`` finds, and ``changes`` made there.

    A change is a function of the row, the bound values and the Stamp of the write.
    """

    def __init__(self, table, statement, binder):
        self.table, self.binder, self.kind = table, binder, statement.kind
        self.changes, self.columns = [], []
        self.exists, self.missing, self.conditions = False, False, []
        self.timestamp = self.ttl = None
        if table.counter and ("ttl" in statement.using or "timestamp" in statement.using):
            raise invalid(f"Cannot provide custom {'TTL' if 'ttl' in statement.using else 'timestamp'} for counter updates")
        getattr(self, self.kind)(statement)
        self.conditional = bool(self.exists or self.missing or self.conditions)
        if self.conditional and self.timestamp:
            raise invalid("Cannot provide custom timestamp for conditional updates")
        if self.conditional and table.counter:
            raise invalid("Conditional updates are not supported on counter tables")

    def using(self, statement):
        for name, type_ in (("timestamp", BIGINT), ("ttl", INT)):
            if name in statement.using:
                setattr(self, name, self.binder.bind(statement.using[name], type_, f"[{name}]"))

    def insert(self, statement):
        table = self.table
        if table.counter:
            raise invalid("INSERT statements are not allowed on counter tables, use UPDATE instead")
        if len(statement.columns) != len(statement.values):
            raise invalid("Unmatched column names/values")
        relations = []
        for name, term in zip(statement.columns, statement.values):
            column = table.column(name)
            if statement.columns.count(name) > 1:
                raise invalid(f"The column names contains duplicates: {name}")
            if column.kind == "regular":
                self.changes.append(self.set_column(column, term))
            else:
                relations.append((name, "=", term))
        self.find(relations)
        self.missing = statement.missing
        self.using(statement)

    def update(self, statement):
        self.using(statement)
        for name, element, operation, term in statement.changes:
            column = self.table.column(name)
            if column.kind != "regular":
                raise invalid(f"PRIMARY KEY part {name} found in SET part")
            self.changes.append(self.change(column, element, operation, term))
        self.find(statement.where)
        self.condition(statement)

    def delete(self, statement):
        self.using(statement)
        self.columns = []
        for name, element in statement.columns:
            column = self.table.column(name)
            if column.kind != "regular":
                raise invalid(f"Invalid identifier {name} for deletion (should not be a PRIMARY KEY part)")
            self.columns.append(name)
            self.changes.append(self.delete_column(column, element))
        self.find(statement.where, bool(statement.columns))
        self.condition(statement)

    def find(self, relations, columns=True):
        """Understand the WHERE; ``columns``: all of the key is needed, for columns are written."""
        table = self.table
        for target, operator, _ in relations:
            if isinstance(target, str) and table.column(target).kind != "regular" and (
                operator in ("=", "in") or self.kind == "delete" and not columns and operator in COMPARE
            ):
                continue
            if target[0] == "tuple":
                continue
            if target[0] == "token":
                raise invalid(f"The token function cannot be used in WHERE clauses for {self.kind.upper()} statements")
            name = target if isinstance(target, str) else target[1]
            if table.column(name).kind == "regular":
                raise invalid(f"Non PRIMARY KEY columns found in where clause: {name}")
            raise invalid(f"Slice restrictions are not supported on the clustering columns in {self.kind.upper()} statements")
        given = {name for target, _, _ in relations for name in ([target] if isinstance(target, str) else target[1])}
        for column in table.partition + (table.clustering if columns else []):
            if column.name not in given:
                raise invalid(f"Some {column.kind.replace('_', ' ')} keys are missing: {column.name}")
        self.where = Where(table, relations, self.binder)
        if self.where.keys is None:
            raise invalid("The columns of the partition key must be restricted by = or IN")

    # Changes

    def set_column(self, column, term):
        if column.type is COUNTER:
            raise invalid(f"Cannot set the value of counter column {column.name} (counters can only be incremented/decremented, not set)")
        get = self.binder.bind(term, column.type, column.name, column)
        if not column.type.multicell:

            def put(row, values, stamp):
                data = get(values)
                if data is not UNSET:
                    row.put(column.name, stamp.cell(data))

            return put

        def replace(row, values, stamp):
            data = get(values)
            if data is not UNSET:
                cells = row.collection(column.name)
                cells.delete(stamp.timestamp - 1 if data is not None else stamp.timestamp)
                add(column, cells, data, stamp)

        return replace

    def change(self, column, element, operation, term):
        type_, name = column.type, column.name
        if type_ is COUNTER:
            return self.count(column, operation, term)
        if element is not None:
            return self.set_element(column, element, operation, term)
        if operation == "=":
            return self.set_column(column, term)
        if not type_.multicell:
            raise invalid(f"Invalid operation ({name} = {name} {operation[0]} ...) for non counter column {name}")
        if operation == "-=":
            of = Collection("set", [type_.parts[0]]) if type_.kind == "map" else type_
            get = self.binder.bind(term, of, name, column)

            def subtract(row, values, stamp):
                data = get(values)
                if data in (None, UNSET):
                    return
                cells, gone = row.collection(name), {item[0] for item in of.split(data)}
                for path, found in cells.live(type_, stamp.now):
                    if (found if type_.kind == "list" else path) in gone:
                        cells.put(path, stamp.cell(None))
                if type_.kind != "list":
                    for path in gone:
                        cells.put(path, stamp.cell(None))

            return subtract
        get = self.binder.bind(term, type_, name, column)
        if operation == "=+" and type_.kind != "list":
            raise invalid(f"Invalid operation ({name} = ... + {name}) for column {name}")

        def extend(row, values, stamp):
            data = get(values)
            if data not in (None, UNSET):
                add(column, row.collection(name), data, stamp, -1 if operation == "=+" else 1)

        return extend

    def count(self, column, operation, term):
        if operation not in ("+=", "-=", "=+"):
            raise invalid(f"Cannot set the value of counter column {column.name} (counters can only be incremented/decremented, not set)")
        get = self.binder.bind(term, COUNTER, column.name, column)
        sign = -1 if operation == "-=" else 1

        def increment(row, values, stamp):
            data = get(values)
            if data is None:
                raise invalid(f"Invalid null value for counter increment of {column.name}")
            if data is UNSET:
                return
            old = row.cells.get(column.name)
            total = (COUNTER.key(old[1]) if live(old, stamp.now) else 0) + sign * COUNTER.key(data)
            total = (total + 2**63) % 2**64 - 2**63
            timestamp = max(stamp.timestamp, old[0] + 1 if old else 0)
            row.put(column.name, (timestamp, struct.pack(">q", total), None, None))

        return increment

    def set_element(self, column, element, operation, term):
        type_, name = column.type, column.name
        if not type_.multicell or type_.kind == "set":
            raise invalid(f"Invalid operation ({name}[...] = ...) for column {name} of type {type_}")
        if operation != "=":
            raise invalid(f"Invalid operation on an element of {name}")
        key = self.element(column, element)
        get = self.binder.bind(term, type_.parts[-1], f"value({name})")

        def put(row, values, stamp):
            path, data = key(values), get(values)
            cells = row.collection(name)
            if path in (None, UNSET):
                raise invalid(f"Invalid null or unset {'index' if type_.kind == 'list' else 'map key'}")
            if data is not UNSET:
                cells.put(place(column, cells, path, stamp), stamp.cell(data))

        return put

    def element(self, column, term):
        """A function of the bound values: the key or index of an element."""
        what = {"list": "idx", "map": "key", "set": "value"}[column.type.kind]
        return self.binder.bind(term, INT if what == "idx" else column.type.parts[0], f"{what}({column.name})")

    def delete_column(self, column, element):
        type_, name = column.type, column.name
        if element is None:

            def remove(row, values, stamp):
                if type_.multicell:
                    row.collection(name).delete(stamp.timestamp)
                else:
                    row.put(name, stamp.cell(None))

            return remove
        if not type_.multicell:
            raise invalid(f"Invalid deletion operation for column {name} of type {type_}")
        key = self.element(column, element)

        def remove_element(row, values, stamp):
            path, cells = key(values), row.collection(name)
            if path is None:
                raise invalid("Invalid null value for an element")
            if path is not UNSET:
                cells.put(place(column, cells, path, stamp), stamp.cell(None))

        return remove_element

    # Conditions

    def condition(self, statement):
        self.exists = statement.exists
        for name, element, operator, term in statement.conditions:
            column = self.table.column(name)
            if column.kind != "regular":
                raise invalid(f"PRIMARY KEY column '{name}' cannot have IF conditions")
            type_ = column.type
            find = None
            if element is not None:
                if not isinstance(type_, Collection) or type_.kind not in ("list", "map"):
                    raise invalid(f"Invalid element access syntax for column {name}")
                find = self.element(column, element)
                type_ = type_.parts[-1]
            if operator == "in" and not isinstance(term, list):
                whole = Collection("list", [type_], frozen=True)
                get = self.binder.bind(term, whole, f"in({name})")
                wanted = lambda values, get=get, whole=whole: [item[0] for item in whole.split(get(values))]
            else:
                of = column if element is None else Named(f"value({name})", type_)
                gets = [self.binder.bind(item, type_, of.name, of) for item in (term if operator == "in" else [term])]
                wanted = lambda values, gets=gets: [get(values) for get in gets]
            self.conditions.append((column, type_, find, operator, wanted))

    def holds(self, row, request):
        """Whether the IF holds for a row, which may be None."""
        alive = row is not None and row.alive(request.now)
        if self.missing:
            return not alive
        if self.exists:
            return alive
        return all(self.holds_one(row if alive else None, *condition, request) for condition in self.conditions)

    @staticmethod
    def holds_one(row, column, type_, find, operator, wanted, request):
        data = row.value(column, request.now) if row else None
        if find and data is not None:
            key, items = find(request.values), column.type.split(data)
            if column.type.kind == "list":
                index = INT.key(key)
                data = items[index][0] if 0 <= index < len(items) else None
            else:
                data = dict(items).get(key)
        given = wanted(request.values)
        if UNSET in given:
            raise invalid(f"Invalid unset value for column {column.name}")
        if operator == "in":
            operator = "="
        for item in given:
            if item is None:
                if operator not in ("=", "!="):
                    raise invalid(f"Invalid comparison with null for operator \"{operator}\"")
                if (data is None) == (operator == "="):
                    return True
            elif data is None:
                if operator == "!=":
                    return True
            elif COMPARE[operator](type_.key(data), type_.key(item)):
                return True
        return False

    def place(self, request):
        """``(partition, row)`` that the condition is about; None where there is none."""
        keys, rows = self.where.partitions(request.values), self.where.starts(request.values)
        what = "deletions" if self.kind == "delete" else "updates"
        if len(keys) > 1 or len(rows) > 1:
            part = "partition" if len(keys) > 1 else "clustering"
            raise invalid(f"IN on the {part} key columns is not supported with conditional {what}")
        if self.where.width < len(self.table.clustering):
            raise invalid(
                "DELETE statements must restrict all PRIMARY KEY columns with equality relations in order to use IF conditions"
            )
        partition = self.table.storage.partitions.get(keys[0][0])
        return partition, partition and partition.rows.get(next(iter(rows)))

    # Running

    def run(self, request):
        if self.conditional:
            return conditional([(self, request)])
        self.apply(request)
        return None

    def apply(self, request):
        stamp, values, storage = self.stamp(request), request.values, self.table.storage
        partitions = [storage.partition(*found) for found in self.where.partitions(values)]
        if self.kind == "delete" and not self.changes and self.where.width < len(self.table.clustering):
            for partition in partitions:
                for low, high in self.where.slices(values):
                    if low == () and not self.where.bounds:
                        partition.delete(stamp.timestamp)
                    else:
                        partition.delete_range(low, high, stamp.timestamp)
            return
        for partition in partitions:
            for place_, found in self.where.starts(values).items():
                row = partition.row(place_, found)
                if self.kind == "insert":
                    row.mark(stamp.cell(b""))
                elif not self.changes:
                    row.delete(stamp.timestamp)
                for change in self.changes:
                    change(row, values, stamp)

    def stamp(self, request):
        timestamp, ttl = request.timestamp, int(self.table.options["default_time_to_live"])
        if self.timestamp:
            given = self.timestamp(request.values)
            if given is None:
                raise invalid("Invalid null value of timestamp")
            if given is not UNSET:
                timestamp = BIGINT.key(given)
                if timestamp == NEVER:
                    raise invalid(f"Out of bound timestamp, must be in [{NEVER + 1}, {2**63 - 1}]")
        if self.ttl:
            given = self.ttl(request.values)
            if given is not UNSET:
                ttl = INT.key(given) if given else 0
            if ttl < 0:
                raise invalid(f"A TTL must be greater or equal to 0, but was {ttl}")
            if ttl > MAX_TTL:
                raise invalid(f"ttl is too large. requested ({ttl}) maximum ({MAX_TTL})")
        return Stamp(timestamp, ttl, request.now)


class Stamp:
    """When a write happens, and how long it lasts."""

    __slots__ = ("timestamp", "ttl", "now", "expires")

    def __init__(self, timestamp, ttl, now):
        self.timestamp, self.ttl, self.now = timestamp, ttl or None, now
        self.expires = now + ttl if ttl else None

    def cell(self, data):
        if data is None:
            return self.timestamp, None, None, None
        return self.timestamp, data, self.expires, self.ttl


def add(column, cells, data, stamp, direction=1):
    """Put the elements of a value into a collection."""
    if data is None:
        return
    items = column.type.split(data)
    if column.type.kind == "list":
        for item in items if direction > 0 else reversed(items):
            cells.put(next(list_paths) * direction, stamp.cell(item[0]))
    for item in items if column.type.kind != "list" else ():
        cells.put(item[0], stamp.cell(item[1] if len(item) > 1 else b""))


def place(column, cells, path, stamp):
    """The key of an element in Cells: for a list, of the element with that index."""
    if column.type.kind != "list":
        return path
    items, index = cells.live(column.type, stamp.now), INT.key(path)
    if not items:
        raise invalid("Attempted to set or delete an element of a list which is null")
    if not 0 <= index < len(items):
        raise invalid(f"List index {index} out of bound, list has size {len(items)}")
    return items[index][0]


def conditional(writes):
    """Apply ``[(write, request)]`` with conditions, all or none -> Rows: [applied], and what stood in the way."""
    checked = [(write, request, *write.place(request)) for write, request in writes if write.conditional]
    if all(write.holds(row, request) for write, request, _, row in checked):
        for write, request in writes:
            write.apply(request)
        return Rows([APPLIED], [value(b"\1")])
    alive = [place for place in checked if place[3] is not None and place[3].alive(place[1].now)]
    names = {condition[0].name for write, *_ in checked for condition in write.conditions}
    everything = any(write.missing for write, *_ in checked)
    if not alive or not names and not everything:
        return Rows([APPLIED], [value(b"\0")])
    columns = [
        column for column in checked[0][0].table.columns.values()
        if everything or column.name in names or len(writes) > 1 and column.kind != "regular"
    ]
    rows = [
        value(b"\0") + b"".join([value(reader(column)(partition, row, request.now)) for column in columns])
        for _, request, partition, row in alive
    ]
    return Rows([APPLIED] + [(column.name, column.type) for column in columns], rows)
