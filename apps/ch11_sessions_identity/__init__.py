"""A record shop: a cart in the session, users in MongoDB, and who is logged in."""

from flask import Flask

from . import auth, cart, counts, csrf, errors, g_user, headers, mongo, server_side, wrong
from .config import Config, check


def create_app(config=Config):
    app = Flask(__name__)
    app.config.from_object(config)
    # FLASK_SECRET_KEY=... in the environment wins.
    app.config.from_prefixed_env()
    check(app.config)

    errors.init_app(app)
    headers.init_app(app)
    csrf.init_app(app)
    mongo.init_app(app)
    if app.config["SERVER_SIDE_SESSIONS"]:
        server_side.init_app(app)
    auth.init_app(app)
    if app.config["EAGER_USER"]:
        g_user.init_app(app)
    app.register_blueprint(counts.bp)
    app.register_blueprint(cart.bp)
    if app.config["WRONG_WAYS"]:
        app.register_blueprint(wrong.bp)
    return app
