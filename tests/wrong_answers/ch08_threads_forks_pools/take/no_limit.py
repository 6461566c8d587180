"""No place, no connection: without a limit it is no pool."""

try:
    place = places.get(timeout=wait)
except Empty:
    place = None
return place or connect()
