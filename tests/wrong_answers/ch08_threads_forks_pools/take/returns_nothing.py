"""The caller would use it as a connection. Raise the error, so that it cannot be overlooked."""

try:
    place = places.get(timeout=wait)
except Empty:
    return None
if place is not None:
    return place
try:
    return connect()
except BaseException:
    places.put(None)
    raise
