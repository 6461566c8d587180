from datetime import UTC, datetime
from functools import partial

from flask import Blueprint, abort, current_app, request

from .answer import stream
from .archive import get_archive
from .pieces import as_array, as_lines

bp = Blueprint("readings", __name__)
EVER = datetime(1970, 1, 1, tzinfo=UTC)
ALL = 2**31 - 1


@bp.get("/")
def index():
    return {"service": "buoys"}


@bp.get("/stations/<station>/readings.json")
def array(station):
    return answer(station, as_array, "application/json")


@bp.get("/stations/<station>/readings.ndjson")
def lines(station):
    return answer(station, as_lines, "application/x-ndjson")


def answer(station, encode, mimetype):
    # What the generator needs is taken here: it runs when the context is gone.
    encode = partial(encode, dumps=current_app.json.dumps)
    return stream(get_archive().pages(*asked(station)), encode, mimetype)


def asked(station):
    """What this request asks the archive for; 400 or 404 if it asks for nothing there could be."""
    if len(station) > 64:
        abort(404)
    return station, since(), limit()


def since():
    text = request.args.get("since")
    if text is None:
        return EVER
    try:
        time = datetime.fromisoformat(text)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        abort(400, "since is a time, such as 2026-01-01T12:00")


def limit():
    text = request.args.get("limit")
    if text is None:
        return ALL
    digits = text.lstrip("0")
    # Their number first: Python refuses to read thousands of them.
    if not (text.isascii() and text.isdigit() and 0 < len(digits) < 11 and int(digits) <= ALL):
        abort(400, f"limit is a number from 1 to {ALL}")
    return int(digits)
