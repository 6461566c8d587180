"""Cassandra: an empty keyspace for a chapter, its sessions on the timeline, the doctor's row."""

import contextlib
import dataclasses
import os
from collections.abc import Callable

from workbook.drivers import servers
from workbook.drivers.relay import Wire

PACKAGE = "cassandra.cluster"
SOCKETS = "cassandra.cluster"
PORT = 9042
LOGIN = "CASSANDRA_USERNAME", "CASSANDRA_PASSWORD"


@dataclasses.dataclass(frozen=True)
class Cassandra:
    """A keyspace on a Cassandra server; ``settings`` is what an app needs to reach it."""

    host: str
    port: int
    keyspace: str
    _counts: Callable = dataclasses.field(repr=False, compare=False)
    _wire: Wire | None = dataclasses.field(default=None, repr=False, compare=False)  # held, so that it goes on

    @property
    def settings(self):
        return {
            "CASSANDRA_CONTACT_POINTS": self.host,
            "CASSANDRA_PORT": self.port,
            "CASSANDRA_KEYSPACE": self.keyspace,
            **{name: os.environ[name] for name in LOGIN if name in os.environ},
        }

    def through(self, wire):
        """The same keyspace by way of a ``Wire``."""
        return dataclasses.replace(self, host=wire.host, port=wire.port)

    @contextlib.contextmanager
    def connect(self):
        """A ``Session`` in this keyspace for the length of a ``with``."""
        with _cluster(self.host, self.port) as cluster:
            yield cluster.connect(self.keyspace)

    @contextlib.contextmanager
    def counting(self):
        """Gives a dict, filled when the ``with`` ends: what clients made the server do meanwhile.

        ``parsed``, ``prepared``, ``executed`` and ``pages``, as ``cql_counter`` has them:
        the sandbox's own counts, or those of a relay in front of a real server.
        """
        before, counts = self._counts(), {}
        yield counts
        counts.update({name: number - before[name] for name, number in self._counts().items()})


def cassandra(name):
    """An empty Cassandra keyspace called ``name`` (letters, digits, _).

    On the first server of ``CASSANDRA_CONTACT_POINTS`` where that is set (with ``CASSANDRA_PORT``,
    ``CASSANDRA_USERNAME`` and ``CASSANDRA_PASSWORD``), in a namespace of the learner's; otherwise on
    a sandbox that lives as long as this process. Raises ValueError for a port that is no number, NoHostAvailable if the
    server cannot be reached.
    """
    from workbook.drivers.cql_counter import Statements

    hosts = os.environ.get("CASSANDRA_CONTACT_POINTS")
    if hosts:
        statements = Statements()
        server = hosts.split(",")[0].strip(), servers.port("CASSANDRA_PORT", PORT)
        wire = Wire(*server, watch=statements.connection)
        name = f"{name}_{servers.learner()}".lower()
        keyspace = Cassandra(wire.host, wire.port, name, lambda: dict(statements.counts), wire)
    else:
        server = servers.sandbox("cassandra", lambda: servers.start_own("cassandra"))
        keyspace = Cassandra(*server, name, lambda: _sandbox_counts(*server))
    with _cluster(keyspace.host, keyspace.port) as cluster:
        session = cluster.connect()
        session.execute(f"DROP KEYSPACE IF EXISTS {keyspace.keyspace}")
        session.execute(
            f"CREATE KEYSPACE {keyspace.keyspace} WITH replication = "
            "{'class': 'SimpleStrategy', 'replication_factor': 1}"
        )
    return keyspace


def _sandbox_counts(host, port):
    from workbook.drivers.cql_counter import Statements

    with _cluster(host, port) as cluster:
        rows = cluster.connect().execute("SELECT name, value FROM sandbox.counters")
        return {row.name: row.value for row in rows if row.name in Statements().counts}


def _cluster(host, port):
    from cassandra.auth import PlainTextAuthProvider
    from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
    from cassandra.policies import RoundRobinPolicy

    # Said out loud, so that the driver has nothing to guess and to warn of.
    profile = ExecutionProfile(load_balancing_policy=RoundRobinPolicy(), request_timeout=30)
    login = [os.environ.get(name) for name in LOGIN]
    return Cluster(
        [host],
        port=port,
        protocol_version=4,
        auth_provider=PlainTextAuthProvider(*login) if all(login) else None,
        execution_profiles={EXEC_PROFILE_DEFAULT: profile},
        # The driver's own 5 and 2 seconds are short on a machine with thirty learners.
        connect_timeout=30,
        control_connection_timeout=30,
    )


def watch(recorder, cluster):
    """Report to a Recorder which sessions the module SOCKETS makes, uses and closes.

    The driver opens and closes a session's sockets on threads of its own, one for each node: one
    connection of the timeline stands for them, and is asked for each statement and each page.
    """

    def connect(original, instance, *args, **kwargs):
        original(*args, **kwargs)
        if not hasattr(instance, "_sockets"):  # another recorder may have been told first
            instance._sockets = _Sockets()
        recorder.made("session", instance)
        recorder.opened("cassandra", instance._sockets, owner=instance)

    def ask(original, instance, *args, **kwargs):
        if hasattr(instance, "_sockets"):
            recorder.used(instance._sockets)
        return original(*args, **kwargs)

    def ask_again(original, instance, *args, **kwargs):
        return ask(original, instance.session, *args, **kwargs)

    def close(original, instance):
        original()
        if hasattr(instance, "_sockets"):
            recorder.closed(instance._sockets)
            recorder.ended(instance)

    recorder.replace(cluster.Session, "__init__", connect)
    recorder.replace(cluster.Session, "execute_async", ask)
    recorder.replace(cluster.Session, "prepare", ask)
    recorder.replace(cluster.ResponseFuture, "start_fetching_next_page", ask_again)
    recorder.replace(cluster.Session, "shutdown", close)
    recorder.replace(cluster.Session, "__del__", recorder.collected)


class _Sockets:
    """Those of a session."""


def look():
    """Cassandra can be reached"""
    return servers.look(look.__doc__, "CASSANDRA_CONTACT_POINTS", "CASSANDRA_PORT", PORT)
