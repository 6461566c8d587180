from flask import Blueprint

from ..people import catalogue
from .description import api, responses
from .models import Search, Tracks

bp = Blueprint("catalogue", __name__)


@bp.get("/catalogue")
@api.validate(resp=responses(503, HTTP_200=Tracks))
def search(query: Search):
    """The tracks that can be asked for: those with a word that begins with each word of `q`."""
    tracks, total = catalogue.search(query.q, query.page, query.per_page)
    return {"tracks": tracks, "page": query.page, "per_page": query.per_page, "total": total}
