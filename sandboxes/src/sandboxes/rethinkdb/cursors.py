"""Streams of which the client has had a part: the answers to CONTINUE and STOP (``ql2.proto``, Query and Response)."""

import math
import threading
import traceback

from .errors import COMPILE, INTERNAL, RESOURCE, Fault
from .text import dump, log

ATOM, SEQUENCE, PARTIAL, WAIT_COMPLETE, INFO = range(1, 6)  # responses
CLIENT_ERROR, COMPILE_ERROR, RUNTIME_ERROR = 16, 17, 18
BATCH, FIRST_FACTOR = 1_048_576, 4  # bytes; the first batch is smaller (batching.cc)
BUFFER = 1000  # changes in one batch


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
        message = f"[sandbox fault] {type(error).__name__}: {error}"
        log(f"{message}\n{traceback.format_exc()}")
        return failure(Fault(INTERNAL, message))


class Cursor:
    """A stream that ends."""

    def __init__(self, connection, token, seq, q):
        self.connection, self.token, self.items, self.q = connection, token, seq.items(q), q
        self.left, self.factor, self.busy = [], FIRST_FACTOR, threading.Lock()

    def resume(self):
        """Send the next batch."""
        with self.busy:
            self._resume()

    def _resume(self):
        q = self.q
        rows, self.left = self.left, []
        size, limit = sum(map(len, rows)), q.batch_bytes // self.factor
        self.factor, begun, most = 1, q.round, q.batch_rows or math.inf
        self.connection.cursors.pop(self.token, None)
        for item in self.items:
            text = encode(item)
            size += len(text)
            if not rows:
                begun = q.round
            elif size > limit or q.round != begun or (not q.in_rounds and len(rows) >= most):
                self.left = [text]
                self.connection.cursors[self.token] = self
                break
            rows.append(text)
        self.connection.reply(self.token, PARTIAL if self.left else SEQUENCE, rows)

    def stop(self):
        self.connection.cursors.pop(self.token, None)

    close = stop


class FeedCursor(threading.Thread):
    """A changefeed: a thread that waits for changes, and sends them when the client asks."""

    def __init__(self, connection, token, seq, q):
        super().__init__(daemon=True)
        self.connection, self.token, self.items, self.feed, self.q = connection, token, seq.items(q), seq.feed, q
        self.room = threading.Condition()
        self.rows, self.asked, self.first, self.last = [], True, True, None
        self.feed.idle = self.pause

    def run(self):
        last = attempt(self.collect)
        with self.room:
            self.last = last or {"t": SEQUENCE, "r": [], "n": [*self.feed.notes]}
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
