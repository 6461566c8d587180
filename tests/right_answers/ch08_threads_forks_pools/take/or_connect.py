"""or, and Exception instead of BaseException"""

try:
    place = places.get(True, wait)
except Empty as error:
    raise TimeoutError("busy") from error
try:
    return place or connect()
except Exception:
    places.put(place)
    raise
