"""The server: one thread, which reads from whichever connection has something to say."""

import selectors
import socket
import struct
import sys
import traceback

from . import wire
from .engine import UNQUALIFIED, Done, Engine, Request
from .errors import CREDENTIALS, PROTOCOL, SERVER, Fault, own_fault, refused, string
from .wire import Reader

try:
    import lz4.block
except ImportError:
    lz4 = None

DEADLINE = 10.0  # seconds
CHUNK = 64 * 1024  # bytes: a larger one has malloc ask the kernel for memory each time
FULL = 4 * 1024 * 1024  # bytes that wait for a client: it gets no more answers until it has read them
AUTHENTICATOR = "org.apache.cassandra.auth.PasswordAuthenticator"
BATCHES = {0: "logged", 1: "unlogged", 2: "counter"}


class Closed(Exception):
    """The connection is over."""


class Connection:
    def __init__(self, sock, server):
        self.sock, self.server, self.engine = sock, server, server.engine
        self.input, self.output = bytearray(), bytearray()
        self.ready = self.started = self.compress = self.closing = self.warned = False
        self.keyspace, self.events, self.watched = None, set(), selectors.EVENT_READ

    # Bytes

    def receive(self):
        data = self.sock.recv(CHUNK)
        if not data:
            raise Closed
        self.input += data

    def work(self):
        """Answer the frames that are here, until too much waits for the client -> whether any are left."""
        position, full = 0, False
        while len(self.input) - position >= 9 and not self.closing:
            full = len(self.output) >= FULL
            if full:
                break
            version, flags, stream, opcode, size = wire.HEADER.unpack_from(self.input, position)
            if version != wire.VERSION:
                # Drivers look for these words.
                what = f"Invalid or unsupported protocol version ({version & 0x7F})"
                self.give_up(stream, f"{what}; supported versions are (4/v4)")
                break
            if not 0 <= size <= wire.MAX_FRAME:
                self.give_up(stream, f"Request is too big: length {size} exceeds maximum {wire.MAX_FRAME}")
                break
            if len(self.input) - position < 9 + size:
                break
            body = bytes(self.input[position + 9 : position + 9 + size])
            position += 9 + size
            self.answer(flags, stream, opcode, body)
        del self.input[:position]
        return full

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

    def give_up(self, stream, what):
        """Say why, and close the connection when that is sent."""
        self.fail(stream, Fault(PROTOCOL, what))
        self.closing = True

    def answer(self, flags, stream, opcode, body):
        """Answer one message; what goes wrong becomes an ERROR."""
        try:
            if flags & wire.COMPRESSED and self.compress:
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
            fault = own_fault(error)
            print(f"{fault.message}\n{traceback.format_exc()}", end="", file=sys.stderr, flush=True)
            self.fail(stream, fault)

    def decompress(self, body):
        try:
            size = struct.unpack_from(">i", body)[0]
            if not 0 <= size <= wire.MAX_FRAME:
                raise ValueError
            data = lz4.block.decompress(body[4:], uncompressed_size=size)
            if len(data) != size:
                raise ValueError
            return data
        except (struct.error, ValueError, lz4.block.LZ4BlockError):
            raise Fault(PROTOCOL, "Invalid compressed frame") from None

    def check_turn(self, opcode):
        if opcode == wire.OPTIONS:
            return
        if not self.started:
            if opcode != wire.STARTUP:
                self.closing = True
                raise Fault(PROTOCOL, f"Unexpected message {opcode}, expecting STARTUP or OPTIONS")
        elif not self.ready:
            if opcode != wire.AUTH_RESPONSE:
                raise Fault(PROTOCOL, f"Unexpected message {opcode}, expecting AUTH_RESPONSE")
        elif opcode == wire.STARTUP:
            raise Fault(PROTOCOL, f"Unexpected message {opcode}, the connection is ready")

    def options(self, stream, reader):
        compression = ["lz4"] if lz4 else []
        supported = {"CQL_VERSION": ["3.4.7"], "COMPRESSION": compression, "PROTOCOL_VERSIONS": ["4/v4"]}
        parts = [string(name) + wire.strings(values) for name, values in supported.items()]
        self.send(stream, wire.SUPPORTED, struct.pack(">H", len(parts)) + b"".join(parts))

    def startup(self, stream, reader):
        options = reader.string_map()
        if "CQL_VERSION" not in options:
            raise Fault(PROTOCOL, "Missing value CQL_VERSION in STARTUP message")
        compression = options.get("COMPRESSION", "").lower()
        if compression not in ("", "lz4") or (compression and not lz4):
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
        token = reader.value()
        if token is None:
            raise Fault(SERVER, "No authentication token")
        token = token.split(b"\0")
        if self.ready:
            self.send(stream, wire.AUTH_SUCCESS, b"\xff\xff\xff\xff")
            return
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
        if "SCHEMA_CHANGE" in self.events and len(self.output) < FULL:
            words = [word for word in ("SCHEMA_CHANGE", *change) if word is not None]
            self.send(-1, wire.EVENT, b"".join(map(string, words)))

    # Statements

    def request(self, reader):
        """The parameters of QUERY and EXECUTE."""
        request, flags = Request(consistency=self.consistency(reader)), reader.byte()
        request.metadata = not flags & 2
        if flags & 1:
            request.names, request.values = reader.values(flags & 0x40)
        if flags & 4:
            request.page_size = reader.int()
            if not request.page_size:
                raise Fault(PROTOCOL, "The page size cannot be 0")
        if flags & 8:
            request.state = reader.value()
        if flags & 0x10:
            self.consistency(reader)
        if flags & 0x20:
            request.timestamp = reader.long()
        return request

    @staticmethod
    def consistency(reader):
        code = reader.short()
        if code > 10:
            raise Fault(PROTOCOL, f"Unknown code {code} for a consistency level")
        return code

    def query(self, stream, reader):
        text, request = reader.long_string(), self.request(reader)
        self.run(stream, self.engine.read(text, self.keyspace), request)

    def execute(self, stream, reader):
        found, request = self.engine.find(reader.short_bytes()), self.request(reader)
        self.run(stream, found, request)

    def run(self, stream, found, request):
        result = self.engine.run(found, request, self)
        if isinstance(result, Done) or result.columns is not found.columns:
            self.result(stream, result, found.table)
            return
        if request.metadata and found.described is None:
            found.described = wire.columns(found.table, found.columns)
        self.send(
            stream, wire.RESULT, wire.rows(found.described if request.metadata else None, result), result.warnings
        )

    def result(self, stream, result, table):
        body = wire.done(result) if isinstance(result, Done) else wire.rows(wire.columns(table, result.columns), result)
        self.send(stream, wire.RESULT, body, result.warnings)

    def prepare(self, stream, reader):
        key, found = self.engine.prepare(reader.long_string(), self.keyspace)
        warnings = [] if found.qualified or self.warned else [UNQUALIFIED]
        self.warned |= bool(warnings)
        self.send(stream, wire.RESULT, wire.prepared(key, found), warnings)

    def batch(self, stream, reader):
        kind, parts = reader.byte(), []
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
        if kind not in BATCHES:
            raise Fault(PROTOCOL, f"Invalid batch type {kind}")
        if kind == 2:
            raise refused("a counter batch")
        result = self.engine.run_batch(BATCHES[kind], parts, common)
        self.result(stream, result, parts[0][0].table if parts else None)

    def close(self):
        if self.ready:
            self.engine.counts["connections"] -= 1
        self.sock.close()


MESSAGES = {
    wire.OPTIONS: Connection.options,
    wire.STARTUP: Connection.startup,
    wire.AUTH_RESPONSE: Connection.auth_response,
    wire.REGISTER: Connection.register,
    wire.QUERY: Connection.query,
    wire.PREPARE: Connection.prepare,
    wire.EXECUTE: Connection.execute,
    wire.BATCH: Connection.batch,
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
            else:
                connection.flush()
            more = True
            while more and not connection.output:
                more = connection.work()
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
        """Listen to a connection, unless there is something that it has yet to read."""
        events = selectors.EVENT_WRITE if connection.output else selectors.EVENT_READ
        if events != connection.watched:
            self.selector.modify(connection.sock, events, connection)
            connection.watched = events


def serve(host, port, announce, deadline=DEADLINE, user="cassandra", password=None):
    """Listen on a port, 0 for any free one, and answer; ``announce(host, port)`` when ready.

    With a ``password``, clients must log in as ``user`` with it.
    """
    with socket.create_server((host, port), backlog=512) as listener:
        server = Server(listener, deadline, user, password)
        announce(*listener.getsockname()[:2])
        server.run()
