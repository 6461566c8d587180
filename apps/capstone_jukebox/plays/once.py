"""Make a thing once, when it is first needed. Ready to copy: it needs nothing but Python."""

from concurrent.futures import Future
from threading import Lock


class Once:
    """What was made for each key. Whoever comes while it is being made waits for that one try."""

    def __init__(self):
        self._lock = Lock()
        self._made = {}  # key -> Future

    def get(self, key, make):
        """What ``make()`` returned for this key, or its error. A try that failed is forgotten."""
        with self._lock:
            made = self._made
            mine = key not in made
            future = made.setdefault(key, Future())
        if mine:
            # Not under the lock: a try that fails, fails for all who wait, not for one after the other.
            try:
                future.set_result(make())
            except BaseException as error:
                del made[key]
                future.set_exception(error)
        return future.result()

    def forget(self):
        """Forget everything -> {key: what was made}, with what is being made at this moment."""
        with self._lock:
            made, self._made = self._made, {}
        return {key: future.result() for key, future in made.items() if future.exception() is None}
