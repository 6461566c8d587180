"""Any value may be told, None too: the number alone says whether there is something newer."""

def __init__(self):
    self.news = Condition()
    self.number, self.value = 0, None

def tell(self, value):
    with self.news:
        self.number, self.value = self.number + 1, value
        self.news.notify_all()

def after(self, number, seconds):
    with self.news:
        if self.news.wait_for(lambda: self.value is not None and self.number > number, seconds):
            return self.number, self.value
    return None
