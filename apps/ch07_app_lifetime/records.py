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
    title = request.form.get("title", "")
    # One line of text, please: no control characters.
    if not title or len(title) > 200 or not title.isprintable():
        abort(400)
    new = {"title": title}
    g.db.records.insert_one(new)  # adds the _id to new
    return new, 201, {"Location": url_for(".record", record_id=new["_id"])}


bp.register_blueprint(shelf)
