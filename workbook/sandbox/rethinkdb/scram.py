"""SCRAM-SHA-256 as RethinkDB speaks it (RFC 5802, RFC 7677, ``auth/scram_authenticator.cc``)."""

import hmac
import os
from base64 import b64encode
from functools import lru_cache
from hashlib import pbkdf2_hmac, sha256

ITERATIONS = 4096


class AuthError(Exception):
    """``code`` and message go to the client; codes 10 to 20 are ReqlAuthError in the driver."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


_salts = {}


@lru_cache(maxsize=256)
def _keys(password, salt):
    """``(client key, stored key, server key)``: all of the cost of a connection is here."""
    salted = pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    client = hmac.digest(salted, b"Client Key", "sha256")
    return client, sha256(client).digest(), hmac.digest(salted, b"Server Key", "sha256")


def _attributes(message):
    result = {}
    for part in message.split(","):
        name, equals, value = part.partition("=")
        if not equals or len(name) != 1 or name in result:
            raise AuthError(10, "Invalid encoding")
        result[name] = value
    if "m" in result:
        raise AuthError(11, "Extensions not supported")
    return result


class Scram:
    """The server's side of one handshake. ``passwords``: user -> password."""

    def __init__(self, passwords):
        self.passwords, self.user = passwords, None

    def first(self, message):
        if not message.startswith("n,"):
            raise AuthError(15, "Channel binding is not supported")
        _, comma, self.client_first = message[2:].partition(",")
        if not comma:
            raise AuthError(10, "Invalid encoding")
        attributes = _attributes(self.client_first)
        if set(attributes) != {"n", "r"}:
            raise AuthError(10, "Invalid encoding")
        name = attributes["n"]
        if "=" in name.replace("=2C", "").replace("=3D", ""):
            raise AuthError(18, "Invalid username encoding")
        self.user = name.replace("=2C", ",").replace("=3D", "=")
        self.salt = _salts.setdefault((self.user, self.passwords.get(self.user)), os.urandom(16))
        self.nonce = attributes["r"] + b64encode(os.urandom(18)).decode()
        salt = b64encode(self.salt).decode()
        self.server_first = f"r={self.nonce},s={salt},i={ITERATIONS}"
        return self.server_first

    def final(self, message):
        """The last message; raises AuthError unless the client knows the password."""
        if self.user not in self.passwords:
            raise AuthError(17, "Unknown user")
        attributes = _attributes(message)
        if set(attributes) != {"c", "r", "p"} or attributes["c"] != "biws":
            raise AuthError(10, "Invalid encoding")
        if attributes["r"] != self.nonce:
            raise AuthError(20, "Other error")
        without_proof = message.partition(",p=")[0]
        signed = f"{self.client_first},{self.server_first},{without_proof}".encode()
        client, stored, server = _keys(self.passwords[self.user], self.salt)
        signature = hmac.digest(stored, signed, "sha256")
        proof = bytes(a ^ b for a, b in zip(client, signature, strict=True))
        if not hmac.compare_digest(b64encode(proof), attributes["p"].encode()):
            raise AuthError(12, "Wrong password")
        return "v=" + b64encode(hmac.digest(server, signed, "sha256")).decode()
