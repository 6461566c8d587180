"""notify wakes one of those who wait. All of them want the value."""

def __init__(self):
    self.news = Condition()
    self.number, self.value = 0, None

def tell(self, value):
    with self.news:
        self.number += 1
        self.value = value
        self.news.notify()

def after(self, number, seconds):
    with self.news:
        if self.news.wait_for(lambda: self.number > number, seconds):
            return self.number, self.value
