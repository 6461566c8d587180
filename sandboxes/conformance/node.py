"""A real Cassandra of one node, run from its published jars for as long as it is needed.

By hand: ``python -m conformance.node --port 9042``.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
QUIET = """\
<configuration>
  <appender name="log" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%-5level %date{HH:mm:ss} %logger{1} %msg%n</pattern></encoder>
  </appender>
  <root level="WARN"><appender-ref ref="log"/></root>
</configuration>
"""


class NodeError(Exception):
    """There is no node; the text says why."""


def classpath():
    """Cassandra's jars, fetched by Maven where its own cache has not got them.

    Raises NodeError where Java or Maven is missing, or the jars cannot be had.
    """
    for tool, package in (("java", "Java 17"), ("mvn", "Apache Maven")):
        if shutil.which(tool) is None:
            raise NodeError(f"no `{tool}`: install {package}, or set CASSANDRA_CONTACT_POINTS to your server")
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder, "classpath")
        command = ["mvn", "--batch-mode", "--quiet", "--file", HERE / "pom.xml", "dependency:build-classpath"]
        done = subprocess.run([*command, f"-Dmdep.outputFile={listed}"], capture_output=True, text=True)
        if done.returncode:
            raise NodeError(f"Maven could not fetch Cassandra:\n{done.stdout}{done.stderr}")
        return listed.read_text().strip()


def end_tidily():
    """A SIGTERM leaves by way of each ``with``: no node stays behind."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Node:
    """``with Node() as node:`` a node on 127.0.0.1 and ``node.port``; all it stores goes with it.

    ``authenticator`` is a class name of Cassandra's. Raises NodeError if it does not come up.
    """

    def __init__(self, classpath, port=0, authenticator="AllowAllAuthenticator"):
        self.classpath, self.port, self.authenticator = classpath, port or free_port(), authenticator

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="cassandra-", ignore_cleanup_errors=True)
        folder = Path(self._folder.name)
        storage_port = free_port()
        config = {
            "cluster_name": "conformance",
            "num_tokens": 1,
            "auto_bootstrap": False,
            "partitioner": "org.apache.cassandra.dht.Murmur3Partitioner",
            "endpoint_snitch": "SimpleSnitch",
            "seed_provider": [
                {
                    "class_name": "org.apache.cassandra.locator.SimpleSeedProvider",
                    "parameters": [{"seeds": f"127.0.0.1:{storage_port}"}],
                }
            ],
            "listen_address": "127.0.0.1",
            "storage_port": storage_port,
            "start_native_transport": True,
            "rpc_address": "127.0.0.1",
            "native_transport_port": self.port,
            "authenticator": self.authenticator,
            "commitlog_sync": "periodic",
            "commitlog_sync_period": "10s",
            "auto_snapshot": False,
            "materialized_views_enabled": False,
        }
        # JSON is YAML too.
        folder.joinpath("cassandra.yaml").write_text(json.dumps(config))
        folder.joinpath("logback.xml").write_text(QUIET)
        jamm = next(jar for jar in self.classpath.split(os.pathsep) if Path(jar).name.startswith("jamm-"))
        self._log = open(folder / "log", "w+")
        self._process = subprocess.Popen(
            [
                "java",
                f"@{HERE / 'jvm17.options'}",
                f"-javaagent:{jamm}",
                f"-Dcassandra.config={(folder / 'cassandra.yaml').as_uri()}",
                f"-Dlogback.configurationFile={folder / 'logback.xml'}",
                f"-Dcassandra.storagedir={folder}",
                "org.apache.cassandra.service.CassandraDaemon",
            ],
            # The long list of jars is no argument: some systems cut those short.
            env={**os.environ, "CLASSPATH": self.classpath},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )
        try:
            self._wait_for_port()
        except BaseException:
            self.stop()
            raise
        return self

    def _wait_for_port(self, timeout=180):
        deadline = time.monotonic() + timeout
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                if self._process.poll() is None and time.monotonic() < deadline:
                    time.sleep(0.1)
                    continue
            self._log.seek(0)
            raise NodeError("Cassandra did not start:\n" + "".join(self._log.readlines()[-30:]))

    def wait(self):
        """Return when it has ended."""
        self._process.wait()

    def stop(self):
        # At once: nothing that it stored is wanted again.
        self._process.kill()
        self._process.wait()
        self._log.close()
        self._folder.cleanup()

    def __exit__(self, *_):
        self.stop()


def main():
    parser = argparse.ArgumentParser(prog="python -m conformance.node", description=__doc__)
    parser.add_argument("--port", type=int, default=9042)
    parser.add_argument("--password", action="store_true", help="log in as cassandra, password cassandra")
    options = parser.parse_args()
    end_tidily()
    authenticator = "PasswordAuthenticator" if options.password else "AllowAllAuthenticator"
    try:
        with Node(classpath(), options.port, authenticator) as node:
            print(f"Cassandra on 127.0.0.1:{node.port}, until Ctrl-C", flush=True)
            node.wait()
    except NodeError as error:
        raise SystemExit(f"conformance: {error}") from None
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
