"""flask init-db, flask seed."""

import click
from cassandra import InvalidRequest

from .animals import INSERT
from .db import get_db
from .models import Animal

# A partition for each genus; the species of a genus lie together, in order.
TABLE = """
CREATE TABLE IF NOT EXISTS $keyspace.animals (
    genus text,
    species text,
    image_url text,
    sightings int,
    size_cm double,
    taxonomy list<text>,
    PRIMARY KEY ((genus), species)
)
"""
CATS = ["Carnivora", "Felidae"]
ANIMALS = [
    Animal(genus="Panthera", species="leo", size_cm=180.5, sightings=3, taxonomy=CATS),
    Animal(genus="Panthera", species="pardus", size_cm=140, taxonomy=CATS),
    Animal(genus="Panthera", species="tigris", size_cm=220, sightings=1, taxonomy=CATS),
    Animal(genus="Lynx", species="lynx", size_cm=105, taxonomy=CATS),
]


def init_db():
    """Make the table. The keyspace, with its replication, is made by whoever runs the server."""
    db = get_db()
    try:
        db.session().execute(db.named(TABLE))
    except InvalidRequest as error:
        raise click.ClickException(f"{error}\nIs there a keyspace of that name?") from error
    # The driver reads a changed schema again within 2 seconds; Python ends its threads before atexit.
    db.close()
    print("table animals: ready")


def seed():
    """Add a few animals, where they are not there yet."""
    added = [get_db().execute(INSERT, animal.model_dump()).was_applied for animal in ANIMALS]
    print(f"{sum(added)} animals added")


def init_app(app):
    app.cli.command("init-db")(init_db)
    app.cli.command("seed")(seed)
