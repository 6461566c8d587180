"""Nobody may ever tell anything: hand the seconds on to the condition."""

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
        self.news.wait_for(lambda: self.number > number)
        return self.number, self.value
