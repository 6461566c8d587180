"""RethinkDB connections that never wait for ever. Ready to copy: it needs nothing but the driver."""

import time

from rethinkdb import net
from rethinkdb.errors import ReqlTimeoutError


def connect(timeout, **where):
    """A connection; opening it, each answer and its goodbye take ``timeout`` seconds at most.

    Raises ReqlTimeoutError, which is a ReqlDriverError.
    """
    return net.make_connection(_Connection, timeout=timeout, read_timeout=timeout, **where)


class _Instance(net.ConnectionInstance):
    def __init__(self, parent, read_timeout):
        super().__init__(parent)
        self._read_timeout = read_timeout

    # The driver's own time-out ends when it is connected. Every answer is read here.
    def _read_response(self, query, deadline=None):
        if deadline is None:
            deadline = time.time() + self._read_timeout
        try:
            return super()._read_response(query, deadline)
        except ReqlTimeoutError:
            # The answer may still come, and would be taken for that of the next query.
            self.close()
            raise


class _Connection(net.Connection):
    def __init__(self, *args, **kwargs):
        super().__init__(_Instance, *args, **kwargs)
