"""Looks once, then waits once."""

def __init__(self):
    self.news = Condition()
    self.number, self.value = 0, None

def tell(self, value):
    with self.news:
        self.number, self.value = self.number + 1, value
        self.news.notify_all()

def after(self, number, seconds):
    with self.news:
        if self.number > number:
            return (self.number, self.value)
        if not self.news.wait(timeout=seconds):
            return None
        return (self.number, self.value)
