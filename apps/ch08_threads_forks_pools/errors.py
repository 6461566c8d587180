"""What the client is told when a database is busy or away."""

from pymongo.errors import ConnectionFailure
from rethinkdb.errors import ReqlAvailabilityError, ReqlDriverError

from .pool import PoolTimeout


def busy(error):
    return {"error": "busy"}, 503, {"Retry-After": "1"}


def unavailable(error):
    return {"error": "database unavailable"}, 503, {"Retry-After": "1"}


def init_app(app):
    app.register_error_handler(PoolTimeout, busy)
    # A table that is missing, or whose servers are, is a ReqlAvailabilityError.
    for error in (ReqlDriverError, ReqlAvailabilityError, ConnectionFailure):
        app.register_error_handler(error, unavailable)
