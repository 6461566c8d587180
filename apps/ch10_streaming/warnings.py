"""All warnings there are: the connection lives as long as the generator that reads from it."""

from functools import partial
from itertools import islice

from flask import Blueprint, current_app
from rethinkdb import r

from .answer import stream
from .live import connect
from .pieces import as_lines

bp = Blueprint("warnings", __name__)
PAGE = 100


@bp.get("/warnings.ndjson")
def warnings():
    encode = partial(as_lines, dumps=current_app.json.dumps)
    return stream(pages(current_app.config), encode, "application/x-ndjson")


def pages(config):
    with connect(config) as conn:
        rows = iter(r.table("warnings").order_by(index="id").run(conn))
        while page := list(islice(rows, PAGE)):
            yield page
