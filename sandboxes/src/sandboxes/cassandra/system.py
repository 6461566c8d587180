"""The system tables: ordinary tables, made from the statements below and filled when they are read."""

import socket
import uuid

from .describe import index_target
from .options import stored
from .parser import parse
from .schema import DATA_CENTER, LOCATOR, REPLICATED, VIRTUAL, Keyspace, make_table
from .storage import Storage, partition_bytes
from .types import Collection

RELEASE, NAME = "5.0.9", "sandbox"
HOST = uuid.UUID("5a4d0b0c-0000-4000-8000-000000000001")
LOCAL = {"class": "org.apache.cassandra.locator.LocalStrategy"}
OPTIONS = """
    additional_write_policy text, allow_auto_snapshot boolean, bloom_filter_fp_chance double,
    caching frozen<map<text, text>>, cdc boolean, comment text, compaction frozen<map<text, text>>,
    compression frozen<map<text, text>>, crc_check_chance double, dclocal_read_repair_chance double,
    default_time_to_live int, extensions frozen<map<text, blob>>, gc_grace_seconds int, id uuid,
    incremental_backups boolean, max_index_interval int, memtable text, memtable_flush_period_in_ms int,
    min_index_interval int, read_repair text, read_repair_chance double, speculative_retry text
"""
COLUMNS = """
    keyspace_name text, table_name text, column_name text, clustering_order text, column_name_bytes blob,
    kind text, position int, type text, PRIMARY KEY (keyspace_name, table_name, column_name)
"""
REPAIRS = """comment = 'Repair history' AND default_time_to_live = 2592000 AND compaction = {
    'class': 'TimeWindowCompactionStrategy', 'compaction_window_size': '1', 'compaction_window_unit': 'DAYS'}"""
