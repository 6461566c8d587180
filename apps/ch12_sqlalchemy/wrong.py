"""Wrong ways, kept to be looked at. Do not copy them."""

from flask import Blueprint, abort, stream_with_context
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from .db import db
from .models import Artist, Record

bp = Blueprint("wrong", __name__, url_prefix="/wrong")

sessions = {}  # of visitors: nobody closes them
cache = {}


@bp.get("/visitors/<name>/records")
def records(name):
    """A session for each visitor, so that their objects stay attached."""
    if name not in sessions:
        sessions[name] = Session(db.engine)
    return [record.slug for record in sessions[name].scalars(select(Record).order_by(Record.slug))]


@bp.get("/artists")
def artists():
    """Each artist's records are fetched when they are looked at."""
    found = db.session.scalars(select(Artist).order_by(Artist.slug))
    return {artist.name: [record.title for record in artist.records] for artist in found}


def cached(slug):
    """An artist that is fetched once and kept for all requests."""
    if slug not in cache:
        cache[slug] = db.session.get(Artist, slug) or abort(404)
    return cache[slug]


@bp.get("/artists/<slug>")
def artist(slug):
    return {"name": cached(slug).name}


@bp.get("/artists/<slug>/records")
def records_of(slug):
    return [record.title for record in cached(slug).records]


@bp.post("/artists/<slug>")
def add_artist(slug):
    """An error of the database that is caught, and then gone on."""
    db.session.add(Artist(slug=slug, name=slug))
    try:
        db.session.flush()
    except IntegrityError:
        pass
    return {"artists": len(db.session.scalars(select(Artist)).all())}


@bp.get("/artists.txt")
def listed():
    """Objects that the view has loaded, in a response that is made when the view has returned."""
    found = db.session.scalars(select(Artist).order_by(Artist.slug)).all()
    lines = (f"{artist.name}: {len(artist.records)}\n" for artist in found)
    return stream_with_context(lines), {"Content-Type": "text/plain"}
