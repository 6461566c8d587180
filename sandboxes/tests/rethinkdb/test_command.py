"""The server as a command."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from reql_server import start
from rethinkdb import r

import sandboxes
from sandboxes.__main__ import SERVERS


@pytest.fixture
def command():
    """Start the command; what still runs after the test is killed."""
    processes = []

    def command(*arguments):
        processes.append(
            subprocess.Popen(
                [sys.executable, "-m", "sandboxes", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return processes[-1]

    yield command
    for process in processes:
        process.kill()
        process.communicate()


def test_the_first_line_is_the_address_and_people_read_the_rest_elsewhere(command):
    process = command("rethinkdb", "--port", "0")
    address = json.loads(process.stdout.readline())
    assert address["host"] == "127.0.0.1"
    with r.connect(**address) as conn:
        assert r.expr(1).run(conn) == 1
    process.terminate()
    out, err = process.communicate(timeout=5)
    assert (process.returncode, out) == (0, "")
    assert len(err.splitlines()) == 1
    assert "sandbox" in err
    assert "not a RethinkDB" in err or "not a database" in err


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_it_runs_until_it_is_told_to_stop_and_stops_quietly(command, sent):
    process = command("rethinkdb")
    process.stdout.readline()
    process.stdin.close()
    process.stdin = None
    time.sleep(0.1)
    assert process.poll() is None
    process.send_signal(sent)
    assert process.wait(timeout=5) == 0
    assert len(process.stderr.read().splitlines()) == 1


def test_it_ends_with_its_parent():
    server = start()
    server.process.stdin.close()
    assert server.process.wait(timeout=2) == 0
    server.stop()


def test_a_port_in_use_and_a_port_that_is_none_are_explained_in_a_line(command):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for given, reason in ((port, "in use"), ("99999", "0-65535")):
            process = command("rethinkdb", "--port", given)
            out, err = process.communicate(timeout=5)
            assert process.returncode == 1
            assert out == ""
            assert len(err.splitlines()) == 1
            assert given in err
            assert reason in err


@pytest.mark.parametrize("kind", SERVERS)
def test_it_starts_fast(kind):
    """The goal is 0.3 s, counted in processor time: the machine may be busy."""
    before = os.times()
    for _ in range(5):
        sandboxes.start(kind).stop()
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    assert 0 < used / 5 < 0.3


def test_it_imports_neither_flask_nor_the_driver():
    code = "import sys, sandboxes.rethinkdb.server;print({'flask', 'rethinkdb', 'asyncio'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ)
    assert result.stdout.strip() == "set()"
