"""The claims of chapter 8: what threads share, what a fork does, and how the pool behaves."""

import contextlib
import gc
import os
import socket
import subprocess
import sys
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from queue import LifoQueue
from types import SimpleNamespace

import httpx
import psutil
import pymongo
import pytest
from pymongo.errors import InvalidOperation, PyMongoError
from rethinkdb import r
from rethinkdb.errors import ReqlDriverError, ReqlRuntimeError, ReqlTimeoutError

from processes import left_running
from workbook import APPS, Recorder, Timeline, Wire, databases, launch

sys.path.insert(0, str(APPS))

from ch08_threads_forks_pools import bounded, create_app, db, wasteful
from ch08_threads_forks_pools.config import Config, check
from ch08_threads_forks_pools.pool import Pool, PoolTimeout

STEM = "ch08_threads_forks_pools"
SONG = "/songs/so-what"
gunicorn_only = pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run on Windows")


@pytest.fixture(scope="module")
def servers():
    rethinkdb, mongodb = databases.rethinkdb(f"test_{STEM}"), databases.mongodb(f"test_{STEM}")
    app = create_app(type("TestConfig", (Config,), {**rethinkdb.settings, **mongodb.settings}))
    result = app.test_cli_runner().invoke(args=["seed"])
    assert result.output == "3 songs, 4 listeners\n", result.output
    return rethinkdb, mongodb


@pytest.fixture
def songs(servers):
    with Wire(servers[0].host, servers[0].port) as wire:
        yield wire


@pytest.fixture
def plays(servers):
    with Wire(*servers[1].address) as wire:
        yield wire


@pytest.fixture
def reach(servers, songs, plays):
    return servers[0].through(songs), servers[1].through(plays)


@pytest.fixture
def make_app(reach):
    """A function that makes an app with settings of its own, and closes its pools afterwards."""
    apps = []

    def make(**settings):
        settings = {**reach[0].settings, **reach[1].settings, **settings}
        apps.append(create_app(type("TestConfig", (Config,), settings)))
        return apps[-1]

    yield make
    for app in apps:
        app.extensions["mongo"].close()
        if pool := app.extensions["rethinkdb"]:
            pool.close()


@pytest.fixture
def app(make_app):
    return make_app()


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def runner(app):
    return app.test_cli_runner()


@pytest.fixture
def pool(servers):
    pool = Pool(servers[0].connect, 2, wait=0.05)
    yield pool
    pool.close()


def statuses(app, path, number):
    with ThreadPoolExecutor(number) as threads:
        replies = threads.map(lambda _: app.test_client().get(path).status_code, range(number))
        return sorted(replies)


def at_once(app, path, number):
    with ThreadPoolExecutor(number) as threads:
        return sorted(reply.status for reply in threads.map(app.get, [path] * number))


# The app


def test_routes(client):
    assert client.get("/").json == {"service": "jukebox"}
    assert [song["title"] for song in client.get("/songs").json] == ["Blue in Green", "So What", "Take Five"]
    assert client.get(SONG).json["title"] == "So What"
    assert client.get("/plays/so-what").json == {"_id": "so-what", "plays": 2}
    for path in ("/songs/none", "/plays/none"):
        assert client.get(path).status_code == 404


def test_no_wrong_way_that_nobody_asked_for(app, make_app):
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == {
        "static",
        "songs.index",
        "songs.songs",
        "songs.song",
        "songs.plays",
    }
    asked = make_app(CLIENT_PER_REQUEST=True).test_client()
    assert asked.get("/wasteful/plays/so-what").json == {"_id": "so-what", "plays": 2}


def test_the_client_of_a_request_ends_with_it(make_app, monkeypatch):
    made, make = [], wasteful.make_client
    monkeypatch.setattr(wasteful, "make_client", lambda config: made.append(make(config)) or made[-1])
    make_app(CLIENT_PER_REQUEST=True).test_client().get("/wasteful/plays/so-what")
    with pytest.raises(InvalidOperation):
        made[0].admin.command("ping")


