"""Use the connection in the place, if there is one."""

try:
    places.get(timeout=wait)
except Empty:
    raise TimeoutError from None
return connect()
