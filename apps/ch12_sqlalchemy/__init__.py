"""A record shop on SQLAlchemy: Flask-SQLAlchemy's session beside one made by hand."""

from flask import Flask

from . import by_hand, db, errors, seeding, shop, wrong
from .config import Config, check


def create_app(config=Config):
    app = Flask(__name__)
    app.config.from_object(config)
    # FLASK_DATABASE_URL=... in the environment wins.
    app.config.from_prefixed_env()
    check(app.config)

    errors.init_app(app)
    db.init_app(app)
    app.register_blueprint(seeding.bp)
    app.register_blueprint(shop.bp)
    if app.config["BY_HAND"]:
        by_hand.init_app(app)
        app.register_blueprint(by_hand.bp)
    if app.config["WRONG_WAYS"]:
        app.register_blueprint(wrong.bp)
    return app
