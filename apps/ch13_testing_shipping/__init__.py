"""Songs to vote for, ready to be shipped: settings, logs, health, and tests of their own beside it."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from . import db, errors, health, logs, songs, wrong
from .config import Config, check


def create_app(**settings):
    """The app. What a test hands over wins over the environment, and that over ``Config``."""
    app = Flask(__name__)
    app.config.from_object(Config)
    # FLASK_RETHINKDB_PORT=28016 in the environment becomes RETHINKDB_PORT, an int.
    app.config.from_prefixed_env()
    app.config.update(settings)
    check(app.config)

    # First, so that its hook is the first to run: every other line of the log has the id.
    logs.init_app(app)
    errors.init_app(app)
    db.init_app(app)
    health.init_app(app)
    app.register_blueprint(songs.bp)

    if proxies := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)
    # The wrong ways, kept to be compared: nobody has them who does not ask for them.
    if app.config["WRONG_WAYS"]:
        app.register_blueprint(wrong.bp)
    if app.config["OPEN_EARLY"]:
        wrong.open_early(app)
    return app
