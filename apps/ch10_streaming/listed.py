"""List, then send: right for a screenful of rows, kept to be compared with many."""

from flask import Blueprint

from .archive import get_archive
from .readings import asked

bp = Blueprint("listed", __name__, url_prefix="/listed")


@bp.get("/stations/<station>/readings.json")
def readings(station):
    return list(get_archive().select(*asked(station)))
