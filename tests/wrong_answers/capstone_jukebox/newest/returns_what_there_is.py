"""Look at what wait_for returned: where the seconds are over there is nothing newer, so return None."""

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
        self.news.wait_for(lambda: self.number > number, seconds)
        return self.number, self.value
