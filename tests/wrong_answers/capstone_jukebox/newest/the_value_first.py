"""A tuple of two: the number first, then the value."""

def __init__(self):
    self.news = Condition()
    self.number, self.value = 0, None

def tell(self, value):
    with self.news:
        self.number, self.value = self.number + 1, value
        self.news.notify_all()

def after(self, number, seconds):
    with self.news:
        if self.news.wait_for(lambda: self.number > number, seconds):
            return self.value, self.number
    return None
