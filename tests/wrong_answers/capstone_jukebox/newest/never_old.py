"""A reader names the number that it has seen: only what is newer is news."""

def __init__(self):
    self.news = Condition()
    self.number, self.value = 0, None

def tell(self, value):
    with self.news:
        self.number += 1
        self.value = value
        self.news.notify_all()

def after(self, number, seconds):
    with self.news:
        if self.news.wait_for(lambda: self.number > 0, seconds):
            return self.number, self.value
