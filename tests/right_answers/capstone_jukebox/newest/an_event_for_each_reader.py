"""Each reader that waits has an Event of its own."""

def __init__(self):
    from threading import Event, Lock
    self._lock, self._Event = Lock(), Event
    self._number, self._value, self._waiting = 0, None, []

def tell(self, value):
    with self._lock:
        self._number += 1
        self._value = value
        waiting, self._waiting = self._waiting, []
    for one in waiting:
        one.set()

def after(self, number, seconds):
    with self._lock:
        if self._number > number:
            return self._number, self._value
        mine = self._Event()
        self._waiting.append(mine)
    mine.wait(seconds)
    with self._lock:
        return (self._number, self._value) if self._number > number else None
