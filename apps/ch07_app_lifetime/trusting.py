"""A wrong way, kept to be looked at: the client of the API names the database."""

from flask import Blueprint, g, request
from pymongo.errors import InvalidName, OperationFailure

from .members import log_in
from .mongo import get_client

bp = Blueprint("trusting", __name__, url_prefix="/trusting")
bp.before_request(log_in)


@bp.get("/records")
def records():
    db = get_client()[request.headers.get("X-Database", g.db.name)]
    return list(db.records.find().sort("title"))


@bp.errorhandler(InvalidName)
@bp.errorhandler(OperationFailure)
def no_such_database(error):
    return {"error": "no such database"}, 404
