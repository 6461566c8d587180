"""A wrong way, kept to be looked at: whatever failed, the client of the API is told to send it again."""

from flask import Blueprint, g
from pymongo.errors import ConnectionFailure

from .members import log_in
from .records import read_title

bp = Blueprint("repeating", __name__, url_prefix="/repeating")
bp.before_request(log_in)


@bp.post("/records")
def add():
    g.db.records.insert_one({"title": read_title()})
    return {"stored": "yes"}, 201


@bp.errorhandler(ConnectionFailure)
def send_it_again(error):
    return {"error": "database unavailable"}, 503, {"Retry-After": "1"}
