"""The claims of chapter 7, in-process: one client, many databases, and what happens without a server."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from pymongo import MongoClient
from pymongo.errors import ConnectionFailure

from ch07_app_lifetime import commands, create_app, members
from ch07_app_lifetime.config import Config
from passwords import fast_hash
from workbook import APPS, Recorder, Timeline, Wire, databases

ADA, GRACE = ("ada", "engine"), ("grace", "cobol")
FIRST = "000000000000000000000001"


@pytest.fixture(scope="module")
def database():
    return databases.mongodb("test_ch07")


@pytest.fixture
def make(database):
    """A function that makes an app with settings of its own, and closes its client afterwards."""
    apps = []

    def make(database=database, **settings):
        app = create_app(type("Changed", (Config,), {**database.settings, **settings}))
        apps.append(app)
        return app

    yield make
    for app in apps:
        app.extensions["mongo"].close()


@pytest.fixture
def app(make, monkeypatch):
    monkeypatch.setattr(commands, "generate_password_hash", fast_hash)
    app = make()
    runner = app.test_cli_runner()
    assert runner.invoke(args=["seed"]).output == "2 members, 3 records\n"
    yield app
    if not app.config["CLOSE_IN_TEARDOWN"]:
        runner.invoke(args=["drop"])


@pytest.fixture
def wire(database):
    with Wire(*database.address) as wire:
        yield wire


def recorded(app, path, times, **options):
    with Recorder(app) as recorder:
        statuses = {app.test_client().get(path, **options).status_code for _ in range(times)}
    return statuses, Timeline(recorder.events)


def titles(response):
    return [record["title"] for record in response.json]


# One client


def test_one_client_keeps_one_socket(make, app):
    statuses, timeline = recorded(make(), "/members", 20)
    assert statuses == {200}
    assert (timeline.opened, timeline.kept) == (1, 1)


def test_a_client_for_each_request_opens_one_each(app, make):
    statuses, timeline = recorded(make(WRONG_WAYS=True), "/per-request/members", 20)
    assert statuses == {200}
    assert (timeline.opened, timeline.closed) == (20, 20)


def test_the_factory_opens_nothing(make, database, wire):
    app = make(database.through(wire))
    assert app.test_client().get("/").json == {"service": "records"}
    assert app.test_client().get("/records").status_code == 401
    assert app.test_client().get("/static/none.css").status_code == 404
    time.sleep(0.3)
    assert wire.opened == 0


def test_threads_share_it(app, make):
    app = make()
    with Recorder(app) as recorder, ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(lambda _: app.test_client().get("/members").status_code, range(80)))
    assert statuses == {200}
    assert 1 <= Timeline(recorder.events).opened <= 8


def test_a_closed_client_stays_closed(app, make):
    closing = make(CLOSE_IN_TEARDOWN=True)
    closing.logger.disabled = True
    try:
        statuses = [closing.test_client().get("/members").status_code for _ in range(3)]
    finally:
        closing.logger.disabled = False  # Apps of one name share a logger.
    assert statuses == [200, 500, 500]


def test_two_apps_share_a_global_and_nothing_else(app, make):
    app = make(WRONG_WAYS=True)
    empty = make(WRONG_WAYS=True, MONGODB_DB=app.config["MONGODB_DB"] + "_empty")
    assert app.extensions["mongo"] is not empty.extensions["mongo"]
    assert app.test_client().get("/members").json == {"members": 2}
    assert app.test_client().get("/module-global/members").json == {"members": 0}


# Databases and members


def test_each_member_has_a_shelf(client):
    assert titles(client.get("/records", auth=ADA)) == ["Blue Train", "Kind of Blue"]
    assert titles(client.get("/records", auth=GRACE)) == ["Time Out"]


def test_both_shelves_come_through_one_socket(app):
    with Recorder(app) as recorder:
        for auth in (ADA, GRACE):
            app.test_client().get("/records", auth=auth)
    assert Timeline(recorder.events).opened <= 1


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"auth": ("ada", "cobol")},
        {"auth": ("nobody", "engine")},
        {"auth": ("", "")},
        {"headers": {"Authorization": "Basic ///"}},
        {"headers": {"Authorization": "Basic"}},
        {"headers": {"Authorization": "Bearer x"}},
        {"headers": {"Authorization": "Basic \xe9"}},
        {"headers": {"Authorization": "Basic AAA6AAA="}},
    ],
)
def test_who_is_not_known_is_asked_to_log_in(client, options):
    response = client.get("/records", **options)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Basic realm=records"


def test_an_unknown_name_is_checked_like_a_known_one(client, monkeypatch):
    checked = []
    monkeypatch.setattr(members, "check_password_hash", lambda *sent: checked.append(sent))
    for auth in (("ada", "no"), ("nobody", "no")):
        assert client.get("/records", auth=auth).status_code == 401
    assert len(checked) == 2


def test_a_header_chooses_only_in_the_wrong_way(app, make):
    client = make(WRONG_WAYS=True).test_client()
    headers = {"X-Database": app.config["MONGODB_DB"] + "_ada"}
    assert titles(client.get("/trusting/records", auth=GRACE, headers=headers))[0] == "Blue Train"
    assert titles(client.get("/records", auth=GRACE, headers=headers)) == ["Time Out"]


@pytest.mark.parametrize("name", ["", "a b", "a.b", "$x", "x" * 500])
def test_a_name_that_is_none_is_not_found(app, make, name):
    client = make(WRONG_WAYS=True).test_client()
    response = client.get("/trusting/records", auth=GRACE, headers={"X-Database": name})
    assert response.status_code == 404


@pytest.mark.parametrize("path", ["/per-request/members", "/trusting/records", "/module-global/members"])
def test_the_wrong_ways_are_there_only_when_asked_for(client, path):
    assert client.get(path, auth=ADA).status_code == 404


# ObjectIds


def test_an_id_goes_out_and_comes_back(client):
    created = client.post("/records", auth=ADA, data={"title": "Giant Steps"})
    assert created.status_code == 201
    assert re.fullmatch("[0-9a-f]{24}", created.json["_id"])
    assert client.get(created.headers["Location"], auth=ADA).json == created.json
    assert client.get(created.headers["Location"], auth=GRACE).status_code == 404


@pytest.mark.parametrize("record_id", ["x", FIRST[1:], FIRST + "0", "g" * 24, "f" * 24, "%00", "{$gt:1}"])
def test_what_is_no_id_is_not_found(client, record_id):
    assert client.get(f"/records/{record_id}", auth=ADA).status_code == 404


@pytest.mark.parametrize("title", ["", "x" * 201, "a\x00b", "two\nlines"])
def test_a_title_is_checked(client, title):
    assert client.post("/records", auth=ADA, data={"title": title}).status_code == 400


def test_a_title_has_to_be_sent_as_a_form(client):
    assert client.post("/records", auth=ADA, json={"title": {"$gt": ""}}).status_code == 400
    assert client.post("/records", auth=ADA, data={"title": "x" * 100_000}).status_code == 413


def test_without_the_provider(app, make):
    plain = make(MONGO_JSON=False, TESTING=True)
    with pytest.raises(TypeError, match="ObjectId is not JSON serializable"):
        plain.test_client().get("/records", auth=ADA)


# Commands


def test_commands_use_the_same_client(app, runner):
    with Recorder(app) as recorder:
        assert runner.invoke(args=["members"]).output == "2 members\n"
        assert runner.invoke(args=["members"]).output == "2 members\n"
    assert Timeline(recorder.events).opened <= 1


def test_drop_leaves_nothing_behind(app, runner):
    runner.invoke(args=["drop"])
    left = app.extensions["mongo"].list_database_names()
    assert not [name for name in left if name.startswith(app.config["MONGODB_DB"])]


# Without a server


def test_a_server_that_is_not_there_and_comes_back(app, make, database, wire):
    wire.refuse()
    gone = make(database.through(wire))
    start = time.perf_counter()
    response = gone.test_client().get("/members")
    assert 1 <= time.perf_counter() - start < 5
    assert (response.status_code, response.json) == (503, {"error": "database unavailable"})
    wire.accept()
    time.sleep(int(response.headers["Retry-After"]))
    assert gone.test_client().get("/members").json == {"members": 2}


def test_a_server_that_dies_in_mid_request(app, make, database, wire):
    dying = make(database.through(wire))
    assert dying.test_client().get("/members").status_code == 200
    wire.delay(1)
    responses = []
    request = threading.Thread(target=lambda: responses.append(dying.test_client().get("/members")))
    request.start()
    time.sleep(0.3)
    wire.refuse()
    wire.cut()
    request.join()
    assert (responses[0].status_code, responses[0].json) == (503, {"error": "database unavailable"})
    wire.delay(0)
    wire.accept()
    time.sleep(1)
    assert dying.test_client().get("/members").status_code == 200


def test_sockets_that_are_cut_are_replaced(app, make, database, wire):
    cut = make(database.through(wire))
    for _ in range(3):
        assert cut.test_client().get("/members").status_code == 200
        assert wire.cut()


def test_a_server_that_says_nothing(app, make, database, wire):
    silent = make(database.through(wire), MONGODB_SOCKET_MS=1000)
    assert silent.test_client().get("/members").status_code == 200
    wire.delay(20)
    start = time.perf_counter()
    assert silent.test_client().get("/members").status_code == 503
    assert time.perf_counter() - start < 10


def test_timeout_ms_replaces_the_selection_timeout(database, wire):
    wire.refuse()
    options = {"serverSelectionTimeoutMS": 200, "timeoutMS": 1000}
    with MongoClient(database.through(wire).uri, **options) as client:
        start = time.perf_counter()
        with pytest.raises(ConnectionFailure):
            client.admin.command("ping")
    assert time.perf_counter() - start >= 1


# At work


@pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run on Windows")
def test_gunicorn_closes_the_client_of_each_worker(app, database):
    settings = {f"FLASK_{key}": value for key, value in database.settings.items()}
    command = [sys.executable, "-m", "gunicorn", "--chdir", str(APPS), "--bind", "127.0.0.1:0"]
    command += ["--config", str(APPS / "ch07_app_lifetime/gunicorn_conf.py"), "ch07_app_lifetime:create_app()"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **settings})
    try:
        booted = 0
        for line in server.stderr:
            booted += "Booting worker" in line
            if booted == 2:
                break
        time.sleep(1)  # Until both have made the app.
        server.send_signal(signal.SIGTERM)
        log = server.communicate(timeout=20)[1]
    finally:
        server.kill()
    assert log.count("client closed") == 2, log
    assert "Traceback" not in log
