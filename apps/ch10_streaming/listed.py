"""List, then send: right for a screenful of rows, kept to be compared with many."""

from flask import Blueprint

from .readings import select

bp = Blueprint("listed", __name__, url_prefix="/listed")


@bp.get("/stations/<station>/readings.json")
def readings(station):
    return list(select(station))
