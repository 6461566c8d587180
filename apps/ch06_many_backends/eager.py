"""The wrong way, kept to be compared: a hook that opens every backend for every request."""

from flask import g

from .backends import open_mongodb, open_rates, open_rethinkdb
from .if_chain import FromG, close_chain


def open_all():
    """Open everything and ask whether it is there, so that every view finds it ready."""
    g.rethinkdb = open_rethinkdb()
    g.mongodb = open_mongodb()
    g.mongodb.command("ping")
    g.rates = open_rates()
    g.rates.get("/health")


def init_app(app):
    app.extensions["backends"] = FromG()
    app.before_request(open_all)
    app.teardown_appcontext(close_chain)
