"""Commands: the tables, and something in them."""

from flask import Blueprint

from .db import db
from .models import Artist, Record

bp = Blueprint("seeding", __name__, cli_group=None)

ARTISTS = {
    "art-blakey": ("Art Blakey", {"moanin": ("Moanin'", 4)}),
    "john-coltrane": ("John Coltrane", {"blue-train": ("Blue Train", 3), "giant-steps": ("Giant Steps", 2)}),
    "miles-davis": ("Miles Davis", {"kind-of-blue": ("Kind of Blue", 5), "milestones": ("Milestones", 1)}),
}


@bp.cli.command("init-db")
def init_db():
    """Make the tables that are missing."""
    db.create_all()
    print(f"tables: {', '.join(sorted(db.metadata.tables))}")


@bp.cli.command("seed")
def seed():
    """Put the shop's records back as they were."""
    for artist, (name, records) in ARTISTS.items():
        db.session.merge(Artist(slug=artist, name=name))
        for slug, (title, stock) in records.items():
            db.session.merge(Record(slug=slug, title=title, stock=stock, artist_slug=artist))
    db.session.commit()
    print(f"{len(ARTISTS)} artists")
