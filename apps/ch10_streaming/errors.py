"""What the client is told when a database does not answer, as long as it can be told anything."""

from cassandra import OperationTimedOut, RequestExecutionException
from cassandra.cluster import NoHostAvailable
from cassandra.connection import ConnectionException
from flask import current_app
from rethinkdb.errors import ReqlAvailabilityError, ReqlDriverError

CASSANDRA = NoHostAvailable, OperationTimedOut, RequestExecutionException, ConnectionException
RETHINKDB = ReqlDriverError, ReqlAvailabilityError


def unavailable(error):
    current_app.logger.warning("no answer: %s", type(error).__name__)
    return {"error": "database unavailable"}, 503, {"Retry-After": "1"}


def bad_request(error):
    return {"error": error.description}, 400


def init_app(app):
    for kind in CASSANDRA + RETHINKDB:
        app.register_error_handler(kind, unavailable)
    app.register_error_handler(400, bad_request)
