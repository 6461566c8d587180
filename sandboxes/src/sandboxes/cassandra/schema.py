"""Keyspaces, tables, columns and indexes, and the statements that change them."""

import re
import time
import uuid

from .errors import CONFIGURATION, INVALID, SYNTAX, UNAUTHORIZED, Fault, already, invalid, refused
from .options import OPTIONS, boolean, table_options
from .storage import Reversed, Storage
from .types import COUNTER, make

SYSTEM = {"system", "system_schema", "system_virtual_schema", "sandbox"}
# Of the server too, but what is in them may be written.
REPLICATED = {"system_traces", "system_distributed"}
NOT_HERE = {"system_auth", "system_views", "system_metrics", "system_accord"}  # names that are taken all the same
VIRTUAL = {"system_virtual_schema", "sandbox"}
DATA_CENTER = "datacenter1"
LOCATOR = "org.apache.cassandra.locator."

# A type and one that it may take the place of.
FOLLOW = {("blob", "text"), ("timestamp", "bigint"), ("bigint", "timestamp"), ("text", "ascii"), ("blob", "ascii")}


class Column:
    """``kind``: partition_key, clustering or regular. ``key(value)`` is its place among others."""

    def __init__(self, name, type_, kind="regular", position=-1, descending=False):
        self.name, self.type, self.kind = name, type_, kind
        self.position, self.descending = position, descending
        key = self.key = type_.key
        if descending:
            self.key = (lambda data: -key(data)) if type_.numeric else (lambda data: Reversed(key(data)))


class Table:
    """``indexes``: ``(column, target)`` by name, see ``indexed``."""

    def __init__(self, keyspace, name, types, partition, clustering=(), descending=(), options=None):
        """``types``: of each column by name; ``partition``, ``clustering``, ``descending``: names."""
        self.keyspace, self.name, self.id = keyspace, name, uuid.uuid1()
        self.options = options or OPTIONS
        self.partition = [Column(n, types[n], "partition_key", i) for i, n in enumerate(partition)]
        self.clustering = [Column(n, types[n], "clustering", i, n in descending) for i, n in enumerate(clustering)]
        key = {*partition, *clustering}
        self.set_regular([Column(name, type_) for name, type_ in types.items() if name not in key])
        self.indexes, self.dropped, self.storage = {}, {}, Storage()  # dropped: types, by name

    def __str__(self):
        return f"{self.keyspace}.{self.name}"

    def set_regular(self, columns):
        """The columns outside the key: by name, as SELECT * has them."""
        self.regular = sorted(columns, key=lambda column: place_of(column.name))
        self.columns = {column.name: column for column in self.partition + self.clustering + self.regular}
        self.counter = any(column.type is COUNTER for column in self.regular)

    def column(self, name):
        if name not in self.columns:
            shown = name if re.fullmatch("[a-z][a-z0-9_]*", name) else f'"{name}"'
            raise invalid(f"Undefined column name {shown} in table {self}")
        return self.columns[name]

    def clustering_key(self, values):
        return tuple([column.key(value) for column, value in zip(self.clustering, values)])

    def indexed(self, name, target="="):
        """Whether there is an index for ``name = ...``, or another target: keys, values, entries."""
        return (name, target) in self.indexes.values()


class Keyspace:
    """``replicas``: how many there should be in this data centre; there is one node."""

    def __init__(self, name, replication, durable=True):
        self.name, self.durable, self.tables = name, durable, {}
        self.replicate(replication)

    def replicate(self, replication):
        self.replication = replication
        self.replicas = int(replication.get("replication_factor") or replication.get(DATA_CENTER) or 1)


