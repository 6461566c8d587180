"""Errors as the protocol numbers them."""

import struct

SERVER, PROTOCOL, CREDENTIALS, UNAVAILABLE, READ_TIMEOUT = 0x0000, 0x000A, 0x0100, 0x1000, 0x1200
SYNTAX, UNAUTHORIZED, INVALID = 0x2000, 0x2100, 0x2200
CONFIGURATION, ALREADY, UNPREPARED = 0x2300, 0x2400, 0x2500


class Fault(Exception):
    """An answer of kind ERROR; ``extra`` are the bytes that some codes have after the message."""

    def __init__(self, code, message, extra=b""):
        super().__init__(message)
        self.code, self.message, self.extra = code, message, extra


def invalid(message):
    return Fault(INVALID, message)


def refused(what):
    """What Cassandra has and the sandbox has not."""
    return Fault(INVALID, f"[sandbox] {what} is not supported.")


def own_fault(error):
    """A mistake of the sandbox, which no test may pass with."""
    return Fault(SERVER, f"[sandbox fault] {type(error).__name__}: {error}")


def string(text):
    """A [string] of the protocol."""
    data = text.encode(errors="replace")
    return struct.pack(">H", len(data)) + data


def already(keyspace, table=""):
    what = f'Cannot add already existing table "{table}" to keyspace "{keyspace}"'
    if not table:
        what = f'Cannot add existing keyspace "{keyspace}"'
    return Fault(ALREADY, what, string(keyspace) + string(table))
