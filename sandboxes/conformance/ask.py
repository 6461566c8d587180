"""Ask a server the probes, one after another, and write down what it answers.

An answer is plain JSON. It has one of these shapes, and ``warnings`` where there were any::

    {"columns": [[name, type], ...], "table": "keyspace.table", "rows": [[value, ...], ...]}
    the same with "pages": [3, 3, 0], the rows of each page; "rows" is left out where a probe says so
    {"prepared": [[name, type], ...], "key": [indexes], "table": ..., "columns": ...}
    {"changed": ["CREATED", "TABLE", keyspace, table]}   {"keyspace": name}   {"done": true}
    {"error": class of the driver, "code": "0x2200" or null, "message": text, "info": {...}}
    the same with "within": the class of the error that a NoHostAvailable carries
    {"frames": [[version, opcode, on the right stream, code or options or null] or "closed", ...]}

``again`` lists the codes of errors that the driver met and got over by itself. A value that is
different on every run is recorded as its type alone: a probe names those columns in ``masked``.
"""

import datetime
import decimal
import io
import logging
import re
import socket
import struct
import time
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from cassandra import ConsistencyLevel, ProtocolVersion
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile, NoHostAvailable, ResponseFuture
from cassandra.concurrent import execute_concurrent_with_args
from cassandra.policies import ConstantReconnectionPolicy, FallthroughRetryPolicy, RoundRobinPolicy
from cassandra.protocol import (
    ErrorMessage,
    PrepareMessage,
    ProtocolHandler,
    ResultMessage,
    SupportedMessage,
    read_stringmultimap,
)
from cassandra.query import (
    UNSET_VALUE,
    BatchStatement,
    BatchType,
    BoundStatement,
    SimpleStatement,
    tuple_factory,
)
from cassandra.util import Date, SortedSet, Time

from .probes import PREFIX, SECTIONS, SIMPLE

MOST_PAGES = 100  # of one answer: a server that never ends is wrong


def listener():
    """A handler for a session: its ``messages`` are what the server said, of which the driver shows only a part."""

    class Heard(ProtocolHandler):
        messages = []

        @classmethod
        def decode_message(cls, *arguments):
            message = super().decode_message(*arguments)
            cls.messages.append(message)
            return message

    return Heard


def plain(value):
    """A value as JSON; what JSON has no word for is ``{type: text}``."""
    if value is UNSET_VALUE:
        return {"unset": True}
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return {"float": repr(value)}
        case bytes():
            return {"blob": value.hex()}
        case uuid.UUID():
            return {"uuid": str(value)}
        case decimal.Decimal():
            return {"decimal": str(value)}
        case datetime.datetime():
            return {"timestamp": value.isoformat(timespec="milliseconds")}
        case Date():
            return {"date": value.days_from_epoch}
        case Time():
            return {"time": value.nanosecond_time}
        case Mapping():
            return {"map": [[plain(key), plain(item)] for key, item in value.items()]}
        case SortedSet():
            return {"set": [plain(item) for item in value]}
        case set():
            return {"set": [plain(item) for item in sorted(value)]}
        case tuple():
            return {"tuple": [plain(item) for item in value]}
        case list():
            return [plain(item) for item in value]
        case _:
            return {type(value).__name__: str(value)}


def name_and_type(columns):
    return [[column[2], column[3].cql_parameterized_type()] for column in columns]


def tables(columns):
    """The table that all columns are of, or all tables."""
    found = list(dict.fromkeys(f"{column[0]}.{column[1]}" for column in columns))
    return found[0] if len(found) == 1 else found


def cluster(host, port, **options):
    """A ``Cluster`` that does nothing of its own accord that would show in the answers."""
    profile = ExecutionProfile(
        RoundRobinPolicy(), FallthroughRetryPolicy(), request_timeout=30, row_factory=tuple_factory
    )
    if not options.pop("negotiate", False):
        options.setdefault("protocol_version", ProtocolVersion.V4)
    return Cluster(
        [host],
        port=port,
        execution_profiles={EXEC_PROFILE_DEFAULT: profile},
        reconnection_policy=ConstantReconnectionPolicy(0.1, None),
        **options,
    )


def ask_all(host, port, sections, **options):
    """``{id: answer}`` to all probes of these sections; ``options`` are the driver's."""
    logging.getLogger("cassandra").setLevel(logging.CRITICAL)
    answers = {}
    # The driver takes a tenth of a second to end: the next section begins meanwhile.
    with ThreadPoolExecutor(1) as closing:
        for section in sections:
            own = cluster(host, port, schema_metadata_enabled=False, **options)
            try:
                session = own.connect()
                session.client_protocol_handler = listener()
                asker = Asker(host, port, session, section)
                for number, probe in enumerate(SECTIONS[section], 1):
                    answers[f"{section}/{number}"] = asker.ask(probe)
                asker.clean()
            finally:
                closing.submit(own.shutdown)
    return answers


