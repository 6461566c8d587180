"""None is a place that was not opened yet: open a connection for it."""

try:
    return self.places.get(timeout=self.wait)
except Empty:
    raise PoolTimeout from None
