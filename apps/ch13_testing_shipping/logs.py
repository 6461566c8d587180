"""An id for each request: in every line that the request writes into the log, and in its response."""

import logging
import re
from secrets import token_hex

from flask import g, has_app_context, request
from flask.logging import default_handler

# An id that a proxy has given stays; what looks otherwise is not written into a log.
ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


def begin():
    sent = request.headers.get("X-Request-ID", "")
    g.request_id = sent if ID.fullmatch(sent) else token_hex(8)


def end(response):
    response.headers["X-Request-ID"] = g.request_id
    # Probes come every few seconds, and say nothing new.
    level = logging.DEBUG if request.blueprint == "health" else logging.INFO
    # %r: a path may hold a line break, and would write lines of its own.
    logging.getLogger(__name__).log(level, "%s %r %s", request.method, request.path, response.status_code)
    return response


def add_id(record):
    record.request_id = g.get("request_id", "-") if has_app_context() else "-"
    return True


def init_app(app):
    app.before_request(begin)
    app.after_request(end)
    # No time in it: whatever collects the lines of this process adds one.
    default_handler.setFormatter(logging.Formatter("%(levelname)s %(request_id)s %(message)s"))
    default_handler.addFilter(add_id)
    app.logger.setLevel(logging.INFO)
