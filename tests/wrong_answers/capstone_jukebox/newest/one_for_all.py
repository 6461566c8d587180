"""Each Newest has a number and a value of its own: make them in __init__, on self."""

def __init__(self):
    self.news = Condition()
    Newest.number, Newest.value = 0, None

def tell(self, value):
    with self.news:
        Newest.number, Newest.value = Newest.number + 1, value
        self.news.notify_all()

def after(self, number, seconds):
    with self.news:
        if self.news.wait_for(lambda: self.number > number, seconds):
            return self.number, self.value
    return None
