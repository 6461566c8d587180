"""Every error is answered in JSON; a database that is busy or away is a 503."""

from flask import current_app, json
from sqlalchemy.exc import DBAPIError, OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException

from .payments import PaymentRefused


def http_error(error):
    response = error.get_response()
    response.data = json.dumps({"error": error.name})
    response.content_type = "application/json"
    return response


def busy(error):
    # No view here goes on after a commit, so nothing was done yet: it may be sent again.
    current_app.logger.warning("SQLAlchemy: %s", error)
    return {"error": "busy"}, 503, {"Retry-After": "1"}


def unavailable(error):
    if not (isinstance(error, OperationalError) or error.connection_invalidated):
        raise error  # A mistake of ours. (SQLite calls some of them OperationalError, too.)
    # What the driver said, in a line; the statement and its values stay out of the log.
    current_app.logger.warning("the database: %s", str(error.orig).partition("\n")[0])
    return {"error": "database unavailable"}, 503


def refused(error):
    return {"error": "payment refused"}, 402


def init_app(app):
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(TimeoutError, busy)
    app.register_error_handler(DBAPIError, unavailable)
    app.register_error_handler(PaymentRefused, refused)
