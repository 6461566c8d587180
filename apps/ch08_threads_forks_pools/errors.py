"""What the client is told when a database is busy or away."""

from pymongo.errors import ConnectionFailure, ExecutionTimeout, WaitQueueTimeoutError
from rethinkdb.errors import ReqlAvailabilityError, ReqlDriverError

from .pool import PoolTimeout


# Every view only reads, so asking again does no harm. (A write may have happened: chapter 7.)
def busy(error):
    return {"error": "busy"}, 503, {"Retry-After": "1"}


def unavailable(error):
    return {"error": "database unavailable"}, 503, {"Retry-After": "1"}


def init_app(app):
    for error in (PoolTimeout, WaitQueueTimeoutError):
        app.register_error_handler(error, busy)
    # A table that is missing, or whose servers are, is a ReqlAvailabilityError.
    for error in (ReqlDriverError, ReqlAvailabilityError, ConnectionFailure, ExecutionTimeout):
        app.register_error_handler(error, unavailable)
