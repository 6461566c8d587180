"""No place, no connection: without a limit it is no pool."""

try:
    place = self.places.get(timeout=self.wait)
except Empty:
    place = None
return place or self.connect()
