from flask import Blueprint, abort, g, request, url_for

from .members import log_in
from .mongo import get_shared_db

bp = Blueprint("records", __name__)
shelf = Blueprint("shelf", __name__, url_prefix="/records")
shelf.before_request(log_in)


@bp.get("/")
def index():
    return {"service": "records"}


@bp.get("/members")
def members():
    return {"members": get_shared_db().members.count_documents({})}


@shelf.get("")
def records():
    return list(g.db.records.find().sort("title"))


@shelf.get("/<ObjectId:record_id>")
def record(record_id):
    found = g.db.records.find_one({"_id": record_id})
    if found is None:
        abort(404)
    return found


@shelf.post("")
def add():
    new = {"title": read_title()}
    g.db.records.insert_one(new)  # adds the _id to new
    return new, 201, {"Location": url_for(".record", record_id=new["_id"])}


@shelf.put("/<ObjectId:record_id>")
def put(record_id):
    """Store a record under an id of the client's: to send it twice is to store it once."""
    new = {"_id": record_id, "title": read_title()}
    done = g.db.records.replace_one({"_id": record_id}, new, upsert=True)
    return new, 200 if done.matched_count else 201


def read_title():
    """The title in the form that was sent."""
    title = request.form.get("title", "")
    # One line of text, please: no control characters.
    if not title or len(title) > 200 or not title.isprintable():
        abort(400)
    return title


bp.register_blueprint(shelf)
