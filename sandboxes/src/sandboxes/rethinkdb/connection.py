"""One client: its frames, its queries and its cursors (``client_protocol/server.cc``, ``ql2.proto``).

A frame is a token (8 bytes), a length (4 bytes), both little-endian, and that much JSON. One thread reads and runs
queries. When one of them takes long, another thread takes over the reading: a query that is fast is answered before a
slow one that came first, as on the server.
"""

import _thread
import contextlib
import socket
import struct
import threading
import traceback

from .compiler import compile_term
from .cursors import (
    ATOM,
    BATCH,
    CLIENT_ERROR,
    INFO,
    SEQUENCE,
    WAIT_COMPLETE,
    Closed,
    Cursor,
    FeedCursor,
    attempt,
    encode,
    failure,
)
from .datum import limited, weigh
from .errors import COMPILE, LOGIC, RESOURCE, Fault, logic
from .handshake import SECONDS, shake_hands
from .query import Query
from .results import GROUPED, SINGLE
from .text import PTYPE, dump, log, parse

START, CONTINUE, STOP, NOREPLY_WAIT, SERVER_INFO = range(1, 6)  # queries
MAX_FRAME = 64_000_000  # the server takes 128 MB
MAX_PARALLEL = 16  # queries of one connection that run at once
NOREPLY_PAUSE = 0.05  # seconds; see next_frame
READ = 65_536
OPTIONS = {
    "db",
    "noreply",
    "profile",
    "read_mode",
    "durability",
    "array_limit",
    "max_batch_rows",
    "max_batch_bytes",
    "min_batch_rows",
    "max_batch_seconds",
    "first_batch_scaledown_factor",
    "changefeed_queue_size",
    "binary_format",
    "time_format",
    "group_format",
}


class Wire:
    """A socket, read through a buffer and written to at once."""

    def __init__(self, sock):
        self.sock, self.buffer, self.out = sock, bytearray(), b""

    def more(self):
        data = self.sock.recv(READ)
        if not data:
            raise Closed
        self.buffer += data

    def read(self, size):
        while len(self.buffer) < size:
            self.flush()
            self.more()
        data = bytes(self.buffer[:size])
        del self.buffer[:size]
        return data

    def read_until(self, end, most):
        """Up to ``end``, without it; None if that is not among the first ``most`` bytes."""
        while end not in self.buffer:
            if len(self.buffer) >= most:
                return None
            self.flush()
            self.more()
        size = self.buffer.index(end)
        return None if size >= most else self.read(size + 1)[:-1]

    def write(self, data):
        self.out += data

    def flush(self):
        if self.out:
            self.sock.sendall(self.out)
            self.out = b""


