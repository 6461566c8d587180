"""Reading takes nothing away: what one reader has seen, another has not."""

def __init__(self):
    self.news = Condition()
    self.number, self.found = 0, None

def tell(self, value):
    with self.news:
        self.number += 1
        self.found = self.number, value
        self.news.notify_all()

def after(self, number, seconds):
    with self.news:
        self.news.wait_for(lambda: self.found, seconds)
        found, self.found = self.found, None
        return found
