"""Sockets of drivers that no class is known of."""

import contextlib
import socket
import socketserver
import ssl
import threading

import httpx
import pytest
from flask import Flask

from workbook.tracing.findings import Findings
from workbook.tracing.watch import Watch


class Echo(socketserver.StreamRequestHandler):
    """A small server that answers a line with itself."""

    def handle(self):
        while line := self.rfile.readline():
            self.wfile.write(line)


@pytest.fixture(scope="module")
def port():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


class Driver:
    """As drivers of many databases do it: a socket, a file made of it."""

    def __init__(self, port):
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.file = self.sock.makefile("rwb")

    def ask(self):
        self.file.write(b"hello\n")
        self.file.flush()
        return self.file.readline()

    def close(self):
        self.file.close()
        self.sock.close()


@contextlib.contextmanager
def traced(app):
    """Findings of the app, finished at the end of the ``with``."""
    findings = Findings()
    watch = Watch(lambda event: findings.feed([event]))
    watch.attach(app)
    try:
        yield findings
        findings.feed([watch.held()])
        findings.finish()
    finally:
        watch.stop()


@pytest.fixture
def app(port):
    app = Flask("drivers", static_folder=None)
    app.shared = None

    @app.get("/leaks")
    def leaks():
        return Driver(port).ask()

    @app.get("/closes")
    def closes():
        with contextlib.closing(Driver(port)) as driver:
            return driver.ask()

    @app.get("/half")
    def half():
        driver = app.half = Driver(port)
        answer = driver.ask()
        driver.sock.close()  # the file holds it open
        return answer

    @app.get("/shared")
    def shared():
        app.shared = app.shared or Driver(port)
        return app.shared.ask()

    @app.get("/refused")
    def refused():
        with socket.create_server(("127.0.0.1", 0)) as free:
            nobody = free.getsockname()[1]
        try:
            socket.create_connection(("127.0.0.1", nobody), timeout=5)
        except ConnectionRefusedError:
            return "refused"

    @app.get("/datagrams")
    def datagrams():
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.connect(("127.0.0.1", port))
        app.datagrams = sock
        return "sent"

    return app


def asked(app, *paths):
    with traced(app) as findings:
        for path in paths:
            assert app.test_client().get(path).status_code == 200
    return findings


def test_one_for_each_request_that_nobody_closes(app, port):
    findings = asked(app, "/closes", "/leaks", "/leaks")
    (found,) = findings.found.values()
    assert (found.kind, found.times) == ("leaked", 2)
    assert f"opens a socket to 127.0.0.1:{port} that nobody closes; GET /leaks (request 2)" in found.sentence
    assert [findings.counts[name] for name in ("opened", "closed", "leaked")] == [3, 1, 2]


def test_a_file_made_of_it_holds_it_open(app):
    assert asked(app, "/half").counts["closed"] == 0
    app.half.close()
    assert asked(app, "/closes").counts["closed"] == 1


def test_one_for_the_app_is_no_leak(app):
    findings = asked(app, "/shared", "/shared", "/closes")
    assert not findings.found
    assert [findings.counts[name] for name in ("opened", "closed", "kept", "reused")] == [2, 1, 1, 1]
    app.shared.close()


def test_one_that_was_refused_was_never_open(app):
    assert asked(app, "/refused").counts["opened"] == 0


def test_datagrams_are_no_connection(app):
    assert asked(app, "/datagrams").counts["opened"] == 0
    app.datagrams.close()


def test_an_async_client(app):
    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            self.rfile.readline()
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        @app.get("/async")
        async def asks():
            async with httpx.AsyncClient(trust_env=False) as client:
                return (await client.get(f"http://127.0.0.1:{server.server_address[1]}")).text

        findings = asked(app, "/async")
        server.shutdown()
    assert (list(findings.found), findings.counts["opened"], findings.counts["closed"]) == ([], 1, 1)


def test_an_encrypted_one_is_the_socket_that_it_was_made_of(app, port):
    context = ssl.create_default_context()

    @app.get("/refuses-tls")
    def refuses():
        with socket.create_server(("127.0.0.1", 0)) as server:
            with socket.create_connection(server.getsockname(), timeout=5) as plain, server.accept()[0] as other:
                other.sendall(b"no TLS here\n")
                with pytest.raises(ssl.SSLError):
                    context.wrap_socket(plain, server_hostname="localhost")
        return ""

    @app.get("/wraps")
    def wraps():
        plain = socket.create_connection(("127.0.0.1", port), timeout=5)
        encrypted = context.wrap_socket(plain, server_hostname="localhost", do_handshake_on_connect=False)
        encrypted.close()
        return ""

    @app.get("/leaks-tls")
    def leaks_tls():
        plain = socket.create_connection(("127.0.0.1", port), timeout=5)
        context.wrap_socket(plain, server_hostname="localhost", do_handshake_on_connect=False)
        return ""

    findings = asked(app, "/refuses-tls", "/wraps", "/leaks-tls")
    assert [(f.kind, f.request["path"]) for f in findings.found.values()] == [("leaked", "/leaks-tls")]
    assert [findings.counts[name] for name in ("opened", "closed", "leaked")] == [3, 2, 1]


def test_what_a_known_driver_opens_is_counted_once(app, tmp_path):
    from workbook import databases

    database = databases.rethinkdb("trace_once")

    @app.get("/known")
    def known():
        with database.connect() as conn:
            assert conn.is_open()
        return ""

    findings = asked(app, "/known")
    assert findings.counts["opened"] == 1


def test_one_that_cannot_be_followed_is_named(app, port):
    import _socket

    @app.get("/raw")
    def raw():
        sock = _socket.socket()
        sock.connect(("127.0.0.1", port))
        sock.close()
        return ""

    findings = asked(app, "/raw")
    assert f"a socket to 127.0.0.1:{port}, which is not of Python's own class" in findings.unseen
    assert findings.counts["opened"] == 0
