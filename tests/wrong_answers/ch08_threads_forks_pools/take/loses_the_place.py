"""The place was lost with the error: put it back before the error goes on, whatever its class. Drivers have errors
of their own."""

try:
    place = places.get(timeout=wait)
except Empty:
    raise TimeoutError from None
return place or connect()
