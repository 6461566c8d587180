"""HTTP requests sent byte for byte as they are written: no library mends them on the way."""

import dataclasses
import functools
import re
import socket
import struct

WHERE = "127.0.0.1"
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends a reset
SECONDS = 20
# After a "100 Continue". What http.server refuses before it has read the version has no status line.
STATUS = rb"(?:HTTP/1.1 100 .*\r\n\r\n)?HTTP/1.\d (\d+)|.*Error code: (\d+)"
RUN = r"(.{1,6}?)\1{20,}"  # one piece more than twenty times


@dataclasses.dataclass(frozen=True, repr=False)
class Request:
    """One request. Its repr is Python that makes it again.

    ``headers`` are pairs; Host, Connection, the visitor's cookies and Content-Length are
    added unless they are there, and ``{session}`` in a value is the visitor's own cookie.
    ``leaves_after``: hang up after so many bytes, without reading; ``reset``: rudely.
    ``hostile`` says what is wrong with it, in a word; a request of a good client has none.
    """

    method: str = "GET"
    target: str = "/"
    headers: tuple = ()
    body: bytes = b""
    leaves_after: int | None = None
    reset: bool = False
    hostile: str = ""

    def but(self, **changes):
        """The same request with some fields changed."""
        return dataclasses.replace(self, **changes)

    def __repr__(self):
        fields = (
            f"{field.name}={short(value)}"
            for field in dataclasses.fields(self)
            if (value := getattr(self, field.name)) != field.default
        )
        return f"Request({', '.join(fields)})"

    def _repr_pretty_(self, printer, cycle):
        printer.text(repr(self))


@functools.lru_cache(500, typed=True)  # Every example is written down, and all have the same few bodies.
def short(value):
    """The repr of a value, where one piece over and over is written as a product."""
    if isinstance(value, tuple):
        return f"({', '.join(map(short, value))}{',' if len(value) == 1 else ''})"
    if not isinstance(value, str | bytes):
        return repr(value)
    parts, end = [], 0
    for run in re.finditer(RUN if isinstance(value, str) else RUN.encode(), value, re.DOTALL):
        parts += [repr(value[end : run.start()])] if run.start() > end else []
        parts.append(f"{run[1]!r} * {len(run[0]) // len(run[1])}")
        end = run.end()
    return " + ".join([*parts, repr(value[end:])] if end < len(value) or not parts else parts)


class Visitor:
    """Sends requests to a port of this machine and keeps the cookies it is given."""

    def __init__(self, port):
        self._port = port
        self._cookies = {}

    def send(self, request):
        """Send it -> the status, "left" if the visitor did not wait for one, "none" without one.

        Raises TimeoutError where no answer comes.
        """
        data = self._encode(request)
        with socket.create_connection((WHERE, self._port), timeout=SECONDS) as conn:
            if request.leaves_after is not None:
                if request.reset:
                    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                _send(conn, data[: request.leaves_after])
                return "left"
            _send(conn, data)
            answer = _receive(conn)
        for name, value in re.findall(rb"\r\nSet-Cookie: ([^=]+)=([^;\r]*)", answer):
            self._cookies[name.decode()] = value.decode()
        status = re.match(STATUS, answer, re.DOTALL)
        return int(status[1] or status[2]) if status else "none"

    def _encode(self, request):
        there = {name.lower() for name, _ in request.headers}
        session = self._cookies.get("session", "")
        headers = [(name, value.replace("{session}", session)) for name, value in request.headers]
        if "host" not in there:
            headers.insert(0, ("Host", f"{WHERE}:{self._port}"))
        if "cookie" not in there and self._cookies:
            headers.append(("Cookie", "; ".join(map("=".join, self._cookies.items()))))
        if request.body and not there & {"content-length", "transfer-encoding"}:
            headers.append(("Content-Length", str(len(request.body))))
        headers.append(("Connection", "close"))
        head = [f"{request.method} {request.target} HTTP/1.1", *map(": ".join, headers), "", ""]
        return "\r\n".join(head).encode("latin-1") + request.body


def _send(conn, data):
    try:
        conn.sendall(data)
        conn.shutdown(socket.SHUT_WR)
    except TimeoutError:
        raise
    except OSError:
        pass  # A server need not read all of what it refuses.


def _receive(conn):
    answer = b""
    try:
        while data := conn.recv(65536):
            answer += data
    except ConnectionError:
        pass  # Nor wait until it was told all of it.
    return answer
