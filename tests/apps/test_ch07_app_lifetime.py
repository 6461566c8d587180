"""The claims of chapter 7, in-process: one client, many databases, and what happens without a server."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import httpx
import pytest
from pymongo.collection import Collection
from pymongo.errors import (
    AutoReconnect,
    DuplicateKeyError,
    ExecutionTimeout,
    InvalidOperation,
    NetworkTimeout,
    OperationFailure,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
)

from ch07_app_lifetime import create_app
from ch07_app_lifetime.config import Config
from workbook import APPS, Recorder, Timeline, Wire, databases

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
def seeded(make):
    """An app whose database is filled, and each member's ``headers=``."""
    app = make()
    runner = app.test_cli_runner()
    tokens = dict(line.split() for line in runner.invoke(args=["seed"]).output.splitlines())
    yield app, {name: {"Authorization": f"Bearer {token}"} for name, token in tokens.items()}
    runner.invoke(args=["drop"])


@pytest.fixture
def app(seeded):
    return seeded[0]


@pytest.fixture
def ada(seeded):
    return seeded[1]["ada"]


@pytest.fixture
def grace(seeded):
    return seeded[1]["grace"]


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


def test_the_pool_is_as_large_as_the_settings_say(app, make, database, wire):
    small = make(database.through(wire), MONGODB_POOL_SIZE=2)
    wire.delay(0.05)
    with Recorder(small) as recorder, ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(lambda _: small.test_client().get("/members").status_code, range(16)))
    assert (statuses, Timeline(recorder.events).opened) == ({200}, 2)


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


def test_each_member_has_a_shelf(client, ada, grace):
    assert titles(client.get("/records", headers=ada)) == ["Blue Train", "Kind of Blue"]
    assert titles(client.get("/records", headers=grace)) == ["Time Out"]


def test_both_shelves_come_through_one_socket(app, ada, grace):
    with Recorder(app) as recorder:
        for headers in (ada, grace):
            app.test_client().get("/records", headers=headers)
    assert Timeline(recorder.events).opened <= 1


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"auth": ("ada", "engine")},
        {"headers": {"Authorization": "Basic ///"}},
        {"headers": {"Authorization": "Basic \xe9"}},
        {"headers": {"Authorization": "Bearer"}},
        {"headers": {"Authorization": "Bearer "}},
        {"headers": {"Authorization": "Bearer x"}},
        {"headers": {"Authorization": "Bearer \xe9\xff"}},
        {"headers": {"Authorization": "Bearer a=b"}},
    ],
)
def test_who_is_not_known_is_asked_to_log_in(client, options):
    response = client.get("/records", **options)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer realm=records"


def test_what_is_stored_of_a_token_opens_nothing(app, client, ada):
    stored = app.extensions["mongo"][app.config["MONGODB_DB"]].members.find_one({"_id": "ada"})["token"]
    assert stored not in ada["Authorization"]
    assert client.get("/records", headers={"Authorization": f"Bearer {stored}"}).status_code == 401
    scheme = ada["Authorization"].replace("Bearer", "Token")
    assert client.get("/records", headers={"Authorization": scheme}).status_code == 401


def test_no_two_members_have_one_token(app):
    members = app.extensions["mongo"][app.config["MONGODB_DB"]].members
    token = members.find_one({"_id": "ada"})["token"]
    with pytest.raises(DuplicateKeyError):
        members.insert_one({"_id": "eve", "token": token})


def test_every_seed_has_tokens_of_its_own(client, runner, ada):
    assert client.get("/records", headers=ada).status_code == 200
    runner.invoke(args=["seed"])
    assert client.get("/records", headers=ada).status_code == 401


def test_a_header_chooses_only_in_the_wrong_way(app, make, grace):
    client = make(WRONG_WAYS=True).test_client()
    headers = {"X-Database": app.config["MONGODB_DB"] + "_ada"}
    assert titles(client.get("/trusting/records", headers=grace | headers))[0] == "Blue Train"
    assert titles(client.get("/records", headers=grace | headers)) == ["Time Out"]


@pytest.mark.parametrize("name", ["", "a b", "a.b", "$x", "x" * 500])
def test_a_name_that_is_none_is_not_found(app, make, name, grace):
    client = make(WRONG_WAYS=True).test_client()
    response = client.get("/trusting/records", headers=grace | {"X-Database": name})
    assert response.status_code == 404


