"""a new Event for each value, set when the next one comes"""

def __init__(self):
    from threading import Event

    self.make = Event
    self.number, self.value, self.next = 0, None, Event()

def tell(self, value):
    self.number, self.value = self.number + 1, value
    over, self.next = self.next, self.make()
    over.set()

def after(self, number, seconds):
    coming = self.next
    if self.number <= number and not coming.wait(seconds):
        return None
    return self.number, self.value