def test_bad_settings_are_all_named_at_once(make_app):
    bad = {
        "RETHINKDB_HOST": 7,
        "RETHINKDB_PORT": "28015",
        "RETHINKDB_DB": "a b",
        "RETHINKDB_TIMEOUT": 0,
        "POOL_SIZE": True,
        "POOL_WAIT": float("inf"),
        "POOL_CHECK_AFTER": -1,
        "MONGODB_URI": "mongodb://",
        "MONGODB_DB": "",
        "MONGODB_POOL_SIZE": 0,
        "MONGODB_TIMEOUT_MS": 1.5,
        "OPEN_EARLY": "false",
        "CLIENT_PER_REQUEST": None,
    }
    with pytest.raises(ValueError, match="bad settings") as caught:
        make_app(**bad)
    parts = str(caught.value).removeprefix("bad settings: ").split("; ")
    assert [part.split(" must be ")[0] for part in parts] == list(bad)
    assert all(part.endswith(f", not {value!r}") for part, value in zip(parts, bad.values(), strict=True))


@pytest.mark.parametrize("uri", ["mongodb+srv://db.example.org", "mongodb://a,b/?replicaSet=rs", "mongodb://[::1]:1"])
def test_settings_that_are_allowed(uri):
    config = {**vars(Config), "MONGODB_URI": uri, "POOL_SIZE": 0, "POOL_CHECK_AFTER": 0, "POOL_WAIT": 1}
    check({name: value for name, value in config.items() if name.isupper()})
    with pytest.raises(ValueError, match="MONGODB_URI must be"):
        check({**config, "MONGODB_URI": uri.removeprefix("mongodb")})


@pytest.mark.parametrize("song_id", ["%00", "so-what%00", "%ff", "é" * 30, "\U0001d11e" * 30, "x" * 300])
def test_ids_that_no_song_has(client, song_id):
    for kind in ("songs", "plays"):
        assert client.get(f"/{kind}/{song_id}").status_code == 404


def test_a_database_without_tables(make_app):
    app = make_app(RETHINKDB_DB=databases.rethinkdb("test_ch08_empty").name)
    reply = app.test_client().get("/songs")
    assert (reply.status_code, reply.json) == (503, {"error": "database unavailable"})


def test_seed_makes_the_database_too(make_app, servers):
    name = databases.rethinkdb("test_ch08_new").name
    with servers[0].connect() as conn:
        r.db_drop(name).run(conn)
    app = make_app(RETHINKDB_DB=name)
    for _ in range(2):
        assert app.test_cli_runner().invoke(args=["seed"]).exit_code == 0
        assert len(app.test_client().get("/songs").json) == 3


def test_nothing_is_opened_before_it_is_needed(client, songs, plays):
    client.get("/")
    client.get("/nope")
    assert (songs.opened, plays.opened) == (0, 0)


@pytest.mark.parametrize(
    ("settings", "path", "sockets"),
    [
        ({"POOL_SIZE": 0}, SONG, 20),
        ({}, SONG, 1),
        ({"POOL_CHECK_AFTER": 0}, SONG, 1),
        ({"CLIENT_PER_REQUEST": True}, "/wasteful/plays/so-what", 40),
        ({}, "/plays/so-what", 2),
    ],
)
def test_sockets_of_twenty_requests(make_app, songs, plays, settings, path, sockets):
    client = make_app(**settings).test_client()
    assert {client.get(path).status_code for _ in range(20)} == {200}
    assert songs.opened + plays.opened == sockets


def test_a_context_without_pool_closes_what_it_opened(make_app, songs):
    app = make_app(POOL_SIZE=0)
    with Recorder(app) as recorder:
        app.test_client().get(SONG)
        app.test_client().get("/songs/none")
    timeline = Timeline(recorder.events)
    assert (timeline.opened, timeline.closed) == (2, 2)
    assert songs.open == 0


def test_one_connection_in_a_context_and_the_next_one_gets_it_too(app):
    with app.app_context():
        first = db.get_conn()
        assert db.get_conn() is first
    with app.app_context():
        assert db.get_conn() is first
        with app.app_context():
            assert db.get_conn() is not first


