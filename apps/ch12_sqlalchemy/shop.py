"""The shop, with the session of Flask-SQLAlchemy."""

from flask import Blueprint, abort, json, request, stream_with_context
from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from .db import db
from .models import Artist, Record, Sale
from .payments import charge

bp = Blueprint("shop", __name__)


@bp.get("/")
def index():
    return {"service": "record shop"}


@bp.get("/records")
def records():
    return [record.slug for record in db.session.scalars(select(Record).order_by(Record.slug))]


@bp.get("/records/<string(maxlength=60):slug>")
def record(slug):
    # PostgreSQL has no zero in a text.
    found = None if "\0" in slug else db.session.get(Record, slug)
    if found is None:
        abort(404)
    return {"slug": found.slug, "title": found.title, "stock": found.stock}


@bp.get("/artists")
def artists():
    query = select(Artist).order_by(Artist.slug).options(selectinload(Artist.records))
    return {artist.name: [record.title for record in artist.records] for artist in db.session.scalars(query)}


def buyer_in(data):
    """The buyer that was posted, or 400."""
    buyer = data.get("buyer") if isinstance(data, dict) else None
    if not isinstance(buyer, str) or not buyer.isprintable() or not 1 <= len(buyer) <= 60:
        abort(400)
    return buyer


@bp.post("/records/<string(maxlength=60):slug>/sales")
def sell(slug):
    buyer = buyer_in(request.get_json())
    if "\0" in slug:
        abort(404)
    # The database counts, so two buyers at once cannot both get the last one. Who writes first of all, waits
    # for a turn: SQLite does not let anybody wait who has read before.
    taken = update(Record).where(Record.slug == slug, Record.stock > 0).values(stock=Record.stock - 1)
    if db.session.execute(taken).rowcount == 0:
        abort(409 if db.session.get(Record, slug) else 404)
    db.session.add(Sale(record_slug=slug, buyer=buyer))
    db.session.flush()
    charge(buyer)
    db.session.commit()
    return {"sold": slug, "buyer": buyer}, 201


@bp.get("/records.ndjson")
def export():
    """All records, a line each, while they are read."""

    def lines():
        # The session is asked for in here: this part runs when the view has returned.
        query = select(Record.slug, Record.stock).order_by(Record.slug).execution_options(yield_per=100)
        for row in db.session.execute(query):
            yield json.dumps(row._asdict()) + "\n"

    return stream_with_context(lines()), {"Content-Type": "application/x-ndjson"}
