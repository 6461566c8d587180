"""flask load, flask warn: something to read."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import click
from cassandra.concurrent import execute_concurrent
from cassandra.query import BatchStatement, BatchType
from flask import current_app
from rethinkdb import r

from .archive import COLUMNS, get_archive
from .live import connect

STATION = "bell-rock"
START = datetime(2026, 1, 1, tzinfo=UTC)
TABLE = """
CREATE TABLE IF NOT EXISTS readings (
    station text, at timestamp, id uuid, height decimal, period double, raw text,
    PRIMARY KEY (station, at)
)"""
INSERT = f"INSERT INTO readings ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"


def reading(number, size):
    """Reading number 0, 1, ... of the station, with ``size`` characters as the buoy sent them."""
    at = START + timedelta(minutes=number)
    height = Decimal(number * 37 % 900).scaleb(-2)
    # Every thousandth wave was too small to be timed.
    period = float("nan") if number % 1000 == 3 else 2 + number % 97 / 8
    return STATION, at, height, uuid.UUID(int=number), period, f"{number:08}".ljust(size, "~")


def batches(insert, rows, size):
    """(statement, parameters) for each batch. One partition in each, so a batch is one write."""
    step = max(1, 4000 // (size + 100))  # Cassandra warns of batches over 5 KiB
    for start in range(0, rows, step):
        batch = BatchStatement(BatchType.UNLOGGED)
        for number in range(start, min(start + step, rows)):
            batch.add(insert, reading(number, size))
        yield batch, None


@click.option("--rows", default=1000)
@click.option("--size", default=20)
def load(rows, size):
    """Fill the archive with readings of one buoy."""
    archive = get_archive()
    session = archive.session
    session.execute(TABLE)
    execute_concurrent(session, batches(session.prepare(INSERT), rows, size))
    # The driver reads a changed schema again within 2 seconds; Python ends its threads before atexit.
    archive.close()
    print(f"{rows} readings")


@click.argument("texts", nargs=-1)
def warn(texts):
    """Publish warnings; the first call makes the database and the table."""
    with connect(current_app.config) as conn:
        if conn.db not in r.db_list().run(conn):
            r.db_create(conn.db).run(conn)
        if "warnings" not in r.table_list().run(conn):
            r.table_create("warnings").run(conn)
        last = r.table("warnings")["id"].max().default(0).run(conn)
        warnings = [{"id": last + number, "text": text} for number, text in enumerate(texts, 1)]
        done = r.table("warnings").insert(warnings).run(conn)
    if done["errors"]:
        # Somebody else has published meanwhile, under the same number. Nothing is raised for that.
        raise click.ClickException(f"{done['inserted']} of {len(warnings)}: {done['first_error'].splitlines()[0]}")
    print(f"{len(warnings)} warnings")


def init_app(app):
    for command in (load, warn):
        app.cli.command(command.__name__)(command)
