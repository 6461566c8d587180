"""``make conformance``: ask a real Cassandra the probes, compare with the golden file, run notebooks on it.

The server is the one of CASSANDRA_CONTACT_POINTS and CASSANDRA_PORT where that is set, and otherwise a node
that is started for this. Exit code 0: all as recorded, and the notebooks passed.
"""

import argparse
import os
import subprocess
import sys
import time

from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import NoHostAvailable

from . import ask, document, golden
from .node import Node, NodeError, classpath, end_tidily

ROOMS, CHAPTERS = ("notebooks", "solutions", "exercises"), ("ch09_*.ipynb", "ch10_*.ipynb")


def say(text):
    print(f"conformance: {text}", flush=True)


def version(host, port):
    with ask.cluster(host, port) as cluster:
        return cluster.connect().execute("SELECT release_version FROM system.local").one()[0]


def ask_with_password(jars):
    """The answers of a node that wants one."""
    login = PlainTextAuthProvider("cassandra", "cassandra")
    with Node(jars, authenticator="PasswordAuthenticator") as node:
        deadline = time.monotonic() + 60
        while True:
            try:
                # The first user is made a moment after the port opens.
                return ask.ask_all("127.0.0.1", node.port, golden.PASSWORD, auth_provider=login)
            except NoHostAvailable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)


def compare(answers):
    """Print what is not as recorded; whether all is."""
    recorded_of, recorded = golden.load()
    different = 0
    for name, probe in golden.questions().items():
        if name not in answers:
            continue
        was_asked, was = recorded.get(name, (None, None))
        if was_asked != probe:
            say(f"{name} is not what was recorded: record again ({golden.asked(probe)})")
        elif golden.comparable(was) != golden.comparable(answers[name]):
            say(f"{name} {golden.asked(probe)}\n  recorded: {was}\n  answered: {answers[name]}")
        else:
            continue
        different += 1
    say(f"{len(answers)} probes, {different} not as recorded from Cassandra {recorded_of}")
    return not different


def run_notebooks(host, port):
    """Chapters 9 and 10, their solutions and exercises, unchanged; whether they pass."""
    found = [document.ROOT.glob(f"{room}/{name}") for room in ROOMS for name in CHAPTERS]
    paths = [str(path) for paths in found for path in sorted(paths)]
    if not paths:
        say("there are no notebooks of chapters 9 and 10")
        return True
    environ = {**os.environ, "CASSANDRA_CONTACT_POINTS": host, "CASSANDRA_PORT": str(port)}
    done = subprocess.run([sys.executable, "-m", "pytest", *paths], cwd=document.ROOT, env=environ)
    return done.returncode == 0


def check(host, port, answers, record):
    """All that is done with the open server; the exit code."""
    release = version(host, port)
    say(f"Cassandra {release} on {host}:{port}")
    started = time.monotonic()
    answers |= ask.ask_all(host, port, golden.OPEN)
    say(f"{len(answers)} probes in {time.monotonic() - started:.0f} s")
    if record:
        golden.save(release, answers)
        say("recorded")
    same = compare(answers)
    return 0 if run_notebooks(host, port) and same else 1


def main():
    parser = argparse.ArgumentParser(prog="python -m conformance", description=__doc__)
    parser.add_argument("--record", action="store_true", help="write the answers down as the new golden file")
    options = parser.parse_args()
    end_tidily()
    hosts = os.environ.get("CASSANDRA_CONTACT_POINTS")
    try:
        if hosts:
            if options.record:
                return "conformance: record from a node of this command's own: unset CASSANDRA_CONTACT_POINTS"
            say("the probes of the login are left out: they need a server with a password of theirs")
            port = int(os.environ.get("CASSANDRA_PORT", "9042"))
            return check(hosts.split(",")[0].strip(), port, {}, record=False)
        jars = classpath()
        answers = ask_with_password(jars)
        with Node(jars) as node:
            return check("127.0.0.1", node.port, answers, options.record)
    except NodeError as error:
        return f"conformance: {error}"
    except KeyboardInterrupt:
        return "conformance: stopped"


if __name__ == "__main__":
    sys.exit(main())
