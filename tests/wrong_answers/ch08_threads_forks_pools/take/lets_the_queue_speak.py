"""The caller knows the pool, not its queue: turn queue.Empty into PoolTimeout."""

place = self.places.get(timeout=self.wait)
return place or self.connect()
