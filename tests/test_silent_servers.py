"""A database that accepts connections and never says a word: visitors wait once, not one after the other.

Eight come at once, to each app, for the first time and then again. The longest wait is that of the one
who came last, and it has the bound of the settings.
"""

import hashlib
import http.client
import json
import re
import socket
import threading
import time

import pytest

from copied_apps import SECRET, config, serving

TOKEN = "a token of this test"
SECONDS = 3  # of each time-out
VISITORS = 8
BEARER = {"Authorization": f"Bearer {TOKEN}"}
LOGIN = {"body": json.dumps({"name": "ada", "password": TOKEN}), "headers": {"Content-Type": "application/json"}}
# A request for each database of an app.
ASKED = [
    ("capstone_jukebox", "GET", "/api/queue", {}),
    ("capstone_jukebox", "GET", "/api/catalogue", {}),
    ("capstone_jukebox", "GET", "/api/history", {}),
    ("ch03_one_connection", "GET", "/songs", {}),
    ("ch04_teardown", "GET", "/songs/so-what", {}),
    ("ch05_g_conn", "GET", "/getter/songs", {}),
    ("ch05_g_conn", "GET", "/proxy/songs", {}),
    ("ch05_g_conn", "GET", "/g/songs", {}),
    ("ch06_many_backends", "GET", "/records", {"headers": BEARER}),
    ("ch07_app_lifetime", "GET", "/members", {}),
    ("ch08_threads_forks_pools", "GET", "/songs", {}),
    ("ch08_threads_forks_pools", "GET", "/plays/so-what", {}),
    ("ch09_cassandra", "GET", "/animals/Panthera", {}),
    ("ch10_streaming", "GET", "/stations/bell-rock/readings.json", {}),
    ("ch10_streaming", "GET", "/warnings.ndjson", {}),
    ("ch11_sessions_identity", "POST", "/login", LOGIN),
    ("ch12_sqlalchemy", "GET", "/records", {}),
    ("ch13_testing_shipping", "GET", "/songs", {}),
    ("ch13_testing_shipping", "GET", "/songs.ndjson", {}),
    ("ch13_testing_shipping", "GET", "/ready", {}),
]
STEMS = sorted({stem for stem, *_ in ASKED})


def settings(stem, host, port):
    """All servers of an app are the silent one; all its time-outs are the same."""
    hashed = hashlib.sha256(TOKEN.encode()).hexdigest()
    known = {
        "MONGODB_URI": f"mongodb://{host}:{port}/?directConnection=true",
        "RATES_URL": f"http://{host}:{port}",
        "DATABASE_URL": f"postgresql://ann:secret@{host}:{port}/silent",
        "CASSANDRA_CONTACT_POINTS": host,
        "CASSANDRA_KEYSPACE": "silent",
        "SECRET_KEY": SECRET,
        "API_TOKEN": TOKEN,
        "API_TOKENS": json.dumps({"ada": hashed}),
    }
    found = {}
    for name in config(stem):
        if name in known:
            found[name] = known[name]
        elif name.endswith("_HOST"):
            found[name] = host
        elif name.endswith("_PORT"):
            found[name] = str(port)
        elif re.search("TIMEOUT|WAIT", name):
            found[name] = str(SECONDS * 1000 if name.endswith("_MS") else SECONDS)
    return found


def visit(url, method, path, more, begin, found):
    """Ask once, together with all others who wait at ``begin``; adds (path, status, seconds) to ``found``."""
    # Bounded here too, so that an app that waits for ever fails and does not hang.
    client = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20 * SECONDS)
    begin.wait()
    began = time.monotonic()
    try:
        client.request(method, path, **more)
        status = client.getresponse().status
    except OSError as error:
        status = type(error).__name__
    found.append((path, status, time.monotonic() - began))
    client.close()


@pytest.fixture(scope="module")
def waits(tmp_path_factory):
    """{stem: [(path, status, seconds), ...]}, or what an app said that did not start."""
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as silent:  # which nobody accepts but the kernel
        host, port = silent.getsockname()
        plan = {stem: {"settings": settings(stem, host, port)} for stem in STEMS}
        with serving(tmp_path_factory.mktemp("silent"), plan) as (apps, _):
            found = {stem: app.get("failed", []) for stem, app in apps.items()}
            asked = [(found[stem], apps[stem]["url"], *more) for stem, *more in ASKED if "url" in apps[stem]]
            for _ in range(2):
                # All apps at once: they wait, and have nothing else to do.
                begin = threading.Barrier(VISITORS * len(asked))
                threads = [
                    threading.Thread(target=visit, args=(url, method, path, more, begin, seen))
                    for seen, url, method, path, more in asked
                    for _ in range(VISITORS)
                ]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
            yield found


@pytest.mark.parametrize("stem", STEMS)
def test_the_eighth_of_eight_waits_no_longer_than_the_first(waits, stem):
    found = waits[stem]
    assert isinstance(found, list) and found, found
    assert {(path, status) for path, status, _ in found} == {(path, 503) for one, _, path, _ in ASKED if one == stem}
    longest = {path: max(seconds for other, _, seconds in found if other == path) for path, _, _ in found}
    # One after the other, two alone would take twice as long.
    assert {path: seconds for path, seconds in longest.items() if seconds > 1.7 * SECONDS} == {}
    # The server was asked, and waited for.
    assert min(longest.values()) > 0.5 * SECONDS
