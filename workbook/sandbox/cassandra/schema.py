"""Keyspaces, tables, columns and indexes, and the statements that change them."""

import re
import uuid

from .errors import CONFIGURATION, INVALID, SYNTAX, UNAUTHORIZED, Fault, already, invalid, refused
from .storage import Reversed, Storage
from .types import COUNTER, DATE, TIMESTAMP_TYPE, Native, make

SYSTEM = {"system", "system_schema", "system_virtual_schema", "sandbox"}
VIRTUAL = {"system_virtual_schema", "sandbox"}
DATA_CENTER = "datacenter1"
NAME = re.compile(r"\w{1,48}", re.A)
STRATEGIES = {
    name: "org.apache.cassandra.locator." + name for name in ("SimpleStrategy", "NetworkTopologyStrategy", "LocalStrategy")
}
COMPACTION = {
    "class": "org.apache.cassandra.db.compaction.SizeTieredCompactionStrategy", "max_threshold": "32", "min_threshold": "4",
}
COMPRESSION = {"chunk_length_in_kb": "16", "class": "org.apache.cassandra.io.compress.LZ4Compressor"}
# The options of a table, which are kept to be shown: only default_time_to_live does something.
OPTIONS = {
    "additional_write_policy": "99p", "allow_auto_snapshot": None, "bloom_filter_fp_chance": "0.01",
    "caching": {"keys": "ALL", "rows_per_partition": "NONE"}, "cdc": None, "comment": "", "compaction": COMPACTION,
    "compression": COMPRESSION, "crc_check_chance": "1.0", "default_time_to_live": "0", "extensions": {},
    "gc_grace_seconds": "864000", "incremental_backups": None, "max_index_interval": "2048", "memtable": None,
    "memtable_flush_period_in_ms": "0", "min_index_interval": "128", "read_repair": "BLOCKING", "speculative_retry": "99p",
}


class Column:
    """``kind``: partition_key, clustering or regular. ``key(value)`` is its place among others."""

    def __init__(self, name, type_, kind, position, descending=False):
        self.name, self.type, self.kind, self.position, self.descending = name, type_, kind, position, descending
        self.key = type_.key
        if descending:
            key = type_.key
            numeric = isinstance(type_, Native) and (type_ in (DATE, TIMESTAMP_TYPE) or "INTEGER" in type_.kinds)
            self.key = (lambda data: -key(data)) if numeric else (lambda data: Reversed(key(data)))


class Table:
    def __init__(self, keyspace, name, columns, partition, clustering=(), descending=(), options=None):
        """``columns``: the type of each by name; ``partition``, ``clustering``: names of columns."""
        self.keyspace, self.name, self.id, self.options = keyspace, name, uuid.uuid1(), {**OPTIONS, **(options or {})}
        self.partition = [Column(n, columns[n], "partition_key", i) for i, n in enumerate(partition)]
        self.clustering = [
            Column(n, columns[n], "clustering", i, n in descending) for i, n in enumerate(clustering)
        ]
        key = {*partition, *clustering}
        self.columns = {column.name: column for column in self.partition + self.clustering}
        self.set_regular([Column(n, t, "regular", -1) for n, t in columns.items() if n not in key])
        self.indexes, self.storage, self.fill = {}, Storage(), None

    def __str__(self):
        return f"{self.keyspace}.{self.name}"

    def set_regular(self, columns):
        """The columns outside the key: by name, as SELECT * has them."""
        self.regular = sorted(columns, key=lambda column: column.name)
        keys = self.partition + self.clustering
        self.columns = {column.name: column for column in keys + self.regular}
        self.counter = any(column.type is COUNTER for column in self.regular)

    def column(self, name):
        if name not in self.columns:
            raise invalid(f"Undefined column name {name} in table {self}")
        return self.columns[name]

    def clustering_key(self, values):
        return tuple([column.key(value) for column, value in zip(self.clustering, values)])

    def indexed(self, name, target="values"):
        return any(column == name and kind == target for column, kind in self.indexes.values())


