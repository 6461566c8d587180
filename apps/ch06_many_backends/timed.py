"""RethinkDB's driver limits how long it connects, not how long it waits for a response: here it does both.

The driver's own variants for asyncio and others are made in this way too, by subclasses of these classes.
"""

from time import time

from rethinkdb.errors import ReqlTimeoutError
from rethinkdb.net import Connection, ConnectionInstance, make_connection


class TimedInstance(ConnectionInstance):
    def _read_response(self, query, deadline=None):
        try:
            return super()._read_response(query, deadline or time() + self._parent.connect_timeout)
        except ReqlTimeoutError:
            # The response may still come, and would be taken for that of a later query.
            self._socket.close()
            raise


class TimedConnection(Connection):
    def __init__(self, *args, **options):
        super().__init__(TimedInstance, *args, **options)


def connect(**options):
    """A connection like that of r.connect(); ``timeout`` also holds for each response."""
    return make_connection(TimedConnection, **options)
