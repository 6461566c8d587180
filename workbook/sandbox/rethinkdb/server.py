"""The wire: handshake V1_0 and the JSON query protocol, a thread for each connection.

A frame is a token (8 bytes), a length (4 bytes), both little-endian, and that much JSON.
"""

import json
import signal
import socket
import struct
import sys
import threading

from . import terms_seq, terms_tables, terms_time, terms_values  # noqa: F401 - they register terms
from .datum import (
    EMPTY_USER, INTERNAL, LOGIC, PTYPE, RESOURCE, Fault, dump, limited, parse, weigh,
)  # fmt: skip
from .query import COMPILE, GROUPED, SINGLE, Query, compile_term
from .scram import AuthError, Scram
from .store import Store

V1_0 = 0x34C2BDC3
OLD = {0x3F61BA36, 0x723081E1, 0x5F75E83E, 0x400C2D20}
START, CONTINUE, STOP, NOREPLY_WAIT, SERVER_INFO = range(1, 6)
ATOM, SEQUENCE, PARTIAL, WAIT_COMPLETE, INFO = range(1, 6)
CLIENT_ERROR, COMPILE_ERROR, RUNTIME_ERROR = 16, 17, 18
MAX_FRAME = 64_000_000  # the server takes 128 MB
FIRST_BATCH, BATCH = 262_144, 1_048_576  # bytes (batching.cc)
GLOBAL_OPTIONS = {
    "db", "noreply", "read_mode", "durability", "array_limit", "min_batch_rows", "max_batch_rows",
    "max_batch_bytes", "max_batch_seconds", "first_batch_scaledown_factor", "binary_format",
    "time_format", "group_format",
}  # fmt: skip


class Closed(Exception):
    """The connection is over."""


class Cursor:
    """A stream of which the client has had a part."""

    def __init__(self, items, q):
        self.items, self.q, self.left = items, q, None

    def batch(self, limit):
        """``(JSON of the next rows, whether there are more)``."""
        rows, size = [], 0
        most = self.q.max_rows
        if self.left is not None:
            rows, self.left = [self.left], None
            size = len(rows[0])
        for item in self.items:
            text = encode(item)
            if rows and (size + len(text) > limit or len(rows) >= most):
                self.left = text
                return rows, True
            rows.append(text)
            size += len(text)
        return rows, False


class FeedCursor(threading.Thread):
    """A changefeed: a thread that waits for changes and sends them when the client asks."""

    def __init__(self, connection, token, items, feed):
        super().__init__(daemon=True)
        self.connection, self.token, self.items, self.feed = connection, token, items, feed
        self.room = threading.Condition()
        self.buffer, self.asked, self.fresh, self.over = [], True, True, None
        feed.idle = self.idle

    def run(self):
        over = (SEQUENCE, {"r": []})
        try:
            for item in self.items:
                text = encode(item)
                with self.room:
                    self.room.wait_for(lambda: len(self.buffer) < 1000 or self.feed.closed)
                    self.buffer.append(text)
        except Fault as fault:
            over = error(fault)
        except Exception as exception:
            over = error(Fault(INTERNAL, f"[sandbox] {exception!r}"))
        with self.room:
            self.over = over
            self.flush()

    def idle(self):
        with self.room:
            self.flush()

    def ask(self):
        with self.room:
            self.asked = True
            self.flush()

    def flush(self):
        """Send what there is, if the client waits for it."""
        if not self.asked or not (self.buffer or self.over or self.fresh):
            return
        self.asked = self.fresh = False
        rows, self.buffer = self.buffer, []
        self.room.notify()
        if self.over is None or rows:
            self.connection.reply(self.token, PARTIAL, rows, notes=self.feed.notes)
            return
        self.connection.cursors.pop(self.token, None)
        kind, body = self.over
        if kind == SEQUENCE:
            self.connection.reply(self.token, SEQUENCE, [], notes=self.feed.notes)
        else:
            self.connection.send(self.token, {"t": kind, **body})


def encode(value):
    try:
        return dump(value)
    except RecursionError:
        raise Fault(RESOURCE, "[sandbox] the value is nested too deeply.") from None


def error(fault):
    """``(type, body)`` of the response to a failed query."""
    frames = fault.node.path() if fault.node is not None else []
    if fault.kind == COMPILE:
        return COMPILE_ERROR, {"r": [fault.message], "b": frames}
    kind = -EMPTY_USER if fault.kind == EMPTY_USER else fault.kind
    return RUNTIME_ERROR, {"e": kind, "r": [fault.message], "b": frames}


