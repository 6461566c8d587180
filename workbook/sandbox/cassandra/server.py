"""The server: one thread, which reads from whichever connection has something to say."""

import selectors
import socket
import struct

from . import wire
from .engine import Engine, Request
from .errors import CREDENTIALS, PROTOCOL, SERVER, Fault, invalid, refused, string
from .terms import UNSET
from .wire import Reader

try:
    import lz4.block
except ImportError:
    lz4 = None

DEADLINE = 10.0  # seconds
CHUNK = 256 * 1024
FULL = 4 * 1024 * 1024  # bytes that wait for a client: it is not listened to until it has read some
AUTHENTICATOR = "org.apache.cassandra.auth.PasswordAuthenticator"
BATCHES = {0: "logged", 1: "unlogged", 2: "counter"}


class Closed(Exception):
    """The connection is over."""


class Connection:
    def __init__(self, sock, server):
        self.sock, self.server, self.engine = sock, server, server.engine
        self.input, self.output = bytearray(), bytearray()
        self.ready = self.started = self.compress = self.closing = False
        self.keyspace, self.events = None, set()

    # Bytes

    def receive(self):
        """Read what there is and answer it."""
        data = self.sock.recv(CHUNK)
        if not data:
            raise Closed
        self.input += data
        position = 0
        while len(self.input) - position >= 9 and not self.closing:
            version, flags, stream, opcode, size = wire.HEADER.unpack_from(self.input, position)
            if version != wire.VERSION:
                self.fail(stream, Fault(
                    PROTOCOL, f"Invalid or unsupported protocol version ({version & 0x7F}); supported versions are (4/v4)"
                ))
                self.closing = True
                break
            if not 0 <= size <= wire.MAX_FRAME:
                self.fail(stream, Fault(PROTOCOL, f"Request is too big: length {size} exceeds maximum allowed {wire.MAX_FRAME}"))
                self.closing = True
                break
            if len(self.input) - position < 9 + size:
                break
            body = bytes(self.input[position + 9 : position + 9 + size])
            position += 9 + size
            self.answer(flags, stream, opcode, body)
        del self.input[:position]

    def send(self, stream, opcode, body, warnings=()):
        flags = 0
        if warnings:
            flags, body = wire.WARNING, wire.strings(warnings) + body
        if self.compress and len(body) > 512:
            flags |= wire.COMPRESSED
            body = struct.pack(">i", len(body)) + lz4.block.compress(body, store_size=False)
        self.output += wire.frame(stream, opcode, body, flags)

    def flush(self):
        """Write what the client takes."""
        if self.output:
            sent = self.sock.send(self.output)
            del self.output[:sent]
        if self.closing and not self.output:
            raise Closed

    # Messages

    def fail(self, stream, fault):
        body = struct.pack(">i", fault.code) + string(fault.message[:2000]) + fault.extra
        self.send(stream, wire.ERROR, body)

    def answer(self, flags, stream, opcode, body):
        """Answer one message; what goes wrong becomes an ERROR."""
        try:
            if flags & wire.COMPRESSED:
                body = self.decompress(body)
            reader = Reader(body)
            if flags & wire.PAYLOAD:
                for _ in range(reader.short()):
                    reader.string(), reader.value()
            if flags & wire.TRACING:
                raise refused("tracing")
            message = MESSAGES.get(opcode)
            if message is None:
                raise Fault(PROTOCOL, f"Unknown or unexpected opcode {opcode}")
            self.check_turn(opcode)
            message(self, stream, reader)
        except Fault as fault:
            self.fail(stream, fault)
        except RecursionError:
            self.fail(stream, refused("a statement nested so deeply"))
        except Exception as error:  # a mistake of the sandbox: say so, and go on
            self.fail(stream, invalid(f"[sandbox] {type(error).__name__}: {error}"))

    def decompress(self, body):
        if not self.compress:
            raise Fault(PROTOCOL, "Compressed frame without compression in STARTUP")
        try:
            size = struct.unpack_from(">i", body)[0]
            if not 0 <= size <= wire.MAX_FRAME:
                raise ValueError
            return lz4.block.decompress(body[4:], uncompressed_size=size)
        except (struct.error, ValueError, lz4.block.LZ4BlockError):
            raise Fault(PROTOCOL, "Invalid compressed frame") from None

    def check_turn(self, opcode):
        if opcode == wire.OPTIONS:
            return
        if not self.started:
            if opcode != wire.STARTUP:
                raise Fault(PROTOCOL, f"Unexpected message {opcode}, expecting STARTUP or OPTIONS")
        elif not self.ready:
            if opcode != wire.AUTH_RESPONSE:
                raise Fault(PROTOCOL, f"Unexpected message {opcode}, needs authentication through AUTH_RESPONSE")
        elif opcode in (wire.STARTUP, wire.AUTH_RESPONSE):
            raise Fault(PROTOCOL, f"Unexpected message {opcode}, the connection is ready")

    def options(self, stream, reader):
        supported = {"CQL_VERSION": ["3.4.7"], "COMPRESSION": ["lz4"] if lz4 else [], "PROTOCOL_VERSIONS": ["4/v4"]}
        body = struct.pack(">H", len(supported))
        self.send(stream, wire.SUPPORTED, body + b"".join(string(k) + wire.strings(v) for k, v in supported.items()))

    def startup(self, stream, reader):
        options = reader.string_map()
        if "CQL_VERSION" not in options:
            raise Fault(PROTOCOL, "Missing value CQL_VERSION in STARTUP message")
        compression = options.get("COMPRESSION", "").lower()
        if compression not in ("", "lz4") or compression and not lz4:
            raise Fault(PROTOCOL, f"Unknown compression algorithm: {compression}")
        self.started = True
        if self.server.password is None:
            self.send(stream, wire.READY, b"")
            self.welcome()
        else:
            self.send(stream, wire.AUTHENTICATE, string(AUTHENTICATOR))
        self.compress = bool(compression)

    def welcome(self):
        self.ready = True
        self.engine.counts["connections"] += 1
        self.engine.counts["connections_opened"] += 1

    def auth_response(self, stream, reader):
        token = (reader.value() or b"").split(b"\0")
        if len(token) != 3 or token[1:] != [self.server.user.encode(), self.server.password.encode()]:
            user = token[1].decode(errors="replace") if len(token) == 3 else ""
            raise Fault(CREDENTIALS, f"Provided username {user} and/or password are incorrect")
        self.send(stream, wire.AUTH_SUCCESS, b"\xff\xff\xff\xff")
        self.welcome()

    def register(self, stream, reader):
        for event in reader.strings():
            if event not in ("SCHEMA_CHANGE", "STATUS_CHANGE", "TOPOLOGY_CHANGE"):
                raise Fault(PROTOCOL, f"Invalid value '{event}' for Type")
            self.events.add(event)
        self.send(stream, wire.READY, b"")

    def schema_changed(self, *change):
        if "SCHEMA_CHANGE" in self.events:
            self.send(-1, wire.EVENT, string("SCHEMA_CHANGE") + wire.schema_change(*change))

    # Statements

    def request(self, reader):
        """The parameters of QUERY and EXECUTE."""
        consistency, flags = self.consistency(reader), reader.byte()
        names, values = reader.values(flags & 0x40) if flags & 1 else (None, [])
        page_size = reader.int() if flags & 4 else 0
        state = (reader.value() or None) if flags & 8 else None
        if flags & 0x10:
            self.consistency(reader)
        timestamp = reader.long() if flags & 0x20 else None
        return Request(values, consistency, page_size, None if state is UNSET else state, timestamp, names, not flags & 2)

    @staticmethod
    def consistency(reader):
        code = reader.short()
        if code > 10:
            raise Fault(PROTOCOL, f"Unknown code {code} for a consistency level")
        return code

    def query(self, stream, reader):
        text, request = reader.long_string(), self.request(reader)
        self.run(stream, self.engine.read(text, self.keyspace), request, True)

    def execute(self, stream, reader):
        found, request = self.engine.find(reader.short_bytes()), self.request(reader)
        self.run(stream, found, request, request.metadata)

    def run(self, stream, found, request, metadata):
        self.result(stream, self.engine.run(found, request, self), found.table, metadata or not found.columns)

    def result(self, stream, result, table, metadata):
        if result is None:
            self.send(stream, wire.RESULT, struct.pack(">i", wire.VOID))
        elif isinstance(result, tuple) and result[0] == "keyspace":
            self.send(stream, wire.RESULT, struct.pack(">i", wire.SET_KEYSPACE) + string(result[1]))
        elif isinstance(result, tuple):
            self.send(stream, wire.RESULT, struct.pack(">i", wire.SCHEMA_CHANGE) + wire.schema_change(*result[1:]))
        else:
            self.send(stream, wire.RESULT, wire.rows(table, result, metadata), result.warnings)

    def prepare(self, stream, reader):
        key, found = self.engine.prepare(reader.long_string(), self.keyspace)
        self.send(stream, wire.RESULT, wire.prepared(key, found))

    def batch(self, stream, reader):
        kind = reader.byte()
        if kind not in BATCHES:
            raise Fault(PROTOCOL, f"Invalid batch type {kind}")
        parts = []
        for _ in range(reader.short()):
            if reader.byte():
                found = self.engine.find(reader.short_bytes())
            else:
                found = self.engine.read(reader.long_string(), self.keyspace)
            parts.append((found, reader.values(False)[1]))
        common, flags = Request(consistency=self.consistency(reader)), reader.byte()
        if flags & 0x10:
            self.consistency(reader)
        common.timestamp = reader.long() if flags & 0x20 else None
        if kind == 2:
            raise refused("a counter batch")
        result = self.engine.run_batch(BATCHES[kind], parts, common)
        self.result(stream, result, parts[0][0].table if parts else None, True)

    def close(self):
        if self.ready:
            self.engine.counts["connections"] -= 1
        self.sock.close()


