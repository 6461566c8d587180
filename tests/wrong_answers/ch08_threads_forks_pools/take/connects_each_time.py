"""Use the connection in the place, if there is one."""

try:
    self.places.get(timeout=self.wait)
except Empty:
    raise PoolTimeout from None
return self.connect()
