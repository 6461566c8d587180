"""What the client is told when MongoDB does not answer."""

from flask import current_app
from pymongo.errors import ConnectionFailure


def database_unavailable(error):
    current_app.logger.warning("MongoDB: %s", type(error).__name__)
    return {"error": "database unavailable"}, 503, {"Retry-After": "1"}


def init_app(app):
    # No server found, the connection lost, no answer in time: all are ConnectionFailures.
    app.register_error_handler(ConnectionFailure, database_unavailable)
