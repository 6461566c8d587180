"""A shelf of records for each member: one MongoClient for the app, a database for each of them."""

from flask import Flask

from . import (
    closing,
    commands,
    errors,
    json_provider,
    module_global,
    mongo,
    per_request,
    records,
    repeating,
    trusting,
)
from .config import Config, check


def create_app(config=Config):
    app = Flask(__name__)
    app.config.from_object(config)
    # FLASK_MONGODB_TIMEOUT_MS=500 in the environment wins, as an int.
    app.config.from_prefixed_env()
    check(app.config)

    mongo.init_app(app)
    errors.init_app(app)
    commands.init_app(app)
    json_provider.init_app(app)
    app.register_blueprint(records.bp)

    if app.config["WRONG_WAYS"]:
        module_global.init_app(app)
        app.register_blueprint(per_request.bp)
        app.register_blueprint(trusting.bp)
        app.register_blueprint(repeating.bp)
    if app.config["CLOSE_IN_TEARDOWN"]:
        closing.init_app(app)
    return app
