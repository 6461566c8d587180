"""DESCRIBE: the statements that would make keyspaces, tables and indexes anew, as cqlsh asks for them."""

import struct
from typing import NamedTuple

from .errors import PROTOCOL, Fault, invalid, refused
from .lexer import quoted
from .schema import LOCATOR, SYSTEM
from .select import Rows
from .types import TEXT, Collection, value

NAMES = [("keyspace_name", TEXT), ("type", TEXT), ("name", TEXT)]
STATEMENTS = [*NAMES, ("create_statement", TEXT)]
RANGES = Collection("map", [TEXT, Collection("list", [TEXT], frozen=True)], frozen=True)
CLUSTER = [("cluster", TEXT), ("partitioner", TEXT), ("snitch", TEXT)]
ABSENT = {
    "type": "User defined type",
    "function": "User defined function",
    "aggregate": "User defined aggregate",
    "materialized": "Materialized view",
}


class Described(NamedTuple):
    """The table that the answers to DESCRIBE are said to be of."""

    keyspace: str = "system"
    name: str = "describe"
    partition: tuple = ()


DESCRIBED = Described()


class Describe:
    """A DESCRIBE, which looks at the schema when it runs: a prepared one has no columns."""

    columns = ()

    def __init__(self, statement, keyspace):
        self.what, self.name, self.only, self.keyspace = statement.what, statement.name, statement.only, keyspace

    def run(self, schema, request, cluster):
        """Rows, by pages; ``cluster`` is name and address of the one node."""
        columns, rows = getattr(self, self.what)(schema, cluster)
        rows = [b"".join(value(item.encode() if isinstance(item, str) else item) for item in row) for row in rows]
        version, start, size = schema.version.bytes, 0, request.page_size
        if request.state is not None:
            if len(request.state) != 20 or not 0 <= (start := struct.unpack(">i", request.state[16:])[0]) <= len(rows):
                raise Fault(PROTOCOL, "Invalid value for the paging state")
            if request.state[:16] != version:
                raise invalid("The schema has changed since the previous page of the DESCRIBE statement result.")
        page = rows[start : start + size] if size > 0 else rows[start:]
        full = size > 0 and len(page) == size
        return Rows(columns, page, version + struct.pack(">i", start + size) if full else None)

    # What there is to describe

    def keyspaces(self, schema, cluster):
        return NAMES, [(quoted(name), "keyspace", quoted(name)) for name in in_order(schema.keyspaces)]

    def tables(self, schema, cluster):
        names = [self.keyspace] if self.keyspace else in_order(schema.keyspaces)
        found = [(name, table) for name in names for table in in_order(schema.keyspace(name).tables)]
        return NAMES, [(quoted(name), "table", quoted(table)) for name, table in found]

    def nothing(self, schema, cluster):
        """Types, functions and aggregates: there are none."""
        return NAMES, []

    def cluster(self, schema, cluster):
        row = (cluster[0], "Murmur3Partitioner", "DynamicEndpointSnitch")
        if self.keyspace is None or self.keyspace in SYSTEM:
            return CLUSTER, [row]
        nodes = RANGES.parts[1].join([(f"/{cluster[1]}:7000".encode(),)])
        return [*CLUSTER, ("range_ownership", RANGES)], [(*row, RANGES.join([(b"0", nodes)]))]

    def schema(self, schema, cluster):
        names = [name for name in in_order(schema.keyspaces) if not name.startswith("system") and name not in SYSTEM]
        return STATEMENTS, [row for name in names for row in whole_keyspace(schema.keyspaces[name])]

    def one_keyspace(self, schema, cluster):
        name = self.name or self.keyspace
        if name is None:
            raise invalid("No keyspace specified and no current keyspace")
        keyspace = self.find_keyspace(schema, name)
        rows = whole_keyspace(keyspace)
        return STATEMENTS, rows[:1] if self.only else rows

    def table(self, schema, cluster):
        keyspace, name = self.place(schema)
        if name not in keyspace.tables:
            raise invalid(f"Table '{name}' not found in keyspace '{keyspace.name}'")
        return STATEMENTS, whole_table(keyspace.tables[name])

    def index(self, schema, cluster):
        keyspace, name = self.place(schema)
        for table in keyspace.tables.values():
            if name in table.indexes:
                return STATEMENTS, [index_row(table, name)]
        raise invalid(f"Table for existing index '{name}' not found in '{keyspace.name}'")

    def absent(self, schema, cluster):
        """One of the things that there are none of."""
        keyspace, name = self.place(schema)
        raise invalid(f"{ABSENT[self.name[2]]} '{name}' not found in '{keyspace.name}'")

    def anything(self, schema, cluster):
        """A keyspace, table or index of that name."""
        if self.name[0] is None and self.name[1] in schema.keyspaces:
            self.name = self.name[1]
            return self.one_keyspace(schema, cluster)
        keyspace, name = self.place(schema)
        if name in keyspace.tables:
            return self.table(schema, cluster)
        if any(name in table.indexes for table in keyspace.tables.values()):
            return self.index(schema, cluster)
        raise invalid(f"'{name}' not found in keyspace '{keyspace.name}'")

    def place(self, schema):
        """``(Keyspace, name)``."""
        name = self.name[0] or self.keyspace
        if name is None:
            raise invalid("No keyspace specified and no current keyspace")
        return self.find_keyspace(schema, name), self.name[1]

    @staticmethod
    def find_keyspace(schema, name):
        if name in SYSTEM:
            raise refused(f"DESCRIBE of what is in {name}")
        if name not in schema.keyspaces:
            raise invalid(f"'{name}' not found in keyspaces")
        return schema.keyspaces[name]


