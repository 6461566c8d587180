from itertools import chain

from flask import Blueprint, Response, current_app

from ..plays.archive import get_archive
from .description import api, responses
from .models import Older, Plays

bp = Blueprint("history", __name__)


@bp.get("/history")
@api.validate(resp=responses(503, HTTP_200=Plays))
def page(query: Older):
    """What was played, the newest first; `next` is the cursor of the page after this one."""
    # What an earlier process could not write any more.
    current_app.extensions["outbox"].wake(only_first=True)
    plays = get_archive().page(query.cursor, query.limit)
    return {"plays": plays, "next": plays[-1]["id"] if len(plays) == query.limit else None}


@bp.get("/history.ndjson")
@api.validate(resp=responses(503, HTTP_200=(None, "application/x-ndjson: a play in each line")))
def everything():
    """All that was ever played, the newest first, a play in each line."""
    dumps = current_app.json.dumps
    pages = get_archive().pages()
    # The first page is asked for here: what fails now is an error of the view, and has a status.
    first = next(pages)
    lines = (f"{dumps(play)}\n" for page in chain([first], pages) for play in page)
    return Response(lines, mimetype="application/x-ndjson")
