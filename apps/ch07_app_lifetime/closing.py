"""A wrong way, kept to be looked at: what lives as long as the app, closed with the context."""

from flask import current_app


def close_client(exc):
    current_app.extensions["mongo"].close()


def init_app(app):
    app.teardown_appcontext(close_client)
