"""counts the values, and keeps the last"""

def __init__(self):
    self.news = Condition()
    self.told = 0
    self.last = None

def tell(self, value):
    with self.news:
        self.told, self.last = self.told + 1, value
        self.news.notify_all()

def after(self, number, seconds):
    with self.news:
        newer = self.news.wait_for(lambda: number < self.told, timeout=seconds)
        return (self.told, self.last) if newer else None
