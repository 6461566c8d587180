"""The claims of chapter 6, in-process: several backends, opened by need, closed together."""

import hashlib
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import rethinkdb
from flask import g
from pymongo import MongoClient
from pymongo.errors import ExecutionTimeout, OperationFailure
from rethinkdb.errors import ReqlDriverError
from werkzeug.serving import make_server

from workbook import APPS, Recorder, Timeline, Wire, databases

sys.path.insert(0, str(APPS))

from ch06_many_backends import backends, create_app, rates, shop
from ch06_many_backends.auth import hashed
from ch06_many_backends.config import Config
from ch06_many_backends.registry import Registry, UnknownBackend

WAYS = ["eager", "if-chain", "registry"]
TOKEN = "a long random token"
ADA = {"Authorization": f"Bearer {TOKEN}"}
REQUESTS = {
    "none": ("/", {}),
    "one": ("/records", ADA),
    "two": ("/records/time-out", ADA),
    "all": ("/offers", ADA),
    "static": ("/static/style.css", {}),
    "404": ("/nope", {}),
    "404 near a route": ("/records.csv", ADA),
    "401": ("/offers", {}),
}
# Sockets to RethinkDB, MongoDB and the rates, as the wires count them.
MATRIX = {
    "none": ([1, 2, 1], [0, 0, 0], [0, 0, 0]),
    "one": ([1, 2, 1], [1, 2, 0], [1, 0, 0]),
    "two": ([1, 2, 1], [1, 2, 0], [1, 0, 0]),
    "all": ([1, 2, 2], [1, 2, 2], [1, 0, 1]),
    "static": ([1, 2, 1], [0, 0, 0], [0, 0, 0]),
    "404": ([1, 2, 1], [0, 0, 0], [0, 0, 0]),
    "404 near a route": ([1, 2, 1], [1, 2, 0], [0, 0, 0]),
    "401": ([1, 2, 1], [1, 2, 1], [0, 0, 0]),
}


