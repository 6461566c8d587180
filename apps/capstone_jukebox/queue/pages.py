"""The open pages of a process, and the newest state of the queue, which they all wait for."""

from threading import Condition


class Pages:
    """At most ``most`` pages; one without news for ``heartbeat`` seconds is sent a comment.

    There is no queue of messages: a slow page gets what is newest and skips the rest, so nothing piles up.
    """

    def __init__(self, most, heartbeat):
        self._most, self._heartbeat = most, heartbeat
        self._open, self._closed = 0, False
        self._news = Condition()
        self._now = (None, None)  # the newest event of each kind: the state of the feed, the queue

    def enter(self):
        """Take a place -> whether there was one. It is given back with ``leave``."""
        with self._news:
            if self._closed or self._open >= self._most:
                return False
            self._open += 1
            return True

    def leave(self):
        with self._news:
            self._open -= 1

    def tell(self, state, queue=None):
        """Wake all pages with a new state and, where it is known, the queue; both are texts of events."""
        with self._news:
            self._now = (state, queue)
            self._news.notify_all()

    def close(self):
        """End all pages, and let none in any more."""
        with self._news:
            self._closed = True
            self._news.notify_all()

    def events(self):
        """Yield the events for one page: all there is, then what is new."""
        seen = (None, None)
        yield "retry: 1000\n\n"
        while True:
            with self._news:
                news = self._news.wait_for(lambda seen=seen: self._closed or self._now != seen, self._heartbeat)
                if self._closed:
                    return
                before, seen = seen, self._now
            if not news:
                # For proxies, which cut off what is silent, and to notice that a page is gone.
                yield ": no news\n\n"
            yield from (new for new, old in zip(seen, before, strict=True) if new not in (old, None))
