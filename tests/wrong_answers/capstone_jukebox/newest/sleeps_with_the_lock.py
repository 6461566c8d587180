"""Who waits gives the lock back: wait and wait_for do so, sleep does not."""

def __init__(self):
    self.news = Condition()
    self.number, self.value = 0, None

def tell(self, value):
    with self.news:
        self.number, self.value = self.number + 1, value
        self.news.notify_all()

def after(self, number, seconds):
    import time
    end = time.monotonic() + seconds
    with self.news:
        while self.number <= number:
            if time.monotonic() > end:
                return None
            time.sleep(0.01)
        return self.number, self.value
