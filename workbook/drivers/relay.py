"""A relay between an app and its database: counts connections, cuts them, slows them down.

It passes bytes on and knows nothing of what they mean; a watcher may. The two sockets of each
connection are looked after by two threads.
"""

import contextlib
import select
import socket
import threading
import time
import weakref

CHUNK = 65536
SETTLE = 0.01  # seconds


class Wire:
    """Listens on a loopback port of its own and relays to ``host:port``.

    ``opened`` counts connections since the start. ``watch()``, called for each connection, may
    return an object that is shown what passes: the app's bytes go to its ``sent(data)``, the
    server's to its ``received(data)``. A context manager; ``stop()`` ends it, and so does nobody
    holding it any more, as after the cell that made it was run again.
    """

    def __init__(self, host, port, watch=None):
        self._target = (host, port)
        self._watch = watch
        self._pairs = []
        self._lock = threading.Lock()
        self._delay = 0.0
        self.opened = 0
        self.host = "127.0.0.1"
        self.port = 0
        self.accept()

    @property
    def open(self):
        """Connections that the app has not closed, looked up on the sockets themselves."""
        # The goodbye of a socket closed a moment ago may be in the kernel's queue yet.
        time.sleep(SETTLE)
        with self._lock:
            pairs = list(self._pairs)
        return sum(not _hung_up(client) for client, _ in pairs)

    def cut(self):
        """Break every connection now, as when the server's power fails -> how many."""
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                _close(end)
        return len(pairs)

    def refuse(self):
        """Refuse new connections, as when no server runs; open ones go on."""
        _close(self._listener)

    def accept(self):
        """Accept connections (again, after ``refuse()``) on the same port."""
        listener = socket.create_server((self.host, self.port))
        self._listener = listener
        self.port = listener.getsockname()[1]
        weakref.finalize(self, _close, listener)
        threading.Thread(target=_accept, args=(weakref.ref(self), listener), daemon=True).start()

    def delay(self, seconds):
        """Hold everything the app sends for so many seconds: a network with that round trip."""
        self._delay = seconds

    def stop(self):
        """Refuse and cut everything."""
        self.refuse()
        self.cut()

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.stop()

    def _connect(self, client):
        try:
            server = socket.create_connection(self._target, timeout=5)
        except OSError:
            _close(client)
            return
        server.settimeout(None)
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self.opened += 1
            self._pairs.append((client, server))
        watcher = self._watch() if self._watch else _Blind
        for args in ((client, server, watcher.sent, True), (server, client, watcher.received, False)):
            threading.Thread(target=self._relay, args=args, daemon=True).start()

    def _relay(self, source, target, show, delayed):
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK):
                show(data)  # before it arrives: who has the answer finds it counted
                if delayed and self._delay:
                    time.sleep(self._delay)
                target.sendall(data)
        for end in (source, target):
            _close(end)
        with self._lock:
            self._pairs = [pair for pair in self._pairs if source not in pair]


def _accept(wire, listener):
    """Hand each connection to the Wire that the weak reference ``wire`` leads to, while there is one."""
    with contextlib.suppress(OSError):
        while True:
            client, _ = listener.accept()
            held = wire()
            if held is None:
                return _close(client)
            held._connect(client)
            del held  # or the Wire would live until the next connection


class _Blind:
    """Watches nothing."""

    @staticmethod
    def sent(data):
        pass

    received = sent


def _hung_up(end):
    """Whether the other side of this socket has closed it."""
    try:
        while select.select([end], [], [], 0)[0]:
            if not end.recv(1, socket.MSG_PEEK):
                return True
            time.sleep(0.001)  # Bytes under way: the relay takes them first.
    except (OSError, ValueError):
        return True
    return False


def _close(end):
    # shutdown() first: it wakes a thread that waits in recv() or accept().
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