class Keyspace:
    def __init__(self, name, replication, durable=True):
        self.name, self.replication, self.durable, self.tables = name, replication, durable, {}

    @property
    def replicas(self):
        """How many there should be in this data centre; there is one node."""
        return int(self.replication.get("replication_factor") or self.replication.get(DATA_CENTER) or "1")


class Schema:
    """All keyspaces. ``changed(change, target, keyspace, name)`` is called after every change."""

    def __init__(self):
        self.keyspaces, self.version, self.changed, self.warnings = {}, uuid.uuid4(), lambda *change: None, []

    def keyspace(self, name):
        if name not in self.keyspaces:
            raise invalid(f"Keyspace '{name}' does not exist")
        return self.keyspaces[name]

    def table(self, name, current):
        """The Table that a statement names; ``current`` is the keyspace in use."""
        keyspace, table = self.qualify(name, current)
        tables = self.keyspace(keyspace).tables
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
        if statement.kind.endswith("keyspace"):
            name = statement.name if statement.kind != "drop keyspace" else statement.table
        else:
            named = statement.name if statement.kind == "create index" and (statement.name or (0,))[0] else statement.table
            name = self.qualify(named, current)[0]
        if name in SYSTEM:
            raise Fault(UNAUTHORIZED, f"{name} keyspace is not user-modifiable.")
        self.warnings = []
        change = getattr(self, statement.kind.replace(" ", "_"))(statement, current)
        if change:
            self.version = uuid.uuid4()
            self.changed(*change)
        return change

    def create_keyspace(self, statement, current):
        name = statement.name
        check_name("Keyspace", name)
        if name in self.keyspaces:
            if statement.quiet:
                return None
            raise already(name)
        replication, durable = self.keyspace_options(statement.options)
        if replication is None:
            raise Fault(CONFIGURATION, "Missing mandatory option 'replication' for keyspace")
        self.keyspaces[name] = Keyspace(name, replication, durable)
        self.warn(self.keyspaces[name])
        return "CREATED", "KEYSPACE", name, None

    def alter_keyspace(self, statement, current):
        if statement.name not in self.keyspaces:
            if statement.quiet:
                return None
            raise invalid(f"Keyspace '{statement.name}' doesn't exist")
        keyspace = self.keyspaces[statement.name]
        replication, keyspace.durable = self.keyspace_options(statement.options)
        before, keyspace.replication = keyspace.replicas, replication or keyspace.replication
        self.warn(keyspace, before)
        return "UPDATED", "KEYSPACE", keyspace.name, None

    @staticmethod
    def keyspace_options(options):
        unknown = set(options) - {"replication", "durable_writes"}
        if unknown:
            raise Fault(SYNTAX, f"Unknown property '{min(unknown)}'")
        durable = options.get("durable_writes", "true").lower() == "true"
        replication = options.get("replication")
        if replication is None:
            return None, durable
        if not isinstance(replication, dict):
            raise Fault(SYNTAX, "Invalid value for property 'replication'. It should be a map.")
        replication = dict(replication)
        strategy = replication.pop("class", None)
        short = (strategy or "").rpartition(".")[2]
        if short not in STRATEGIES:
            raise Fault(CONFIGURATION, f"Unable to find replication strategy class '{strategy}'")
        if short == "LocalStrategy":
            raise invalid("Unable to use given strategy class: LocalStrategy is reserved for internal use.")
        known = {"replication_factor"} | ({DATA_CENTER} if short == "NetworkTopologyStrategy" else set())
        for option, count in replication.items():
            if option not in known:
                raise Fault(CONFIGURATION, f"Unrecognized strategy option {{{option}}} passed to {short}")
            if not re.fullmatch(r"\d{1,9}", count):
                raise Fault(CONFIGURATION, f"Replication factor must be numeric and non-negative; found {count}")
        factor = replication.pop("replication_factor", "1")
        if short == "SimpleStrategy":
            return {"class": STRATEGIES[short], "replication_factor": factor}, durable
        if replication.setdefault(DATA_CENTER, factor) == "0":
            raise Fault(CONFIGURATION, "Configuration for at least one datacenter must be present")
        return {"class": STRATEGIES[short], **replication}, durable

    def warn(self, keyspace, before=0):
        """What Cassandra says of more replicas than nodes."""
        if keyspace.replicas > 1:
            where = f" for datacenter {DATA_CENTER}" if DATA_CENTER in keyspace.replication else ""
            self.warnings.append(
                f"Your replication factor {keyspace.replicas} for keyspace {keyspace.name} is higher than the number of nodes 1{where}"
            )
        if 0 < before < keyspace.replicas:
            self.warnings.append(
                "When increasing replication factor you need to run a full (-full) repair to distribute the data."
            )

    def drop_keyspace(self, statement, current):
        if statement.table not in self.keyspaces:
            if statement.quiet:
                return None
            raise invalid(f"Keyspace '{statement.table}' doesn't exist")
        del self.keyspaces[statement.table]
        return "DROPPED", "KEYSPACE", statement.table, None

    def create_table(self, statement, current):
        keyspace, name = self.qualify(statement.table, current)
        check_name("Table", name, CONFIGURATION)
        if keyspace not in self.keyspaces:
            raise invalid(f"Keyspace '{keyspace}' doesn't exist")
        tables = self.keyspaces[keyspace].tables
        if name in tables:
            if statement.quiet:
                return None
            raise already(keyspace, name)
        tables[name] = make_table(keyspace, name, statement)
        return "CREATED", "TABLE", keyspace, name

    def find(self, statement, current):
        """The table of a statement, None if it is missing and may be."""
        keyspace, name = self.qualify(statement.table, current)
        if keyspace in self.keyspaces and name in self.keyspaces[keyspace].tables:
            return self.keyspaces[keyspace].tables[name]
        if statement.quiet:
            return None
        raise invalid(f"Table '{keyspace}.{name}' doesn't exist")

    def alter_table(self, statement, current):
        table = self.find(statement, current)
        if table is None:
            return None
        regular = {column.name: column for column in table.regular}
        for name, parsed in statement.add:
            if name in table.columns:
                if statement.skip:
                    continue
                raise invalid(f"Column with name '{name}' already exists")
            type_ = make(parsed)
            if (type_ is COUNTER) != table.counter and table.regular:
                raise Fault(CONFIGURATION, f"Cannot mix counter and non counter columns in {table}")
            regular[name] = Column(name, type_, "regular", -1)
        for name in statement.drop:
            if name not in table.columns:
                if statement.skip:
                    continue
                raise invalid(f"Column {name} was not found in table '{table}'")
            if name not in regular:
                raise invalid(f"Cannot drop PRIMARY KEY column {name}")
            if any(column == name for column, _ in table.indexes.values()):
                raise invalid(f"Cannot drop column {name} because it has dependent secondary indexes")
            del regular[name]
            for partition in table.storage.partitions.values():
                for row in partition.rows.values():
                    row.cells.pop(name, None)
        table.options |= table_options(statement.options)
        table.set_regular(regular.values())
        return "UPDATED", "TABLE", table.keyspace, table.name

    def drop_table(self, statement, current):
        table = self.find(statement, current)
        if table is None:
            return None
        del self.keyspaces[table.keyspace].tables[table.name]
        return "DROPPED", "TABLE", table.keyspace, table.name

    def create_index(self, statement, current):
        table = self.find(altered(statement, quiet=False), current)
        if statement.column not in table.columns:
            raise invalid(f"Column '{statement.column}' doesn't exist")
        column = table.columns[statement.column]
        if len(table.partition) == 1 and column.kind == "partition_key":
            raise invalid(f"Cannot create secondary index on the only partition key column {column.name}")
        if table.counter:
            raise invalid("Secondary indexes on counter tables aren't supported")
        kind = getattr(column.type, "kind", None)
        target = statement.target
        if kind in ("list", "set", "map"):
            if (target == "full") != column.type.frozen or target in ("keys", "entries") and kind != "map":
                raise invalid(f"Cannot create {target}() index on {column.name}")
            target = "=" if target == "full" else target
        elif target != "values":
            raise invalid(f"Cannot create {target}() index on {column.name}. Non-collection columns only support simple indexes")
        else:
            target = "="
        if table.indexed(column.name, target) and not statement.name:
            if statement.quiet:
                return None
            raise invalid(f"Index on {column.name} is a duplicate of an existing index")
        taken = {name for other in self.keyspaces[table.keyspace].tables.values() for name in other.indexes}
        base = f"{table.name}_{column.name}_idx"
        free = (name for name in [base, *(f"{base}_{i}" for i in range(1, len(taken) + 2))] if name not in taken)
        name = statement.name[1] if statement.name else next(free)
        if name in taken:
            if statement.quiet:
                return None
            raise invalid(f"Index '{name}' already exists")
        if table.indexed(column.name, target):
            raise invalid(f"Index {name} is a duplicate of an existing index")
        table.indexes[name] = column.name, target
        return "UPDATED", "TABLE", table.keyspace, table.name

    def drop_index(self, statement, current):
        keyspace, name = self.qualify(statement.table, current)
        for table in self.keyspaces[keyspace].tables.values() if keyspace in self.keyspaces else ():
            if table.indexes.pop(name, None):
                return "UPDATED", "TABLE", keyspace, table.name
        if statement.quiet:
            return None
        raise invalid(f"Index '{keyspace}.{name}' doesn't exist'")