class Connection:
    def __init__(self, sock, address, store, deadline):
        self.sock, self.client, self.store, self.deadline = sock, address[:2], store, deadline
        self.wire, self.user, self.cursors, self.gone = Wire(sock), None, {}, False
        self.sending, self.done, self.running = threading.Lock(), threading.Condition(), 0

    def serve(self):
        """Welcome the client, and answer it until it goes."""
        try:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)  # half-open ones end some day
            self.sock.settimeout(SECONDS)
            self.user, welcome = shake_hands(self.wire, self.store)
            self.sock.settimeout(None)
        except (Closed, OSError):
            self.sock.close()
            return
        # Counted before the client knows that it is connected, and may ask for the count.
        self.count("connections", 1)
        self.wire.write(welcome)
        self.read_on()

    def read_on(self):
        """Read and answer, until the client goes or another thread has taken over."""
        try:
            self.wire.flush()
            while self.one_query():
                pass
        except (Closed, OSError):
            self.end()
        except Exception as error:  # a mistake of the sandbox
            log(f"[sandbox fault] {type(error).__name__}: {error}\n{traceback.format_exc()}")
            self.end()

    def end(self):
        with self.done:
            if self.gone:
                return
            self.gone = True  # queries that still run look here
        self.count("connections", -1)
        for cursor in list(self.cursors.values()):
            cursor.close()
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        with self.done:
            self.done.wait_for(lambda: self.running <= 0, timeout=self.deadline)
        self.sock.close()

    def count(self, what, by):
        with self.store.lock:
            setattr(self.store, what, getattr(self.store, what) + by)

    # Queries

    def next_frame(self, waiting=False):
        """``(token, data)``; ``waiting``: after a pause without one, None."""
        if waiting and not self.wire.buffer:
            self.sock.settimeout(NOREPLY_PAUSE)
            try:
                self.wire.more()
            except TimeoutError:
                return None
            finally:
                self.sock.settimeout(None)
        token, size = struct.unpack("<qI", self.wire.read(12))
        if size > MAX_FRAME:
            message = f"[sandbox] Query size ({size}) greater than maximum ({MAX_FRAME})."
            self.refuse(token, message, RESOURCE)
            raise Closed
        return token, self.wire.read(size)

    def one_query(self):
        """Answer one query; whether this thread is still the one that reads."""
        frame = self.next_frame()
        while frame is not None:
            token, data = frame
            frame = None
            try:
                wire = parse(data.decode())
                kind = wire[0] if type(wire) is list and 1 <= len(wire) <= 3 else None
            except (ValueError, RecursionError, Fault):
                kind = None
            if type(kind) is not int or not START <= kind <= SERVER_INFO:
                self.refuse(token, "Client is buggy (failed to deserialize query).", RESOURCE)
                continue
            options = wire[2] if len(wire) > 2 else {}
            if kind == START and type(options) is dict and options.get("noreply") is True:
                # It runs when the next message comes, or after a pause. The last one before the client
                # goes is lost: on the server it is chance how many are.
                frame = self.next_frame(waiting=True)
            if not self.answer(token, kind, wire, options, alone=frame is None):
                return False
        return True

    def answer(self, token, kind, wire, options, alone):
        """Whether this thread goes on reading: False if another took over.

        ``alone``: no frame is held back behind this query, so that another may.
        """
        q = Query(self.store, self.user, self.deadline, self)
        q.slow = (lambda: self.hand_over(q)) if alone else None
        with self.done:
            self.running += 1
        self.store.jobs.add(q)
        try:
            self.dispatch(q, token, kind, wire, options)
        finally:
            self.store.jobs.discard(q)
            self.count("queries", 1)
            with self.done:
                self.running -= 1
                self.done.notify_all()
        return not q.handed

    def hand_over(self, q):
        """The query takes long: another thread reads on, unless many do already."""
        if self.running < MAX_PARALLEL:
            q.handed = True
            _thread.start_new_thread(self.read_on, ())

    def dispatch(self, q, token, kind, wire, options):
        cursor = self.cursors.get(token)
        if kind == NOREPLY_WAIT:
            with self.done:
                self.done.wait_for(lambda: self.running <= 1, timeout=self.deadline)
            self.send(token, {"t": WAIT_COMPLETE, "r": []})
        elif kind == SERVER_INFO:
            info = {"id": self.store.id, "name": "sandbox, not a RethinkDB server", "proxy": False}
            self.send(token, {"t": INFO, "r": [info]})
        elif kind == START and cursor:
            self.refuse(token, f"ERROR: duplicate token {token}")
        elif kind == START:
            response = attempt(self.start, q, token, wire[1] if len(wire) > 1 else None, options)
            if response and not (type(options) is dict and options.get("noreply") is True):
                self.send(token, response)
        elif cursor is None:
            self.refuse(token, f"Token {token} not in stream cache.")
        elif kind == CONTINUE:
            if type(cursor) is Cursor:
                q.take_over(cursor.q)
            response = attempt(cursor.resume)
            if response:
                self.send(token, response)
        else:
            cursor.stop()
            self.reply(token, SEQUENCE, [])

    def start(self, q, token, wire, options):
        """Run a query; its response, or None if a cursor sends it."""
        self.set_options(q, options)
        q.root = node = compile_term(wire, q)
        q.begin()
        value = node.eval(q, {})
        if value.is_datum:
            if value.kind is not SINGLE:
                weigh(value.data)
            return self.atom(q, value.datum())
        if value.kind is GROUPED:
            groups = limited([list(pair) for pair in value.data.pairs], q.limit)
            weigh(groups)
            return self.atom(q, {PTYPE: "GROUPED_DATA", "data": groups})
        if value.kind in ("DATABASE", "FUNCTION"):
            kinds = "DATUM, GROUPED_DATA, or STREAM"
            raise logic(f"Query result must be of type {kinds} (got {value.kind}).")
        seq = value.seq()
        if seq.array:
            return self.atom(q, seq.list(q))
        if options.get("noreply") is True:
            if seq.feed:
                seq.feed.close()
            return None
        if seq.feed:
            q.slow = None  # it waits in a thread of its own
            self.cursors[token] = FeedCursor(self, token, seq, q)
            self.cursors[token].start()
        else:
            Cursor(self, token, seq, q).resume()
        return None

    def atom(self, q, value):
        return {"t": ATOM, "r": [value], **({"p": q.profile()} if q.profiled else {})}

    def set_options(self, q, options):
        if type(options) is not dict:
            raise Fault(COMPILE, "Expected global optargs as an object.")
        for name, wire in options.items():
            if name not in OPTIONS:
                raise Fault(COMPILE, f"Unrecognized global optional argument `{name}`.")
            q.options[name] = compile_term(wire, q)
        q.nodes = 0

        def setting(name, default):
            option = q.options.get(name)
            return default if option is None else option.eval(q, {}).int()

        q.limit = setting("array_limit", q.limit)
        if q.limit < 1:
            raise logic(f"Illegal array size limit `{q.limit}`.  (Must be >= 1.)")
        q.batch_rows = setting("max_batch_rows", None)
        q.batch_bytes = setting("max_batch_bytes", BATCH)
        q.profiled = options.get("profile") is True

    # Responses

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
