"""wait() in a loop, with a deadline"""

def __init__(self):
    self.news = Condition()
    self.latest = (0, None)

def tell(self, value):
    with self.news:
        self.latest = (self.latest[0] + 1, value)
        self.news.notify_all()

def after(self, number, seconds):
    from time import monotonic

    deadline = monotonic() + seconds
    with self.news:
        while self.latest[0] <= number:
            if not self.news.wait(max(0, deadline - monotonic())):
                return None
        return self.latest
