"""flask init-db, flask seed, flask create-user, flask write-history."""

import re
from secrets import token_urlsafe

import click
from flask import current_app

from . import sample
from .auth import ROLES
from .people import accounts, catalogue
from .people.db import create_indexes
from .plays.archive import get_archive
from .plays.outbox import settle
from .queue import db, songs


def init_db():
    """Make tables and indexes. The keyspace, with its replication, is made by whoever runs the server."""
    db.create_tables()
    create_indexes()
    archive = get_archive()
    archive.create_table()
    # The driver reads a changed schema again within 2 seconds; Python ends its threads before atexit.
    archive.close()
    print("tables and indexes: ready")


def seed():
    """Add sample tracks, a few songs that wait, and sample people, whose passwords are printed."""
    init_db()
    catalogue.fill(sample.TRACKS)
    print(f"{len(sample.TRACKS)} tracks")
    for name, role in sample.PEOPLE.items():
        password = current_app.config["SEED_PASSWORD"] or token_urlsafe(9)
        try:
            accounts.create(name, password, role)
        except accounts.NameTaken:
            print(f"{name}: is there already")
        else:
            print(f"{name} ({role}): {password}")
    tracks = {track["id"]: track for track in sample.TRACKS}
    for track_id, name in sample.QUEUED.items():
        try:
            songs.add(db.run, tracks[track_id], name, current_app.config["QUEUE_LENGTH"])
        except (songs.AlreadyQueued, songs.QueueFull):
            pass  # the queue is somebody's already


@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default=ROLES[0])
@click.password_option()
def create_user(name, role, password):
    """Add a person; the password is asked for."""
    if not re.fullmatch("[a-z][a-z0-9_-]{0,29}", name):
        raise click.BadParameter("a name has up to 30 of a-z, 0-9, _ and -, a letter first")
    if not 8 <= len(password) <= 200:
        raise click.BadParameter("a password has 8 to 200 characters")
    try:
        accounts.create(name, password, role)
    except accounts.NameTaken:
        raise click.ClickException(f"there is a {name} already") from None
    print(f"{name} ({role})")


def write_history():
    """Write the plays that the history does not have yet."""
    plays = songs.unsettled(db.run)
    print(f"{sum(map(settle, plays))} of {len(plays)} written")


def init_app(app):
    for command in (init_db, seed, create_user, write_history):
        app.cli.command(command.__name__.replace("_", "-"))(command)
