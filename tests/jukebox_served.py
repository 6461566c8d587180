"""The jukebox as `make jukebox` serves it, each database behind a Wire that can break."""

import contextlib
import os
import re
import secrets
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid1

import httpx
from rethinkdb import r

from workbook import Wire, databases
from workbook.drivers import servers

ROOT = Path(__file__).parent.parent
SERVE = "from workbook import jukebox; jukebox.run(0, lambda text: print(text, flush=True))"
PLAYS = 45  # of an earlier evening: more than two pages


class Jukebox:
    """A context manager. ``people`` leads from names to (name, password); ``url`` is the page's.

    ``wires`` leads from "rethinkdb", "mongodb" and "cassandra" to the Wire in front of that database.
    ``process`` is the server's. ``settings`` are those of the app that are to differ.
    """

    def __init__(self, **settings):
        self._settings = settings

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self._start(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exc_info):
        self._stack.close()

    def _start(self, stack):
        name = "served"
        self._rethinkdb, mongodb, self._cassandra = (
            databases.rethinkdb(name), databases.mongodb(name), databases.cassandra(name)
        )
        behind = {
            "rethinkdb": (self._rethinkdb.host, self._rethinkdb.port),
            "mongodb": mongodb.address,
            "cassandra": (self._cassandra.host, self._cassandra.port),
        }
        self.wires = {kind: stack.enter_context(Wire(*address)) for kind, address in behind.items()}
        environ = {
            **os.environ,
            "RETHINKDB_HOST": "127.0.0.1",
            "RETHINKDB_PORT": str(self.wires["rethinkdb"].port),
            "MONGODB_URI": mongodb.through(self.wires["mongodb"]).uri,
            "CASSANDRA_CONTACT_POINTS": "127.0.0.1",
            "CASSANDRA_PORT": str(self.wires["cassandra"].port),
            **{f"FLASK_{name}": str(value) for name, value in self._settings.items()},
        }
        self.process = stack.enter_context(
            subprocess.Popen([sys.executable, "-c", SERVE], cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True)
        )
        stack.callback(self.process.kill)
        said = ""
        while not (url := re.search(r"http://\S+", said)):
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError(f"the jukebox did not start: {said}")
            said += line
        self.url = url[0]
        self.people = {name: (name, password) for name, password in re.findall(r"^(\w+) \(\w+\): (\S+)$", said, re.M)}

    def client(self, person=None):
        """An ``httpx.Client``, logged in as one of ``people``."""
        client = httpx.Client(base_url=self.url, timeout=20)
        self._take_token(client)
        if person:
            name, password = person
            client.post("/api/login", json={"name": name, "password": password}).raise_for_status()
            self._take_token(client)
        return client

    def _take_token(self, client):
        client.headers["X-CSRFToken"] = client.get("/api/csrf").json()["token"]

    def queue(self):
        """The songs that wait, the next one first."""
        return httpx.get(f"{self.url}/api/queue").json()["songs"]
