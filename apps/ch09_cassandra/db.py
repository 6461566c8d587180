"""The session: made once in each process, when it is first needed, and shared by all threads."""

import atexit
from threading import Lock

from cassandra import ConsistencyLevel, DriverException
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile, NoHostAvailable
from cassandra.policies import ConstantReconnectionPolicy, DCAwareRoundRobinPolicy, TokenAwarePolicy
from cassandra.query import dict_factory
from flask import current_app


class Database:
    """The session of one app in one process, and the statements that were prepared on it.

    In statements, ``$keyspace`` stands for the keyspace of the settings.
    """

    def __init__(self, config):
        self._config = config
        self._lock = Lock()
        self._session = None
        self._prepared = {}

    def session(self):
        """The session; the first call connects. Raises NoHostAvailable."""
        if self._session is None:
            with self._lock:
                # Whoever had to wait for the lock finds what the first one made.
                if self._session is None:
                    self._session = connect(self._config)
        return self._session

    def named(self, text):
        """The statement with the keyspace filled in: a name cannot be bound as a value."""
        return text.replace("$keyspace", self._config["CASSANDRA_KEYSPACE"])

    def prepare(self, text):
        """The prepared statement of this text; only the first call asks the server."""
        session = self.session()
        if text not in self._prepared:
            with self._lock:
                if text not in self._prepared:
                    self._prepared[text] = session.prepare(self.named(text))
        return self._prepared[text]

    def execute(self, text, values=()):
        """Run a statement with its values, a sequence or a dict; a value left out of a dict is not set."""
        return self.session().execute(self.prepare(text), values)

    def close(self):
        """Close the sockets, if there are any. The next use connects again."""
        with self._lock:
            session, self._session = self._session, None
            self._prepared.clear()
        if session is not None:
            session.cluster.shutdown()


def make_cluster(config):
    """The driver's Cluster for these settings. With a bundle, this asks Astra where its nodes are."""
    profile = ExecutionProfile(
        load_balancing_policy=TokenAwarePolicy(DCAwareRoundRobinPolicy()),
        consistency_level=ConsistencyLevel.LOCAL_QUORUM,
        request_timeout=config["CASSANDRA_TIMEOUT"],
        row_factory=dict_factory,
    )
    options = {
        "execution_profiles": {EXEC_PROFILE_DEFAULT: profile},
        # Said here, or the driver begins too high and asks downwards.
        "protocol_version": 4,
        # A server that went away is looked for each second, for as long as it takes.
        "reconnection_policy": ConstantReconnectionPolicy(1, max_attempts=None),
    }
    if config["CASSANDRA_USERNAME"]:
        options["auth_provider"] = PlainTextAuthProvider(
            config["CASSANDRA_USERNAME"], config["CASSANDRA_PASSWORD"]
        )
    if config["CASSANDRA_BUNDLE"]:
        # By default the bundle is unpacked beside itself, where an app may not be allowed to write.
        cloud = {"secure_connect_bundle": config["CASSANDRA_BUNDLE"], "use_default_tempdir": True}
        return Cluster(cloud=cloud, **options)
    hosts = [host.strip() for host in config["CASSANDRA_CONTACT_POINTS"].split(",")]
    return Cluster(hosts, port=config["CASSANDRA_PORT"], **options)


def connect(config):
    """A new session, with a cluster of its own. Raises NoHostAvailable."""
    try:
        cluster = make_cluster(config)
    except DriverException as error:
        # Astra's own address book did not answer; a database that sleeps does this too.
        raise NoHostAvailable(str(error), {}) from error
    try:
        return cluster.connect()
    except BaseException:
        cluster.shutdown()
        raise


def get_db():
    """The Database of the current app."""
    return current_app.extensions["cassandra"]


def init_app(app):
    database = Database(app.config)
    app.extensions["cassandra"] = database
    atexit.register(database.close)
