"""Carrying out writes: one, or several as one, with or without conditions."""

from .changes import given
from .errors import invalid
from .filters import reader
from .select import Rows
from .storage import NEVER, Row
from .types import BOOLEAN, value

WARN_SIZE, MAX_SIZE = 5 * 1024, 50 * 1024  # bytes
SPREAD = 10  # partitions of an unlogged batch
APPLIED = ("[applied]", BOOLEAN)


class Plan:
    """A write with all that it needs; after ``check`` its ``apply`` does not fail."""

    def __init__(self, write, request):
        self.write, self.stamp, values = write, write.stamp(request), request.values
        where, clustering = write.where, write.table.clustering
        self.partitions, self.rows, self.slices = where.partitions(values), {}, []
        if where.width == len(clustering):
            self.rows = where.starts(values)
        elif write.changes:
            raise invalid("Range deletions are not supported for specific columns")
        else:
            self.slices = where.slices(values)
        changes = [(change, given(change, values)) for change in write.changes]
        self.changes = [(change, data) for change, data in changes if data is not None]

    def check(self):
        """Raise where a change cannot be made to a row as it is."""
        for change, data in self.changes:
            if change.check:
                for key, _ in self.partitions:
                    partition = self.write.table.storage.partitions.get(key)
                    for place in self.rows:
                        change.check(partition and partition.rows.get(place), self.stamp, *data)

    def size(self):
        """About the bytes of the rows that it writes."""
        row, self.stamp.size = Row((), NEVER), 0
        for change, data in self.changes:
            if not change.reads:
                change.run(row, self.stamp, *data)
        return sum(21 + self.stamp.size + sum(map(len, found)) for found in self.rows.values())

    def apply(self, conditional=False):
        """Do it; in a ``conditional`` batch, deletions of many rows come before all else."""
        write, stamp = self.write, self.stamp
        earlier = stamp.timestamp - 1 if conditional else stamp.timestamp
        for key, found in self.partitions:
            partition = write.table.storage.partition(key, found)
            for low, high in self.slices:
                if low == () and not write.where.bounds:
                    partition.delete(earlier)
                else:
                    partition.delete_range(low, high, earlier)
            for place, values in self.rows.items():
                row = partition.row(place, values)
                if write.kind == "insert":
                    row.mark(stamp.cell(b""))
                elif not write.changes:
                    row.delete(stamp.timestamp)
                for change, data in self.changes:
                    change.run(row, stamp, *data)


def carry_out(kind, writes, timestamped=False):
    """Carry out ``[(Write, Request)]``, all or none -> ``(Rows or None, warnings)``.

    ``kind``: logged or unlogged; None for one statement that is no batch. ``timestamped``: the batch is.
    """
    for write, _ in writes if kind else ():
        if write.table.counter:
            raise invalid(f"Cannot include a counter statement in a {kind} batch")
        if timestamped and write.timestamp:
            raise invalid("Timestamp must be set either on BATCH or individual statements")
    conditional = any(write.conditional for write, _ in writes)
    if conditional and kind:
        check_conditional(writes, timestamped)
    plans = [Plan(write, request) for write, request in writes]
    if conditional and any(len(plan.rows) > 1 for plan in plans):
        raise invalid("IN on the clustering key columns is not supported with conditional updates and deletions")
    refusal = conditional and stands_in_the_way(writes, kind is not None)
    warnings = weigh(kind, plans) if kind and not conditional else []
    if not refusal:
        for plan in plans:
            plan.check()
        for plan in plans:
            plan.apply(conditional)
    return refusal or (Rows([APPLIED], [value(b"\1")]) if conditional else None), warnings


def check_conditional(writes, timestamped):
    keys = [(write.table, write.where.partitions(request.values)) for write, request in writes]
    if len({(table, key) for table, found in keys for key, _ in found}) > 1:
        raise invalid("Batch with conditions cannot span multiple tables or partitions")
    if timestamped or any(write.timestamp for write, _ in writes):
        raise invalid("Cannot provide custom timestamp for conditional BATCH")


def weigh(kind, plans):
    """Refuse a batch that is too large, return warnings of one that is large."""
    partitions = {(str(plan.write.table), key) for plan in plans for key, _ in plan.partitions}
    if len(partitions) < 2:
        return []
    size = 29 * len(partitions) + sum(plan.size() for plan in plans)
    names = ", ".join(sorted({table for table, _ in partitions}))
    if size > MAX_SIZE:
        raise invalid("Batch too large")
    if size > WARN_SIZE:
        what = f"Batch for [{names}] is of size {size}, exceeding specified threshold of {WARN_SIZE}"
        return [f"{what} by {size - WARN_SIZE}."]
    if kind == "unlogged" and len(partitions) > SPREAD:
        return [
            f"Unlogged batch covering {len(partitions)} partitions detected against table [{names}]. "
            "You should use a logged batch for atomicity, or asynchronous writes for performance."
        ]
    return []


def stands_in_the_way(writes, batch):
    """None if all conditions hold; else Rows: [applied], false, and what is there instead.

    A ``batch`` of conditions shows the key too, even where it is of one statement.
    """
    checked = [(write, request, *write.place(request)) for write, request in writes if write.conditional]
    kinds = {}
    for write, _, _, place, _ in checked:
        kind = "IF NOT EXISTS" if write.missing else "IF EXISTS" if write.exists else "IF"
        if kinds.setdefault(place, kind) != kind:
            raise invalid(f"Cannot mix {kind} and {kinds[place]} conditions for the same row")
    if all(write.holds(row, request) for write, request, *_, row in checked):
        return None
    table, now = checked[0][0].table, checked[0][1].now
    alive = {place: (partition, row) for _, _, partition, place, row in checked if row and row.alive(now)}
    columns = [condition.column for write, *_ in checked for condition in write.conditions]
    if any(write.missing or (write.exists and batch) for write, *_ in checked):
        columns = table.columns.values()
    elif batch:
        columns = table.partition + table.clustering + columns
    if not alive or not columns:
        return Rows([APPLIED], [value(b"\0")])
    columns = {column.name: column for column in columns}.values()
    rows = [
        value(b"\0") + b"".join([value(reader(column)(*alive[place], now)) for column in columns])
        for place in sorted(alive)
    ]
    return Rows([APPLIED] + [(column.name, column.type) for column in columns], rows)
