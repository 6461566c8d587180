"""What the tests of the RethinkDB sandbox share: starting one, and the protocol by hand."""

import json
import socket
import struct
from functools import partial

from rethinkdb import r

import sandboxes

start = partial(sandboxes.start, "rethinkdb")


class Wire:
    """The protocol spoken by hand."""

    def __init__(self, port, user="admin", password="", handshake=True):
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.file = self.sock.makefile("rb")
        if handshake:
            with r.connect(port=port, user=user, password=password) as other:
                proof = other.handshake
            proof.reset()
            message = proof.next_message(None)
            while message is not None:
                if message:
                    self.sock.sendall(message)
                message = proof.next_message(self.text())

    def text(self):
        """The server's next message of the handshake."""
        data = b""
        while not data.endswith(b"\0"):
            byte = self.file.read(1)
            if not byte:
                raise EOFError
            data += byte
        return data[:-1]

    def send(self, token, query):
        data = query if isinstance(query, bytes) else json.dumps(query).encode()
        self.sock.sendall(struct.pack("<qI", token, len(data)) + data)

    def receive(self):
        head = self.file.read(12)
        if len(head) < 12:
            raise EOFError
        token, size = struct.unpack("<qI", head)
        return token, json.loads(self.file.read(size))

    def ask(self, token, query):
        self.send(token, query)
        answered, response = self.receive()
        assert answered == token
        return response

    def close(self):
        self.file.close()
        self.sock.close()
