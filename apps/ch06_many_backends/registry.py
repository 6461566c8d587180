"""What the app can open, and for how long: nothing here knows which backends there are."""

import atexit
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import ExitStack
from threading import Lock, get_ident
from typing import NamedTuple

from flask import g


class UnknownBackend(LookupError):
    """Nobody registered a backend of that name."""


class Backend(NamedTuple):
    open: Callable
    close: Callable
    lifetime: str


class Opening(Future):
    """Becomes what an app-wide backend opens; those who ask meanwhile wait for it."""

    def __init__(self):
        super().__init__()
        self.thread = get_ident()


class Registry:
    """A factory and a closer for each backend; opens what is asked for, closes what it opened."""

    def __init__(self, logger, timeout):
        """``timeout``: the seconds for which a caller waits while another one opens the same backend."""
        self.logger = logger
        self.timeout = timeout
        self.backends = {}
        self.shared = {}
        self.lock = Lock()

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
            return self.get_shared(name, backend)
        return get_or_open(g.setdefault("backends", {}), name, backend)

    def get_shared(self, name, backend):
        """The first caller opens it; who comes meanwhile shares the outcome, an error too."""
        with self.lock:
            opening = self.shared.get(name)
            if first := opening is None:
                if not self.shared:
                    atexit.register(self.close_shared)
                opening = self.shared[name] = Opening()
        if first:
            # Without the lock: the factory may take its time, and may ask for other backends.
            self.open_shared(name, backend, opening)
        elif opening.thread == get_ident() and not opening.done():
            raise RuntimeError(f"to open {name!r} its factory asks for {name!r}")
        return opening.result(self.timeout)

    def open_shared(self, name, backend, opening):
        outcome, thing = None, None
        try:
            thing = backend.open()
        except BaseException as error:
            outcome = error
        with self.lock:
            if self.shared.get(name) is opening:
                del self.shared[name]
                if outcome is None:
                    # Last in the row: what its factory asked for stands before it, and is closed after it.
                    self.shared[name] = opening
        if outcome is None:
            opening.set_result(thing)
        else:
            opening.set_exception(outcome)

    def close_context(self, exc):
        """Close what this context opened, the last one first."""
        self.close_all(g.pop("backends", {}))

    def close_shared(self):
        """Close what lives as long as the app: when the process ends, or a test, never in a request."""
        atexit.unregister(self.close_shared)
        with self.lock:
            shared, self.shared = self.shared, {}
        done = wait(shared.values(), self.timeout).done
        self.close_all({name: each.result() for name, each in shared.items() if each in done and not each.exception()})

    def close_all(self, opened):
        """Call every closer, the last one first; one that fails keeps neither the others nor a response back."""
        with ExitStack() as stack:
            for name, thing in opened.items():
                stack.callback(self.close_one, name, thing)

    def close_one(self, name, thing):
        try:
            self.backends[name].close(thing)
        except Exception:
            self.logger.exception("%s did not close cleanly", name)


def get_or_open(opened, name, backend):
    if name not in opened:
        opened[name] = backend.open()
    return opened[name]
