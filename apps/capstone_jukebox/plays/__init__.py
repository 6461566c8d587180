"""Cassandra: what was played, for as long as there is a disk to keep it."""

from . import archive, outbox


def init_app(app):
    archive.init_app(app)
    outbox.init_app(app)
