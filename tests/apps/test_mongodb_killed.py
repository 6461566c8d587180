"""The MongoDB server hangs or is killed while the apps wait for its answer, and comes back."""

import time
from concurrent.futures import ThreadPoolExecutor, wait
from importlib import import_module

import psutil
import pytest

from ch06_many_backends.auth import hashed
from workbook import databases
from workbook.drivers import servers

TOKEN = "a long random token"
# The apps wait for 2 seconds: on a busy machine a server that is well may need one.
WAIT = {"MONGODB_TIMEOUT_MS": 2000}
SHOP = {"SECRET_KEY": "test", **WAIT}
# Each app, its settings, and a page of it that asks MongoDB.
APPS = {
    "records": (
        "ch06_many_backends",
        {"API_TOKENS": {"ada": hashed(TOKEN)}, "TIMEOUT": 2},
        ("/records/time-out", {"headers": {"Authorization": f"Bearer {TOKEN}"}}),
    ),
    "shelves": ("ch07_app_lifetime", WAIT, ("/members", {})),
    "jukebox": ("ch08_threads_forks_pools", WAIT, ("/plays/so-what", {})),
    "shop": ("ch11_sessions_identity", SHOP, ("/count", {})),
    "sessions": ("ch11_sessions_identity", {**SHOP, "SERVER_SIDE_SESSIONS": True}, ("/count", {})),
}
WELL, AWAY = dict.fromkeys(APPS, (200, False)), dict.fromkeys(APPS, (503, True))
# Longer than any of the apps waits, and far shorter than pymongo would.
SECONDS = 20


@pytest.fixture
def database(monkeypatch):
    # The servers of others are not ours to kill.
    monkeypatch.delenv("MONGODB_URI", raising=False)
    database = databases.mongodb("test_killed")
    yield database
    database.start()


@pytest.fixture
def server(database):
    """The process of the server."""
    server = psutil.Process(servers.sandboxes["mongodb"][0].pid)
    yield server
    if server.is_running():
        server.resume()


@pytest.fixture
def apps(database):
    rethinkdb = databases.rethinkdb("test_killed")
    apps = {}
    for name, (stem, settings, _) in APPS.items():
        known = {**rethinkdb.settings, **database.settings, "MONGODB_DB": f"test_killed_{name}", **settings}
        config = type("Changed", (import_module(f"{stem}.config").Config,), known)
        apps[name] = import_module(stem).create_app(config)
    yield apps
    apps.pop("records").extensions["backends"].close_shared()
    for app in apps.values():
        app.extensions["mongo"].close()


@pytest.fixture
def ask(apps):
    """A function that asks every app for its page -> a future of each answer."""
    clients = {name: app.test_client() for name, app in apps.items()}

    def get(name):
        path, options = APPS[name][-1]
        began = time.monotonic()
        response = clients[name].get(path, **options)
        assert time.monotonic() - began < SECONDS
        return response.status_code, response.is_json and "error" in response.json

    with ThreadPoolExecutor(2 * len(APPS)) as threads:
        yield lambda: {name: threads.submit(get, name) for name in APPS}


def hold(server):
    """Stop the process where it stands."""
    server.suspend()
    # Until then it answers.
    while server.status() != psutil.STATUS_STOPPED:
        time.sleep(0.001)


def seed(apps):
    for app in apps.values():
        if "seed" in app.cli.commands:
            assert app.test_cli_runner().invoke(args=["seed"]).exit_code == 0


def answers(asked):
    return {name: future.result() for name, future in asked.items()}


def test_killed_in_mid_request_and_back(apps, ask, database, server):
    seed(apps)
    assert answers(ask()) == WELL
    # It is sent the questions, and does not live to answer them.
    hold(server)
    asked = ask()
    assert not wait(asked.values(), timeout=0.3).done
    database.kill()
    later = ask()
    assert answers(asked) == AWAY
    assert answers(later) == AWAY
    database.start()
    seed(apps)
    assert answers(ask()) == WELL


def test_hanging_and_well_again(apps, ask, server):
    seed(apps)
    assert answers(ask()) == WELL
    hold(server)
    assert answers(ask()) == AWAY
    server.resume()
    assert answers(ask()) == WELL
