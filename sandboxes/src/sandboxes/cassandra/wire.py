"""Frames and the words in them (native_protocol_v4.spec)."""

import struct

from .errors import PROTOCOL, SERVER, Fault, string
from .terms import UNSET
from .types import value

VERSION, MAX_FRAME = 4, 16 * 1024 * 1024
HEADER = struct.Struct(">BBhBi")
BYTE, SHORT, INT, LONG = map(struct.Struct, (">B", ">H", ">i", ">q"))
ROWS_HEAD = struct.Struct(">iii")
COMPRESSED, TRACING, PAYLOAD, WARNING = 1, 2, 4, 8
ERROR, STARTUP, READY, AUTHENTICATE, OPTIONS, SUPPORTED, QUERY = 0, 1, 2, 3, 5, 6, 7  # opcodes
RESULT, PREPARE, EXECUTE, REGISTER, EVENT, BATCH, AUTH_RESPONSE, AUTH_SUCCESS = 8, 9, 10, 11, 12, 13, 15, 16
ROWS, PREPARED = 2, 4  # kinds of results


class Reader:
    """Reads the words of a body one after the other; Fault if it ends too early."""

    def __init__(self, data):
        self.data, self.position = data, 0

    def take(self, layout, code=SERVER):
        """What a compiled ``layout`` finds next."""
        try:
            found = layout.unpack_from(self.data, self.position)[0]
        except struct.error:
            raise Fault(code, "Not enough bytes to read in the body of the frame") from None
        self.position += layout.size
        return found

    def byte(self):
        return self.take(BYTE)

    def short(self):
        return self.take(SHORT)

    def int(self):
        return self.take(INT)

    def long(self):
        return self.take(LONG)

    def bytes(self, size):
        if size < 0 or self.position + size > len(self.data):
            raise Fault(PROTOCOL, f"Not enough bytes to read {size} in the body of the frame")
        self.position += size
        return self.data[self.position - size : self.position]

    def short_bytes(self):
        return self.bytes(self.short())

    def text(self, size):
        try:
            return self.bytes(size).decode()
        except UnicodeDecodeError:
            raise Fault(PROTOCOL, "Cannot decode string as UTF8") from None

    def string(self):
        return self.text(self.take(SHORT, PROTOCOL))

    def long_string(self):
        return self.text(self.take(INT, PROTOCOL))

    def value(self):
        size = self.int()
        if size < 0:
            if size < -2:
                raise Fault(PROTOCOL, f"Invalid length {size} of a value")
            return None if size == -1 else UNSET
        return self.bytes(size)

    def strings(self):
        return [self.string() for _ in range(self.short())]

    def string_map(self):
        return {self.string(): self.string() for _ in range(self.short())}

    def values(self, named):
        """``(names or None, values)``."""
        names, values = [], []
        for _ in range(self.short()):
            if named:
                names.append(self.string())
            values.append(self.value())
        return (names if named else None), values


def strings(texts):
    return struct.pack(">H", len(texts)) + b"".join(map(string, texts))


def short_bytes(data):
    return struct.pack(">H", len(data)) + data


def columns(table, specs):
    """Names and types of columns or markers, which are all of one table."""
    if not specs:
        return b""
    head = string(table.keyspace) + string(table.name)
    return head + b"".join([string(name) + type_.option for name, type_ in specs])


def each_of_its_table(tables, specs):
    """The same of markers that are of several tables."""
    found = [(table.keyspace, table.name, name, type_) for table, (name, type_) in zip(tables, specs)]
    return b"".join([string(keyspace) + string(table) + string(name) + t.option for keyspace, table, name, t in found])


def rows(described, found):
    """The body of a RESULT of kind Rows; ``described`` are its ``columns``, None if they are not wanted."""
    flags = (5 if described is None else 1) | (2 if found.state is not None else 0)
    parts = [ROWS_HEAD.pack(ROWS, flags, len(found.columns))]
    if found.state is not None:
        parts.append(value(found.state))
    if described is not None:
        parts.append(described)
    parts.append(INT.pack(len(found.rows)))
    return b"".join(parts + found.rows)


def prepared(key, found):
    """The body of a RESULT of kind Prepared."""
    binder, specs = found.binder, found.binder.specs
    one = len({*found.tables, *binder.tables}) == 1  # table
    indexes = binder.key_indexes(found.table) if one else []
    alike = len(set(binder.tables)) == 1
    body = struct.pack(">i", PREPARED) + short_bytes(key)
    body += struct.pack(f">iii{len(indexes)}H", 1 if alike else 0, len(specs), len(indexes), *indexes)
    body += columns(binder.tables[0], specs) if alike else each_of_its_table(binder.tables, specs)
    if not found.columns:
        return body + struct.pack(">ii", 4, 0)
    return body + struct.pack(">ii", 1, len(found.columns)) + columns(found.table, found.columns)


def done(result):
    """The body of a RESULT without rows."""
    return struct.pack(">i", result.kind) + b"".join(map(string, result.words))


def frame(stream, opcode, body, flags=0):
    return HEADER.pack(0x80 | VERSION, flags, stream, opcode, len(body)) + body
