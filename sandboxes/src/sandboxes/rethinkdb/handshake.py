"""The handshake: V1_0 with SCRAM-SHA-256, and V0_4 of older drivers (``client_protocol/server.cc``)."""

import json
import struct

from .cursors import Closed
from .scram import AuthError, Scram
from .text import dump

V0_4, V1_0, JSON = 0x400C2D20, 0x34C2BDC3, 0x7E6970C7
MAX_MESSAGE = 2048
SECONDS = 20  # for a handshake; the server's own patience is as short


def shake_hands(wire, store):
    """Find out who the client is -> the user's name and the last message, which welcomes it.

    ``wire``: what is read from and written to. What is written waits until the client has to be heard, so that a
    client that has said all it can gets one packet.
    """
    magic = struct.unpack("<I", wire.read(4))[0]
    if magic == V0_4:
        return "admin", _with_key(wire, store)
    if magic != V1_0:
        message = (
            "Received an unsupported protocol version. This port is for RethinkDB queries. "
            "Does your client driver version not match the server?"
        )
        wire.write(f"ERROR: {message}\n\0".encode())
        wire.flush()
        raise Closed
    tell(wire, success=True, min_protocol_version=0, max_protocol_version=0, server_version="2.4.4")
    try:
        hello = hear(wire, "protocol_version", "authentication_method", "authentication")
        scram = Scram(store.passwords)
        tell(wire, success=True, authentication=scram.first(hello))
        final = scram.final(hear(wire, "authentication"))
    except AuthError as error:
        tell(wire, success=False, error=str(error), error_code=error.code)
        wire.flush()
        raise Closed from None
    return scram.user, dump({"success": True, "authentication": final}).encode() + b"\0"


def _with_key(wire, store):
    """V0_4: the password of admin in clear, then the protocol, which is JSON."""
    size = struct.unpack("<I", wire.read(4))[0]
    if size > MAX_MESSAGE:
        raise Closed
    key = wire.read(size)
    wire.read(4)
    if key.decode(errors="replace") != store.passwords["admin"]:
        wire.write(b"ERROR: Incorrect authorization key.\n\0")
        wire.flush()
        raise Closed
    return b"SUCCESS\0"


def tell(wire, **message):
    wire.write(dump(message).encode() + b"\0")


def hear(wire, *names):
    """The last of the fields ``names`` of the client's next message."""
    text = wire.read_until(b"\0", MAX_MESSAGE)
    if text is None:
        raise AuthError(7, "Limited read buffer size.")
    try:
        message = json.loads(text)
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