class Connection:
    def __init__(self, sock, store):
        self.sock, self.store, self.user = sock, store, None
        self.file = sock.makefile("rb")
        self.sending = threading.Lock()
        self.cursors = {}

    def serve(self):
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        counted = False
        try:
            self.handshake()
            with self.store.lock:
                self.store.connections += 1
            counted = True
            while True:
                self.one_query()
        except (Closed, OSError):
            pass
        finally:
            for cursor in list(self.cursors.values()):
                if isinstance(cursor, FeedCursor):
                    cursor.feed.close()
            if counted:
                with self.store.lock:
                    self.store.connections -= 1
            self.file.close()
            self.sock.close()

    def read(self, size):
        data = self.file.read(size)
        if len(data) < size:
            raise Closed
        return data

    # The handshake, as in client_protocol/server.cc

    def handshake(self):
        magic = struct.unpack("<I", self.read(4))[0]
        if magic != V1_0:
            if magic in OLD:
                message = "[sandbox] only the protocol version V1_0 is supported."
            else:
                message = (
                    "Received an unsupported protocol version. This port is for RethinkDB queries. "
                    "Does your client driver version not match the server?"
                )
            self.sock.sendall(f"ERROR: {message}\n\0".encode())
            raise Closed
        self.send_text(
            success=True, min_protocol_version=0, max_protocol_version=0, server_version="2.4.4"
        )
        try:
            self.authenticate()
        except AuthError as auth_error:
            self.send_text(success=False, error=str(auth_error), error_code=auth_error.code)
            raise Closed from None

    def authenticate(self):
        hello = self.read_text()
        for name, kind, word, code in (
            ("protocol_version", (int, float), "number", 1),
            ("authentication_method", str, "string", 3),
            ("authentication", str, "string", 5),
        ):
            value = hello.get(name)
            if not isinstance(value, kind) or isinstance(value, bool):
                raise AuthError(code, f"Expected a {word} for `{name}`.")
            if name == "protocol_version" and value != 0:
                raise AuthError(2, "Unsupported `protocol_version`.")
            if name == "authentication_method" and value != "SCRAM-SHA-256":
                raise AuthError(4, "Unsupported `authentication_method`.")
        scram = Scram(self.store.passwords)
        self.send_text(success=True, authentication=scram.first(hello["authentication"]))
        answer = self.read_text().get("authentication")
        if not isinstance(answer, str):
            raise AuthError(5, "Expected a string for `authentication`.")
        self.send_text(success=True, authentication=scram.final(answer))
        self.user = scram.user

    def read_text(self):
        text = bytearray()
        while not text.endswith(b"\0"):
            text += self.read(1)
            if len(text) >= 2048:
                raise AuthError(7, "Limited read buffer size.")
        try:
            value = json.loads(text[:-1])
        except (ValueError, RecursionError):
            raise AuthError(8, "Invalid JSON object.") from None
        if not isinstance(value, dict):
            raise AuthError(9, "Failed to convert JSON to datum.")
        return value

    def send_text(self, **message):
        self.sock.sendall(json.dumps(message).encode() + b"\0")

    # Queries

    def one_query(self):
        token, size = struct.unpack("<qI", self.read(12))
        if size >= MAX_FRAME:
            message = f"[sandbox] Query size ({size}) greater than maximum ({MAX_FRAME})."
            self.send(token, {"t": CLIENT_ERROR, "e": RESOURCE, "r": [message], "b": []})
            raise Closed
        data = self.read(size)
        try:
            wire = parse(data.decode())
        except (ValueError, RecursionError, Fault):
            wire = None
        if type(wire) is not list or not wire or wire[0] not in range(1, 6) or len(wire) > 3:
            message = "Client is buggy (failed to deserialize query)."
            self.send(token, {"t": CLIENT_ERROR, "e": RESOURCE, "r": [message], "b": []})
            return
        with self.store.lock:
            self.store.active += 1
        try:
            self.answer(token, wire)
        finally:
            with self.store.lock:
                self.store.active -= 1
                self.store.queries += 1

    def answer(self, token, wire):
        kind = wire[0]
        if kind == START:
            self.start(token, wire)
        elif kind == NOREPLY_WAIT:  # queries of a connection run one after the other
            self.send(token, {"t": WAIT_COMPLETE, "r": []})
        elif kind == SERVER_INFO:
            info = {"id": self.store.id, "name": "sandbox, not a RethinkDB server", "proxy": False}
            self.send(token, {"t": INFO, "r": [info]})
        elif token not in self.cursors:
            message = f"Token {token} not in stream cache."
            self.send(token, {"t": CLIENT_ERROR, "e": LOGIC, "r": [message], "b": []})
        elif kind == CONTINUE:
            self.resume(token, self.cursors[token])
        else:
            cursor = self.cursors[token]
            if isinstance(cursor, FeedCursor):
                cursor.feed.close()
                cursor.join()
            self.cursors.pop(token, None)
            self.reply(token, SEQUENCE, [])

    def start(self, token, wire):
        noreply = False
        try:
            if token in self.cursors:
                message = f"ERROR: duplicate token {token}"
                self.send(token, {"t": CLIENT_ERROR, "e": LOGIC, "r": [message], "b": []})
                return
            options = wire[2] if len(wire) > 2 else {}
            noreply = type(options) is dict and options.get("noreply") is True
            q = Query(self.store, self.user)
            self.set_options(q, options)
            node = compile_term(wire[1] if len(wire) > 1 else None, q)
            response = self.run(token, q, node)
        except Fault as fault:
            kind, body = error(fault)
            response = {"t": kind, **body}
        except RecursionError:
            message = "[sandbox] the query is nested too deeply."
            response = {"t": RUNTIME_ERROR, "e": RESOURCE, "r": [message], "b": []}
        except Exception as exception:  # a fault of the sandbox: say so, and go on
            message = f"[sandbox] {type(exception).__name__}: {exception}"
            response = {"t": RUNTIME_ERROR, "e": INTERNAL, "r": [message], "b": []}
        if noreply:
            cursor = self.cursors.pop(token, None)
            if isinstance(cursor, FeedCursor):
                cursor.feed.close()
        elif response is not None:
            self.send(token, response)

    def set_options(self, q, options):
        if type(options) is not dict:
            raise Fault(COMPILE, "Expected global optargs as an object.")
        for name in options:
            if name not in GLOBAL_OPTIONS:
                refused = name == "profile"
                if refused and options[name] is False:
                    continue
                problem = (
                    "[sandbox] the option `profile` is not supported."
                    if refused
                    else f"Unrecognized global optional argument `{name}`."
                )
                raise Fault(COMPILE, problem)
        q.options = {name: compile_term(wire, q) for name, wire in options.items()}
        q.nodes = 0
        limit = q.options.get("array_limit")
        if limit is not None:
            q.limit = limit.eval(q, {}).int()
            if q.limit < 1:
                raise Fault(LOGIC, f"Illegal array size limit `{q.limit}`.  (Must be >= 1.)")

        def setting(name, default):
            option = q.options.get(name)
            return default if option is None else option.eval(q, {}).int()

        q.max_rows = max(1, setting("max_batch_rows", 2**62))
        q.batch = max(1, setting("max_batch_bytes", BATCH))
        q.first_factor = max(1, setting("first_batch_scaledown_factor", 4))

    def run(self, token, q, node):
        """The response to a query; None if it has been sent or will be."""
        value = node.eval(q, {})
        if value.is_datum:
            result = value.datum()
            if value.kind is not SINGLE:
                weigh(result)
            return {"t": ATOM, "r": [result]}
        if value.kind is GROUPED:
            pairs = [[name, item] for name, item in value.data.pairs]
            result = {PTYPE: "GROUPED_DATA", "data": limited(pairs, q.limit)}
            weigh(result)
            return {"t": ATOM, "r": [result]}
        if value.kind not in ("SEQUENCE", "SELECTION", "TABLE_SLICE", "TABLE"):
            raise Fault(
                LOGIC,
                "Query result must be of type DATUM, GROUPED_DATA, or STREAM (got "
                f"{value.kind}).",
            )
        seq = value.seq()
        if seq.array:
            return {"t": ATOM, "r": [seq.list(q)]}
        if seq.feed is not None:
            cursor = FeedCursor(self, token, seq.items(q), seq.feed)
            self.cursors[token] = cursor
            cursor.start()
            return None
        cursor = Cursor(iter(seq.items(q)), q)
        self.send_batch(token, cursor, q.batch // q.first_factor)
        return None

    def resume(self, token, cursor):
        if isinstance(cursor, FeedCursor):
            cursor.ask()
            return
        del self.cursors[token]
        cursor.q.restart()
        try:
            self.send_batch(token, cursor, cursor.q.batch)
        except Fault as fault:
            kind, body = error(fault)
            self.send(token, {"t": kind, **body})

    def send_batch(self, token, cursor, limit):
        rows, more = cursor.batch(limit)
        if more:
            self.cursors[token] = cursor
        self.reply(token, PARTIAL if more else SEQUENCE, rows)

    def reply(self, token, kind, rows, notes=()):
        text = '{"t":%d,"r":[%s],"n":%s}' % (kind, ",".join(rows), dump(list(notes)))
        self.send_bytes(token, text)

    def send(self, token, response):
        try:
            text = encode(response)
        except Fault as fault:
            kind, body = error(fault)
            text = dump({"t": kind, **body})
        self.send_bytes(token, text)

    def send_bytes(self, token, text):
        data = text.encode(errors="replace")
        with self.sending:
            self.sock.sendall(struct.pack("<qI", token, len(data)) + data)


def serve(host, port, announce):
    """Listen on a port (0: any free one) and answer for ever; ``announce(host, port)`` when ready."""
    store = Store()
    threading.stack_size(64 * 1024 * 1024)
    sys.setrecursionlimit(12_000)
    with socket.create_server((host, port), backlog=512) as listener:
        announce(*listener.getsockname()[:2])
        while True:
            sock, _ = listener.accept()
            connection = Connection(sock, store)
            threading.Thread(target=connection.serve, daemon=True).start()
