"""Nobody closes the others. Open a connection only when you have a place, and it is empty."""

conn = connect()
try:
    place = places.get(timeout=wait)
except Empty:
    raise TimeoutError from None
return place or conn
