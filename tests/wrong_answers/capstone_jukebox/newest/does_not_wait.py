"""Wait for the condition until there is something newer, or the seconds are over."""

def __init__(self):
    self.number, self.value = 0, None

def tell(self, value):
    self.number, self.value = self.number + 1, value

def after(self, number, seconds):
    if self.number > number:
        return self.number, self.value
