"""The wrong way, kept to be compared: the path decides what is opened, hasattr what is closed."""

from flask import g, request

from .backends import open_mongodb, open_rates, open_rethinkdb


def open_for_path():
    """Open what the pages below this path need."""
    if request.path.startswith("/records"):
        g.rethinkdb = open_rethinkdb()
        g.mongodb = open_mongodb()
        g.mongodb.command("ping")
    elif request.path.startswith("/offers"):
        g.rethinkdb = open_rethinkdb()
        g.mongodb = open_mongodb()
        g.mongodb.command("ping")
        g.rates = open_rates()
        g.rates.get("/health")


def close_chain(exc):
    if hasattr(g, "rethinkdb"):
        g.rethinkdb.close()
    if hasattr(g, "mongodb"):
        g.mongodb.client.close()
    if hasattr(g, "rates"):
        g.rates.close()


class FromG:
    """Lets the views ask as they do in the other ways."""

    def get(self, name):
        return getattr(g, name)


def init_app(app):
    app.extensions["backends"] = FromG()
    app.before_request(open_for_path)
    app.teardown_appcontext(close_chain)
