"""What is done without a request: flask commands and work for a background thread."""

import functools

import click

from .db import get_db

SCHEMA = """
DROP TABLE IF EXISTS users;
DROP TABLE IF EXISTS notes;
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER, text TEXT);
"""
NOTES = [("ada", "order punch cards"), ("ada", "write to Babbage"), ("grace", "catch the moth")]


def seed():
    """Create the tables and fill them."""
    db = get_db()
    db.executescript(SCHEMA)
    with db:
        for name, text in NOTES:
            db.execute("INSERT OR IGNORE INTO users (name) VALUES (?)", [name])
            db.execute("INSERT INTO notes (user_id, text) SELECT id, ? FROM users WHERE name = ?", [text, name])
    print(f"{count_notes()} notes")


def count_notes():
    return get_db().execute("SELECT count(*) FROM notes").fetchone()[0]


@click.command("count-plain")
def count_plain():
    """A click command that was not made by app.cli.command()."""
    print(f"{count_notes()} notes")


def in_context(app, function):
    """A task for a worker: each call of it has an app context of its own."""

    @functools.wraps(function)
    def task(*args, **kwargs):
        with app.app_context():
            return function(*args, **kwargs)

    return task


def init_app(app):
    app.cli.command("seed")(seed)
    app.cli.command("count")(lambda: print(f"{count_notes()} notes"))
    app.cli.add_command(count_plain)
