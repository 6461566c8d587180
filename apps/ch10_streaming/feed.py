"""Warnings as they come: a changefeed, sent as server-sent events."""

from flask import Blueprint, current_app, request
from rethinkdb import r
from rethinkdb.errors import ReqlTimeoutError

from .answer import stream
from .live import connect

bp = Blueprint("feed", __name__)


@bp.get("/warnings/feed")
def feed():
    seen = request.headers.get("Last-Event-ID", "")
    # An id that is none of ours is as good as none.
    seen = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 16 else 0
    config, dumps = current_app.config, current_app.json.dumps
    response = stream(events(config, dumps, seen), iter, "text/event-stream")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Accel-Buffering"] = "no"  # nginx would collect what should go out at once
    return response


def events(config, dumps, seen):
    """Yield the warnings after ``seen``, then each new one, as server-sent events."""
    with connect(config) as conn:
        # The feed first: a warning that comes between the two is in both, not in neither.
        news = r.table("warnings").changes()["new_val"].run(conn)
        missed = r.table("warnings").between(seen, r.maxval, left_bound="open").order_by("id").run(conn)
        yield "retry: 1000\n\n"
        for warning in missed:
            seen = warning["id"]
            yield event(warning, dumps)
        while True:
            try:
                warning = news.next(wait=config["KEEP_ALIVE"])
            except ReqlTimeoutError:
                yield ": no news\n\n"
                continue
            if warning is not None and warning["id"] > seen:
                seen = warning["id"]
                yield event(warning, dumps)


def event(warning, dumps):
    """One event. JSON has no line breaks in it, so its data is one line."""
    return f"id: {warning['id']}\ndata: {dumps(warning)}\n\n"