class Schema:
    """All keyspaces. ``changed(change, target, keyspace, name)`` is called after every change."""

    def __init__(self):
        self.keyspaces, self.version, self.warnings = {}, uuid.uuid4(), []
        self.changed = lambda *change: None

    def keyspace(self, name):
        check_here(name)
        if name not in self.keyspaces:
            raise invalid(f"Keyspace '{name}' does not exist")
        return self.keyspaces[name]

    def table(self, name, current):
        """The Table that a statement names; ``current`` is the keyspace in use."""
        keyspace, table = self.qualify(name, current)
        check_here(keyspace)
        if keyspace not in self.keyspaces:
            raise invalid(f"keyspace {keyspace} does not exist")
        tables = self.keyspaces[keyspace].tables
        if table not in tables:
            raise invalid(f"table {table} does not exist")
        return tables[table]

    @staticmethod
    def qualify(name, current):
        keyspace = name[0] or current
        if keyspace is None:
            raise invalid("No keyspace has been specified. USE a keyspace, or explicitly specify keyspace.tablename")
        return keyspace, name[1]

    def run(self, statement, current):
        """Run a statement -> ``(change, target, keyspace, name)``, or None if there is nothing to do."""
        kind, self.warnings = statement.kind, []
        if "keyspace" in kind:
            keyspace = name = statement.name
        else:
            if kind == "create index" and statement.name and statement.name[0]:
                current = statement.name[0]
            keyspace, name = self.qualify(statement.table, current)
        if keyspace in REPLICATED | NOT_HERE:
            self.guard(kind, keyspace, statement.quiet)
        if keyspace in SYSTEM:
            code = INVALID if kind == "create keyspace" else UNAUTHORIZED
            raise Fault(code, f"{keyspace} keyspace is not user-modifiable.")
        found = self.keyspaces.get(keyspace)
        if not kind.startswith("create") and self.missing(statement, keyspace, name):
            return None
        if found is None and kind != "create keyspace":
            raise invalid(f"Keyspace '{keyspace}' doesn't exist")
        change = getattr(self, kind.replace(" ", "_"))(statement, found, name)
        if change:
            self.version = uuid.uuid4()
            self.changed(*change)
        return change

    def guard(self, kind, keyspace, quiet):
        """Fault for what may not be done to a keyspace of the server that can be written to."""
        if kind == "create keyspace" and keyspace in REPLICATED and not quiet:
            raise already(keyspace)
        if kind == "create keyspace" and keyspace in NOT_HERE:
            raise invalid(f"System keyspace '{keyspace}' is not user-modifiable")
        check_here(keyspace)
        if keyspace in REPLICATED and kind not in ("create keyspace", "alter keyspace"):
            raise Fault(UNAUTHORIZED, f"Cannot {kind.split()[0].upper()} <keyspace {keyspace}>")

    def missing(self, statement, keyspace, name):
        """Whether what is to be changed is missing, and may be."""
        what = statement.kind.partition(" ")[2]
        there = keyspace in self.keyspaces
        if there and what != "keyspace":
            tables = self.keyspaces[keyspace].tables
            there = name in tables if what == "table" else any(name in t.indexes for t in tables.values())
        if not there and not statement.quiet:
            name = name if what == "keyspace" else f"{keyspace}.{name}"
            raise invalid(f"{what.title()} '{name}' doesn't exist")
        return not there

    def create_keyspace(self, statement, keyspace, name):
        if keyspace:
            if statement.quiet:
                return None
            raise already(name)
        check_name("Keyspace", name, 48)
        replication, durable = keyspace_options(statement.options)
        if replication is None:
            raise Fault(CONFIGURATION, "Missing mandatory option 'replication' for keyspace")
        self.keyspaces[name] = Keyspace(name, replication, durable)
        self.warn(self.keyspaces[name])
        return "CREATED", "KEYSPACE", name, None

    def alter_keyspace(self, statement, keyspace, name):
        replication, durable = keyspace_options(statement.options, keyspace.durable)
        old = keyspace.replication, keyspace.durable
        before, keyspace.durable = keyspace.replicas, durable
        keyspace.replicate(replication or keyspace.replication)
        if old == (keyspace.replication, durable):
            return None
        self.warn(keyspace, before)
        return "UPDATED", "KEYSPACE", keyspace.name, None

    def warn(self, keyspace, before=0):
        """What Cassandra says of more replicas than nodes."""
        if keyspace.replicas > 1:
            where = f" for datacenter {DATA_CENTER}" if DATA_CENTER in keyspace.replication else ""
            self.warnings.append(
                f"Your replication factor {keyspace.replicas} for keyspace {keyspace.name} is higher than "
                f"the number of nodes 1{where}"
            )
        if 0 < before < keyspace.replicas:
            self.warnings.append(
                "When increasing replication factor you need to run a full (-full) repair to distribute the data."
            )

    def drop_keyspace(self, statement, keyspace, name):
        del self.keyspaces[name]
        return "DROPPED", "KEYSPACE", name, None

    def create_table(self, statement, keyspace, name):
        check_name("Table", name, 222, CONFIGURATION)
        if name in keyspace.tables:
            if statement.quiet:
                return None
            raise already(keyspace.name, name)
        keyspace.tables[name] = make_table(keyspace.name, name, statement)
        return "CREATED", "TABLE", keyspace.name, name

    def alter_table(self, statement, keyspace, name):
        table = keyspace.tables[name]
        regular = {column.name: column for column in table.regular}
        for name, parsed in statement.add:
            if name not in table.columns and name not in regular:
                regular[name] = Column(name, make(parsed))
                self.check_dropped(table, regular[name])
                if (regular[name].type is COUNTER) != table.counter and table.regular:
                    raise Fault(CONFIGURATION, f"Cannot mix counter and non counter columns in {table}")
            elif not statement.skip:
                raise invalid(f"Column with name '{name}' already exists")
        for name in dict.fromkeys(statement.drop):
            if name not in table.columns and statement.skip:
                continue
            if name not in table.columns:
                raise invalid(f"Column {name} was not found in table '{table}'")
            if name not in regular:
                raise invalid(f"Cannot drop PRIMARY KEY column {name}")
            if any(column == name for column, _ in table.indexes.values()):
                raise invalid(f"Cannot drop column {name} because it has dependent secondary indexes")
            del regular[name]
        options = table_options(statement.options, table.options)
        check_lifetime(table.counter, options)
        if options == table.options and regular.keys() == {column.name for column in table.regular}:
            return None
        table.options = options
        now = int(time.time() * 1000)
        table.dropped |= {c.name: (c.type, now) for c in table.regular if c.name not in regular}
        table.set_regular(regular.values())
        for partition in table.storage.partitions.values() if statement.drop else ():
            for row in partition.rows.values():
                row.cells = {name: cell for name, cell in row.cells.items() if name in regular}
        return "UPDATED", "TABLE", keyspace.name, table.name

    @staticmethod
    def check_dropped(table, column):
        """Fault if a column of that name was dropped whose values could not be read as this one's."""
        old, _ = table.dropped.get(column.name, (column.type, None))
        if not may_follow(column.type, old):
            what = f"Cannot add a column '{column.name}' of type {column.type}, incompatible with previously"
            raise invalid(f"{what} dropped column '{column.name}' of type {old}")

    def drop_table(self, statement, keyspace, name):
        del keyspace.tables[name]
        return "DROPPED", "TABLE", keyspace.name, name

    def create_index(self, statement, keyspace, name):
        if name not in keyspace.tables:
            raise invalid(f"Table '{keyspace.name}.{name}' doesn't exist")
        table = keyspace.tables[name]
        columns = [(table.column(column), part) for column, part in statement.targets]
        if len(columns) != 1:
            raise invalid("Only CUSTOM indexes have several target columns, or none")
        column, part = columns[0]
        if table.counter or [column] == table.partition:
            raise invalid(f"Cannot index {column.name}: it is of a counter table, or the only key column")
        target = index_target(column, part)
        taken = {name for other in keyspace.tables.values() for name in other.indexes}
        if statement.name:
            name = statement.name[1]
        else:
            base = re.sub(r"\W", "", f"{table.name}_{column.name}_idx", flags=re.A)
            names = [base] + [f"{base}_{i}" for i in range(1, len(taken) + 1)]
            name = next(name for name in names if name not in taken)
        if name in taken or table.indexed(column.name, target):
            if statement.quiet:
                return None
            raise invalid(f"Index {name} already exists, or another like it")
        if not re.fullmatch(r"\w+", name, re.A):
            raise Fault(CONFIGURATION, f"Illegal index name {name}")
        table.indexes[name] = column.name, target
        return "UPDATED", "TABLE", keyspace.name, table.name

    def drop_index(self, statement, keyspace, name):
        table = next(table for table in keyspace.tables.values() if name in table.indexes)
        del table.indexes[name]
        return "UPDATED", "TABLE", keyspace.name, table.name