COPIES = {"system_traces": "2", "system_distributed": "3"}  # the replication factor that they begin with
TABLES = f"""
system.local (
    key text PRIMARY KEY, bootstrapped text, broadcast_address inet, broadcast_port int, cluster_name text,
    cql_version text, data_center text, gossip_generation int, host_id uuid, listen_address inet,
    listen_port int, native_protocol_version text, partitioner text, rack text, release_version text,
    rpc_address inet, rpc_port int, schema_version uuid, tokens set<text>, truncated_at map<uuid, blob>
);
system.peers (
    peer inet PRIMARY KEY, data_center text, host_id uuid, preferred_ip inet, rack text,
    release_version text, rpc_address inet, schema_version uuid, tokens set<text>
);
system.peers_v2 (
    peer inet, peer_port int, data_center text, host_id uuid, native_address inet, native_port int,
    preferred_ip inet, preferred_port int, rack text, release_version text, schema_version uuid,
    tokens set<text>, PRIMARY KEY (peer, peer_port)
);
system_schema.keyspaces (
    keyspace_name text PRIMARY KEY, durable_writes boolean, replication frozen<map<text, text>>
);
system_schema.tables (
    keyspace_name text, table_name text, flags frozen<set<text>>, {OPTIONS},
    PRIMARY KEY (keyspace_name, table_name)
);
system_schema.columns ({COLUMNS});
system_schema.dropped_columns (
    keyspace_name text, table_name text, column_name text, dropped_time timestamp, kind text, type text,
    PRIMARY KEY (keyspace_name, table_name, column_name)
);
system_schema.indexes (
    keyspace_name text, table_name text, index_name text, kind text, options frozen<map<text, text>>,
    PRIMARY KEY (keyspace_name, table_name, index_name)
);
system_schema.triggers (
    keyspace_name text, table_name text, trigger_name text, options frozen<map<text, text>>,
    PRIMARY KEY (keyspace_name, table_name, trigger_name)
);
system_schema.types (
    keyspace_name text, type_name text, field_names frozen<list<text>>, field_types frozen<list<text>>,
    PRIMARY KEY (keyspace_name, type_name)
);
system_schema.functions (
    keyspace_name text, function_name text, argument_types frozen<list<text>>,
    argument_names frozen<list<text>>, body text, called_on_null_input boolean, language text,
    return_type text, PRIMARY KEY (keyspace_name, function_name, argument_types)
);
system_schema.aggregates (
    keyspace_name text, aggregate_name text, argument_types frozen<list<text>>, final_func text,
    initcond text, return_type text, state_func text, state_type text,
    PRIMARY KEY (keyspace_name, aggregate_name, argument_types)
);
system_schema.views (
    keyspace_name text, view_name text, base_table_id uuid, base_table_name text,
    include_all_columns boolean, where_clause text, {OPTIONS}, PRIMARY KEY (keyspace_name, view_name)
);
system_traces.sessions (
    session_id uuid PRIMARY KEY, client inet, command text, coordinator inet, coordinator_port int,
    duration int, parameters map<text, text>, request text, started_at timestamp
) WITH comment = 'tracing sessions' AND gc_grace_seconds = 0;
system_traces.events (
    session_id uuid, event_id timeuuid, activity text, source inet, source_elapsed int, source_port int,
    thread text, PRIMARY KEY (session_id, event_id)
) WITH comment = 'tracing events' AND gc_grace_seconds = 0;
system_distributed.repair_history (
    keyspace_name text, columnfamily_name text, id timeuuid, coordinator inet, coordinator_port int,
    exception_message text, exception_stacktrace text, finished_at timestamp, parent_id timeuuid,
    participants set<inet>, participants_v2 set<text>, range_begin text, range_end text,
    started_at timestamp, status text, PRIMARY KEY ((keyspace_name, columnfamily_name), id)
) WITH {REPAIRS};
system_distributed.parent_repair_history (
    parent_id timeuuid PRIMARY KEY, columnfamily_names set<text>, exception_message text,
    exception_stacktrace text, finished_at timestamp, keyspace_name text, options map<text, text>,
    requested_ranges set<text>, started_at timestamp, successful_ranges set<text>
) WITH {REPAIRS};
system_distributed.view_build_status (
    keyspace_name text, view_name text, host_id uuid, status text,
    PRIMARY KEY ((keyspace_name, view_name), host_id)
) WITH comment = 'Materialized View build status';
system_distributed.partition_denylist (
    ks_name text, table_name text, key blob, PRIMARY KEY ((ks_name, table_name), key)
) WITH comment = 'Partition keys which have been denied access';
system_virtual_schema.keyspaces (keyspace_name text PRIMARY KEY);
system_virtual_schema.tables (
    keyspace_name text, table_name text, comment text, PRIMARY KEY (keyspace_name, table_name)
);
system_virtual_schema.columns ({COLUMNS});
sandbox.counters (name text PRIMARY KEY, value bigint);
"""


def encode(type_, given):
    """A Python value, or what a statement says, as bytes of a type."""
    if isinstance(type_, Collection):
        items = given.items() if type_.kind == "map" else [(item,) for item in given]
        rows = [tuple(encode(part, item) for part, item in zip(type_.parts, row)) for row in items]
        return type_.join(type_.ordered(rows))
    return given if isinstance(given, bytes) else type_.parse(str(given))


def put(table, **fields):
    """Store a row as an INSERT with timestamp 0 would."""
    fields = {name: given for name, given in fields.items() if given is not None}
    data = {name: encode(table.columns[name].type, given) for name, given in fields.items()}
    key = [data.pop(column.name) for column in table.partition]
    values = tuple(data.pop(column.name) for column in table.clustering)
    row = table.storage.partition(partition_bytes(key), tuple(key)).row(table.clustering_key(values), values)
    row.mark((0, b"", None, None))
    for name, bytes_ in data.items():
        type_ = table.columns[name].type
        if type_.multicell:
            for item in type_.split(bytes_):
                row.collection(name).put(item[0], (0, item[-1] if type_.kind == "map" else b"", None, None))
        else:
            row.put(name, (0, bytes_, None, None))