def check_name(what, name, code=INVALID):
    if not NAME.fullmatch(name):
        raise Fault(code, f"{what} name must not be empty, over 48 characters, or with others than letters, digits, _: {name}")


def altered(statement, **other):
    """A statement with other fields."""
    return type(statement)(**{**vars(statement), **other})


def make_table(keyspace, name, statement):
    """The Table of a CREATE TABLE."""
    types = {}
    for column, parsed in statement.columns:
        if column in types:
            raise invalid(f"Duplicate column '{column}' declaration for table '{name}'")
        types[column] = make(parsed)
    if not statement.partition:
        raise invalid(f"No PRIMARY KEY specifed for table '{name}' (exactly one required)")
    key = statement.partition + statement.clustering
    for column in key:
        if column not in types:
            raise invalid(f"Unknown column '{column}' referenced in PRIMARY KEY for table '{name}'")
        if key.count(column) > 1:
            raise invalid(f"Duplicate column '{column}' in PRIMARY KEY clause for table '{name}'")
        if types[column].multicell:
            raise invalid(f"Invalid non-frozen collection type {types[column]} for PRIMARY KEY column '{column}'")
        if types[column] is COUNTER:
            raise invalid(f"counter type is not supported for PRIMARY KEY column '{column}'")
    if [column for column, _ in statement.order] != statement.clustering[: len(statement.order)]:
        raise invalid("Clustering key columns must exactly match columns in CLUSTERING ORDER BY directive")
    counters = {type_ is COUNTER for column, type_ in types.items() if column not in key}
    if len(counters) > 1:
        raise invalid("Cannot mix counter and non counter columns in the same table")
    descending = {column for column, down in statement.order if down}
    options = table_options(statement.options)
    return Table(keyspace, name, types, statement.partition, statement.clustering, descending, options)


def table_options(options):
    for name, given in options.items():
        if name == "id":
            raise refused("the table option id")
        if name not in OPTIONS:
            raise Fault(SYNTAX, f"Unknown property '{name}'")
        if isinstance(given, dict) != isinstance(OPTIONS[name], dict):
            raise Fault(SYNTAX, f"Invalid value for property '{name}'.")
        try:
            if type(OPTIONS[name]) is str and OPTIONS[name].replace(".", "").isdigit():
                if float(given) < 0:
                    raise Fault(CONFIGURATION, f"{name} must be greater than or equal to 0 (got {given})")
        except ValueError:
            raise Fault(SYNTAX, f"Invalid value {given} for option '{name}'") from None
    if "caching" in options:
        options["caching"] = {**OPTIONS["caching"], **options["caching"]}
    return options
