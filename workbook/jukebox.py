"""The jukebox of the capstone, to be used: its databases, sample data, and a web server on loopback."""

import importlib
import logging
import os
import secrets
import signal
import subprocess
import sys

from workbook import databases
from workbook.paths import APPS
from workbook.running.launch import environment

STEM = "capstone_jukebox"
SPARE = 16  # threads for everything but the open pages, each of which holds one


def run(port, say):
    """Serve until Ctrl-C; ``say`` is told the sample people, and where to look. Raises OSError if the port is taken."""
    import waitress

    settings = {"SECRET_KEY": secrets.token_urlsafe(), "SESSION_COOKIE_SECURE": False}
    # Held until the end: what counts for one of them ends with it.
    held = [database("jukebox") for database in (databases.rethinkdb, databases.mongodb, databases.cassandra)]
    for database in held:
        settings |= database.settings
    os.environ.update(environment(settings))
    flask = [sys.executable, "-m", "flask", "--app", STEM]
    say(subprocess.run([*flask, "seed"], cwd=APPS, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout)

    logging.basicConfig()
    sys.path.insert(0, str(APPS))
    app = importlib.import_module(STEM).create_app()
    threads = app.config["FEED_PAGES"] + SPARE
    server = waitress.create_server(app, host="127.0.0.1", port=port, threads=threads, connection_limit=500)

    def stop(number, frame):
        app.extensions["feed"].stop()  # or the server would wait for its open pages
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, stop)
    say(f"http://127.0.0.1:{server.effective_port} (Ctrl-C ends it)")
    server.run()
