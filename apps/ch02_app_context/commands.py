"""What is done without a request: flask commands and work for a background thread."""

import functools

import click
from flask.cli import with_appcontext
from werkzeug.security import generate_password_hash

from .db import get_db

SCHEMA = """
CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, password TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, text TEXT NOT NULL);
"""
NOTES = [("ada", "order punch cards"), ("ada", "write to Babbage"), ("grace", "catch the moth")]


@click.command
@with_appcontext
@click.option("--password", prompt=True, hide_input=True, help="What ada and grace log in with.")
def seed(password):
    """Create the tables and, where nobody has notes yet, fill them with examples."""
    db = get_db()
    db.executescript(SCHEMA)
    if count_notes() == 0:
        hashed = generate_password_hash(password)
        with db:
            for name, text in NOTES:
                db.execute("INSERT OR IGNORE INTO users (name, password) VALUES (?, ?)", [name, hashed])
                db.execute("INSERT INTO notes (user_id, text) SELECT id, ? FROM users WHERE name = ?", [text, name])
    print(f"{count_notes()} notes")


@click.command
@with_appcontext
def count():
    """Say how many notes there are."""
    print(f"{count_notes()} notes")


def count_notes():
    return get_db().execute("SELECT count(*) FROM notes").fetchone()[0]


def in_context(app, function):
    """A task for a worker: each call of it has an app context of its own."""

    @functools.wraps(function)
    def task(*args, **kwargs):
        with app.app_context():
            return function(*args, **kwargs)

    return task


def init_app(app):
    app.cli.add_command(seed)
    app.cli.add_command(count)
