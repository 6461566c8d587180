"""Every error is answered in JSON, with the id under which the log has it."""

from flask import current_app, g, json, request
from rethinkdb.errors import ReqlAvailabilityError, ReqlDriverError
from werkzeug.exceptions import HTTPException


def http_error(error):
    response = error.get_response()
    response.data = json.dumps({"error": error.name, "request": g.get("request_id")})
    response.content_type = "application/json"
    return response


def unavailable(error):
    current_app.logger.warning("RethinkDB: %s", type(error).__name__)
    # A write may have happened, and only its answer is lost: nobody is told to send that again.
    again = {"Retry-After": "1"} if request.method in ("GET", "HEAD") else {}
    return {"error": "database unavailable", "request": g.get("request_id")}, 503, again


def init_app(app):
    app.register_error_handler(HTTPException, http_error)
    # A table that is missing, or whose servers are, is a ReqlAvailabilityError.
    for error in (ReqlDriverError, ReqlAvailabilityError):
        app.register_error_handler(error, unavailable)
