"""A slow reader gets the newest value and its number, and none of those before. Keep only one."""

def __init__(self):
    self.news = Condition()
    self.values = []

def tell(self, value):
    with self.news:
        self.values.append(value)
        self.news.notify_all()

def after(self, number, seconds):
    with self.news:
        if self.news.wait_for(lambda: len(self.values) > number, seconds):
            return number + 1, self.values[number]
