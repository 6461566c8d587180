"""The jukebox again, with three ways to its connection side by side."""

from flask import Flask

from . import db, getter, lazy_g, plain_property, proxy


def create_app(config="ch05_g_conn.config.Config"):
    app = Flask(__name__)
    app.config.from_object(config)
    # FLASK_RETHINKDB_PORT=28016 in the environment wins, as an int.
    app.config.from_prefixed_env()

    db.init_app(app)
    lazy_g.init_app(app)
    if app.config["PLAIN_PROPERTY"]:
        plain_property.init_app(app)
    app.register_blueprint(getter.bp)
    app.register_blueprint(proxy.bp)
    app.register_blueprint(lazy_g.bp)
    return app
