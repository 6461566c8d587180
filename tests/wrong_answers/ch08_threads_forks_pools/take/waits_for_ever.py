"""Tell the queue how long to wait."""

place = self.places.get()
return place or self.connect()
