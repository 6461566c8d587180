"""Listening: a thread for each client (see ``connection``)."""

import _thread
import socket
import sys
import threading
import time

from . import terms  # registers all terms
from .connection import Connection
from .query import DEADLINE
from .store import Store
from .text import log

__all__ = ["serve", "terms"]

STACK = 16 * 1024 * 1024  # address space only; queries nest, and larger ones are not used again by the next thread
WAITING = 2  # threads


def serve(host, port, announce, deadline=DEADLINE, password="", shuffle=None):
    """Listen on a port, 0 for any free one, and answer; ``announce(host, port)`` when ready.

    ``deadline``: seconds for a query. ``password``: of the user admin. ``shuffle``: see ``Store``.
    """
    store = Store(password, shuffle)
    threading.stack_size(STACK)
    sys.setrecursionlimit(10_000)
    with socket.create_server((host, port), backlog=512) as listener:
        store.address = listener.getsockname()[:2]
        clients = Clients(listener, store, deadline)
        announce(*store.address)
        clients.serve()


class Clients:
    """The threads that wait for clients and serve them. To start one for each takes longer than a handshake."""

    def __init__(self, listener, store, deadline):
        self.listener, self.store, self.deadline = listener, store, deadline
        self.waiting, self.lock = 0, threading.Lock()

    def serve(self):
        for _ in range(WAITING):
            self.start()
        threading.Event().wait()  # for a signal

    def start(self):
        with self.lock:
            self.waiting += 1
        _thread.start_new_thread(self.run, ())

    def run(self):
        """Serve one client after another, until enough other threads wait for them."""
        while True:
            try:
                sock, address = self.listener.accept()
            except ConnectionError:
                continue
            except OSError as error:
                if self.listener.fileno() == -1:
                    return
                log(f"[sandbox] no room for a connection: {error.strerror}")
                time.sleep(0.05)
                continue
            with self.lock:
                self.waiting -= 1
                last = not self.waiting
            try:
                if last:
                    self.start()
            except RuntimeError:
                # This one waits on, in the place of the thread that was not to be had.
                log("[sandbox] no room for a thread: a connection was turned away")
                sock.close()
                continue
            Connection(sock, address, self.store, self.deadline).serve()
            with self.lock:
                if self.waiting >= WAITING:
                    return
                self.waiting += 1
