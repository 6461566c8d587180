"""Who has the connection has its place. Put the place back only where connect() failed."""

try:
    place = places.get(timeout=wait)
except Empty:
    raise TimeoutError from None
try:
    return place or connect()
finally:
    places.put(None)
