"""A place that stays in the queue is lent to somebody else, and the pool grows. Who has the connection has its place,
whether it was opened now or earlier."""

try:
    place = places.get(timeout=wait)
except Empty:
    raise TimeoutError("busy") from None
if place is not None:
    places.put(None)
    return place
try:
    return connect()
except BaseException:
    places.put(None)
    raise