@pytest.mark.parametrize(
    "path", ["/per-request/members", "/trusting/records", "/module-global/members", "/repeating/records"]
)
def test_the_wrong_ways_are_there_only_when_asked_for(client, path, ada):
    assert client.get(path, headers=ada).status_code == 404


# ObjectIds


def test_an_id_goes_out_and_comes_back(client, ada, grace):
    created = client.post("/records", headers=ada, data={"title": "Giant Steps"})
    assert created.status_code == 201
    assert re.fullmatch("[0-9a-f]{24}", created.json["_id"])
    assert client.get(created.headers["Location"], headers=ada).json == created.json
    assert client.get(created.headers["Location"], headers=grace).status_code == 404


@pytest.mark.parametrize("record_id", ["x", FIRST[1:], FIRST + "0", "g" * 24, "f" * 24, "%00", "{$gt:1}"])
def test_what_is_no_id_is_not_found(client, record_id, ada):
    assert client.get(f"/records/{record_id}", headers=ada).status_code == 404


def test_the_shelf_is_sorted(client, ada):
    client.post("/records", headers=ada, data={"title": "A Love Supreme"})
    assert titles(client.get("/records", headers=ada)) == ["A Love Supreme", "Blue Train", "Kind of Blue"]


@pytest.mark.parametrize("title", ["", "x" * 201, "a\x00b", "two\nlines"])
def test_a_title_is_checked(client, title, ada):
    assert client.post("/records", headers=ada, data={"title": title}).status_code == 400


def test_a_title_has_to_be_sent_as_a_form(client, ada):
    assert client.post("/records", headers=ada, json={"title": {"$gt": ""}}).status_code == 400
    assert client.post("/records", headers=ada, data={"title": "x" * 100_000}).status_code == 413


def test_the_provider_leaves_other_types_to_flask(make):
    app = make()
    with app.app_context():
        assert app.json.dumps([Decimal("9.50"), date(1959, 8, 17)]) == '["9.50", "Mon, 17 Aug 1959 00:00:00 GMT"]'
        for value in (object(), b"bytes", iter([])):
            with pytest.raises(TypeError):
                app.json.dumps(value)


def test_without_the_provider(app, make, ada):
    plain = make(MONGO_JSON=False, TESTING=True)
    with pytest.raises(TypeError, match="ObjectId is not JSON serializable"):
        plain.test_client().get("/records", headers=ada)


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


def at_once(number, function):
    """What the calls return, and the seconds that each took."""

    def work(_):
        start.wait(10)
        began = time.perf_counter()
        return function(), time.perf_counter() - began

    start = threading.Barrier(number)
    with ThreadPoolExecutor(number) as pool:
        return list(zip(*pool.map(work, range(number)), strict=True))


def test_a_server_that_is_not_there_and_comes_back(app, make, database, wire):
    wire.refuse()
    gone = make(database.through(wire), MONGODB_TIMEOUT_MS=1000)
    start = time.perf_counter()
    response = gone.test_client().get("/members")
    assert 1 <= time.perf_counter() - start < 5
    assert (response.status_code, response.json) == (503, {"error": "database unavailable"})
    wire.accept()
    time.sleep(int(response.headers["Retry-After"]))
    assert gone.test_client().get("/members").json == {"members": 2}


def test_a_server_that_dies_in_mid_request(app, make, database, wire):
    dying = make(database.through(wire), MONGODB_TIMEOUT_MS=1000)
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


@pytest.mark.parametrize("known", [False, True])
def test_eight_visitors_of_a_silent_server_wait_once(app, make, database, wire, known):
    client = make(database.through(wire), MONGODB_TIMEOUT_MS=1000).test_client()
    if known:
        assert client.get("/members").status_code == 200
    wire.delay(20)
    statuses, seconds = at_once(8, lambda: client.get("/members").status_code)
    assert set(statuses) == {503}
    # One after the other they would wait for 8 seconds.
    assert max(seconds) < 2.5, seconds


def test_who_finds_no_place_in_the_pool_does_not_wait_for_ever(app, make, database, wire):
    client = make(database.through(wire), MONGODB_TIMEOUT_MS=500, MONGODB_POOL_SIZE=1).test_client()
    assert client.get("/members").status_code == 200
    wire.delay(0.4)  # One after the other: two of eight could be served in that time.
    statuses, seconds = at_once(8, lambda: client.get("/members").status_code)
    assert statuses.count(503) >= 4 and max(seconds) < 2, (statuses, seconds)


