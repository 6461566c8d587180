"""What was told already is there: tell counts, and after looks at the number before it waits."""

def __init__(self):
    self.news = Condition()
    self.number, self.value = 0, None

def tell(self, value):
    with self.news:
        self.number, self.value = self.number + 1, value
        self.news.notify_all()

def after(self, number, seconds):
    with self.news:
        self.news.wait(seconds)
        if self.number > number:
            return self.number, self.value
    return None