def in_order(names):
    return sorted(names, key=lambda name: (name.lower(), name))


def literal(given):
    """A text or a map of texts as CQL writes it."""
    if isinstance(given, dict):
        return "{" + ", ".join(f"{literal(name)}: {literal(item)}" for name, item in given.items()) + "}"
    return "'" + given.replace("'", "''") + "'"


def whole_keyspace(keyspace):
    """Rows: the keyspace, then its tables with their indexes."""
    name = quoted(keyspace.name)
    replication = keyspace.replication | {"class": keyspace.replication["class"].removeprefix(LOCATOR)}
    text = f"CREATE KEYSPACE {name} WITH replication = {literal(replication)}  AND durable_writes = "
    rows = [(name, "keyspace", name, f"{text}{str(keyspace.durable).lower()};")]
    for table in in_order(keyspace.tables):
        rows += whole_table(keyspace.tables[table])
    return rows


def whole_table(table):
    """Rows: the table, then its indexes."""
    row = quoted(table.keyspace), "table", quoted(table.name), create_table(table)
    return [row] + [index_row(table, name) for name in in_order(table.indexes)]


def create_table(table):
    cells = sorted(table.regular, key=lambda column: column.type.multicell)
    lines = [f"{quoted(column.name)} {column.type}" for column in table.partition + table.clustering + cells]
    if len(table.partition) == 1 and not table.clustering:
        lines[0] += " PRIMARY KEY"
    else:
        key = ", ".join(quoted(column.name) for column in table.partition)
        key = f"({key})" if len(table.partition) > 1 else key
        lines.append(f"PRIMARY KEY ({', '.join([key, *(quoted(column.name) for column in table.clustering)])})")
    options = []
    if table.clustering:
        order = [f"{quoted(c.name)} {'DESC' if c.descending else 'ASC'}" for c in table.clustering]
        options.append(f"CLUSTERING ORDER BY ({', '.join(order)})")
    for name, given in table.options.items():
        plain = isinstance(given, str) and name not in TEXTS
        options.append(f"{name} = {given if plain else literal(given)}")
    columns, joined = ",\n    ".join(lines), "\n    AND ".join(options)
    return f"CREATE TABLE {quoted(table.keyspace)}.{quoted(table.name)} (\n    {columns}\n) WITH {joined};"


TEXTS = {"additional_write_policy", "comment", "memtable", "read_repair", "speculative_retry"}


def index_row(table, name):
    column, target = table.indexes[name]
    place = f"{quoted(table.keyspace)}.{quoted(table.name)}"
    of = index_target(table.columns[column], target)
    return quoted(table.keyspace), "index", quoted(name), f"CREATE INDEX {quoted(name)} ON {place} ({of});"


def index_target(column, target):
    """What an index is of, as CREATE INDEX says it."""
    if target == "=":
        target = "full" if column.type.name in ("list", "set", "map") else ""
    return f"{target}({quoted(column.name)})" if target else quoted(column.name)
