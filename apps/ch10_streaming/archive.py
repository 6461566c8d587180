"""Cassandra: one session for each process, made by whoever asks first (chapter 9)."""

import atexit

from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
from cassandra.policies import ConstantReconnectionPolicy, RoundRobinPolicy
from cassandra.query import dict_factory
from flask import current_app

from .once import Once

COLUMNS = "station, at, height, id, period, raw"
SELECT = f"SELECT {COLUMNS} FROM readings WHERE station = ? AND at >= ? LIMIT ?"
SESSION = object()


def get_archive():
    return current_app.extensions["archive"]


class Archive:
    """The readings. One object for each app; threads may share it."""

    def __init__(self, config):
        self._config = config
        self._once = Once()  # the SESSION, and each statement under its query

    @property
    def session(self):
        """The session; the first to ask connects. Raises NoHostAvailable."""
        return self._once.get(SESSION, lambda: connect(self._config))

    def select(self, station, since, limit, **options):
        """The readings of a station from a time on -> ResultSet, which has its first page."""
        return self.session.execute(self.prepared(SELECT), (station, since, limit), **options)

    def pages(self, *asked):
        """The pages of ``select(*asked)``, lists of rows. Each is fetched when it is asked for."""
        result = self.select(*asked)
        yield taken_out(result)
        while result.has_more_pages:
            # A request of its own. Reading on in the same result has no time-out after the first page.
            result = self.select(*asked, paging_state=result.paging_state)
            yield taken_out(result)

    def prepared(self, query):
        """The statement, prepared once in each process."""
        session = self.session
        return self._once.get(query, lambda: session.prepare(query))

    def close(self):
        """Close the sockets, if there are any. The next use connects again."""
        made = self._once.forget()
        if SESSION in made:
            made[SESSION].cluster.shutdown()


def taken_out(result):
    """The rows of the page that is there. The result keeps none: it is garbage that waits for the collector."""
    rows = list(result.current_rows)
    result.current_rows.clear()
    return rows


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
        # A server that went away is looked for each second, for as long as it takes.
        reconnection_policy=ConstantReconnectionPolicy(1, max_attempts=None),
    )
    try:
        session = cluster.connect(config["CASSANDRA_KEYSPACE"])
    except BaseException:
        # A keyspace that is not there: the driver is connected all the same.
        cluster.shutdown()
        raise
    session.default_fetch_size = config["FETCH_SIZE"]
    session._default_timeout = seconds  # for prepare(), which asks no profile (chapter 9)
    return session


def init_app(app):
    app.extensions["archive"] = Archive(app.config)
    atexit.register(app.extensions["archive"].close)