@pytest.fixture(scope="module")
def wires():
    """A wire in front of each of the three backends."""
    rethinkdb = databases.rethinkdb("test_ch06_many_backends")
    mongodb = databases.mongodb("test_ch06_many_backends")
    server = make_server("127.0.0.1", 0, rates.create_app(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    wires = [
        Wire(rethinkdb.host, rethinkdb.port),
        Wire(*mongodb.address),
        Wire("127.0.0.1", server.port),
    ]
    settings = {
        **rethinkdb.through(wires[0]).settings,
        **mongodb.through(wires[1]).settings,
        "RATES_URL": f"http://{wires[2].host}:{wires[2].port}",
    }
    yield wires, settings
    for wire in wires:
        wire.stop()
    server.shutdown()
    server.server_close()


@pytest.fixture
def make_app(wires):
    apps = []

    def make(way="registry", **settings):
        # Long: on a busy machine a driver that gives up opens a socket more.
        settings = {"API_TOKENS": {"ada": hashed(TOKEN)}, "TIMEOUT": 10, **wires[1], **settings}
        app = create_app(type("TestConfig", (Config,), {"TESTING": True, "BACKENDS": way, **settings}))
        apps.append(app)
        return app

    yield make
    for app in apps:
        if app.config["BACKENDS"] == "registry":
            app.extensions["backends"].close_shared()


@pytest.fixture
def app(make_app):
    app = make_app()
    app.test_cli_runner().invoke(args=["seed"])
    return app


@pytest.fixture
def sockets(wires):
    """A function that counts the sockets an action opens to each backend."""

    def count(action):
        before = [wire.opened for wire in wires[0]]
        action()
        return [wire.opened - was for wire, was in zip(wires[0], before, strict=True)]

    return count


def recorded(app, action):
    with Recorder(app) as recorder:
        action()
    return recorder.events


def opened(events, driver):
    return sum(event["kind"] == "open" and event["connection"].startswith(driver) for event in events)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("request_kind", REQUESTS)
def test_matrix(app, make_app, sockets, way, request_kind):
    app, (path, headers) = app if way == "registry" else make_app(way), REQUESTS[request_kind]
    client, events = app.test_client(), []
    expected = MATRIX[request_kind][WAYS.index(way)]
    client.get("/offers", headers=ADA)

    counted = sockets(lambda: events.extend(recorded(app, lambda: client.get(path, headers=headers).close())))
    assert counted == expected
    # The app's own account: a RethinkDB connection is a socket, a MongoClient in use is two.
    assert opened(events, "rethinkdb") == expected[0]
    assert opened(events, "mongodb") * 2 == expected[1]
    timeline = Timeline(events)
    assert timeline.closed == timeline.opened


def test_sixty_openings_for_twenty_refusals(app, make_app, sockets):
    client = make_app("eager").test_client()

    def nobody_gets_in():
        for _ in range(10):
            assert client.get("/offers").status_code == 401
            assert client.get("/nope").status_code == 404

    assert sockets(nobody_gets_in) == [20, 40, 20]


@pytest.mark.parametrize("way", WAYS)
def test_the_answers_are_the_same(app, make_app, way):
    client = make_app(way).test_client()
    assert client.get("/").json == {"service": "record shop"}
    assert len(client.get("/records", headers=ADA).json) == 3
    assert client.get("/records/kind-of-blue", headers=ADA).json["stars"] == [4, 5]
    offers = client.get("/offers", headers=ADA).json
    assert [offer["dollars"] for offer in offers["offers"]] == [19.8, 22.0, 16.5]
    # A hook that opens before the check does not know yet for whom.
    assert offers["rate for"] == ("ada" if way == "registry" else "nobody")


def test_mongodb_lives_as_long_as_the_app(app, make_app, sockets):
    def ten_times(app):
        for _ in range(10):
            app.test_client().get("/records/time-out", headers=ADA)

    assert sockets(lambda: ten_times(make_app())) == [10, 2, 0]
    assert sockets(lambda: ten_times(make_app("if-chain"))) == [10, 20, 0]


def test_two_apps_do_not_share(app, make_app):
    other = make_app()
    with app.app_context():
        first = backends.get_backend("mongodb").client
    with other.app_context():
        assert backends.get_backend("mongodb").client is not first


def test_first_requests_at_once_make_one_client(make_app, monkeypatch):
    made, app, start = [], make_app(), threading.Barrier(8)

    def count(*args, **options):
        made.append(1)
        return MongoClient(*args, **options)

    monkeypatch.setattr(backends, "MongoClient", count)

    def work(_):
        with app.app_context():
            start.wait(10)
            return backends.get_backend("mongodb").client

    with ThreadPoolExecutor(8) as pool:
        clients = list(pool.map(work, range(8)))
    assert len(made) == 1
    assert all(client is clients[0] for client in clients)


def test_at_most_once_in_a_context(app):
    def look():
        with app.app_context():
            for name in ("rethinkdb", "rates"):
                assert backends.get_backend(name) is backends.get_backend(name)

    assert opened(recorded(app, look), "rethinkdb") == 1


def test_everything_of_the_context_is_closed(app, client, wires):
    held = []

    @app.teardown_appcontext
    def hold(exc):
        held.append(g.backends["rates"])

    client.get("/offers", headers=ADA)
    assert held[0].is_closed
    assert [wires[0][0].open, wires[0][2].open] == [0, 0]


def test_unknown_backend(app):
    with app.app_context(), pytest.raises(UnknownBackend) as caught:
        backends.get_backend("mongo")
    assert str(caught.value) == "no backend 'mongo'; there are: mongodb, rates, rethinkdb"
    assert isinstance(caught.value, LookupError)


def test_registering_what_makes_no_sense(app):
    registry = Registry(app.logger, timeout=10)
    registry.register("one", object, id)
    with pytest.raises(ValueError, match="'one' already"):
        registry.register("one", object, id)
    with pytest.raises(ValueError, match="not 'request'"):
        registry.register("two", object, id, lifetime="request")


@pytest.mark.parametrize("broken", [(), ("a",), ("c",), ("a", "b", "c")])
def test_all_are_closed_last_first(app, caplog, broken):
    registry, closed = Registry(app.logger, timeout=10), []

    def close(name):
        closed.append(name)
        if name in broken:
            raise ReqlDriverError(name)

    for name in "abc":
        registry.register(name, lambda name=name: name, close)
    with app.app_context():
        for name in "bacab":
            registry.get(name)
        registry.close_context(None)
        registry.close_context(None)
    assert closed == ["c", "a", "b"]
    assert sorted(record.message[0] for record in caplog.records) == sorted(broken)


def test_a_factory_that_fails_keeps_nothing(app):
    registry, closed = Registry(app.logger, timeout=10), []
    registry.register("good", object, closed.append)
    registry.register("bad", lambda: 1 / 0, closed.append)
    with app.app_context():
        registry.get("good")
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                registry.get("bad")
        registry.close_context(None)
    assert len(closed) == 1


# Backends that live as long as the app


@pytest.fixture
def registry(app):
    registry = Registry(app.logger, timeout=0.2)
    yield registry
    registry.close_shared()


def at_once(number, function):
    """What the calls return or raise, and the seconds that each took."""

    def work(_):
        start.wait(10)
        began = time.perf_counter()
        try:
            outcome = function()
        except Exception as error:
            outcome = error
        return outcome, time.perf_counter() - began

    start = threading.Barrier(number)
    with ThreadPoolExecutor(number) as pool:
        return list(zip(*pool.map(work, range(number)), strict=True))


def test_a_shared_factory_may_ask_for_another_backend(registry):
    closed = []
    registry.register("pool", lambda: [registry.get("settings")], lambda thing: closed.append("pool"), lifetime="app")
    registry.register("settings", dict, lambda thing: closed.append("settings"), lifetime="app")
    assert registry.get("pool") == [registry.get("settings")]
    registry.close_shared()
    # The pool was opened last, although it was asked for first: it needs the settings until its end.
    assert closed == ["pool", "settings"]


def test_a_shared_factory_that_asks_for_itself_is_told(registry):
    registry.register("one", lambda: registry.get("two"), id, lifetime="app")
    registry.register("two", lambda: registry.get("one"), id, lifetime="app")
    with pytest.raises(RuntimeError, match="to open 'one' its factory asks for 'one'"):
        registry.get("one")
    assert registry.shared.openings == {}


def test_what_is_open_does_not_wait_for_what_is_opening(registry):
    started, go_on = threading.Event(), threading.Event()

    def slow():
        started.set()
        assert go_on.wait(10)

    registry.register("slow", slow, id, lifetime="app")
    registry.register("quick", object, id, lifetime="app")
    with ThreadPoolExecutor(1) as pool:
        opening = pool.submit(registry.get, "slow")
        assert started.wait(10)
        assert registry.get("quick") is registry.get("quick")
        # The second caller of the slow one waits, but not for ever.
        with pytest.raises(TimeoutError):
            registry.get("slow")
        go_on.set()
        opening.result(10)
    assert registry.get("slow") is None


def test_those_who_wait_share_the_outcome(app):
    registry, opened = Registry(app.logger, timeout=10), []

    def fail():
        opened.append(1)
        time.sleep(0.3)
        raise ReqlDriverError("nobody there")

    registry.register("away", fail, id, lifetime="app")
    outcomes, seconds = at_once(8, lambda: registry.get("away"))
    assert {str(outcome) for outcome in outcomes} == {"nobody there"}
    assert len(opened) == 1 and max(seconds) < 0.6
    with pytest.raises(ReqlDriverError):
        registry.get("away")
    assert len(opened) == 2  # A later one tries again.


def test_closing_waits_for_what_is_opening_and_leaves_out_what_failed(app, caplog):
    registry, closed, started = Registry(app.logger, timeout=10), [], threading.Event()

    def slow():
        started.set()
        time.sleep(0.2)
        return "slow"

    def slow_and_bad():
        slow()
        return 1 / 0

    registry.register("slow", slow, closed.append, lifetime="app")
    registry.register("bad", slow_and_bad, closed.append, lifetime="app")
    with ThreadPoolExecutor(2) as pool:
        pool.submit(registry.get, "slow")
        failing = pool.submit(registry.get, "bad")
        while len(registry.shared.openings) < 2:
            time.sleep(0.001)
        assert started.wait(10)
        registry.close_shared()
    assert isinstance(failing.exception(), ZeroDivisionError)
    assert closed == ["slow"] and not caplog.records
    assert registry.shared.openings == {}


def test_closing_does_not_wait_for_ever(registry):
    closed, go_on = [], threading.Event()
    registry.register("stuck", lambda: go_on.wait(10), closed.append, lifetime="app")
    registry.register("good", lambda: "good", closed.append, lifetime="app")
    registry.get("good")
    with ThreadPoolExecutor(1) as pool:
        pool.submit(registry.get, "stuck")
        while "stuck" not in registry.shared.openings:
            time.sleep(0.001)
        registry.close_shared()
        assert closed == ["good"]
        go_on.set()


def test_the_process_closes_what_the_app_has_kept(wires):
    """At the end of a process: here of one that opens MongoDB's client and says when it is closed."""
    program = """
from ch06_many_backends import backends, create_app
close = backends.close_mongodb
backends.close_mongodb = lambda database: (close(database), print("closed"))
app = create_app()
with app.app_context():
    backends.get_backend("mongodb")
print("the end")
"""
    settings = {f"FLASK_{name}": str(value) for name, value in wires[1].items()}
    environ = {**os.environ, **settings, "PYTHONPATH": str(APPS)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environ)
    assert done.stdout.split("\n") == ["the end", "closed", ""], done.stderr


@pytest.mark.parametrize(("way", "status", "leaked"), [("if-chain", None, 1), ("registry", 200, 0)])
def test_a_close_that_raises(app, make_app, wires, no_leaks, way, status, leaked):
    no_leaks.expected = ["leaked", "lost"] if leaked else []
    # The goodbye to RethinkDB fails, because its server is gone once the view has its answer.
    app = app if way == "registry" else make_app(way)
    app.after_request(lambda response: wires[0][0].cut() and response)
    statuses, client = [], app.test_client()
    if way == "registry":
        # The client that the app keeps is open already.
        client.get("/offers", headers=ADA)

    def get():
        try:
            statuses.append(client.get("/offers", headers=ADA).status_code)
        except ReqlDriverError:
            # The test client shows what a server would turn into a 500.
            statuses.append(None)

    events = recorded(app, get)
    assert statuses == [status]
    assert Timeline(events).leaked == leaked


@pytest.mark.parametrize(
    "header",
    [
        None,
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        f"Bearer {TOKEN} ",
        f"Bearer {hashlib.sha256(TOKEN.encode()).hexdigest()}",
        "Bearer \xe9\xff",
        "Bearer a=b",
        "Basic YWRhOmEgbG9uZyByYW5kb20gdG9rZW4=",
        "Basic \xe9",
        f"Digest {TOKEN}",
        TOKEN,
    ],
)
def test_strangers(app, client, sockets, header):
    def get():
        response = client.get("/offers", headers={"Authorization": header} if header else {})
        if header == f"Bearer {TOKEN} ":
            assert response.status_code in (200, 401)
        else:
            assert response.status_code == 401
            assert response.headers["WWW-Authenticate"] == "Bearer"
            assert response.json == {"error": "a valid token is needed"}

    counted = sockets(get)
    assert counted == [0, 0, 0] or header == f"Bearer {TOKEN} "


def test_nobody_may_ask_unless_the_settings_say_so(make_app):
    assert make_app(API_TOKENS={}).test_client().get("/records", headers=ADA).status_code == 401


WRONG = {
    "RETHINKDB_HOST": ["", 127, None],
    "RETHINKDB_PORT": ["28015", 0, 65536, True, 1.5],
    "RETHINKDB_DB": ["", "a b", 5],
    "MONGODB_URI": ["", "http://127.0.0.1", "mongodb://", "mongodb://h:port", "mongodb://a:b@c@d", 27017],
    "MONGODB_DB": ["", "a.b", "x" * 64, "a\0", None],
    "RATES_URL": ["", "127.0.0.1:5001", "ftp://rates", "http://", "http://h:99999", 5001],
    "TIMEOUT": [0, -1, "2", True, float("nan"), float("inf"), None],
    "API_TOKENS": [
        *({"ada": known} for known in (hashed(TOKEN).upper(), hashed(TOKEN)[1:], TOKEN, "", "é", None)),
        *({name: hashed(TOKEN)} for name in ("", "ada lovelace", "Zoë", "a\nb")),
        ["ada"],
        "ada",
        None,
    ],
    "BACKENDS": ["eagre", "", None],
}


@pytest.mark.parametrize("name", WRONG)
def test_a_setting_that_is_wrong_is_named_at_the_start(make_app, name):
    for value in WRONG[name]:
        with pytest.raises(ValueError, match="^settings to correct: [^;]*$") as caught:
            make_app(**{"way": value} if name == "BACKENDS" else {name: value})
        assert f": {name}: " in str(caught.value), value


def test_all_wrong_settings_are_named_in_one_message(make_app):
    wrong = {name: values[0] for name, values in WRONG.items() if name != "BACKENDS"}
    with pytest.raises(ValueError, match="^settings to correct: ") as caught:
        make_app("nonsense", **wrong, SECRET="word")
    named = [part.partition(": ")[0] for part in str(caught.value).removeprefix("settings to correct: ").split("; ")]
    assert named == list(WRONG)


def test_an_address_with_a_password_is_not_repeated(make_app):
    with pytest.raises(ValueError, match="^settings to correct: ") as caught:
        make_app(MONGODB_URI="mongodb://ada:word@", RATES_URL="ftp://ada:word@rates")
    assert "word" not in str(caught.value)


@pytest.mark.parametrize(
    "settings",
    [
        {"MONGODB_URI": "mongodb+srv://ada:word@shop.example.com/"},
        {"MONGODB_URI": "mongodb://ada:word@a,b:27018/?replicaSet=rs"},
        {"RATES_URL": "https://[::1]:5001/v1", "TIMEOUT": 0.5, "RETHINKDB_HOST": "::1"},
    ],
)
def test_settings_that_are_right(make_app, settings):
    assert make_app(**settings).test_client().get("/").status_code == 200


def test_the_settings_that_come_with_the_app_are_right():
    assert create_app().test_client().get("/records", headers=ADA).status_code == 401


def test_the_second_caller_may_ask_too(make_app):
    tokens = {"ada": hashed("another"), "bob": hashed(TOKEN)}
    client = make_app(API_TOKENS=tokens).test_client()
    assert client.get("/offers", headers=ADA).json["rate for"] == "bob"


@pytest.mark.parametrize(
    "record_id", ["nope", "%00", "a%00b", "%ff%fe", "%ed%a0%80", "é" * 30, "\U0001d11e" * 30, "x" * 5000]
)
def test_records_that_are_not_there(client, record_id):
    assert client.get(f"/records/{record_id}", headers=ADA).status_code == 404


@pytest.mark.parametrize(("number", "path"), [(0, "/records"), (1, "/records/time-out"), (2, "/offers")])
def test_a_backend_that_is_away(app, make_app, wires, number, path):
    client, wire = make_app(TIMEOUT=1).test_client(), wires[0][number]
    wire.cut()
    wire.refuse()
    try:
        reply = client.get(path, headers=ADA)
        assert (reply.status_code, reply.json) == (503, {"error": "a backend is away"})
        assert client.get("/").status_code == 200
    finally:
        wire.accept()
    assert client.get(path, headers=ADA).status_code == 200


@pytest.mark.parametrize(("number", "path"), [(0, "/records"), (1, "/records/time-out"), (2, "/offers")])
def test_eight_visitors_of_a_silent_backend_wait_once(app, make_app, wires, number, path):
    client, wire = make_app(TIMEOUT=1).test_client(), wires[0][number]
    wire.delay(3)
    try:
        statuses, seconds = at_once(8, lambda: client.get(path, headers=ADA).status_code)
    finally:
        wire.delay(0)
        wire.cut()
    assert set(statuses) == {503}
    # One after the other they would wait for 8 seconds.
    assert max(seconds) < 2.5, seconds


@pytest.mark.parametrize(("number", "path"), [(0, "/records"), (1, "/records/time-out")])
def test_a_backend_that_falls_silent_in_mid_request(app, make_app, wires, monkeypatch, number, path):
    app, wire = make_app(TIMEOUT=1), wires[0][number]
    client = app.test_client()
    assert client.get(path, headers=ADA).status_code == 200

    def fall_silent(name):
        found = get(name)
        if name == ("rethinkdb", "mongodb")[number]:
            wire.delay(3)
        return found

    get = app.extensions["backends"].get
    monkeypatch.setattr(app.extensions["backends"], "get", fall_silent)
    began = time.perf_counter()
    try:
        assert client.get(path, headers=ADA).status_code == 503
    finally:
        wire.delay(0)
        wire.cut()
    # Once for the question, and not once more for the goodbye.
    assert 1 <= time.perf_counter() - began < 1.9


def test_after_a_silence_the_app_goes_on_soon(app, make_app, wires):
    client = make_app(TIMEOUT=0.5).test_client()
    wires[0][1].delay(20)
    assert client.get("/records/time-out", headers=ADA).status_code == 503
    wires[0][1].delay(0)
    deadline = time.monotonic() + 6
    while (status := client.get("/records/time-out", headers=ADA).status_code) == 503:
        assert time.monotonic() < deadline
    assert status == 200


def test_closing_the_app_does_not_wait_for_ever(app, make_app):
    # A wire that no other test has silenced.
    mongodb = databases.mongodb("test_ch06_closed")
    with Wire(*mongodb.address) as wire:
        app = make_app(TIMEOUT=1, **mongodb.through(wire).settings)
        assert app.test_client().get("/records/time-out", headers=ADA).status_code == 200
        wire.delay(20)
        began = time.perf_counter()
        app.extensions["backends"].close_shared()
        assert time.perf_counter() - began < 1.8


def test_seed_makes_the_database(make_app):
    name = databases.rethinkdb("test_ch06_made").name
    app = make_app(RETHINKDB_DB=name)
    with app.app_context():
        conn = backends.get_backend("rethinkdb")
        rethinkdb.r.db_drop(name).run(conn)
    for _ in range(2):
        assert app.test_cli_runner().invoke(args=["seed"]).output == "3 records, 3 reviews\n"
    assert len(app.test_client().get("/records", headers=ADA).json) == 3


def test_a_database_without_tables(make_app, caplog):
    empty = databases.rethinkdb("test_ch06_empty").name
    reply = make_app(RETHINKDB_DB=empty).test_client().get("/records", headers=ADA)
    assert (reply.status_code, reply.json) == (503, {"error": "a backend is away"})
    assert f"`{empty}.records` does not exist" in caplog.text


@pytest.mark.parametrize("error", [TimeoutError, ExecutionTimeout])
def test_a_backend_that_takes_too_long_is_away(client, monkeypatch, error):
    def too_late(record_id):
        raise error("too late")

    monkeypatch.setattr(shop, "stars_of", too_late)
    assert client.get("/records/time-out", headers=ADA).status_code == 503


def test_a_mistake_of_the_app_is_not_called_away(app, client, monkeypatch):
    def nonsense(record_id):
        return backends.get_backend("mongodb").command("nonsense")

    monkeypatch.setattr(shop, "stars_of", nonsense)
    with pytest.raises(OperationFailure):
        client.get("/records/time-out", headers=ADA)


@pytest.fixture
def rates_answer(app, monkeypatch):
    """A function that lets the other service answer every request with one response."""

    def rates_answer(*response, **options):
        transport = httpx.MockTransport(lambda request: httpx.Response(*response, **options))
        known = app.extensions["backends"].backends
        client = httpx.Client(base_url="http://rates", transport=transport)
        monkeypatch.setitem(known, "rates", known["rates"]._replace(open=lambda: client))

    return rates_answer


ODD_RATES = ['"1.1"', "null", "[]", "-1", "0", "NaN", "Infinity", "1e300"]


@pytest.mark.parametrize(
    "answer",
    [
        *("<p>Under construction</p>", "", "\0", "[" * 100_000, "null", "[]", "7", "{}", '{"rate": 1.1}'),
        *(f'{{"rate": {rate}, "caller": "ada"}}' for rate in ODD_RATES),
    ],
)
def test_rates_that_are_none(client, rates_answer, caplog, answer):
    rates_answer(200, text=answer)
    reply = client.get("/offers", headers=ADA)
    assert (reply.status_code, reply.json) == (502, {"error": "a backend answered nonsense"})
    assert "The rates: no" in caplog.text


@pytest.mark.parametrize("status", [302, 404, 500])
def test_rates_that_are_refused(client, rates_answer, status):
    rates_answer(status)
    assert client.get("/offers", headers=ADA).status_code == 503


def test_an_eager_hook_needs_them_all(make_app, wires):
    client = make_app("eager").test_client()
    wires[0][2].refuse()
    try:
        assert client.get("/").status_code == 503
        assert client.get("/static/style.css").status_code == 503
    finally:
        wires[0][2].accept()
    assert client.get("/").status_code == 200


def test_commands_work_too(app, runner):
    results = []
    events = recorded(app, lambda: results.append(runner.invoke(args=["seed"])))
    assert results[0].output == "3 records, 3 reviews\n"
    assert (opened(events, "rethinkdb"), Timeline(events).closed) == (1, 1)


def test_the_app_can_be_closed(app, client, wires):
    client.get("/records/time-out", headers=ADA)
    app.extensions["backends"].close_shared()
    app.extensions["backends"].close_shared()
    # The next request opens a new client.
    assert client.get("/records/time-out", headers=ADA).status_code == 200
