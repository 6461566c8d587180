"""A place is put back by whoever took one, and here nobody did: queue.Empty is not connect()'s error."""

try:
    place = places.get(timeout=wait)
    return place or connect()
except Empty:
    places.put(None)
    raise TimeoutError from None
except BaseException:
    places.put(None)
    raise
