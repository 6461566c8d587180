"""A Condition is used inside its own `with`: it is the lock around the number and the value."""

def __init__(self):
    self.news = Condition()
    self.number, self.value = 0, None

def tell(self, value):
    self.number, self.value = self.number + 1, value
    self.news.notify_all()

def after(self, number, seconds):
    with self.news:
        if self.news.wait_for(lambda: self.number > number, seconds):
            return self.number, self.value