def test_teardown_is_idempotent(app, songs):
    with app.test_client() as client:
        client.get(SONG)
        client.get(SONG)
    assert app.extensions["rethinkdb"]._places.qsize() == 4
    assert songs.open == 1


def test_waiting_for_a_place(make_app, songs):
    app = make_app(POOL_SIZE=2, POOL_WAIT=10)
    songs.delay(0.02)
    assert statuses(app, SONG, 8) == [200] * 8
    assert songs.opened == 2


def test_503_when_waiting_is_over(make_app, songs):
    app = make_app(POOL_SIZE=1, POOL_WAIT=0.05)
    with app.app_context():
        db.get_conn()
        # A request of its own thread: this one has the only connection.
        with ThreadPoolExecutor(1) as threads:
            start = time.monotonic()
            response = threads.submit(app.test_client().get, SONG).result()
            assert time.monotonic() - start < 0.8
    assert (response.status_code, response.json) == (503, {"error": "busy"})
    assert response.headers["Retry-After"] == "1"
    assert app.test_client().get(SONG).status_code == 200


def test_a_cut_costs_one_request(client, songs):
    assert client.get(SONG).status_code == 200
    songs.cut()
    assert [client.get(SONG).status_code for _ in range(3)] == [503, 200, 200]


def test_a_cut_costs_none_when_the_pool_asks_each_time(make_app, songs):
    client = make_app(POOL_CHECK_AFTER=0).test_client()
    assert client.get(SONG).status_code == 200
    songs.cut()
    assert [client.get(SONG).status_code for _ in range(3)] == [200] * 3
    assert songs.opened == 2


def test_a_server_that_is_away_loses_no_places(make_app, songs):
    app = make_app(POOL_SIZE=2, POOL_CHECK_AFTER=0, POOL_WAIT=0.05)
    songs.refuse()
    assert {app.test_client().get(SONG).status_code for _ in range(5)} == {503}
    songs.accept()
    assert statuses(app, SONG, 2) == [200, 200]


def test_the_limit_of_the_mongo_client(make_app, plays):
    app = make_app(MONGODB_POOL_SIZE=3)
    plays.delay(0.05)
    assert statuses(app, "/plays/so-what", 16) == [200] * 16
    assert plays.opened == 4  # three, and the monitor's


# Nothing waits for ever


LIMIT = 1.0  # seconds; PyMongo looks at its clock every half a second


def waits(app, path, visitors=8):
    """(the statuses, the longest wait in seconds) of so many visitors at once."""

    def visit(_):
        start = time.monotonic()
        return app.test_client().get(path).status_code, time.monotonic() - start

    with ThreadPoolExecutor(visitors) as threads:
        statuses, seconds = zip(*threads.map(visit, range(visitors)), strict=True)
    return set(statuses), max(seconds)


