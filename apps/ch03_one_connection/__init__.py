"""A jukebox: songs in RethinkDB, one connection for each context that needs one."""

from flask import Flask

from . import db, eager, settings, songs
from .config import Config


def create_app(config=Config):
    app = Flask(__name__)
    app.config.from_object(config)
    # FLASK_RETHINKDB_PORT=28016 in the environment wins, as an int.
    app.config.from_prefixed_env()
    settings.check(app.config)

    db.init_app(app)
    if app.config["EAGER_CONNECTION"]:
        eager.init_app(app)
    app.register_blueprint(songs.bp)
    return app
