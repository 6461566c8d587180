"""Counts the CQL statements that pass through a ``Wire`` to a Cassandra server.

Reads frames of the native protocol, version 4 (doc/native_protocol_v4.spec in Cassandra's
source); connections of another version are not counted. What the driver asks for its own
use, of ``system`` tables and with ``USE``, is left out.
"""

import re
import struct
import threading
from collections import Counter

import lz4.block

HEADER = struct.Struct(">BBhBI")  # version, flags, stream, opcode, length of the body
VERSION, COMPRESSED, NEXT_PAGE = 4, 0x01, 0x08
QUERY, RESULT, PREPARE, EXECUTE, BATCH = 0x07, 0x08, 0x09, 0x0A, 0x0D
ROWS = 2
DRIVERS_OWN = re.compile(r"\s*USE\s|.*\sFROM\s+system\w*\.", re.IGNORECASE | re.DOTALL)


class Statements:
    """The counts of all connections, in ``counts``; pass it to a wire: ``Wire(..., watch=it.connection)``.

    - ``parsed``: texts the server has to read: each QUERY, and each PREPARE that it does not know yet;
    - ``prepared``: PREPARE messages;
    - ``executed``: QUERY and EXECUTE messages, one for each page, and the statements of batches;
    - ``pages``: answers with rows.
    """

    def __init__(self):
        self.counts = Counter(parsed=0, prepared=0, executed=0, pages=0)
        self._known = set()
        self._lock = threading.Lock()

    def connection(self):
        return _Connection(self)

    def add(self, **numbers):
        with self._lock:
            self.counts.update(numbers)

    def prepare(self, text):
        with self._lock:
            self.counts.update(prepared=1, parsed=text not in self._known)
            self._known.add(text)


class _Connection:
    """One connection: puts frames together, and remembers which streams wait for an answer."""

    def __init__(self, statements):
        self._statements = statements
        self._waiting = set()
        self._sent = _Frames()
        self._received = _Frames()

    def sent(self, data):
        for stream, opcode, body in self._sent.feed(data):
            if opcode == PREPARE and not DRIVERS_OWN.match(text := body[4:].decode()):
                self._statements.prepare(text)
            elif opcode == QUERY:
                end = 4 + int.from_bytes(body[:4])
                if not DRIVERS_OWN.match(body[4:end].decode()):
                    self._waiting.add(stream)
                    self._statements.add(parsed=1, executed=_is_first_page(body, end))
            elif opcode == EXECUTE:
                self._waiting.add(stream)
                end = 2 + int.from_bytes(body[:2])
                self._statements.add(executed=_is_first_page(body, end))
            elif opcode == BATCH:
                kinds = list(_batch(body))
                self._statements.add(parsed=kinds.count(0), executed=len(kinds))

    def received(self, data):
        for stream, opcode, body in self._received.feed(data):
            if stream in self._waiting:
                self._waiting.discard(stream)
                if opcode == RESULT and body[:4] == ROWS.to_bytes(4):
                    self._statements.add(pages=1)


class _Frames:
    """Bytes -> whole frames."""

    def __init__(self):
        self._bytes = b""

    def feed(self, data):
        """(stream, opcode, body) of each frame that is complete by now."""
        self._bytes += data
        while len(self._bytes) >= HEADER.size:
            version, flags, stream, opcode, length = HEADER.unpack_from(self._bytes)
            if version & 0x7F != VERSION:
                self._bytes = b""
                return
            end = HEADER.size + length
            if len(self._bytes) < end:
                return
            body, self._bytes = self._bytes[HEADER.size : end], self._bytes[end:]
            if flags & COMPRESSED:
                body = lz4.block.decompress(body[4:], uncompressed_size=int.from_bytes(body[:4]))
            yield stream, opcode, body


def _is_first_page(body, start):
    """Whether the parameters that begin there, a consistency and flags, ask for no later page."""
    return not body[start + 2] & NEXT_PAGE


def _batch(body):
    """The kind of each statement of a BATCH: 0 for a text, 1 for a prepared one."""
    position = 3
    for _ in range(int.from_bytes(body[1:3])):
        kind = body[position]
        yield kind
        size = 4 if kind == 0 else 2
        position += 1
        position += size + int.from_bytes(body[position : position + size])
        values = int.from_bytes(body[position : position + 2])
        position += 2
        for _ in range(values):
            length = int.from_bytes(body[position : position + 4], signed=True)
            position += 4 + max(length, 0)
