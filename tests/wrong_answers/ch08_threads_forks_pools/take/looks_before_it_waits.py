"""Look and wait are one call: places.get(timeout=wait). Whoever looks first gives up too early."""

if places.empty():
    raise TimeoutError
place = places.get()
if place is not None:
    return place
try:
    return connect()
except BaseException:
    places.put(None)
    raise
