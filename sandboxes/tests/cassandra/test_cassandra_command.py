"""The Cassandra sandbox as a command; what all sandboxes share is in ``test_command``."""

import json
import signal
import subprocess
import sys

import pytest
from cassandra.auth import PlainTextAuthProvider
from cql_server import connect, start


def command(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "sandboxes", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("arguments", [[], ["--user", "ann", "--password", "secret"]])
def test_the_first_line_is_the_address_and_people_read_the_rest_elsewhere(arguments):
    process = command("cassandra", "--port", "0", *arguments)
    try:
        port = json.loads(process.stdout.readline())["port"]
        session = connect(port, auth_provider=PlainTextAuthProvider("ann", "secret"))
        assert session.execute("SELECT key FROM system.local").one() == ("local",)
        session.cluster.shutdown()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=5)
    finally:
        process.kill()
    assert (process.returncode, out) == (0, "")
    assert len(err.splitlines()) == 1
    assert "sandbox that speaks Cassandra's protocol" in err
    assert "not a database" in err


def test_shuffle_is_for_rethinkdb_alone():
    process = command("cassandra", "--shuffle", "1")
    out, err = process.communicate(timeout=5)
    assert (process.returncode, out) == (2, "")
    assert "--shuffle is for rethinkdb" in err


def test_it_ends_with_its_parent():
    server = start()
    session = connect(server.port)
    server.process.stdin.close()
    assert server.process.wait(timeout=2) == 0
    server.stop()
    session.cluster.shutdown()


def test_it_imports_little():
    code = (
        "import sys, sandboxes.cassandra.server;"
        "print({'flask', 'asyncio', 'cassandra.cluster', 'cassandra.cqltypes', 'numpy', 'ssl'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "set()"
