"""Buoys at sea: a large archive of readings in Cassandra, live warnings in RethinkDB, both streamed."""

from flask import Flask

from . import archive, commands, errors, feed, json_provider, listed, places, readings, settings, warnings
from .config import Config


def create_app(config=Config):
    app = Flask(__name__)
    app.config.from_object(config)
    # FLASK_FETCH_SIZE=100 in the environment wins, as an int.
    app.config.from_prefixed_env()
    settings.check(app.config)

    archive.init_app(app)
    errors.init_app(app)
    commands.init_app(app)
    json_provider.init_app(app)
    for module in (readings, warnings, feed):
        app.register_blueprint(module.bp)

    # Other ways, kept to be compared.
    if app.config["WRONG_WAYS"]:
        app.register_blueprint(listed.bp)
        places.init_app(app)
    return app
