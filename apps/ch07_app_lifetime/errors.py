"""What the client of the API is told when MongoDB does not answer."""

from flask import current_app, request
from pymongo.errors import ConnectionFailure, ExecutionTimeout, ServerSelectionTimeoutError

# Twice is as good as once.
REPEATABLE = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}
# No server was found: nothing has been sent. (Where a second attempt finds none, PyMongo raises the
# error of the first. Not so where it finds no free connection: WaitQueueTimeoutError says nothing.)
NOT_SENT = ServerSelectionTimeoutError


def database_unavailable(error):
    current_app.logger.warning("MongoDB: %s", type(error).__name__)
    if request.method in REPEATABLE or isinstance(error, NOT_SENT):
        return {"error": "database unavailable"}, 503, {"Retry-After": "1"}
    # The write may have been done, and only its response was lost: to say "again" could do it twice.
    return {"error": "database unavailable", "stored": "unknown"}, 503


def init_app(app):
    # No server, the connection lost, no response in time: all are ConnectionFailures, but for the
    # operation that the server itself has given up in time.
    for error in (ConnectionFailure, ExecutionTimeout):
        app.register_error_handler(error, database_unavailable)
