"""A jukebox without a database: what happens to a request from its first hook to its last."""

from flask import Flask

from . import api, cors, errors, hooks, songs
from .config import Config, check_settings


def create_app(config=Config):
    app = Flask(__name__)
    app.config.from_object(config)
    # FLASK_MAINTENANCE=true in the environment wins, as a bool.
    app.config.from_prefixed_env()
    check_settings(app.config)

    hooks.init_app(app)
    errors.init_app(app)
    if app.config["CORS_ON_BLUEPRINT"]:
        app.register_blueprint(api.bp)
    else:
        cors.init_app(app)
        app.register_blueprint(songs.bp)
    return app
