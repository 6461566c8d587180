"""Tell the queue how long to wait: timeout=wait."""

place = places.get()
return place or connect()