MESSAGES = {
    wire.OPTIONS: Connection.options, wire.STARTUP: Connection.startup, wire.AUTH_RESPONSE: Connection.auth_response,
    wire.REGISTER: Connection.register, wire.QUERY: Connection.query, wire.PREPARE: Connection.prepare,
    wire.EXECUTE: Connection.execute, wire.BATCH: Connection.batch,
}


class Server:
    def __init__(self, listener, seconds, user, password):
        self.listener, self.user, self.password = listener, user, password
        self.engine = Engine(*listener.getsockname()[:2], seconds)
        self.engine.listeners.append(self.schema_changed)
        self.selector, self.connections = selectors.DefaultSelector(), set()
        listener.setblocking(False)
        self.selector.register(listener, selectors.EVENT_READ)

    def schema_changed(self, *change):
        for connection in self.connections:
            connection.schema_changed(*change)
            self.watch(connection)

    def run(self):
        while True:
            for key, events in self.selector.select():
                if key.data is None:
                    self.accept()
                elif key.data in self.connections:
                    self.serve(key.data, events)

    def accept(self):
        try:
            sock, _ = self.listener.accept()
        except OSError:
            return
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(sock, self)
        self.connections.add(connection)
        self.selector.register(sock, selectors.EVENT_READ, connection)

    def serve(self, connection, events):
        try:
            if events & selectors.EVENT_READ:
                connection.receive()
            connection.flush()
        except BlockingIOError:
            pass
        except (Closed, OSError):
            self.connections.discard(connection)
            self.selector.unregister(connection.sock)
            connection.close()
            return
        self.watch(connection)

    def watch(self, connection):
        """Listen to a connection, unless it has too much to read; write to it when it takes something."""
        events = selectors.EVENT_READ if len(connection.output) < FULL and not connection.closing else 0
        if connection.output:
            events |= selectors.EVENT_WRITE
        self.selector.modify(connection.sock, events, connection)


def serve(host, port, announce, deadline=DEADLINE, user="cassandra", password=None):
    """Listen on a port, 0 for any free one, and answer; ``announce(host, port)`` when ready.

    With a ``password``, clients must log in as ``user`` with it.
    """
    with socket.create_server((host, port), backlog=512) as listener:
        server = Server(listener, deadline, user, password)
        announce(*listener.getsockname()[:2])
        server.run()
