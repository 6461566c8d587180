"""Notes: everybody who logs in has some, kept in SQLite."""

from flask import Flask

from . import commands, db, notes, users
from .config import Config, check_settings


def create_app(config=Config):
    app = Flask(__name__)
    app.config.from_object(config)
    # FLASK_DATABASE=/srv/notes.sqlite in the environment wins.
    app.config.from_prefixed_env()
    check_settings(app.config)

    db.init_app(app)
    commands.init_app(app)
    app.register_blueprint(users.bp)
    app.register_blueprint(notes.bp)
    return app
