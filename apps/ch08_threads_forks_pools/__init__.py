"""A jukebox for many listeners at once: songs in RethinkDB, plays in MongoDB."""

from flask import Flask

from . import db, early, errors, mongo, songs, wasteful
from .config import Config, check


def create_app(config=Config):
    app = Flask(__name__)
    app.config.from_object(config)
    # FLASK_POOL_SIZE=8 in the environment wins, as an int.
    app.config.from_prefixed_env()
    check(app.config)

    db.init_app(app)
    mongo.init_app(app)
    errors.init_app(app)
    app.register_blueprint(songs.bp)

    # The wrong ways, kept to be compared: nobody has them who does not ask for them.
    if app.config["CLIENT_PER_REQUEST"]:
        app.register_blueprint(wasteful.bp)
    if app.config["OPEN_EARLY"]:
        early.init_app(app)
    return app
