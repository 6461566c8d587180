"""MongoDB: people and the catalogue; one client for the app."""

from . import db


def init_app(app):
    db.init_app(app)
