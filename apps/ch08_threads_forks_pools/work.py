"""What a worker process does: it makes an app of its own, from the settings and an id."""

from rethinkdb import r

from . import create_app
from .config import Config
from .db import get_conn


def shout(settings, song_id):
    """The title of a song in capitals, and everything it needs opened here."""
    app = create_app(type("Settings", (Config,), settings))
    with app.app_context():
        return r.table("songs").get(song_id)["title"].upcase().run(get_conn())
