import contextlib
import socket
import threading
import time
import weakref

import pytest

from workbook import Wire


@pytest.fixture
def echo():
    """The address of a server that sends back what it gets."""

    def answer(connection):
        with connection:
            while data := connection.recv(1024):
                connection.sendall(data)

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()
        listener.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def wire(echo):
    with Wire(*echo) as wire:
        yield wire


def talk(connection, text=b"hello"):
    connection.sendall(text)
    return connection.recv(1024)


def connect(wire):
    return socket.create_connection((wire.host, wire.port), timeout=5)


def test_passes_bytes_on_and_counts(wire):
    with connect(wire) as one, connect(wire) as two:
        assert (talk(one), talk(two)) == (b"hello", b"hello")
        assert (wire.opened, wire.open) == (2, 2)
    assert (wire.opened, wire.open) == (2, 0)


def test_open_is_right_at_once_after_each_close(wire):
    for _ in range(100):
        with connect(wire) as connection:
            talk(connection)
            assert wire.open == 1
        assert wire.open == 0


def test_cut_breaks_what_is_open(wire):
    with connect(wire) as connection:
        talk(connection)
        assert wire.cut() == 1
        assert connection.recv(1) == b""
        assert wire.open == 0


def test_refuse_and_accept_again_on_the_same_port(wire):
    with connect(wire) as connection:
        talk(connection)
        wire.refuse()
        with pytest.raises(ConnectionRefusedError):
            connect(wire)
        assert talk(connection) == b"hello"
    wire.accept()
    with connect(wire) as connection:
        assert talk(connection) == b"hello"


def test_a_wire_that_nobody_holds_ends_with_its_last_connection(echo):
    wire = Wire(*echo)
    address = wire.host, wire.port
    connection = connect(wire)
    talk(connection)
    wire.refuse()
    wire.accept()
    there = weakref.ref(wire)
    del wire
    assert talk(connection) == b"hello" and there()
    connection.close()
    deadline = time.monotonic() + 60
    while there() and time.monotonic() < deadline:
        time.sleep(0.01)
    with pytest.raises(ConnectionRefusedError):
        while time.monotonic() < deadline:
            with contextlib.suppress(ConnectionResetError):  # caught while the door was being closed
                socket.create_connection(address, timeout=5).close()


def test_a_cell_that_is_run_again_leaves_no_wire_behind(echo):
    before = set(threading.enumerate())
    for _ in range(30):
        wire = Wire(*echo)
    deadline = time.monotonic() + 60
    while len(left := set(threading.enumerate()) - before) > 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(left) == 1
    wire.stop()


def test_delay_holds_the_answer(wire):
    with connect(wire) as connection:
        talk(connection)
        wire.delay(0.1)
        started = time.perf_counter()
        talk(connection)
        assert time.perf_counter() - started >= 0.1


def test_nobody_behind_the_wire_looks_like_a_server_that_hangs_up():
    with socket.create_server(("127.0.0.1", 0)) as unused:
        address = unused.getsockname()
    with Wire(*address) as wire, connect(wire) as connection:
        assert connection.recv(1) == b""
        assert wire.opened == 0