@pytest.mark.parametrize("known", [False, True])
def test_after_a_silence_the_app_goes_on_soon(app, make, database, wire, known):
    client = make(database.through(wire), MONGODB_TIMEOUT_MS=500).test_client()
    if known:
        assert client.get("/members").status_code == 200
    wire.delay(20)
    assert client.get("/members").status_code == 503
    wire.delay(0)
    deadline = time.monotonic() + 6
    while (status := client.get("/members").status_code) == 503 and time.monotonic() < deadline:
        pass
    assert status == 200


@pytest.mark.parametrize("silent", [True, False])
def test_closing_does_not_wait_for_ever(make, database, wire, silent):
    app = make(database.through(wire), MONGODB_TIMEOUT_MS=500)
    assert app.test_client().get("/members").status_code == 200
    if silent:
        wire.delay(20)
    else:
        wire.refuse()
        wire.cut()
    start = time.perf_counter()
    app.extensions["mongo"].close()
    assert time.perf_counter() - start < 2


# Writes


class Watcher:
    """Keeps what an app says on a wire, and holds every response while ``seconds`` is not 0."""

    def __init__(self):
        self.said, self.seconds = b"", 0

    def sent(self, data):
        self.said += data

    def received(self, data):
        time.sleep(self.seconds)


@pytest.fixture
def losing(app, make, database, monkeypatch):
    """A client of an app that loses the response to an insert as long as it is told to; how often a title is stored."""
    watcher, insert = Watcher(), Collection.insert_one

    def insert_one(self, document):
        watcher.seconds = losing.seconds
        try:
            return insert(self, document)
        finally:
            watcher.seconds = 0

    def stored(title):
        found = app.extensions["mongo"][app.config["MONGODB_DB"] + "_ada"].records
        deadline = time.monotonic() + 5
        # The write may be on its way when the app gives up.
        while not (number := found.count_documents({"title": title})) and time.monotonic() < deadline:
            time.sleep(0.01)
        return number

    with Wire(*database.address, watch=lambda: watcher) as wire:
        losing = make(database.through(wire), MONGODB_TIMEOUT_MS=500, WRONG_WAYS=True).test_client()
        assert losing.get("/members").status_code == 200
        losing.seconds = 1.5
        monkeypatch.setattr(Collection, "insert_one", insert_one)
        yield losing, stored


def test_a_write_whose_response_is_lost_is_not_to_be_sent_again(losing, ada):
    client, stored = losing
    reply = client.post("/records", headers=ada, data={"title": "Giant Steps"})
    assert (reply.status_code, reply.json) == (503, {"error": "database unavailable", "stored": "unknown"})
    assert "Retry-After" not in reply.headers
    assert stored("Giant Steps") == 1


def test_the_wrong_way_stores_a_record_twice(losing, ada):
    client, stored = losing
    form = {"title": "Giant Steps"}
    reply = client.post("/repeating/records", headers=ada, data=form)
    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "1")
    assert stored("Giant Steps") == 1
    client.seconds, deadline = 0, time.monotonic() + 5
    while client.post("/repeating/records", headers=ada, data=form).status_code != 201:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert stored("Giant Steps") == 2