@pytest.fixture
def silent():
    """The port of a server that takes every connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("settings", [{}, {"POOL_SIZE": 0}, {"POOL_SIZE": 1, "POOL_WAIT": 30.0}])
def test_visitors_of_a_silent_server_wait_once(make_app, silent, settings):
    app = make_app(
        **{"RETHINKDB_PORT": silent, "RETHINKDB_TIMEOUT": LIMIT, **settings},
        MONGODB_URI=f"mongodb://127.0.0.1:{silent}",
        MONGODB_TIMEOUT_MS=int(1000 * LIMIT),
    )
    with ThreadPoolExecutor(2) as threads:
        for statuses, longest in threads.map(waits, [app, app], [SONG, "/plays/so-what"]):
            assert statuses == {503}
            assert longest <= 1.6 * LIMIT


@pytest.mark.parametrize("pool_size", [0, 4])
def test_a_server_that_falls_silent(make_app, songs, plays, pool_size):
    limits = {"RETHINKDB_TIMEOUT": LIMIT, "MONGODB_TIMEOUT_MS": int(1000 * LIMIT)}
    app = make_app(POOL_SIZE=pool_size, POOL_CHECK_AFTER=0, **limits)
    paths = [SONG, "/plays/so-what"]
    assert [waits(app, path, 4)[0] for path in paths] == [{200}, {200}]
    for wire in (songs, plays):
        wire.delay(30)
    with ThreadPoolExecutor(2) as threads:
        for statuses, longest in threads.map(waits, [app, app], paths):
            assert statuses == {503}
            assert longest <= 1.6 * LIMIT
    for wire in (songs, plays):
        wire.delay(0)
    assert [waits(app, path, 4)[0] for path in paths] == [{200}, {200}]


def test_a_late_answer_is_nobodys(servers, songs):
    conn = bounded.connect(LIMIT / 5, host=songs.host, port=songs.port, db=servers[0].name)
    rows = r.range(1_000_000).run(conn)  # more than one answer of the server holds
    songs.delay(2 * LIMIT / 5)
    with pytest.raises(ReqlTimeoutError):
        r.table("songs").get("so-what").run(conn)
    assert not conn.is_open()
    with pytest.raises(ReqlRuntimeError, match="Connection is closed"):
        list(rows)


def test_a_goodbye_has_an_end(servers, songs):
    pool = Pool(lambda: bounded.connect(LIMIT, host=songs.host, port=songs.port), 3)
    for conn in [pool.take() for _ in range(3)]:
        pool.give(conn)
    songs.delay(30)
    start = time.monotonic()
    pool.close()
    assert time.monotonic() - start <= 1.6 * LIMIT  # three goodbyes, one time-out


def test_a_goodbye_to_nobody_has_an_end(make_app, reach, plays):
    # A client that looks often soon knows that its server is gone.
    uri = f"{reach[1].settings['MONGODB_URI']}&heartbeatFrequencyMS=500"
    app = make_app(MONGODB_URI=uri, MONGODB_TIMEOUT_MS=500)
    assert app.test_client().get("/plays/so-what").status_code == 200
    plays.stop()
    client, start = app.extensions["mongo"], time.monotonic()
    while client.nodes and time.monotonic() - start < 20:
        time.sleep(0.05)
    start = time.monotonic()
    client.close()
    assert time.monotonic() - start < 2


def test_places_wait_for_a_limited_time(make_app, servers):
    held = threading.Event()
    watcher = SimpleNamespace(sent=lambda data: b"the only place" in data and held.set(), received=lambda data: None)
    with Wire(*servers[1].address, watch=lambda: watcher) as wire, ThreadPoolExecutor(1) as holder:
        app = make_app(**servers[1].through(wire).settings, MONGODB_POOL_SIZE=1, MONGODB_TIMEOUT_MS=1000)
        errors = set()
        app.after_request(lambda response: errors.add(response.json.get("error")) or response)
        assert waits(app, "/plays/so-what", 1)[0] == {200}
        wire.delay(1.6)

        def hold():
            # What comes of it is not asked: the monitor, delayed too, may give the server up.
            with pymongo.timeout(20), contextlib.suppress(PyMongoError):
                app.extensions["mongo"].admin.command("ping", comment="the only place")

        holder.submit(hold)
        assert held.wait(20)
        statuses, longest = waits(app, "/plays/so-what", 6)
        assert (statuses, errors) == ({503}, {None, "busy"})
        assert longest < 2.5  # one after the other: 6


def test_a_goodbye_that_fails_costs_no_response(make_app, songs, caplog):
    app = make_app(POOL_SIZE=0)

    @app.get("/cut")
    def cut():
        db.get_conn()
        songs.cut()
        return "served"

    assert app.test_client().get("/cut").status_code == 200
    assert "did not close cleanly" in caplog.text


DELAY = 0.1  # seconds, much longer than a busy machine takes for all the rest


def test_round_trips(make_app, songs, plays):
    def trips(path, **settings):
        client = make_app(**settings).test_client()
        client.get(path)
        for wire in (songs, plays):
            wire.delay(DELAY)
        times = []
        for _ in range(3):
            start = time.perf_counter()
            client.get(path)
            times.append(time.perf_counter() - start)
        for wire in (songs, plays):
            wire.delay(0)
        return int(min(times) // DELAY)

    assert trips(SONG, POOL_SIZE=0) == 4
    assert trips(SONG, POOL_CHECK_AFTER=0) == 2
    assert trips(SONG) == 1
    assert trips("/wasteful/plays/so-what", CLIENT_PER_REQUEST=True) == 4
    assert trips("/plays/so-what") == 1


def test_a_command_closes_the_pool_at_exit(reach, songs):
    with launch(STEM, *reach, name="commands") as app:
        timeline = app.flask("seed").timeline()
    assert (timeline.opened, timeline.closed) == (2, 2)


def test_a_worker_process_gets_settings_and_an_id(servers):
    from ch08_threads_forks_pools.work import shout

    assert shout(servers[0].settings, "take-five") == "TAKE FIVE"


# The pool by itself


def test_the_last_one_in_is_the_first_one_out(pool):
    first, second = pool.take(), pool.take()
    pool.give(first)
    pool.give(second)
    assert pool.take() is second


def test_no_more_than_size(pool):
    pool.take(), pool.take()
    start = time.monotonic()
    with pytest.raises(PoolTimeout):
        pool.take()
    assert 0.05 <= time.monotonic() - start < 1


def test_never_two_borrowers(servers):
    pool = Pool(servers[0].connect, 3, wait=10)
    lent, lock, twice = set(), threading.Lock(), []

    def borrow(number):
        conn = pool.take()
        with lock:
            twice.append(id(conn) in lent)
            lent.add(id(conn))
        r.expr(number).run(conn)
        with lock:
            lent.discard(id(conn))
        pool.give(conn)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(borrow, range(200)))
    assert not any(twice)
    pool.close()


def test_a_broken_one_is_not_lent_again(pool):
    conn = pool.take()
    conn.close()
    pool.give(conn)
    assert pool.take().is_open()


def test_a_dead_one_is_closed_before_another_is_opened(servers, monkeypatch):
    pool = Pool(servers[0].connect, 1, check_after=0)
    conn = pool.take()
    pool.give(conn)
    monkeypatch.setattr("ch08_threads_forks_pools.pool._alive", lambda conn: False)
    assert pool.take() is not conn and not conn.is_open()


def test_a_failing_connect_gives_its_place_back():
    def refuse():
        raise ReqlDriverError("nobody there")

    pool = Pool(refuse, 1, wait=0.05)
    for _ in range(3):
        with pytest.raises(ReqlDriverError):
            pool.take()


def test_close_closes_all_that_are_free(servers, songs):
    pool = Pool(servers[0].through(songs).connect, 3)
    conns = [pool.take() for _ in range(3)]
    for conn in conns[1:]:
        pool.give(conn)
    pool.close()
    assert [conn.is_open() for conn in conns] == [True, False, False]
    pool.give(conns[0])
    assert pool.take() is conns[0] and [pool.take().is_open() for _ in range(2)] == [True, True]
    conns[0].close()


def test_what_a_borrower_leaves_behind_is_gone(pool, servers):
    conn = pool.take()
    conn.use("another")
    pool.give(conn)
    assert pool.take() is conn and conn.db == servers[0].name
    next(r.table("songs").run(conn, max_batch_rows=1))  # and two rows that nobody reads
    pool.give(conn)
    assert not conn.is_open()
    assert len(list(r.table("songs").run(pool.take()))) == 3


def test_given_back_twice_is_lent_once(pool):
    conn = pool.take()
    pool.give(conn)
    pool.give(conn)
    assert pool.take() is conn and pool.take() is not conn
    with pytest.raises(PoolTimeout):
        pool.take()


def test_a_stranger_is_not_taken_in(pool, servers):
    stranger = servers[0].connect()
    pool.give(stranger)
    assert stranger.is_open() and pool.take() is not stranger
    stranger.close()


def test_who_waits_while_connecting_fails_does_not_try_again():
    tried, arrived, go_on = [], threading.Semaphore(0), threading.Event()

    class Places(LifoQueue):
        def get(self, *args, **options):
            arrived.release()
            return super().get(*args, **options)

    def refuse():
        tried.append(threading.get_ident())
        go_on.wait(10)
        raise ReqlDriverError("nobody there")

    def take():
        with pytest.raises(ReqlDriverError):
            pool.take()

    pool = Pool(refuse, 1, wait=10)
    pool._places = Places()
    pool._places.put(None)
    with ThreadPoolExecutor(3) as threads:
        futures = [threads.submit(take) for _ in range(3)]
        assert all(arrived.acquire(timeout=10) for _ in futures)
        go_on.set()
        for future in futures:
            future.result()
    assert len(tried) == 1
    failed = pool._failed
    take()
    assert len(tried) == 2 and pool._failed > failed


def test_a_pool_that_nobody_has_is_gone(servers):
    pool = Pool(servers[0].connect, 1)
    known = weakref.ref(pool)
    del pool
    gc.collect()
    assert known() is None


def test_close_can_be_called_again(pool, servers):
    pool.give(pool.take())
    pool.close()
    pool.close()
    pool.give(pool.take())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_starts_empty_and_leaves_the_parents_connection_alone(songs, servers):
    pool = Pool(servers[0].through(songs).connect, 2)
    kept, lent = pool.take(), pool.take()
    pool.give(kept)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            gc.collect()
            pool.give(lent)
            conns = [pool.take(), pool.take()]
            code = 0 if not {*conns} & {kept, lent} and r.expr(1).run(conns[0]) == 1 else 2
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    assert songs.opened == 4
    assert pool.take() is kept and r.expr(2).run(kept) == r.expr(2).run(lent) == 2
    kept.close()
    lent.close()


@pytest.mark.skipif(sys.platform == "win32", reason="children as POSIX knows them")
def test_a_worker_process_ends_with_its_parent(servers):
    program = f"""
