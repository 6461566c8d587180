"""Every error is told in JSON, in one form; a database that does not answer is a 503."""

from cassandra import OperationTimedOut, RequestExecutionException
from cassandra.cluster import NoHostAvailable
from cassandra.connection import ConnectionException
from flask import abort, current_app, json, make_response
from flask_wtf.csrf import CSRFError
from pymongo.errors import ConnectionFailure, ExecutionTimeout
from rethinkdb.errors import ReqlAvailabilityError, ReqlDriverError
from werkzeug.exceptions import HTTPException

# What each driver raises when its server is away. Whatever else it raises is a mistake of ours.
RETHINKDB = (ReqlDriverError, ReqlAvailabilityError)
MONGODB = (ConnectionFailure, ExecutionTimeout)
CASSANDRA = (NoHostAvailable, OperationTimedOut, RequestExecutionException, ConnectionException)
AWAY = {"queue": RETHINKDB, "people": MONGODB, "history": CASSANDRA}


def body(code, message):
    return {"error": {"code": code, "message": message}}


def fail(status, code, message, headers=()):
    """End the request with an error that has a code of its own."""
    abort(make_response(body(code, message), status, dict(headers)))


def http_error(error):
    response = error.get_response()
    if response.mimetype != "application/json":  # one of fail() is ready
        code = error.name.lower().replace(" ", "_")
        response.data = json.dumps(body(code, error.description or error.name))
        response.content_type = "application/json"
    return response


def csrf_error(error):
    return body("csrf", error.description), 400


def too_deep(error):
    return body("bad_request", "That JSON is nested too deeply."), 400


def unavailable(what):
    message = f"The database of the {what} cannot be reached. Try again soon."

    def handler(error):
        current_app.logger.warning("%s: %s", what, type(error).__name__)
        return body(f"{what}_unavailable", message), 503, {"Retry-After": "1"}

    return handler


def init_app(app):
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(CSRFError, csrf_error)
    # Ten thousand brackets, one in the other.
    app.register_error_handler(RecursionError, too_deep)
    for what, kinds in AWAY.items():
        for kind in kinds:
            app.register_error_handler(kind, unavailable(what))
