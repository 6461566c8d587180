"""What the app can open, and for how long: nothing here knows which backends there are."""

from collections.abc import Callable
from contextlib import ExitStack
from threading import Lock
from typing import NamedTuple

from flask import g


class UnknownBackend(LookupError):
    """Nobody registered a backend of that name."""


class Backend(NamedTuple):
    open: Callable
    close: Callable
    lifetime: str


class Registry:
    """A factory and a closer for each backend; opens what is asked for, closes what it opened."""

    def __init__(self, logger):
        self.logger = logger
        self.backends = {}
        self.shared = {}
        self.lock = Lock()

    def register(self, name, open, close, lifetime="context"):
        """Let ``get(name)`` answer with ``open()``, until ``close`` is called with it."""
        if name in self.backends:
            raise ValueError(f"there is a backend {name!r} already")
        if lifetime not in ("context", "app"):
            raise ValueError(f"a backend lives as long as a context or an app, not {lifetime!r}")
        self.backends[name] = Backend(open, close, lifetime)

    def get(self, name):
        """The backend of that name; the first call in its lifetime opens it."""
        if name not in self.backends:
            known = ", ".join(sorted(self.backends))
            raise UnknownBackend(f"no backend {name!r}; there are: {known}")
        backend = self.backends[name]
        if backend.lifetime == "app":
            # Two first requests may come at once: one of them opens, the other waits.
            with self.lock:
                return get_or_open(self.shared, name, backend)
        return get_or_open(g.setdefault("backends", {}), name, backend)

    def close_context(self, exc):
        """Close what this context opened, the last one first."""
        self.close_all(g.pop("backends", {}))

    def close_shared(self):
        """Close what lives as long as the app: when the app ends, never in a request."""
        with self.lock:
            shared, self.shared = self.shared, {}
        self.close_all(shared)

    def close_all(self, opened):
        with ExitStack() as stack:
            for name, thing in opened.items():
                stack.callback(self.close_one, name, thing)

    def close_one(self, name, thing):
        """A close that fails costs nobody an answer, and no other backend its close."""
        try:
            self.backends[name].close(thing)
        except Exception:
            self.logger.exception("%s did not close cleanly", name)


def get_or_open(opened, name, backend):
    if name not in opened:
        opened[name] = backend.open()
    return opened[name]
