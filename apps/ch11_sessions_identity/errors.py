"""Every error is answered in JSON; a database that is away is a 503."""

from flask import current_app, json
from pymongo.errors import ConnectionFailure, ExecutionTimeout
from werkzeug.exceptions import HTTPException, InternalServerError

from .server_side import leave_unsaved

# No server found, no place in the pool, the connection lost, no answer in time.
# What else PyMongo raises is a mistake of ours.
AWAY = (ConnectionFailure, ExecutionTimeout)


def http_error(error):
    response = error.get_response()
    response.data = json.dumps({"error": error.name})
    response.content_type = "application/json"
    return response


def away(error):
    current_app.logger.warning("MongoDB: %s", type(error).__name__)
    return {"error": "The database is away"}, 503


def database_error(error):
    if current_app.config["SERVER_SIDE_SESSIONS"]:
        leave_unsaved()
    return away(error)


def server_error(error):
    # What fails while the session is opened or saved comes here, not to database_error.
    if isinstance(error.original_exception, AWAY):
        return away(error)
    return http_error(error)


def init_app(app):
    app.register_error_handler(HTTPException, http_error)
    for error in AWAY:
        app.register_error_handler(error, database_error)
    app.register_error_handler(InternalServerError, server_error)
