"""A jukebox for many listeners at once: songs in RethinkDB, plays in MongoDB."""

from flask import Flask

from . import db, early, errors, mongo, songs, wasteful


def create_app(config="ch08_threads_forks_pools.config.Config"):
    app = Flask(__name__)
    app.config.from_object(config)
    # FLASK_POOL_SIZE=8 in the environment wins, as an int.
    app.config.from_prefixed_env()

    db.init_app(app)
    mongo.init_app(app)
    errors.init_app(app)
    app.register_blueprint(songs.bp)

    # The wrong ways, kept to be compared.
    app.register_blueprint(wasteful.bp)
    if app.config["OPEN_EARLY"]:
        early.init_app(app)
    return app