import multiprocessing, time
from concurrent.futures import ProcessPoolExecutor
from {STEM}.work import end_with_parent, shout
processes = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), end_with_parent)
print(processes.submit(shout, {servers[0].settings}, "so-what").result(), flush=True)
time.sleep(60)
"""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(APPS), os.environ.get("PYTHONPATH", "")])}
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environ)
    try:
        assert parent.stdout.readline() == b"SO WHAT\n"
        family = psutil.Process(parent.pid).children(recursive=True)
        assert len(family) == 2  # the worker, and the process that looks after what they share
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
    left = left_running(family, seconds=10)
    for process in left:
        process.kill()
    assert not left


# Under gunicorn


@gunicorn_only
def test_opened_early_and_forked_one_reads_the_answer_of_the_other(reach, songs):
    with launch(STEM, *reach, name="early", workers=2, OPEN_EARLY=True) as app:
        with httpx.stream("GET", app.url + "/early/listeners", trust_env=False) as download:
            lines = download.iter_lines()
            next(lines)
            assert {"email", "id"} == set(app.get("/early/songs").json()[0])
            assert app.get("/early/songs").status == 503
        assert songs.opened == 1
        app.get("/early/plays/so-what")
        assert "MongoClient opened before fork" in app.log


@gunicorn_only
def test_opened_early_in_each_worker_is_no_fork(reach):
    with launch(STEM, *reach, name="early", workers=2, preload=False, OPEN_EARLY=True) as app:
        assert at_once(app, "/early/plays/so-what", 4) == [200] * 4
        assert "opened before fork" not in app.log


@gunicorn_only
def test_opened_lazily_each_worker_has_its_own(reach, songs):
    with launch(STEM, *reach, name="lazy", workers=2) as app:
        songs.delay(0.3)
        assert at_once(app, SONG, 2) == [200, 200]
        assert songs.opened == 2
        songs.delay(0)
        assert at_once(app, "/plays/so-what", 8) == [200] * 8
        assert "opened before fork" not in app.log
