"""SCRAM-SHA-256 as RethinkDB speaks it (RFC 5802, RFC 7677, ``auth/scram_authenticator.cc``)."""

import hmac
import os
from base64 import b64encode
from functools import lru_cache
from hashlib import pbkdf2_hmac, sha256

# Iterations, bytes of salt and of nonce: as the server's; few where there is nothing to protect, for Python's driver
# reads a handshake byte by byte.
ITERATIONS, SALT, NONCE = 4096, 16, 18
OPEN_ITERATIONS, OPEN_SALT, OPEN_NONCE = 1, 3, 6

UNKNOWN = os.urandom(16).hex()


class AuthError(Exception):
    """``code`` and message go to the client; 10 to 20 are ReqlAuthError in the driver."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def iterations(password):
    return ITERATIONS if password else OPEN_ITERATIONS


@lru_cache(maxsize=256)
def credentials(user, password):
    """``(salt, client key, stored key, server key)``: nearly all that a connection costs."""
    salt = os.urandom(SALT if password else OPEN_SALT)
    salted = pbkdf2_hmac("sha256", password.encode(), salt, iterations(password))
    client = hmac.digest(salted, b"Client Key", "sha256")
    return salt, client, sha256(client).digest(), hmac.digest(salted, b"Server Key", "sha256")


def attributes(message, names):
    """The attributes of a SCRAM message, which must be exactly ``names``."""
    pairs = [part.partition("=") for part in message.split(",")]
    if any(name == "m" for name, _, _ in pairs):
        raise AuthError(11, "Extensions not supported")
    if sorted(name for name, _, _ in pairs) != sorted(names):
        raise AuthError(10, "Invalid encoding")
    return {name: value for name, _, value in pairs}


class Scram:
    """The server's side of one handshake. ``passwords``: user -> password."""

    def __init__(self, passwords):
        self.passwords, self.user = passwords, None

    def first(self, message):
        flag, _, rest = message.partition(",")
        _, comma, self.client_first = rest.partition(",")
        if flag != "n":
            raise AuthError(15, "Channel binding is not supported")
        if not comma:
            raise AuthError(10, "Invalid encoding")
        found = attributes(self.client_first, "nr")
        self.user = found["n"].replace("=2C", ",").replace("=3D", "=")
        # Of an unknown user nobody learns that it is unknown before it has tried a password.
        password = self.passwords.get(self.user, UNKNOWN)
        self.keys = credentials(self.user, password)
        self.nonce = found["r"] + b64encode(os.urandom(NONCE if password else OPEN_NONCE)).decode()
        salt = b64encode(self.keys[0]).decode()
        self.server_first = f"r={self.nonce},s={salt},i={iterations(password)}"
        return self.server_first

    def final(self, message):
        """The last message; AuthError unless the client has proved that it knows the password."""
        if self.user not in self.passwords:
            raise AuthError(17, "Unknown user")
        found = attributes(message, "crp")
        if found["c"] != "biws" or found["r"] != self.nonce:
            raise AuthError(10, "Invalid encoding")
        bare = message.partition(",p=")[0]
        signed = f"{self.client_first},{self.server_first},{bare}".encode()
        _, client, stored, server = self.keys
        signature = hmac.digest(stored, signed, "sha256")
        proof = b64encode(bytes(a ^ b for a, b in zip(client, signature, strict=True)))
        if not hmac.compare_digest(proof, found["p"].encode()):
            raise AuthError(12, "Wrong password")
        return "v=" + b64encode(hmac.digest(server, signed, "sha256")).decode()
