"""Each reader that was woken wakes the next one."""

def __init__(self):
    self.news = Condition()
    self.number, self.value = 0, None

def tell(self, value):
    with self.news:
        self.number, self.value = self.number + 1, value
        self.news.notify()

def after(self, number, seconds):
    with self.news:
        if not self.news.wait_for(lambda: self.number > number, seconds):
            return None
        self.news.notify()
        return self.number, self.value
