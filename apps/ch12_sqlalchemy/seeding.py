"""Commands: the tables, and something in them."""

import click
from flask import Blueprint
from sqlalchemy import update

from .db import db
from .models import Artist, Record

bp = Blueprint("seeding", __name__, cli_group=None)

ARTISTS = {
    "art-blakey": ("Art Blakey", {"moanin": ("Moanin'", 4)}),
    "john-coltrane": ("John Coltrane", {"blue-train": ("Blue Train", 3), "giant-steps": ("Giant Steps", 2)}),
    "miles-davis": ("Miles Davis", {"kind-of-blue": ("Kind of Blue", 5), "milestones": ("Milestones", 1)}),
}


@bp.cli.command("seed")
def seed():
    """Make the tables that are missing, and put the shop's records back as they were."""
    db.create_all()
    for artist, (name, records) in ARTISTS.items():
        db.session.merge(Artist(slug=artist, name=name))
        for slug, (title, stock) in records.items():
            db.session.merge(Record(slug=slug, title=title, stock=stock, artist_slug=artist))
    db.session.commit()
    print(f"{len(ARTISTS)} artists, {sum(len(records) for _, records in ARTISTS.values())} records")


@bp.cli.command("restock")
@click.argument("slug")
@click.argument("copies", type=click.IntRange(1, 1000))
def restock(slug, copies):
    """Add copies of a record to the stock."""
    found = db.session.execute(update(Record).where(Record.slug == slug).values(stock=Record.stock + copies))
    if not found.rowcount:
        raise click.ClickException(f"no record {slug!r}")
    db.session.commit()
    print(f"{slug}: {copies} more")
