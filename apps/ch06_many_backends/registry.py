"""What the app can open, and for how long: nothing here knows which backends there are."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import NamedTuple

from flask import g

from .shared import Shared


class UnknownBackend(LookupError):
    """Nobody registered a backend of that name."""


class Backend(NamedTuple):
    open: Callable
    close: Callable
    lifetime: str


class Registry:
    """A factory and a closer for each backend; opens what is asked for, closes what it opened."""

    def __init__(self, logger, timeout):
        """``timeout``: for how many seconds a caller waits while another one opens the same backend."""
        self.logger = logger
        self.backends = {}
        self.shared = Shared(timeout)

    def register(self, name, open, close, lifetime="context"):
        """Let ``get(name)`` return what ``open()`` returns, until ``close`` is called with it."""
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
            return self.shared.get(name, backend.open)
        return get_or_open(g.setdefault("backends", {}), name, backend.open)

    def close_context(self, exc):
        """Close what this context opened, the last one first."""
        close_all(g.pop("backends", {}), self.backends, self.logger)

    def close_shared(self):
        """Close what lives as long as the app: when the process ends, or a test; never in a request."""
        close_all(self.shared.take_all(), self.backends, self.logger)


def get_or_open(opened, name, factory):
    if name not in opened:
        opened[name] = factory()
    return opened[name]


def close_all(opened, backends, logger):
    """Close everything in ``opened``, the last one first, even if some of it does not close cleanly."""
    with ExitStack() as stack:
        for name, thing in opened.items():
            stack.callback(close_one, name, thing, backends[name].close, logger)


def close_one(name, thing, close, logger):
    try:
        close(thing)
    except Exception:
        logger.exception("%s did not close cleanly", name)
