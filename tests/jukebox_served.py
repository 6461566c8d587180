"""The jukebox as `make jukebox` serves it, each database behind a Wire that can break."""

import contextlib
import dataclasses
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from cassandra.util import uuid_from_time
from rethinkdb import r

from workbook import Wire, databases
from workbook.drivers import servers

ROOT = Path(__file__).parent.parent
SERVE = "from workbook import jukebox; jukebox.run(0, lambda text: print(text, flush=True))"
INSERT_PLAY = "INSERT INTO plays (jukebox, id, played_at, track_id, title, artist, requested_by)"
PLAYS = 45  # of an earlier evening: more than two pages


class Jukebox:
    """A context manager. ``people`` leads from names to (name, password); ``url`` is the page's.

    ``wires`` leads from "rethinkdb", "mongodb" and "cassandra" to the Wire in front of that database.
    ``process`` is the server's; ``settings`` is what another app needs to reach the same databases.
    """

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
            databases.rethinkdb(name),
            databases.mongodb(name),
            databases.cassandra(name),
        )
        behind = {
            "rethinkdb": (self._rethinkdb.host, self._rethinkdb.port),
            "mongodb": mongodb.address,
            "cassandra": (self._cassandra.host, self._cassandra.port),
        }
        self.wires = {kind: stack.enter_context(Wire(*address)) for kind, address in behind.items()}
        # As on servers that all share, whose databases bear the learner's name.
        reached = {
            "RETHINKDB_HOST": "127.0.0.1",
            "RETHINKDB_PORT": self.wires["rethinkdb"].port,
            "MONGODB_URI": mongodb.through(self.wires["mongodb"]).uri,
            "CASSANDRA_CONTACT_POINTS": "127.0.0.1",
            "CASSANDRA_PORT": self.wires["cassandra"].port,
        }
        environ = {**os.environ, **{name: str(value) for name, value in reached.items()}}
        self._database = f"jukebox_{servers.learner()}"
        names = {"RETHINKDB_DB": self._database, "MONGODB_DB": self._database}
        self.settings = {**reached, **names, "CASSANDRA_KEYSPACE": self._database.lower()}
        self.process = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-c", SERVE], cwd=ROOT, env=environ, stdout=subprocess.PIPE, encoding="utf-8"
            )
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
        self.listener, self.other, self.dj = (self.people[name] for name in ("ada", "ben", "cleo"))
        self._fill_history()
        with self.rethinkdb() as conn:
            self._sample = list(r.table("queue").run(conn))

    @contextlib.contextmanager
    def client(self, person=None):
        """An ``httpx.Client`` for the length of a ``with``, logged in as one of ``people``."""
        with httpx.Client(base_url=self.url, timeout=20) as client:
            take_token(client)
            if person:
                name, password = person
                client.post("/api/login", json={"name": name, "password": password}).raise_for_status()
                take_token(client)
            yield client

    def queue(self):
        """The songs that wait, the next one first."""
        return httpx.get(f"{self.url}/api/queue").raise_for_status().json()["songs"]

    def history(self):
        """Everything that was played, the latest first."""
        return list(map(json.loads, httpx.get(f"{self.url}/api/history.ndjson").raise_for_status().text.splitlines()))

    def rethinkdb(self):
        """A connection to the jukebox's database, past the Wire; the caller closes it."""
        return r.connect(host=self._rethinkdb.host, port=self._rethinkdb.port, db=self._database)

    @contextlib.contextmanager
    def cassandra(self):
        """A ``Session`` in the jukebox's keyspace, past the Wire."""
        with dataclasses.replace(self._cassandra, keyspace=self.settings["CASSANDRA_KEYSPACE"]).connect() as session:
            yield session

    def restore(self):
        """Let the songs of the sample wait, and nothing play."""
        with self.rethinkdb() as conn:
            r.table("queue").delete().run(conn)
            r.table("plays").delete().run(conn)
            r.table("queue").insert(self._sample).run(conn)

    def remove(self, song_id):
        """Take a song out of the queue, as the DJ."""
        with self.client(self.dj) as dj:
            dj.delete(f"/api/queue/{song_id}").raise_for_status()

    @contextlib.contextmanager
    def down(self, kind):
        """For the length of a ``with``, no way to that database."""
        self.wires[kind].stop()
        try:
            yield
        finally:
            self.wires[kind].accept()

    def _fill_history(self):
        began = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=1)
        with self.cassandra() as session:
            insert = session.prepare(f"{INSERT_PLAY} VALUES (?, ?, ?, ?, ?, ?, ?)")
            for n in range(PLAYS):
                at = began + timedelta(minutes=4 * n)
                song = "01-1", f"Song {n + 1}", "The Night Before", "ben"
                session.execute(insert, ("main", uuid_from_time(at), at, *song))


def take_token(client):
    """Give a client the CSRF token of its session; a login makes another."""
    client.headers["X-CSRFToken"] = client.get("/api/csrf").raise_for_status().json()["token"]
