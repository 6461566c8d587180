from flask import Blueprint, Response

from ..errors import fail
from ..queue.feed import get_feed
from .description import api, responses

bp = Blueprint("feed", __name__)


@bp.get("/feed")
@api.validate(resp=responses(503, HTTP_200=(None, "text/event-stream")))
def listen():
    """The queue as it changes, as server-sent events.

    `queue` has the queue as GET /api/queue has it, without `voted`: at once, and after each change.
    `state` says whether the feed is `live` or `reconnecting`.
    """
    feed = get_feed()
    if not feed.enter():
        fail(503, "too_many_pages", "Too many pages are open.", {"Retry-After": "10"})
    response = Response(feed.pages.events(), mimetype="text/event-stream")
    # Whatever becomes of the body: read to its end, given up, or never begun.
    response.call_on_close(feed.pages.leave)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Accel-Buffering"] = "no"  # nginx would collect what should go out at once
    return response
