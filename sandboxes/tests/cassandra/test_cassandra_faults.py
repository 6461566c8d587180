"""Three kinds of errors: the database's own, what the sandbox has not, and its own mistakes."""

import socket
import struct

import pytest
from cql_server import QUERY, long_string

from sandboxes.cassandra import server


def told(output):
    """``(code, message)`` of an ERROR frame."""
    code, size = struct.unpack_from(">iH", output, 9)
    return code, output[15 : 15 + size].decode()


@pytest.fixture
def connection():
    """A connection of a server in this very process, with the handshake behind it; nothing is sent."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as sock:
        connection = server.Connection(sock, server.Server(listener, 1, "cassandra", None))
        connection.started = connection.ready = True
        yield connection


def ask(connection, text):
    connection.output.clear()
    connection.answer(0, 1, QUERY, long_string(text) + b"\0\1\0")
    return told(bytes(connection.output))


def test_a_mistake_of_the_sandbox_is_told_as_such_and_logged(connection, monkeypatch, capsys):
    monkeypatch.setattr(connection.engine, "read", lambda text, keyspace: {}["missing"])
    assert ask(connection, "SELECT key FROM system.local") == (0x0000, "[sandbox fault] KeyError: 'missing'")
    logged = capsys.readouterr().err
    assert logged.startswith("[sandbox fault] KeyError") and "Traceback" in logged


@pytest.mark.parametrize(
    ("text", "code", "begin"),
    [
        ("SELEC", 0x2000, "line 1:0"),
        ("SELECT * FROM nowhere.t", 0x2200, "keyspace nowhere does not exist"),
        ("CREATE TYPE a (x int)", 0x2200, "[sandbox] CREATE TYPE is not supported."),
        (
            "CREATE TABLE system.t (k int PRIMARY KEY, v ks.address)",
            0x2200,
            "[sandbox] the user-defined type ks.address",
        ),
        ("UPDATE system.local SET key = {street: 'x'} WHERE key = 'local'", 0x2200, "[sandbox] a literal of a user-"),
        ("LIST ROLES", 0x2200, "[sandbox] LIST is not supported."),
        ("DESCRIBE TABLE system.local", 0x2200, "[sandbox] DESCRIBE of what is in system"),
        ("SELECT * FROM system_auth.roles", 0x2200, "[sandbox] the keyspace system_auth"),
    ],
)
def test_other_errors_are_no_faults(connection, capsys, text, code, begin):
    found, message = ask(connection, text)
    assert (found, message[: len(begin)]) == (code, begin)
    assert capsys.readouterr().err == ""
