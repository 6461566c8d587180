"""A jukebox on two servers: songs on one, a log of the uploads on the other."""

from flask import Flask

from . import db, fragile, recordings, settings
from .config import Config


def create_app(config=Config):
    app = Flask(__name__)
    app.config.from_object(config)
    # FLASK_AUDIT_PORT=28016 in the environment wins, as an int.
    app.config.from_prefixed_env()
    settings.check(app.config)

    if app.config["FRAGILE_TEARDOWN"]:
        fragile.init_app(app)
    else:
        db.init_app(app)
    app.register_blueprint(recordings.bp)
    return app
