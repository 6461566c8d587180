"""RethinkDB's driver limits how long it connects, not how long it waits for a response: here it does both."""

from time import time

from rethinkdb.errors import ReqlTimeoutError
from rethinkdb.net import Connection, ConnectionInstance, make_connection


class TimedInstance(ConnectionInstance):
    # All that the driver reads, for close() too, is read by this method.
    def _read_response(self, query, deadline=None):
        if deadline is not None:  # a cursor that was told how long to wait
            return super()._read_response(query, deadline)
        try:
            return super()._read_response(query, time() + self._parent.connect_timeout)
        except ReqlTimeoutError:
            # The response may still come, and would be taken for that of a later query.
            self.close()
            raise


class TimedConnection(Connection):
    def __init__(self, *args, **options):
        super().__init__(TimedInstance, *args, **options)


def connect(**options):
    """A connection like that of r.connect(); ``timeout`` also holds for each response."""
    return make_connection(TimedConnection, **options)
