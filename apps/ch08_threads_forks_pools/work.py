"""What a worker process does: it makes an app of its own, from the settings and an id."""

import os
from multiprocessing import parent_process
from threading import Thread

from rethinkdb import r

from . import create_app
from .config import Config
from .db import get_conn


def end_with_parent():
    """Run first in each worker: a worker waits for tasks for ever, also when its parent was killed."""

    def watch():
        parent_process().join()
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def shout(settings, song_id):
    """The title of a song in capitals, and everything it needs opened here."""
    app = create_app(type("Settings", (Config,), settings))
    with app.app_context():
        return r.table("songs").get(song_id)["title"].upcase().run(get_conn())