class System:
    def __init__(self, schema, address, port, counters):
        """``counters()`` gives the counts of ``sandbox.counters``."""
        self.schema, self.address, self.port, self.counters = schema, address, port, counters
        for text in TABLES.split(";\n")[:-1]:
            statement = parse("CREATE TABLE " + text)
            keyspace, name = statement.table
            if keyspace not in schema.keyspaces:
                replication = LOCAL
                if keyspace in REPLICATED:
                    replication = {"class": f"{LOCATOR}SimpleStrategy", "replication_factor": COPIES[keyspace]}
                schema.keyspaces[keyspace] = Keyspace(keyspace, replication)
            table = make_table(keyspace, name, statement)
            table.id = uuid.uuid5(HOST, str(table))
            schema.keyspaces[keyspace].tables[name] = table
        self.stale = set(schema.keyspaces)  # keyspaces that have changed since the tables were filled

    def table(self, full):
        """A system table, emptied."""
        keyspace, name = full.split(".")
        table = self.schema.keyspaces[keyspace].tables[name]
        table.storage = Storage()
        return table

    def count(self):
        table = self.table("sandbox.counters")
        for name, number in self.counters().items():
            put(table, name=name, value=number)

    def refresh(self):
        """Fill the tables with what has changed since they were read."""
        if self.stale:
            self.fill_local()
            for name in self.stale:
                self.fill(name)
            self.stale.clear()

    def fill_local(self):
        address = socket.inet_pton(socket.AF_INET6 if ":" in self.address else socket.AF_INET, self.address)
        put(
            self.table("system.local"),
            key="local",
            bootstrapped="COMPLETED",
            broadcast_address=address,
            broadcast_port=7000,
            cluster_name=NAME,
            cql_version="3.4.7",
            data_center=DATA_CENTER,
            gossip_generation=1,
            host_id=HOST,
            listen_address=address,
            listen_port=7000,
            native_protocol_version="4",
            partitioner="org.apache.cassandra.dht.Murmur3Partitioner",
            rack="rack1",
            release_version=RELEASE,
            rpc_address=address,
            rpc_port=self.port,
            schema_version=self.schema.version,
            tokens=["0"],
        )

    def fill(self, name):
        """What the tables of the schema say of a keyspace, which may be gone."""
        virtual = name in VIRTUAL
        kinds = "keyspaces tables columns" if virtual else "keyspaces tables columns indexes dropped_columns"
        found = self.schema.keyspaces["system_virtual_schema" if virtual else "system_schema"].tables
        of = {kind: found[kind] for kind in kinds.split()}
        for table in of.values():
            table.storage.drop(name.encode())
        keyspace = self.schema.keyspaces.get(name)
        if keyspace is None:
            return
        more = {} if virtual else {"durable_writes": keyspace.durable, "replication": keyspace.replication}
        put(of["keyspaces"], keyspace_name=name, **more)
        for table in keyspace.tables.values():
            key = {"keyspace_name": name, "table_name": table.name}
            if virtual:
                put(of["tables"], **key, comment="")
            else:
                flags = ["compound", "counter"] if table.counter else ["compound"]
                rates = {"dclocal_read_repair_chance": "0.0", "read_repair_chance": "0.0"}
                put(of["tables"], **key, id=table.id, flags=flags, **rates, **stored(table.options))
            for column in table.columns.values():
                order = "none"
                if column.kind == "clustering":
                    order = "desc" if column.descending else "asc"
                put(
                    of["columns"],
                    **key,
                    column_name=column.name,
                    clustering_order=order,
                    column_name_bytes=column.name.encode(),
                    kind=column.kind,
                    position=column.position,
                    type=str(column.type),
                )
            for index, (column, target) in table.indexes.items():
                target = index_target(table.columns[column], target)
                put(of["indexes"], **key, index_name=index, kind="COMPOSITES", options={"target": target})
            for gone, (type_, when) in table.dropped.items():
                put(
                    of["dropped_columns"],
                    **key,
                    column_name=gone,
                    dropped_time=when,
                    kind="regular",
                    type=str(type_),
                )
