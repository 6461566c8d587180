"""Cassandra: one session for each process, made by whoever asks first (chapter 9)."""

import atexit
from threading import Lock

from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
from cassandra.policies import RoundRobinPolicy
from cassandra.query import dict_factory
from flask import current_app

COLUMNS = "station, at, height, id, period, raw"
SELECT = f"SELECT {COLUMNS} FROM readings WHERE station = ? AND at >= ? LIMIT ?"


def get_archive():
    return current_app.extensions["archive"]


class Archive:
    """The readings. One object for each app; threads may share it."""

    def __init__(self, config):
        self._config = config
        self._lock = Lock()
        self._session = None
        self._statements = {}

    @property
    def session(self):
        """The session; the first to ask connects. Raises NoHostAvailable."""
        with self._lock:
            if self._session is None:
                self._session = connect(self._config)
            return self._session

    def select(self, station, since, limit):
        """The readings of a station from a time on -> ResultSet, which has its first page."""
        return self.session.execute(self.prepared(SELECT), (station, since, limit))

    def prepared(self, query):
        """The statement, prepared once in each process."""
        session = self.session
        with self._lock:
            if query not in self._statements:
                self._statements[query] = session.prepare(query)
            return self._statements[query]

    def close(self):
        with self._lock:
            if self._session is not None:
                self._session.cluster.shutdown()


def connect(config):
    profile = ExecutionProfile(load_balancing_policy=RoundRobinPolicy(), row_factory=dict_factory)
    login = config["CASSANDRA_USERNAME"], config["CASSANDRA_PASSWORD"]
    cluster = Cluster(
        config["CASSANDRA_CONTACT_POINTS"].split(","),
        port=config["CASSANDRA_PORT"],
        auth_provider=PlainTextAuthProvider(*login) if all(login) else None,
        protocol_version=4,
        execution_profiles={EXEC_PROFILE_DEFAULT: profile},
    )
    try:
        session = cluster.connect(config["CASSANDRA_KEYSPACE"])
    except Exception:
        cluster.shutdown()
        raise
    session.default_fetch_size = config["FETCH_SIZE"]
    return session


def pages(result):
    """The pages of a ResultSet, lists of rows. The next one is fetched when it is asked for."""
    yield result.current_rows
    while result.has_more_pages:
        result.fetch_next_page()
        yield result.current_rows


def init_app(app):
    app.extensions["archive"] = Archive(app.config)
    atexit.register(app.extensions["archive"].close)
