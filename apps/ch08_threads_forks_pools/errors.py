"""What the client is told when a database is busy or away."""

from pymongo.errors import ConnectionFailure
from rethinkdb.errors import ReqlDriverError

from .pool import PoolTimeout


def busy(error):
    return {"error": "busy"}, 503, {"Retry-After": "1"}


def unavailable(error):
    return {"error": "database unavailable"}, 503, {"Retry-After": "1"}


def init_app(app):
    app.register_error_handler(PoolTimeout, busy)
    app.register_error_handler(ReqlDriverError, unavailable)
    app.register_error_handler(ConnectionFailure, unavailable)
