"""The jukebox again, with three ways to its connection side by side."""

from flask import Flask

from . import db, getter, lazy_g, plain_property, proxy, settings
from .config import Config


def create_app(config=Config):
    app = Flask(__name__)
    app.config.from_object(config)
    # FLASK_RETHINKDB_PORT=28016 in the environment wins, as an int.
    app.config.from_prefixed_env()
    settings.check(app.config)

    db.init_app(app)
    lazy_g.init_app(app)
    if app.config["PLAIN_PROPERTY"]:
        plain_property.init_app(app)
    app.register_blueprint(getter.bp)
    app.register_blueprint(proxy.bp)
    app.register_blueprint(lazy_g.bp)
    return app