@pytest.mark.parametrize(
    ("method", "error", "again"),
    [
        ("POST", NetworkTimeout, False),
        ("POST", AutoReconnect, False),
        ("POST", ExecutionTimeout, False),
        ("PATCH", NetworkTimeout, False),
        ("POST", ServerSelectionTimeoutError, True),
        ("POST", WaitQueueTimeoutError, False),
        *((method, NetworkTimeout, True) for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE")),
        ("GET", ExecutionTimeout, True),
    ],
)
def test_who_may_send_it_again(make, method, error, again):
    app = make()

    @app.route("/fails", methods=[method], provide_automatic_options=False)
    def fails():
        raise error("gone")

    reply = app.test_client().open("/fails", method=method)
    assert reply.status_code == 503
    assert reply.headers.get("Retry-After") == ("1" if again else None)
    if method != "HEAD":
        assert reply.json == {"error": "database unavailable"} | ({} if again else {"stored": "unknown"})


@pytest.mark.parametrize("error", [OperationFailure, DuplicateKeyError, InvalidOperation])
def test_a_mistake_of_the_app_is_not_called_unavailable(make, error):
    app = make(TESTING=True)

    @app.get("/fails")
    def fails():
        raise error("nonsense")

    with pytest.raises(error):
        app.test_client().get("/fails")


def test_a_put_that_is_sent_twice_is_stored_once(client, ada, grace):
    path, form = f"/records/{'a' * 24}", {"title": "Giant Steps"}
    replies = [client.put(path, headers=ada, data=form) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [201, 200]
    assert replies[0].json == replies[1].json == {"_id": "a" * 24, "title": "Giant Steps"}
    assert titles(client.get("/records", headers=ada)).count("Giant Steps") == 1
    assert client.put(path, headers=ada, data={"title": "Naima"}).status_code == 200
    assert client.get(path, headers=ada).json["title"] == "Naima"
    assert client.get(path, headers=grace).status_code == 404
    assert client.put(path, headers=ada).status_code == 400
    assert client.put(path, data=form).status_code == 401


# Settings


WRONG = {
    "MONGODB_URI": ["", "http://127.0.0.1", "mongodb://", "mongodb://h:port", "mongodb://a:b@c@d", 27017, None],
    "MONGODB_DB": ["", "a.b", "a b", "$a", "a\0", "x" * 49, "é" * 25, 7],
    "MONGODB_TIMEOUT_MS": [0, -1, "1000", 1.5, True, None],
    "MONGODB_POOL_SIZE": [0, "4", True],
    "MAX_CONTENT_LENGTH": [None, 0, "64k"],
    "MONGO_JSON": ["no", 1, None],
    "WRONG_WAYS": ["False", 0],
    "CLOSE_IN_TEARDOWN": ["False", None],
}


@pytest.mark.parametrize("name", WRONG)
def test_a_setting_that_is_wrong_is_named_at_the_start(name):
    for value in WRONG[name]:
        with pytest.raises(ValueError, match="^settings to correct: [^;]*$") as caught:
            create_app(type("Changed", (Config,), {name: value}))
        assert f": {name}: " in str(caught.value), value


def test_all_wrong_settings_are_named_in_one_message():
    with pytest.raises(ValueError, match="^settings to correct: ") as caught:
        create_app(type("Changed", (Config,), {name: values[0] for name, values in WRONG.items()}))
    named = [part.partition(": ")[0] for part in str(caught.value).removeprefix("settings to correct: ").split("; ")]
    assert named == list(WRONG)


def test_an_address_with_a_password_is_not_repeated():
    with pytest.raises(ValueError, match="^settings to correct: ") as caught:
        create_app(type("Changed", (Config,), {"MONGODB_URI": "mongodb://ada:word@"}))
    assert "word" not in str(caught.value)


@pytest.mark.parametrize("uri", ["mongodb+srv://ada:word@shop.example.com/", "mongodb://a,b:27018/?replicaSet=rs"])
def test_addresses_that_are_right(make, uri):
    assert make(MONGODB_URI=uri).test_client().get("/").status_code == 200


def test_the_settings_that_come_with_the_app_are_right(make, database):
    app = create_app()
    assert app.test_client().get("/records").status_code == 401
    app.extensions["mongo"].close()


# At work


@pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run on Windows")
@pytest.mark.parametrize("options", [[], ["--preload"], ["--threads", "2"]])
def test_a_worker_of_gunicorn_closes_the_client_by_itself(app, database, options):
    watcher = Watcher()
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--chdir", str(APPS), "--bind", "127.0.0.1:0"]
    command += [*options, "ch07_app_lifetime:create_app()"]
    with Wire(*database.address, watch=lambda: watcher) as wire:
        settings = {f"FLASK_{key}": value for key, value in database.through(wire).settings.items()}
        server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **settings})
        try:
            url = next(found[1] for line in server.stderr if (found := re.search(r"Listening at: (\S+)", line)))
            assert httpx.get(f"{url}/members", trust_env=False, timeout=20).json() == {"members": 2}
            assert b"endSessions" not in watcher.said
            server.send_signal(signal.SIGTERM)
            log = server.communicate(timeout=20)[1]
        finally:
            server.kill()
    assert b"endSessions" in watcher.said
    assert "Traceback" not in log
