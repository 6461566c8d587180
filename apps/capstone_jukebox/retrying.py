"""How a thread of ours goes on trying."""


class Pause:
    """The pause before the next try: longer each time, until a try succeeded."""

    def __init__(self, config):
        self._first, self._longest = config["RETRY_FIRST"], config["RETRY_LONGEST"]
        self.reset()

    def reset(self):
        self.seconds = self._first

    def grow(self):
        self.seconds = min(2 * self.seconds, self._longest)


def pauses(config, stop):
    """Yield at once, then after each pause, until the event ``stop`` is set."""
    pause = Pause(config)
    while not stop.is_set():
        yield pause
        stop.wait(pause.seconds)
        pause.grow()
