"""The place was lost with the error: put it back before the error goes on."""

try:
    place = self.places.get(timeout=self.wait)
except Empty:
    raise PoolTimeout from None
return place or self.connect()
