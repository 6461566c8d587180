"""The wire: handshake V1_0 and the JSON query protocol, a thread for each connection.

A frame is a token (8 bytes), a length (4 bytes), both little-endian, and that much JSON.
"""

import json
import socket
import struct
import sys
import threading

from . import terms  # registers all terms
from .compiler import COMPILE, compile_term
from .datum import limited, weigh
from .errors import INTERNAL, LOGIC, RESOURCE, Fault, logic
from .query import DEADLINE, Query
from .results import GROUPED, SINGLE
from .scram import AuthError, Scram
from .store import Store
from .text import PTYPE, dump, parse

__all__ = ["serve", "terms"]

V1_0 = 0x34C2BDC3
START, CONTINUE, STOP, NOREPLY_WAIT, SERVER_INFO = range(1, 6)  # queries
ATOM, SEQUENCE, PARTIAL, WAIT_COMPLETE, INFO = range(1, 6)  # responses
CLIENT_ERROR, COMPILE_ERROR, RUNTIME_ERROR = 16, 17, 18
MAX_FRAME = 64_000_000  # the server takes 128 MB
BATCH, FIRST_FACTOR = 1_048_576, 4  # bytes; the first batch is smaller (batching.cc)
BUFFER = 1000  # changes in one batch
OPTIONS = {
    "db",
    "noreply",
    "read_mode",
    "durability",
    "array_limit",
    "max_batch_rows",
    "max_batch_bytes",
    "min_batch_rows",
    "max_batch_seconds",
    "first_batch_scaledown_factor",
    "binary_format",
    "time_format",
    "group_format",
}


class Closed(Exception):
    """The connection is over."""


def encode(value):
    try:
        return dump(value)
    except RecursionError:
        raise Fault(RESOURCE, "[sandbox] the value is nested too deeply.") from None


def failure(fault):
    """The response to a query that failed, with the path to the term in it."""
    frames = fault.node.path() if fault.node is not None else []
    if fault.kind == COMPILE:
        return {"t": COMPILE_ERROR, "r": [fault.message], "b": frames}
    return {"t": RUNTIME_ERROR, "e": abs(fault.kind), "r": [fault.message], "b": frames}


def attempt(function, *args):
    """``function()``, which sends a response or returns one; what goes wrong becomes one."""
    try:
        return function(*args)
    except Fault as fault:
        return failure(fault)
    except RecursionError:
        return failure(Fault(RESOURCE, "[sandbox] the query is nested too deeply."))
    except (Closed, OSError):
        raise
    except Exception as error:  # a mistake of the sandbox: say so, and go on
        return failure(Fault(INTERNAL, f"[sandbox] {type(error).__name__}: {error}"))


class Cursor:
    """A stream of which the client has had a part."""

    def __init__(self, connection, token, seq, q):
        self.connection, self.token, self.items, self.q = connection, token, seq.items(q), q
        self.left = []
        self.factor = FIRST_FACTOR

    def resume(self):
        """Send the next batch."""
        self.q.restart()
        rows, self.left = self.left, []
        size, limit = sum(map(len, rows)), self.q.batch_bytes // self.factor
        self.factor = 1
        self.connection.cursors.pop(self.token, None)
        for item in self.items:
            text = encode(item)
            size += len(text)
            if rows and (size > limit or len(rows) >= self.q.batch_rows):
                self.left = [text]
                self.connection.cursors[self.token] = self
                break
            rows.append(text)
        self.connection.reply(self.token, PARTIAL if self.left else SEQUENCE, rows)

    def stop(self):
        self.connection.cursors.pop(self.token, None)


class FeedCursor(threading.Thread):
    """A changefeed: a thread that waits for changes, and sends them when the client asks."""

    def __init__(self, connection, token, seq, q):
        super().__init__(daemon=True)
        self.connection, self.token, self.items, self.feed = connection, token, seq.items(q), seq.feed
        self.room = threading.Condition()
        self.rows, self.asked, self.first, self.last = [], True, True, None
        self.feed.idle = self.pause

    def run(self):
        last = attempt(self.collect)
        with self.room:
            self.last = last or {"t": SEQUENCE, "r": [], "n": self.feed.notes}
        self.flush()

    def collect(self):
        for item in self.items:
            text = encode(item)
            with self.room:
                self.rows.append(text)
            if len(self.rows) >= BUFFER:
                self.pause()

    def pause(self):
        """Send what there is. Changes wait in the feed until the client asks for more."""
        self.flush()
        with self.room:
            self.room.wait_for(lambda: self.asked or self.feed.closed)

    def resume(self):
        with self.room:
            self.asked = True
            self.room.notify()
        self.flush()

    def flush(self):
        """Send what there is, if the client has asked for it."""
        with self.room:
            if not self.asked or not (self.rows or self.first or self.last):
                return
            rows, self.rows, self.asked, self.first = self.rows, [], False, False
            try:
                if rows or self.last is None:
                    self.connection.reply(self.token, PARTIAL, rows, self.feed.notes)
                else:
                    self.connection.cursors.pop(self.token, None)
                    self.connection.send(self.token, self.last)
            except OSError:
                self.feed.close()

    def close(self):
        self.feed.close()
        with self.room:
            self.room.notify()

    def stop(self):
        self.close()
        self.join()
        self.connection.cursors.pop(self.token, None)


