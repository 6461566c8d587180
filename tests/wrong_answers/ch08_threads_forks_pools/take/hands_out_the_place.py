"""None is a place that was not opened yet: open a connection for it."""

try:
    return places.get(timeout=wait)
except Empty:
    raise TimeoutError from None
