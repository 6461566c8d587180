"""What happens around every request. The order of the lines in init_app is part of the program."""

from flask import abort, current_app, g, got_request_exception, request


def check_open():
    """Return a response while the jukebox is closed: no view runs then."""
    # A browser that gets no success for its preflight does not show the 503 to the page.
    if current_app.config["MAINTENANCE"] and request.method != "OPTIONS":
        return {"error": "closed for maintenance"}, 503


def read_listener():
    """Who is listening? A number in the header X-Listener, 0 without it."""
    try:
        g.listener = int(request.headers.get("X-Listener", "0"))
    except ValueError:
        abort(400)


def add_listener(response):
    # read_listener may not have run, or not to its end: hence the default.
    response.headers["X-Listener"] = g.get("listener", "unknown")
    return response


def report_failure(app, exception):
    """The place to tell an error tracker; it hears of every exception that nobody handled."""
    app.logger.error("to be reported: %s", type(exception).__name__)


def end_request(exc):
    current_app.logger.debug("the request ends")


def end_context(exc):
    """The place where later chapters close what a context has opened."""
    current_app.logger.debug("the app context ends")


def init_app(app):
    app.before_request(check_open)
    app.before_request(read_listener)
    app.after_request(add_listener)
    app.teardown_request(end_request)
    app.teardown_appcontext(end_context)
    got_request_exception.connect(report_failure, app)