class Connection:
    def __init__(self, sock, store, deadline):
        self.sock, self.store, self.deadline, self.user = sock, store, deadline, None
        self.file, self.sending, self.cursors = sock.makefile("rb"), threading.Lock(), {}

    def serve(self):
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            welcome = self.handshake()
            # Counted before the client knows that it is connected, and may ask for the count.
            self.count("connections", 1)
            try:
                self.tell(**welcome)
                while True:
                    self.one_query()
            finally:
                self.count("connections", -1)
                for cursor in list(self.cursors.values()):
                    if isinstance(cursor, FeedCursor):
                        cursor.close()
        except (Closed, OSError):
            pass
        finally:
            self.file.close()
            self.sock.close()

    def count(self, what, by):
        with self.store.lock:
            setattr(self.store, what, getattr(self.store, what) + by)

    def read(self, size):
        data = self.file.read(size)
        if len(data) < size:
            raise Closed
        return data

    # The handshake (client_protocol/server.cc)

    def handshake(self):
        """Prove who the client is -> the last message, which welcomes it."""
        if struct.unpack("<I", self.read(4))[0] != V1_0:
            message = (
                "Received an unsupported protocol version. This port is for RethinkDB queries. "
                "Does your client driver version not match the server?"
            )
            self.sock.sendall(f"ERROR: {message}\n\0".encode())
            raise Closed
        version = {"min_protocol_version": 0, "max_protocol_version": 0, "server_version": "2.4.4"}
        self.tell(success=True, **version)
        try:
            hello = self.hear("protocol_version", "authentication_method", "authentication")
            scram = Scram(self.store.passwords)
            self.tell(success=True, authentication=scram.first(hello))
            welcome = {"success": True, "authentication": scram.final(self.hear("authentication"))}
        except AuthError as error:
            self.tell(success=False, error=str(error), error_code=error.code)
            raise Closed from None
        self.user = scram.user
        return welcome

    def hear(self, *names):
        """The last of the fields ``names`` of the client's next message."""
        text = b""
        while not text.endswith(b"\0"):
            ahead = self.file.peek()
            text += self.read(ahead.index(0) + 1 if 0 in ahead else max(len(ahead), 1))
            if len(text) >= 2048:
                raise AuthError(7, "Limited read buffer size.")
        try:
            message = json.loads(text[:-1])
        except (ValueError, RecursionError):
            raise AuthError(8, "Invalid JSON object.") from None
        expected = {
            "protocol_version": (0, 1, "number", 2),
            "authentication_method": ("SCRAM-SHA-256", 3, "string", 4),
            "authentication": (None, 5, "string", None),
        }
        for name in names:
            value = message.get(name) if type(message) is dict else None
            only, code, word, wrong = expected[name]
            if type(value) not in ((int, float) if word == "number" else (str,)):
                raise AuthError(code, f"Expected a {word} for `{name}`.")
            if only is not None and value != only:
                raise AuthError(wrong, f"Unsupported `{name}`.")
        return value

    def tell(self, **message):
        self.sock.sendall(dump(message).encode() + b"\0")  # the driver reads it byte by byte

    # Queries

    def one_query(self):
        token, size = struct.unpack("<qI", self.read(12))
        if size > MAX_FRAME:
            message = f"[sandbox] Query size ({size}) greater than maximum ({MAX_FRAME})."
            self.refuse(token, message, RESOURCE)
            raise Closed
        data = self.read(size)
        try:
            wire = parse(data.decode())
            kind = wire[0] if type(wire) is list and 1 <= len(wire) <= 3 else None
        except (ValueError, RecursionError, Fault):
            kind = None
        if type(kind) is not int or not START <= kind <= SERVER_INFO:
            self.refuse(token, "Client is buggy (failed to deserialize query).", RESOURCE)
            return
        self.count("active", 1)
        try:
            self.answer(token, kind, wire)
        finally:
            self.count("active", -1)
            self.count("queries", 1)

    def answer(self, token, kind, wire):
        cursor = self.cursors.get(token)
        if kind == NOREPLY_WAIT:  # the queries of a connection run one after the other
            self.send(token, {"t": WAIT_COMPLETE, "r": []})
        elif kind == SERVER_INFO:
            info = {"id": self.store.id, "name": "sandbox, not a RethinkDB server", "proxy": False}
            self.send(token, {"t": INFO, "r": [info]})
        elif kind == START and cursor:
            self.refuse(token, f"ERROR: duplicate token {token}")
        elif kind == START:
            options = wire[2] if len(wire) > 2 else {}
            response = attempt(self.start, token, wire[1] if len(wire) > 1 else None, options)
            if type(options) is dict and options.get("noreply") is True:
                return
            if response:
                self.send(token, response)
        elif cursor is None:
            self.refuse(token, f"Token {token} not in stream cache.")
        elif kind == CONTINUE:
            response = attempt(cursor.resume)
            if response:
                self.send(token, response)
        else:
            cursor.stop()
            self.reply(token, SEQUENCE, [])

    def start(self, token, wire, options):
        """Run a query; its response, or None if a cursor sends it."""
        q = Query(self.store, self.user, self.deadline)
        self.set_options(q, options)
        node = compile_term(wire, q)
        value = node.eval(q, {})
        if value.is_datum:
            if value.kind is not SINGLE:
                weigh(value.data)
            return {"t": ATOM, "r": [value.datum()]}
        if value.kind is GROUPED:
            groups = limited([list(pair) for pair in value.data.pairs], q.limit)
            weigh(groups)
            return {"t": ATOM, "r": [{PTYPE: "GROUPED_DATA", "data": groups}]}
        if value.kind in ("DATABASE", "FUNCTION"):
            kinds = "DATUM, GROUPED_DATA, or STREAM"
            raise logic(f"Query result must be of type {kinds} (got {value.kind}).")
        seq = value.seq()
        if seq.array:
            return {"t": ATOM, "r": [seq.list(q)]}
        if options.get("noreply") is True:
            return None
        if seq.feed:
            self.cursors[token] = FeedCursor(self, token, seq, q)
            self.cursors[token].start()
        else:
            Cursor(self, token, seq, q).resume()
        return None

    def set_options(self, q, options):
        if type(options) is not dict:
            raise Fault(COMPILE, "Expected global optargs as an object.")
        for name, wire in options.items():
            if name == "profile" and wire is not False:
                raise Fault(COMPILE, "[sandbox] the option `profile` is not supported.")
            if name not in OPTIONS and name != "profile":
                raise Fault(COMPILE, f"Unrecognized global optional argument `{name}`.")
            q.options[name] = compile_term(wire, q)
        q.nodes = 0

        def setting(name, default):
            option = q.options.get(name)
            return default if option is None else option.eval(q, {}).int()

        q.limit = setting("array_limit", q.limit)
        if q.limit < 1:
            raise logic(f"Illegal array size limit `{q.limit}`.  (Must be >= 1.)")
        q.batch_rows = setting("max_batch_rows", 2**53)
        q.batch_bytes = setting("max_batch_bytes", BATCH)

    def refuse(self, token, message, kind=LOGIC):
        self.send(token, {"t": CLIENT_ERROR, "e": kind, "r": [message], "b": []})

    def reply(self, token, kind, rows, notes=()):
        self.send_text(token, f'{{"t":{kind:d},"r":[{",".join(rows)}],"n":{dump([*notes])}}}')

    def send(self, token, response):
        try:
            self.send_text(token, encode(response))
        except Fault as fault:
            self.send_text(token, dump(failure(fault)))

    def send_text(self, token, text):
        data = text.encode(errors="replace")
        with self.sending:
            self.sock.sendall(struct.pack("<qI", token, len(data)) + data)


def serve(host, port, announce, deadline=DEADLINE):
    """Listen on a port, 0 for any free one, and answer; ``announce(host, port)`` when ready."""
    store = Store()
    threading.stack_size(64 * 1024 * 1024)  # address space only; queries nest
    sys.setrecursionlimit(10_000)
    with socket.create_server((host, port), backlog=512) as listener:
        announce(*listener.getsockname()[:2])
        while True:
            connection = Connection(listener.accept()[0], store, deadline)
            threading.Thread(target=connection.serve, daemon=True).start()
