"""What all threads of a process share: opened by the first that asks, while the others wait for the outcome."""

from concurrent.futures import Future, wait
from threading import Lock, get_ident


class Opening(Future):
    """Becomes what is being opened, or the error that came instead."""

    def __init__(self):
        super().__init__()
        self.thread = get_ident()


class Shared:
    def __init__(self, timeout):
        self.timeout = timeout
        self.openings = {}
        self.lock = Lock()

    def get(self, name, factory):
        """What ``factory()`` returned to the first caller; raises what it raised to those who came meanwhile.

        Raises TimeoutError if it takes longer than the time-out, RuntimeError if ``factory`` asks for itself.
        """
        with self.lock:
            opening = self.openings.get(name)
            if first := opening is None:
                opening = self.openings[name] = Opening()
        if first:
            # Without the lock: it may take its time, and it may ask for something else that is shared.
            self.run(factory, name, opening)
        elif opening.thread == get_ident() and not opening.done():
            raise RuntimeError(f"to open {name!r} its factory asks for {name!r}")
        return opening.result(self.timeout)

    def run(self, factory, name, opening):
        try:
            thing = factory()
        except BaseException as error:
            self.settle(name, opening, keep=False)
            opening.set_exception(error)
        else:
            self.settle(name, opening, keep=True)
            opening.set_result(thing)

    def settle(self, name, opening, keep):
        with self.lock:
            if self.openings.get(name) is opening:
                del self.openings[name]
                if keep:
                    # Now the last in the row: what its factory asked for is closed after it.
                    self.openings[name] = opening

    def take_all(self):
        """What is open, by name, in the order of opening; from now on it is the caller's to close."""
        with self.lock:
            openings, self.openings = self.openings, {}
        done = wait(openings.values(), self.timeout).done
        return {name: each.result() for name, each in openings.items() if each in done and not each.exception()}
