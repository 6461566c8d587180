"""A record shop on three backends: records in RethinkDB, reviews in MongoDB, rates over HTTP."""

from flask import Flask

from . import backends, eager, if_chain, shop
from .config import Config, check


def create_app(config=Config):
    app = Flask(__name__)
    app.config.from_object(config)
    # FLASK_RETHINKDB_PORT=28016 in the environment wins, as an int.
    app.config.from_prefixed_env()
    check(app.config)

    ways = {"registry": backends, "eager": eager, "if-chain": if_chain}
    ways[app.config["BACKENDS"]].init_app(app)
    shop.init_app(app)
    return app
