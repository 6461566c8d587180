"""What happens around every request. The order of the lines in init_app is part of the program."""

from flask import current_app, g, request


def check_open():
    """Answers by itself while the jukebox is closed: no view runs then."""
    if current_app.config["MAINTENANCE"]:
        return {"error": "closed for maintenance"}, 503


def read_listener():
    """Who is listening? A header that is not a number raises ValueError, on purpose."""
    g.listener = int(request.headers.get("X-Listener", 0))


def add_listener(response):
    # read_listener may not have run, or not to its end: hence the default.
    response.headers["X-Listener"] = g.get("listener", "unknown")
    return response


def report_failure(exc):
    if exc is not None:
        current_app.logger.warning("the request ended in %s", type(exc).__name__)


def log_end(exc):
    """The place where later chapters close what a context has opened."""
    current_app.logger.info("the app context ends")


def init_app(app):
    app.before_request(check_open)
    app.before_request(read_listener)
    app.after_request(add_listener)
    app.teardown_request(report_failure)
    app.teardown_appcontext(log_end)
