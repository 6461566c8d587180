"""The session: made once in each process, when it is first needed, and shared by all threads.

To copy this module, with once.py: call ``init_app(app)`` and set CASSANDRA_KEYSPACE and CASSANDRA_CONTACT_POINTS
(or CASSANDRA_BUNDLE). The exceptions that mean "no database" are named in errors.py.
"""

import atexit

from cassandra import ConsistencyLevel, DriverException
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile, NoHostAvailable
from cassandra.policies import ConstantReconnectionPolicy, DCAwareRoundRobinPolicy, TokenAwarePolicy
from cassandra.query import dict_factory
from flask import current_app

from .once import Once

DEFAULTS = {
    "CASSANDRA_CONTACT_POINTS": None,
    "CASSANDRA_PORT": 9042,
    "CASSANDRA_USERNAME": None,
    "CASSANDRA_PASSWORD": None,
    # Astra: the path of the secure connect bundle, in place of the contact points.
    "CASSANDRA_BUNDLE": None,
    # Seconds until a node that does not let us in is given up, and until a statement is.
    "CASSANDRA_CONNECT_TIMEOUT": 5.0,
    "CASSANDRA_TIMEOUT": 5.0,
}
SESSION = object()


class Database:
    """The session of one app in one process, and the statements that were prepared on it.

    In statements, ``$keyspace`` stands for the keyspace of the settings.
    """

    def __init__(self, config):
        self._config = config
        self._once = Once()  # the SESSION, and each statement under its text

    def session(self):
        """The session; the first call connects. Raises NoHostAvailable."""
        return self._once.get(SESSION, lambda: connect(self._config))

    def named(self, text):
        """The statement with the keyspace filled in: a name cannot be bound as a value."""
        return text.replace("$keyspace", self._config["CASSANDRA_KEYSPACE"])

    def prepare(self, text):
        """The prepared statement of this text; only the first call asks the server."""
        session = self.session()
        return self._once.get(text, lambda: session.prepare(self.named(text)))

    def execute(self, text, values=()):
        """Run a statement with its values, a sequence or a dict; a value left out of a dict is not set."""
        return self.session().execute(self.prepare(text), values)

    def close(self):
        """Close the sockets, if there are any. The next use connects again."""
        made = self._once.forget()
        if SESSION in made:
            made[SESSION].cluster.shutdown()


def make_cluster(config):
    """The driver's Cluster for these settings. With a bundle, this asks Astra where its nodes are."""
    profile = ExecutionProfile(
        load_balancing_policy=TokenAwarePolicy(DCAwareRoundRobinPolicy()),
        consistency_level=ConsistencyLevel.LOCAL_QUORUM,
        # An IF is agreed on in this data centre too, not between all of them.
        serial_consistency_level=ConsistencyLevel.LOCAL_SERIAL,
        request_timeout=config["CASSANDRA_TIMEOUT"],
        row_factory=dict_factory,
    )
    options = {
        "execution_profiles": {EXEC_PROFILE_DEFAULT: profile},
        # Said here, or the driver begins too high and asks downwards.
        "protocol_version": 4,
        # Of a connection, and of what the driver asks the cluster about itself.
        "connect_timeout": config["CASSANDRA_CONNECT_TIMEOUT"],
        "control_connection_timeout": config["CASSANDRA_CONNECT_TIMEOUT"],
        # A server that went away is looked for each second, for as long as it takes.
        "reconnection_policy": ConstantReconnectionPolicy(1, max_attempts=None),
    }
    if config["CASSANDRA_USERNAME"]:
        options["auth_provider"] = PlainTextAuthProvider(
            config["CASSANDRA_USERNAME"], config["CASSANDRA_PASSWORD"]
        )
    if config["CASSANDRA_BUNDLE"]:
        # By default the bundle is unpacked beside itself, where an app may not be allowed to write.
        cloud = {
            "secure_connect_bundle": config["CASSANDRA_BUNDLE"],
            "use_default_tempdir": True,
            "connect_timeout": config["CASSANDRA_CONNECT_TIMEOUT"],
        }
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
        session = cluster.connect()
    except BaseException:
        # The driver may have come half of the way: a socket to watch the cluster, and none to ask.
        cluster.shutdown()
        raise
    # prepare() asks no profile. Without this it waits for ten seconds, whatever the settings say.
    session._default_timeout = config["CASSANDRA_TIMEOUT"]
    return session


def get_db():
    """The Database of the current app."""
    return current_app.extensions["cassandra"]


def init_app(app):
    for name, value in DEFAULTS.items():
        app.config.setdefault(name, value)
    database = Database(app.config)
    app.extensions["cassandra"] = database
    atexit.register(database.close)
