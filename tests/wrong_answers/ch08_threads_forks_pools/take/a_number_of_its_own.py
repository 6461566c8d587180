"""How long is for the caller to say. Use `wait`, and no number of your own."""

try:
    place = places.get(timeout=1)
except Empty:
    raise TimeoutError("busy") from None
if place is not None:
    return place
try:
    return connect()
except BaseException:
    places.put(None)
    raise