class Asker:
    """One section's probes, in a keyspace of their own."""

    def __init__(self, host, port, session, section):
        self.host, self.port, self.session, self.prepared = host, port, session, {}
        self.heard = session.client_protocol_handler.messages
        self.clean()
        keyspace = f"{PREFIX}{section}"
        self.session.execute(f"CREATE KEYSPACE {keyspace} WITH replication = {SIMPLE}")
        self.session.set_keyspace(keyspace)

    def clean(self):
        for (name,) in self.session.execute("SELECT keyspace_name FROM system_schema.keyspaces"):
            if name.startswith(PREFIX):
                self.session.execute(f'DROP KEYSPACE "{name}"')

    def ask(self, probe):
        self.heard.clear()
        try:
            answer = getattr(self, probe["do"])(probe)
        except Exception as error:
            # Whatever the driver raises is the answer.
            answer = self.error(error)
            if answer["code"] == "0x000a":
                self.reconnect()
            return answer
        self.add_common(answer)
        return answer

    def error(self, error):
        answer = {"error": type(error).__name__, "code": None}
        if isinstance(error, NoHostAvailable) and isinstance(error.errors, dict) and error.errors:
            # What the one host said.
            (error,) = error.errors.values()
            answer["within"] = type(error).__name__
        answer["message"] = str(error).replace(f"{self.host}:{self.port}", "the server")
        code = re.search(r"code=([0-9a-f]{4})", answer["message"])
        if code:
            answer["code"] = f"0x{code[1]}"
        said = [message for message in self.heard if isinstance(message, ErrorMessage)]
        if said:
            answer["code"], answer["message"] = f"{said[-1].code:#06x}", said[-1].message
            if said[-1].info:
                answer["info"] = {name: plain(value) for name, value in said[-1].info.items()}
            del self.heard[self.heard.index(said[-1]) :]
        self.add_common(answer)
        return answer

    def reconnect(self, seconds=10):
        """After an error of the protocol the driver hangs up: wait until it is connected again."""
        time.sleep(0.3)
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.session.execute("SELECT key FROM system.local")
                return
            except NoHostAvailable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def add_common(self, answer):
        warnings = [text for message in self.heard for text in getattr(message, "warnings", None) or ()]
        if warnings:
            answer["warnings"] = warnings
        again = [f"{message.code:#06x}" for message in self.heard if isinstance(message, ErrorMessage)]
        if again:
            answer["again"] = again

    # What a probe can do

    def execute(self, probe):
        return self.run(SimpleStatement(probe["cql"], consistency_level=self.consistency(probe)), probe)

    def bound(self, probe):
        """A prepared statement with these values; prepared once in a section."""
        values = probe["values"]
        return self.run(self.statement(probe["cql"]).bind(values), probe)

    def raw(self, probe):
        """The same, past the driver's own checks: each value is its bytes, or None."""
        statement = BoundStatement(self.statement(probe["cql"]))
        statement.values = probe["values"]
        return self.run(statement, probe)

    def prepare(self, probe):
        # The session's own way, but heard: its handler hears statements only.
        future = ResponseFuture(self.session, PrepareMessage(probe["cql"]), query=None, timeout=30)
        future._protocol_handler = self.session.client_protocol_handler
        future.send_request()
        future.result()
        message = self.heard[-1]
        self.prepared[probe["cql"]] = self.session.prepare(probe["cql"])
        answer = {"prepared": name_and_type(message.bind_metadata), "key": message.pk_indexes}
        if message.bind_metadata:
            answer["table"] = tables(message.bind_metadata)
        if message.column_metadata:
            answer["columns"] = name_and_type(message.column_metadata)
        return answer

    def batch(self, probe):
        batch = BatchStatement(BatchType.UNLOGGED if probe["unlogged"] else BatchType.LOGGED)
        for cql, values in probe["statements"]:
            batch.add(self.statement(cql).bind(values) if values is not None else SimpleStatement(cql))
        self.heard.clear()
        return self.run(batch, probe)

    def fill(self, probe):
        """Insert rows (partition, number, text) of so many partitions."""
        rows = [(p, n, f"{p}-{n}") for p in range(probe["partitions"]) for n in range(probe["rows"])]
        done = execute_concurrent_with_args(self.session, self.statement(probe["cql"]), rows, 50)
        self.heard.clear()
        return {"done": len(done)}

    def pages(self, probe):
        """All pages, each asked for with nothing but the state that came with the one before."""
        statement = SimpleStatement(probe["cql"], fetch_size=probe["size"])
        if probe["values"] is not None:
            statement = self.statement(probe["cql"]).bind(probe["values"])
            statement.fetch_size = probe["size"]
        rows, pages, state = [], [], probe["state"]
        while not pages or (state is not None and len(pages) < MOST_PAGES):
            result = self.session.execute(statement, paging_state=state)
            pages.append(len(result.current_rows))
            rows += result.current_rows
            state = result.paging_state
        answer = self.answer(probe)
        del answer["rows"]
        if probe["rows"]:
            answer["rows"] = plain([list(row) for row in rows])
        answer["pages"] = pages
        return answer

    def wait(self, probe):
        time.sleep(probe["seconds"])
        return {"done": True}

    def connect(self, probe):
        """Another cluster object with these options; which version of the protocol it settles on."""
        options = dict(probe["options"])
        if "user" in options:
            options["auth_provider"] = PlainTextAuthProvider(options.pop("user"), options.pop("password"))
        other = cluster(self.host, self.port, **options)
        try:
            session = other.connect(probe["keyspace"])
            return {
                "version": other.protocol_version,
                "keyspace": session.keyspace,
                "compression": self.compression(session),
                "rows": plain([list(row) for row in session.execute("SELECT key FROM system.local")]),
            }
        finally:
            other.shutdown()

    def schema(self, probe):
        """What the driver makes of the tables of this section's keyspace."""
        with cluster(self.host, self.port) as other:
            other.connect()
            keyspace = other.metadata.keyspaces[self.session.keyspace]
            return {
                "strategy": keyspace.replication_strategy.export_for_schema(),
                "tables": {
                    name: {
                        "columns": [[column.name, column.cql_type] for column in table.columns.values()],
                        "partition": [column.name for column in table.partition_key],
                        "clustering": [[column.name, column.is_reversed] for column in table.clustering_key],
                        "indexes": sorted(index.as_cql_query() for index in table.indexes.values()),
                    }
                    for name, table in sorted(keyspace.tables.items())
                },
            }

    def frames(self, probe):
        """Frames sent by hand on a connection of their own, each after the answer to the one before.

        A frame is ``[version, opcode, body]``, the body as hexadecimal.
        """
        answers = []
        with socket.create_connection((self.host, self.port), timeout=10) as connection:
            for stream, (version, opcode, body) in enumerate(probe["frames"], 1):
                body = bytes.fromhex(body)
                try:
                    connection.sendall(struct.pack(">BBhBi", version, 0, stream, opcode, len(body)) + body)
                    head = self.receive(connection, 9)
                    version, _, answered, opcode, size = struct.unpack(">BBhBi", head)
                    said = self.said(opcode, self.receive(connection, size))
                    answers.append([version, opcode, stream == answered, said])
                except ConnectionError:
                    answers.append("closed")
                    break
        return {"frames": answers}

    def receive(self, connection, size):
        data = b""
        while len(data) < size:
            more = connection.recv(size - len(data))
            if not more:
                raise ConnectionError
            data += more
        return data

    # What they share

    def said(self, opcode, body):
        """What there is to know of a frame besides its opcode."""
        if opcode == ErrorMessage.opcode:
            return f"{struct.unpack('>i', body[:4])[0]:#06x}"
        if opcode == SupportedMessage.opcode:
            return dict(sorted(read_stringmultimap(io.BytesIO(body)).items()))
        return None

    def compression(self, session):
        """Whether its connections are compressed."""
        pools = session.get_pools()
        connections = [connection for pool in pools for connection in pool.get_connections()]
        return any(connection.compressor is not None for connection in connections)

    def consistency(self, probe):
        return ConsistencyLevel.name_to_value[probe["consistency"]] if "consistency" in probe else None

    def statement(self, cql):
        if cql not in self.prepared:
            self.prepared[cql] = self.session.prepare(cql)
            self.heard.clear()
        return self.prepared[cql]

    def run(self, statement, probe):
        self.session.execute(statement)
        return self.answer(probe)

    def answer(self, probe):
        message = next(one for one in reversed(self.heard) if isinstance(one, ResultMessage))
        if message.new_keyspace is not None:
            return {"keyspace": message.new_keyspace}
        if message.schema_change_event is not None:
            event = dict(message.schema_change_event)
            first = [event.pop(part) for part in ("change_type", "target_type", "keyspace")]
            return {"changed": first + [plain(part) for part in event.values()]}
        if message.parsed_rows is None:
            return {"done": True}
        types = [kind.cql_parameterized_type() for kind in message.column_types]
        answer = {"columns": [list(column) for column in zip(message.column_names, types)]}
        if message.column_metadata:
            answer["table"] = tables(message.column_metadata)
        masked = [name in probe.get("masked", ()) for name in message.column_names]
        answer["rows"] = [
            [type(value).__name__ if hidden else plain(value) for value, hidden in zip(row, masked)]
            for row in message.parsed_rows
        ]
        return answer
