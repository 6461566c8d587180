"""Cassandra: one session for each process, made by whoever asks first; each statement prepared once."""

import atexit
from datetime import UTC, datetime
from uuid import UUID

from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
from cassandra.policies import ConstantReconnectionPolicy, RoundRobinPolicy
from cassandra.query import dict_factory
from flask import current_app

from .once import Once

# $keyspace stands for that of the settings: a name cannot be bound as a value.
# A song in three minutes makes 175,000 rows in a year: one partition for a jukebox will do.
# The id is a time and unique: whatever is older than a row has a smaller one.
TABLE = """
CREATE TABLE IF NOT EXISTS $keyspace.plays (
    jukebox text, id timeuuid, played_at timestamp, track_id text, title text, artist text, requested_by text,
    PRIMARY KEY ((jukebox), id)
) WITH CLUSTERING ORDER BY (id DESC)"""
COLUMNS = "id, played_at, track_id, title, artist, requested_by"
INSERT = f"INSERT INTO $keyspace.plays (jukebox, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
NEWEST = f"SELECT {COLUMNS} FROM $keyspace.plays WHERE jukebox = ? LIMIT ?"
OLDER = f"SELECT {COLUMNS} FROM $keyspace.plays WHERE jukebox = ? AND id < ? LIMIT ?"
SESSION = object()


def get_archive():
    return current_app.extensions["archive"]


class Archive:
    """The plays. One object for each app; threads may share it."""

    def __init__(self, config):
        self._config = config
        self._once = Once()  # the SESSION, and each statement under its text

    @property
    def session(self):
        """The session; the first to ask connects. Raises NoHostAvailable."""
        return self._once.get(SESSION, lambda: connect(self._config))

    def execute(self, text, values):
        session = self.session
        prepared = self._once.get(text, lambda: session.prepare(self._named(text)))
        return session.execute(prepared, values)

    def _named(self, text):
        return text.replace("$keyspace", self._config["CASSANDRA_KEYSPACE"])

    def add(self, play):
        """Write a play as the queue stored it. The same play a second time writes the same row."""
        # Cassandra's timestamps are UTC and do not say so.
        played_at = datetime.fromisoformat(play["played_at"]).astimezone(UTC).replace(tzinfo=None)
        row = (play["track_id"], play["title"], play["artist"], play["requested_by"])
        self.execute(INSERT, (self._config["JUKEBOX"], UUID(play["play_id"]), played_at, *row))

    def page(self, before, limit):
        """Up to ``limit`` plays, the newest first, that are older than the id ``before`` (None: all are)."""
        if before is None:
            rows = self.execute(NEWEST, (self._config["JUKEBOX"], limit))
        else:
            rows = self.execute(OLDER, (self._config["JUKEBOX"], before, limit))
        return [shown(row) for row in rows]

    def pages(self):
        """All plays in pages, each of which is fetched when it is asked for."""
        size, before = self._config["HISTORY_FETCH"], None
        while True:
            page = self.page(before, size)
            yield page
            if len(page) < size:
                return
            before = UUID(page[-1]["id"])

    def create_table(self):
        self.session.execute(self._named(TABLE))

    def ping(self):
        self.session.execute("SELECT key FROM system.local")

    def close(self):
        """Close the sockets, if there are any. The next use connects again."""
        made = self._once.forget()
        if SESSION in made:
            made[SESSION].cluster.shutdown()


def shown(row):
    played_at = row["played_at"].isoformat(timespec="milliseconds") + "Z"
    fields = ("track_id", "title", "artist", "requested_by")
    return {"id": str(row["id"]), "played_at": played_at, **{field: row[field] for field in fields}}


def connect(config):
    seconds = config["CASSANDRA_TIMEOUT"]
    profile = ExecutionProfile(
        load_balancing_policy=RoundRobinPolicy(), row_factory=dict_factory, request_timeout=seconds
    )
    login = config["CASSANDRA_USERNAME"], config["CASSANDRA_PASSWORD"]
    cluster = Cluster(
        [host.strip() for host in config["CASSANDRA_CONTACT_POINTS"].split(",")],
        port=config["CASSANDRA_PORT"],
        auth_provider=PlainTextAuthProvider(*login) if all(login) else None,
        protocol_version=4,
        execution_profiles={EXEC_PROFILE_DEFAULT: profile},
        connect_timeout=seconds,
        control_connection_timeout=seconds,
        # A server that went away is looked for again and again, for as long as it takes.
        reconnection_policy=ConstantReconnectionPolicy(config["RETRY_LONGEST"], max_attempts=None),
    )
    try:
        session = cluster.connect()
    except BaseException:
        # The driver may have come half of the way: a socket to watch the cluster, and none to ask.
        cluster.shutdown()
        raise
    session._default_timeout = seconds  # for prepare(), which asks no profile
    return session


def init_app(app):
    app.extensions["archive"] = Archive(app.config)
    atexit.register(app.extensions["archive"].close)
