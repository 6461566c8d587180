"""Whoever waits sleeps until somebody wakes it: tell does."""

def __init__(self):
    self.news = Condition()
    self.number, self.value = 0, None

def tell(self, value):
    with self.news:
        self.number += 1
        self.value = value

def after(self, number, seconds):
    with self.news:
        if self.news.wait_for(lambda: self.number > number, seconds):
            return self.number, self.value
