from flask import Blueprint, abort, current_app
from httpx import HTTPError
from pymongo.errors import ConnectionFailure, ExecutionTimeout
from rethinkdb import r
from rethinkdb.errors import ReqlAvailabilityError, ReqlDriverError

from .auth import requires_auth
from .backends import get_backend

RECORDS = [
    {"id": "blue-train", "title": "Blue Train", "artist": "John Coltrane", "euros": 18},
    {"id": "kind-of-blue", "title": "Kind of Blue", "artist": "Miles Davis", "euros": 20},
    {"id": "time-out", "title": "Time Out", "artist": "Dave Brubeck Quartet", "euros": 15},
]
REVIEWS = [
    {"record": "kind-of-blue", "stars": 5},
    {"record": "kind-of-blue", "stars": 4},
    {"record": "time-out", "stars": 4},
]

bp = Blueprint("shop", __name__)


class BadAnswer(Exception):
    """The service of another team answered with something that is not a rate."""


@bp.get("/")
def index():
    return {"service": "record shop"}


@bp.get("/records")
@requires_auth
def records():
    """One backend."""
    return list(r.table("records").order_by("title").run(get_backend("rethinkdb")))


# A primary key of RethinkDB has at most 127 bytes, and none of them is zero.
@bp.get("/records/<string(maxlength=30):record_id>")
@requires_auth
def record(record_id):
    """Two backends."""
    if "\0" in record_id:
        abort(404)
    found = r.table("records").get(record_id).run(get_backend("rethinkdb"))
    if found is None:
        abort(404)
    return found | {"stars": stars_of(record_id)}


@bp.get("/offers")
@requires_auth
def offers():
    """All three backends."""
    found = list(r.table("records").order_by("title").run(get_backend("rethinkdb")))
    for each in found:
        each["stars"] = stars_of(each["id"])
    rate, caller = rate_of("USD")
    for each in found:
        each["dollars"] = round(each["euros"] * rate, 2)
    return {"offers": found, "rate for": caller}


def rate_of(currency):
    """(what a euro is worth, for whom): checked like everything that comes from outside."""
    reply = get_backend("rates").get(f"/rates/{currency}").raise_for_status()
    try:
        answer = reply.json()
    except (ValueError, RecursionError):
        raise BadAnswer("no JSON") from None
    match answer:
        # Neither NaN nor infinity is between two numbers.
        case {"rate": int() | float() as rate, "caller": caller} if 0 < rate < 1_000_000:
            return rate, caller
    raise BadAnswer("no rate")


def stars_of(record_id):
    reviews = get_backend("mongodb").reviews.find({"record": record_id})
    return sorted(review["stars"] for review in reviews)


def seed():
    """Create what is missing, and fill both databases."""
    conn = get_backend("rethinkdb")
    if conn.db not in r.db_list().run(conn):
        r.db_create(conn.db).run(conn)
    if "records" not in r.table_list().run(conn):
        r.table_create("records").run(conn)
    r.table("records").insert(RECORDS, conflict="replace").run(conn)
    reviews = get_backend("mongodb").reviews
    reviews.delete_many({})
    reviews.insert_many(dict(review) for review in REVIEWS)
    print(f"{len(RECORDS)} records, {len(REVIEWS)} reviews")


def away(error):
    current_app.logger.warning("%s: %s", type(error).__name__, error)
    return {"error": "a backend is away"}, 503


def bad_answer(error):
    current_app.logger.warning("The rates: %s", error)
    return {"error": "a backend answered nonsense"}, 502


def init_app(app):
    app.register_blueprint(bp)
    app.cli.command("seed")(seed)
    # Not every error of a driver: what the app itself does wrong stays a 500. A table that is
    # missing, or whose servers are, is a ReqlAvailabilityError.
    # A TimeoutError is the registry's: another request is still opening the backend.
    for error in (ReqlDriverError, ReqlAvailabilityError, ConnectionFailure, ExecutionTimeout, HTTPError, TimeoutError):
        app.register_error_handler(error, away)
    app.register_error_handler(BadAnswer, bad_answer)
