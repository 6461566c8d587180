"""RethinkDB: the songs that wait, and each change of them."""

from . import db, feed


def init_app(app):
    db.init_app(app)
    feed.init_app(app)
