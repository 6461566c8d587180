"""Read the number and the value after the wait, not before."""

def __init__(self):
    self.news = Condition()
    self.number, self.value = 0, None

def tell(self, value):
    with self.news:
        self.number, self.value = self.number + 1, value
        self.news.notify_all()

def after(self, number, seconds):
    with self.news:
        now, value = self.number, self.value
        if now <= number:
            if not self.news.wait(seconds):
                return None
        return now, value
