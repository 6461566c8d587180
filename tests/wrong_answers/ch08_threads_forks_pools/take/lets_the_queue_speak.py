"""The caller knows the pool, not its queue: turn queue.Empty into TimeoutError."""

place = places.get(timeout=wait)
return place or connect()
