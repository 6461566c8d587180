"""A jukebox: a queue that every open page sees live, people and tracks, and what was played."""

from flask import Flask

from . import api, commands, errors, headers, health, page, people, plays, queue, settings
from .config import Config


def create_app(config=Config):
    app = Flask(__name__)
    app.config.from_object(config)
    # FLASK_SECRET_KEY=... in the environment wins.
    app.config.from_prefixed_env()
    settings.check(app.config)

    errors.init_app(app)
    headers.init_app(app)
    people.init_app(app)  # MongoDB: who is who, and the catalogue
    plays.init_app(app)  # Cassandra: what was played
    queue.init_app(app)  # RethinkDB: what is to be played
    health.init_app(app)
    api.init_app(app)
    page.init_app(app)
    commands.init_app(app)
    return app
