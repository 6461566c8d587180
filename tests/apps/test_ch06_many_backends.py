"""The claims of chapter 6, in-process: several backends, opened by need, closed together."""

import hashlib
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from flask import g
from pymongo import MongoClient
from pymongo.errors import OperationFailure
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
    registry = Registry(app.logger)
    registry.register("one", object, id)
    with pytest.raises(ValueError, match="'one' already"):
        registry.register("one", object, id)
    with pytest.raises(ValueError, match="not 'request'"):
        registry.register("two", object, id, lifetime="request")


@pytest.mark.parametrize("broken", [(), ("a",), ("c",), ("a", "b", "c")])
def test_all_are_closed_last_first(app, caplog, broken):
    registry, closed = Registry(app.logger), []

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
    registry, closed = Registry(app.logger), []
    registry.register("good", object, closed.append)
    registry.register("bad", lambda: 1 / 0, closed.append)
    with app.app_context():
        registry.get("good")
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                registry.get("bad")
        registry.close_context(None)
    assert len(closed) == 1


@pytest.mark.parametrize(("way", "status", "leaked"), [("if-chain", None, 1), ("registry", 200, 0)])
def test_a_close_that_raises(app, make_app, wires, monkeypatch, way, status, leaked):
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


@pytest.mark.parametrize("known", [hashed(TOKEN).upper(), hashed(TOKEN)[1:], TOKEN, "", "é"])
def test_a_hash_that_no_token_can_have_is_refused_at_the_start(make_app, known):
    with pytest.raises(ValueError, match="API_TOKENS: 'ada' needs a SHA-256"):
        make_app(API_TOKENS={"bob": hashed(TOKEN), "ada": known})


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


def test_a_database_without_tables(make_app, caplog):
    empty = databases.rethinkdb("test_ch06_empty").name
    reply = make_app(RETHINKDB_DB=empty).test_client().get("/records", headers=ADA)
    assert (reply.status_code, reply.json) == (503, {"error": "a backend is away"})
    assert f"`{empty}.records` does not exist" in caplog.text


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
