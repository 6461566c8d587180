"""Tell the queue how long to wait."""

place = places.get()
return place or connect()