def place_of(name):
    """Where a column is among others: Cassandra takes its first eight bytes for a signed number."""
    data = name.encode()
    return int.from_bytes(data[:8].ljust(8, b"\0"), signed=True), data


def check_here(keyspace):
    if keyspace in NOT_HERE:
        raise refused(f"the keyspace {keyspace}")


def check_name(what, name, most, code=INVALID):
    if not re.fullmatch(rf"\w{{1,{most}}}", name, re.A):
        raise Fault(code, f"{what} name must be of 1 to {most} letters, digits and underscores: {name}")


def index_target(column, target):
    """What an index is for: "=" or a part of a collection."""
    kind = getattr(column.type, "kind", None)
    if kind in ("list", "set", "map"):
        if (target == "full") != column.type.frozen or (target in ("keys", "entries") and kind != "map"):
            raise invalid(f"Cannot create {target}() index on {column.name}")
        return "=" if target == "full" else target
    if target != "values":
        raise invalid(f"Cannot create {target}() index on {column.name}, which is no collection")
    return "="


def may_follow(new, old):
    """Whether the values of a type can be read as those of another, as Cassandra asks of a dropped column."""
    if new == old or (new.name, old.name) in FOLLOW:
        return True
    if "tuple" in (new.name, old.name) or new.name != old.name or new.frozen != old.frozen:
        return new.name == old.name == "tuple" and all(map(may_follow, new.parts, old.parts))
    return False


