"""Every error is answered in JSON; a database that does not answer is a 503."""

from cassandra import OperationTimedOut, RequestExecutionException
from cassandra.cluster import NoHostAvailable
from cassandra.connection import ConnectionException
from flask import current_app, json
from werkzeug.exceptions import HTTPException

# No node to ask, no answer in time, an answer that says "not now", a socket lost on the way.
UNAVAILABLE = (NoHostAvailable, OperationTimedOut, RequestExecutionException, ConnectionException)


def http_error(error):
    response = error.get_response()
    response.data = json.dumps({"error": error.name})
    response.content_type = "application/json"
    return response


def database_unavailable(error):
    current_app.logger.warning("Cassandra: %s: %s", type(error).__name__, error)
    return {"error": "database unavailable"}, 503, {"Retry-After": "1"}


def init_app(app):
    app.register_error_handler(HTTPException, http_error)
    for kind in UNAVAILABLE:
        app.register_error_handler(kind, database_unavailable)
