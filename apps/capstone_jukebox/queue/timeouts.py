"""A connection on which every read ends: the driver's own ``timeout`` covers connecting alone."""

import time

from rethinkdb.errors import ReqlTimeoutError
from rethinkdb.net import Connection, ConnectionInstance


class TimedConnection(Connection):
    """For ``r.make_connection(TimedConnection, ..., read_timeout=seconds)``.

    A response that takes longer raises ReqlTimeoutError, and the connection is closed.
    """

    def __init__(self, *args, read_timeout, **kwargs):
        super().__init__(_TimedInstance, *args, **kwargs)
        self.read_timeout = read_timeout


class _TimedInstance(ConnectionInstance):
    # The driver has no setting for it; all that it reads, for close() too, is read by this method.
    def _read_response(self, query, deadline=None):
        if deadline is not None:  # a cursor that was told how long to wait
            return super()._read_response(query, deadline)
        try:
            return super()._read_response(query, time.time() + self._parent.read_timeout)
        except ReqlTimeoutError:
            self.close()  # a response that comes late would be taken for that of the next query
            raise