def keyspace_options(options, durable=True):
    """``(replication or None, durable writes)``; ``durable`` is what holds where nothing is said."""
    unknown = set(options) - {"replication", "durable_writes"}
    if unknown:
        raise Fault(SYNTAX, f"Unknown property '{min(unknown)}'")
    given, replication = options.get("durable_writes", str(durable)), options.get("replication")
    if isinstance(given, dict):
        raise Fault(SYNTAX, "Invalid value for property 'durable_writes'. It should be a string")
    durable = boolean("durable_writes", given) == "true"
    if replication is None:
        return None, durable
    if not isinstance(replication, dict):
        raise Fault(SYNTAX, "Invalid value for property 'replication'. It should be a map.")
    given = dict(replication)
    strategy = (given.pop("class", None) or "").rpartition(".")[2]
    if strategy == "LocalStrategy":
        raise invalid("LocalStrategy is reserved for internal use.")
    if strategy not in ("SimpleStrategy", "NetworkTopologyStrategy"):
        raise Fault(CONFIGURATION, f"Unable to find replication strategy class '{LOCATOR}{strategy}'")
    place = DATA_CENTER if strategy == "NetworkTopologyStrategy" else "replication_factor"
    for option, count in given.items():
        if option not in ("replication_factor", place):
            raise Fault(CONFIGURATION, f"Unrecognized strategy option {{{option}}} passed to {strategy}")
        if not re.fullmatch(r"\d{1,9}", count):
            raise Fault(CONFIGURATION, f"Replication factor must be numeric and non-negative; found {count}")
    factor = given.get(place, given.get("replication_factor", "1"))
    if factor == "0" and place == DATA_CENTER:
        raise Fault(CONFIGURATION, "Configuration for at least one datacenter must be present")
    return {"class": LOCATOR + strategy, place: factor}, durable


def make_table(keyspace, name, statement):
    """The Table of a CREATE TABLE."""
    types = {}
    for column, parsed in statement.columns:
        if column in types:
            raise invalid(f"Duplicate column '{column}' declaration for table '{name}'")
        types[column] = make(parsed)
    if len(statement.keys) != 1:
        what = "Multiple PRIMARY KEY specified" if statement.keys else "No PRIMARY KEY specifed"
        raise invalid(f"{what} for table '{name}' (exactly one required)")
    partition, clustering = statement.keys[0]
    key = partition + clustering
    for column in key:
        if column not in types:
            raise invalid(f"Unknown column '{column}' referenced in PRIMARY KEY for table '{name}'")
        if key.count(column) > 1:
            raise invalid(f"Duplicate column '{column}' in PRIMARY KEY clause for table '{name}'")
        if types[column].multicell or types[column] is COUNTER:
            raise invalid(f"Invalid type {types[column]} for PRIMARY KEY column '{column}'")
    if [column for column, _ in statement.order] != clustering[: len(statement.order)]:
        raise invalid("Clustering key columns must match columns in CLUSTERING ORDER BY directive")
    if len({type_ is COUNTER for column, type_ in types.items() if column not in key}) > 1:
        raise invalid("Cannot mix counter and non counter columns in the same table")
    descending = {column for column, down in statement.order if down}
    options = table_options(statement.options, created=True)
    table = Table(keyspace, name, types, partition, clustering, descending, options)
    check_lifetime(table.counter, options)
    return table


def check_lifetime(counter, options):
    if counter and options["default_time_to_live"] != "0":
        raise invalid("Cannot set default_time_to_live on a table with counters")
