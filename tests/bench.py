"""Figures that are too noisy for a test: ``make bench``, or ``python -m tests.bench launch ...``.

Ratios are of medians, both sides measured in turn in one run. With ``--record`` the figures that
chapters 8 and 10 show are written to docs/measured/.
"""

import contextlib
import json
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from threading import Timer

import httpx
import psutil

import sandboxes
from tests.processes import left_running
from workbook import APPS, Wire, databases, launch, paths
from workbook.figures import recorded

RECORD = "--record"
ROOT = Path(__file__).parent.parent
NOTEBOOKS = [path for room in ("notebooks", "solutions", "exercises") for path in (ROOT / room).glob("*.ipynb")]


def seconds(action):
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def figures(chapter, about, packages, rows):
    """Print the table that a chapter shows; with ``--record`` it is the chapter's from now on."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = paths.RECORDED if RECORD in sys.argv else Path(scratch)
        recorded.write(chapter, about, packages, rows, folder)
        print(recorded.Measured(chapter, folder))
    if RECORD in sys.argv:
        print(f"recorded; now `workbook author outputs {chapter}...`, or its tests see other figures than it shows")


def start_to_ready(kind, rounds):
    """Median seconds until a sandbox of that kind listens."""
    times, servers = [], []
    for _ in range(rounds):
        times.append(seconds(lambda: servers.append(sandboxes.start(kind))))
        servers.pop().stop()
    return median(times)


def python(*arguments):
    subprocess.run([sys.executable, *arguments], check=True, cwd=ROOT)


def bench_launch(rounds=15):
    """From launch() to the first 200, against importing flask and rethinkdb."""

    def first_answer():
        app = launch("ch03_one_connection")
        assert app.get("/").status == 200
        apps.append(app)

    launched, imported, apps = [], [], []
    for _ in range(rounds):
        imported.append(seconds(lambda: python("-c", "import flask, rethinkdb")))
        launched.append(seconds(first_answer))
        apps.pop().stop()
    ratio = median(launched) / median(imported)
    print(f"launch to first 200: {median(launched):.3f} s; import: {median(imported):.3f} s; ratio {ratio:.2f}")


def bench_sandbox(rounds=5):
    """The RethinkDB sandbox: start, connections, reads; its size."""
    from rethinkdb import r

    print(f"sandbox start to ready: {start_to_ready('rethinkdb', rounds):.3f} s")
    database = databases.rethinkdb("bench")
    with database.connect() as conn:
        r.table_create("t").run(conn)
        r.table("t").insert({"id": 1, "name": "ann"}).run(conn)
        connects = min(seconds(lambda: [database.connect().close() for _ in range(200)]) for _ in range(rounds))
        gets = min(seconds(lambda: [r.table("t").get(1).run(conn) for _ in range(1000)]) for _ in range(rounds))
    print(f"connect and close: {200 / connects:,.0f} per second; point get: {1000 / gets:,.0f} per second")
    lines = 0
    for path in (ROOT / "sandboxes" / "src").rglob("*.py"):
        lines += sum(bool(line.strip()) for line in path.read_text(encoding="utf-8").splitlines())
    print(f"lines of the sandbox that are not blank: {lines:,}")


def bench_cassandra(rounds=5, rows=100_000):
    """The Cassandra sandbox: start, parsing, point reads, a large table page by page."""
    from cassandra.concurrent import execute_concurrent_with_args

    from sandboxes.cassandra.parser import parse

    start = start_to_ready("cassandra", rounds)
    text = "INSERT INTO ks.t (id, name, tags) VALUES (?, 'a name', {'a': 1, 'b': -2}) IF NOT EXISTS USING TTL 5"
    parsed = min(seconds(lambda: [parse(text) for _ in range(1000)]) for _ in range(rounds))
    print(f"cassandra start to ready: {start:.3f} s; a statement parsed in {parsed * 1000:.0f} µs")
    with databases.cassandra("bench").connect() as session:
        session.execute("CREATE TABLE bench.t (id int PRIMARY KEY, name text)")
        insert = session.prepare("INSERT INTO bench.t (id, name) VALUES (?, ?)")
        select = session.prepare("SELECT name FROM bench.t WHERE id = ?")
        inserts = seconds(
            lambda: execute_concurrent_with_args(session, insert, [(i, f"name {i}") for i in range(rows)])
        )
        reads = min(seconds(lambda: [session.execute(select, [i]) for i in range(1000)]) for _ in range(rounds))
        pages = min(seconds(lambda: list(session.execute("SELECT * FROM bench.t"))) for _ in range(rounds))
    print(
        f"concurrent inserts: {rows / inserts:,.0f} per second; prepared point reads: {1000 / reads:,.0f} per "
        f"second; rows of a paged SELECT: {rows / pages:,.0f} per second"
    )


def bench_kill(rounds=100):
    """Kill the process that launched an app for each database; count what is left 2 s later."""
    program = """
import time
from workbook import databases, launch
apps = [
    launch("ch03_one_connection", databases.rethinkdb("kill")),
    launch("ch07_app_lifetime", databases.mongodb("kill")),
    launch("ch09_cassandra", databases.cassandra("kill"), API_TOKEN="secret"),
]
print("up", flush=True)
time.sleep(60)
"""
    left = 0
    for _ in range(rounds):
        parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
        assert parent.stdout.readline() == b"up\n"
        children = psutil.Process(parent.pid).children(recursive=True)
        assert len(children) == 6
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        left += len(left_running(children))
    print(f"killed {rounds} times: {left} processes left after 2 s")


def bench_notebooks():
    """The strict nbval suite against as many bare kernels, started and stopped, on 2 workers."""
    kernels = f"""
from concurrent.futures import ThreadPoolExecutor
from jupyter_client.manager import start_new_kernel

def bare(number):
    manager, client = start_new_kernel(kernel_name="python3")
    client.stop_channels()
    manager.shutdown_kernel()

with ThreadPoolExecutor(2) as pool:
    list(pool.map(bare, range({len(NOTEBOOKS)})))
"""
    bare = seconds(lambda: python("-c", kernels))
    paths = sorted({str(path.parent.relative_to(ROOT)) for path in NOTEBOOKS})
    suite = seconds(lambda: python("-m", "pytest", "-q", *paths))
    print(f"{len(NOTEBOOKS)} notebooks: nbval {suite:.1f} s; bare kernels {bare:.1f} s; ratio {suite / bare:.2f}")


def bench_ways(requests=100):
    """Chapter 8's ways to reach a database: milliseconds and sockets for a request."""
    songs, plays = databases.rethinkdb("ways"), databases.mongodb("ways")
    wires = Wire(songs.host, songs.port), Wire(*plays.address)
    reach = songs.through(wires[0]), plays.through(wires[1])

    def app(name, **settings):
        return launch("ch08_threads_forks_pools", *reach, name=name, **settings)

    def start():
        """way -> (app, path), all of them new."""
        pooled, early = app("pooled", CLIENT_PER_REQUEST=True), app("early", OPEN_EARLY=True)
        return {
            "RethinkDB, connection per context": (app("per context", POOL_SIZE=0), "/songs/so-what"),
            "RethinkDB, one connection for all": (early, "/early/songs/so-what"),
            "RethinkDB, pool that asks each time": (app("careful", POOL_CHECK_AFTER=0), "/songs/so-what"),
            "RethinkDB, pool": (pooled, "/songs/so-what"),
            "MongoDB, client per request": (pooled, "/wasteful/plays/so-what"),
            "MongoDB, one client": (pooled, "/plays/so-what"),
        }

    def opened():
        return sum(wire.opened for wire in wires)

    def measure(where, delay):
        """The ways in turn, ``requests`` times, each with its milliseconds and sockets."""
        for wire in wires:
            wire.delay(delay)
        ways = start()
        times, sockets = {way: [] for way in ways}, dict.fromkeys(ways, 0)
        for _ in range(requests):
            for way, (app, path) in ways.items():
                before = opened()
                times[way].append(seconds(lambda app=app, path=path: answers.append(app.get(path))))
                assert answers.pop().status == 200
                sockets[way] += opened() - before
        for way in ways:
            rows[way][f"ms, {where}"] = round(1000 * median(times[way]), 1)
            rows[way][f"sockets, {where}"] = sockets[way] / requests

    def right_answers(app, path):
        """How many of ``requests`` from 8 threads are answered, and with the song they asked for."""

        def ask(number):
            song = ("so-what", "take-five")[number % 2]
            reply = app.get(path.replace("so-what", song))
            return reply.status == 200 and song in (reply.json().get("id"), reply.json().get("_id"))

        # Whoever waits for an answer that another thread has read hears of it then.
        rescue = Timer(10, wires[0].cut)
        rescue.start()
        with ThreadPoolExecutor(8) as threads:
            right = sum(threads.map(ask, range(requests)))
        rescue.cancel()
        return right

    app("seed").flask("seed")
    rows, answers = {way: {"way": way} for way in start()}, []
    measure("loopback", 0)
    measure("20 ms away", 0.02)
    for wire in wires:
        wire.delay(0)
    for way, target in start().items():
        rows[way]["right of 100, 8 at once"] = 100 * right_answers(*target) // requests
    about = f"each way in turn, {requests} times; ms is the median of a request, sockets are per request"
    figures("ch08", about, ["flask", "rethinkdb", "pymongo"], list(rows.values()))


def bench_streaming(rows=100_000, page=200, rounds=3):
    """Chapter 10: a list that is sent against a stream, in turn: first byte, memory, time."""
    archive, live = databases.cassandra("streaming"), databases.rethinkdb("streaming")
    station = "/stations/bell-rock/readings.json"
    ways = {"a list": f"/listed{station}", "a stream": station}

    def app():
        return launch("ch10_streaming", archive, live, name="streaming", FETCH_SIZE=page, WRONG_WAYS=True)

    app().flask("load", "--rows", str(rows), "--size", "100")
    downloads, pages = {way: [] for way in ways}, {}
    for _ in range(rounds):
        for way, path in ways.items():
            with app() as fresh:
                fresh.get(f"{path}?limit=1")  # connects, and prepares the statement
                with archive.counting() as counts:
                    downloads[way].append(download(fresh, path))
                pages[way] = counts["pages"]
    record = []
    for way in ways:
        first, total, megabytes = map(median, zip(*downloads[way], strict=True))
        sizes = {"first byte, ms": first * 1000, "memory, MB": megabytes, "in all, s": total}
        record.append(
            {
                "way": way,
                **{name: float(f"{figure:.3g}") for name, figure in sizes.items()},
                "rows before the first byte": rows if way == "a list" else page,
                "pages": pages[way],
            }
        )
    with archive.connect() as session:
        node = session.execute("SELECT cluster_name, release_version FROM system.local").one()
    server = "the sandbox" if node.cluster_name == "sandbox" else f"Cassandra {node.release_version}"
    about = f"{rows:,} rows from {server}, {page} to a page, median of {rounds} runs"
    figures("ch10", about, ["flask", "cassandra-driver"], record)
    formatters(rows)


def download(app, path):
    """Read an answer -> seconds to its first byte, seconds in all, megabytes that the app grew by."""
    process = psutil.Process(app._child.process.pid)
    before = process.memory_info().rss
    sizes, done = [before], threading.Event()

    def watch():
        while not done.wait(0.005):
            sizes.append(process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    with httpx.Client(trust_env=False, verify=False, timeout=120) as client:
        started = time.perf_counter()
        with client.stream("GET", app.url + path) as answer:
            pieces = answer.iter_raw()
            next(pieces)
            first = time.perf_counter() - started
            for _ in pieces:
                pass
        total = time.perf_counter() - started
    done.set()
    watcher.join()
    return first, total, (max(sizes) - before) / 2**20


def formatters(rows, rounds=5):
    """Rows in memory as JSON: the app's pages against a formatter that takes rows one by one."""
    sys.path.insert(0, str(APPS))
    from flask import Flask

    from ch10_streaming import archive, commands, json_provider, pieces

    app = Flask("formatter")
    json_provider.init_app(app)
    columns = archive.COLUMNS.split(", ")
    readings = [dict(zip(columns, commands.reading(number, 100), strict=True)) for number in range(rows)]
    pages = [readings[start : start + 200] for start in range(0, rows, 200)]

    def one_by_one(readings, **layout):
        yield "[\n"
        for number, reading in enumerate(readings):
            yield (",\n" if number else "") + json.dumps(reading, default=app.json.default, **layout)
        yield "\n]"

    ways = {
        "page by page": lambda: pieces.as_array(pages, app.json.dumps),
        "one by one": lambda: one_by_one(readings),
        "one by one, indented": lambda: one_by_one(readings, indent=2),
    }
    times = {way: [] for way in ways}
    for _ in range(rounds):
        for way, formatter in ways.items():
            times[way].append(seconds(lambda formatter=formatter: [piece.encode() for piece in formatter()]))
    for way, taken in times.items():
        ratio = median(taken) / median(times["page by page"])
        print(f"{way}: {rows / median(taken):,.0f} rows/s; page by page is {ratio:.2f} times as fast")


ASKS_ONCE = """
import sqlite3
from flask import Flask, current_app, g
from pymongo import MongoClient
from rethinkdb import r

def create_app():
    app = Flask(__name__)
    app.config.from_prefixed_env()
    mongo = MongoClient(app.config["MONGODB_URI"])

    @app.get("/rethinkdb")
    def ask_rethinkdb():
        config = current_app.config
        g.conn = r.connect(config["RETHINKDB_HOST"], config["RETHINKDB_PORT"], config["RETHINKDB_DB"])
        return {"n": r.expr(1).run(g.conn)}

    @app.get("/sqlite")
    def ask_sqlite():
        g.conn = sqlite3.connect(current_app.config["FILE"])
        return {"n": g.conn.execute("SELECT n FROM t").fetchone()[0]}

    @app.get("/mongodb")
    def ask_mongodb():
        return {"n": mongo[current_app.config["MONGODB_DB"]].t.find_one()["n"]}

    @app.teardown_appcontext
    def close_conn(exc):
        conn = g.pop("conn", None)
        if conn is not None:
            conn.close()

    return app
"""


def bench_recorder(requests=500, many=10_000):
    """What recording costs: a request with it against without, in turn; memory over many requests."""
    from workbook.running.launch import App, _locate, environment

    reach = {**databases.rethinkdb("cost").settings}
    mongo = databases.mongodb("cost")
    with tempfile.TemporaryDirectory() as folder, mongo.connect() as client:
        client[mongo.name].t.insert_one({"n": 1})
        with contextlib.closing(sqlite3.connect(Path(folder, "cost.db"))) as conn:
            conn.executescript("CREATE TABLE t (n); INSERT INTO t VALUES (1);")
        path = Path(folder, "asks_once.py")
        path.write_text(ASKS_ONCE, encoding="utf-8")
        settings = {**reach, **mongo.settings, "FILE": str(Path(folder, "cost.db"))}
        apps = {}
        for recorded in (True, False):
            apps[recorded] = App("cost", {**_locate(path), "recorded": recorded}, environment(settings))
            apps[recorded]._start(10)
        for view in ("/rethinkdb", "/sqlite", "/mongodb"):
            times = {recorded: [] for recorded in apps}
            for _ in range(requests):
                for recorded, app in apps.items():
                    times[recorded].append(seconds(lambda app=app, view=view: app.get(view)))
            cost, plain = (1000 * median(times[recorded]) for recorded in (True, False))
            print(f"{view[1:]}: recorded {cost:.2f} ms, not recorded {plain:.2f} ms; ratio {cost / plain:.2f}")
        for who, app in {"recorded": apps[True], "not recorded": apps[False]}.items():
            sizes = []
            processes = {"the app": psutil.Process(app._child.pid), "the notebook": psutil.Process()}
            for number in range(many):
                app.get(("/rethinkdb", "/sqlite", "/mongodb")[number % 3])
                if number in (many // 5, many // 5 * 3, many - 1):
                    sizes.append({name: process.memory_info().rss / 2**20 for name, process in processes.items()})
            for name in processes:
                print(
                    f"{who}, {name}: MB in the course of {many:,} requests: "
                    + ", ".join(f"{s[name]:.1f}" for s in sizes)
                )
        for app in apps.values():
            app.stop()


def bench_trace(requests=500, many=10_000):
    """What `workbook trace` costs: a request with it against without, in turn; memory over many requests."""
    from workbook.child import Child
    from workbook.running.launch import App, _locate, environment
    from workbook.tracing.findings import Findings

    mongo = databases.mongodb("trace")
    with tempfile.TemporaryDirectory() as folder, mongo.connect() as client, contextlib.ExitStack() as stack:
        client[mongo.name].t.insert_one({"n": 1})
        with contextlib.closing(sqlite3.connect(Path(folder, "cost.db"))) as conn:
            conn.executescript("CREATE TABLE t (n); INSERT INTO t VALUES (1);")
        path = Path(folder, "asks_once.py")
        path.write_text(ASKS_ONCE, encoding="utf-8")
        settings = {**databases.rethinkdb("trace").settings, **mongo.settings, "FILE": str(Path(folder, "cost.db"))}
        environ = environment(settings)
        app = App("cost", {**_locate(path), "recorded": False}, environ)
        app._start(10)
        stack.callback(app.stop)
        findings = Findings()
        spec = json.dumps({"app": str(path), "cwd": folder, "config": {}, "port": 0})
        traced = Child("workbook.tracing.run", spec, environ=environ, on_event=findings.feed)
        stack.callback(traced.stop)
        port = traced.wait_for("ready")["ready"]
        addresses = {"traced": f"http://127.0.0.1:{port}", "untraced": app.url}
        clients = {who: stack.enter_context(httpx.Client(base_url=url)) for who, url in addresses.items()}
        views = ("/rethinkdb", "/sqlite", "/mongodb")
        for view in views:
            times = {who: [] for who in clients}
            for _ in range(requests):
                for who, session in clients.items():
                    times[who].append(seconds(lambda session=session, view=view: session.get(view)))
            cost, plain = (1000 * median(times[who]) for who in clients)
            print(f"{view[1:]}: traced {cost:.2f} ms, untraced {plain:.2f} ms; ratio {cost / plain:.2f}")
        sizes, processes = [], {"the app": psutil.Process(traced.pid), "the command": psutil.Process()}
        for number in range(many):
            clients["traced"].get(views[number % 3])
            if number in (many // 5, many // 5 * 3, many - 1):
                sizes.append({name: process.memory_info().rss / 2**20 for name, process in processes.items()})
        traced.sync()
        for name in processes:
            print(f"{name}: MB in the course of {many:,} requests: " + ", ".join(f"{s[name]:.1f}" for s in sizes))
        findings.finish()
        print(f"{findings.requests:,} requests traced, {len(findings.found)} findings")


BENCHES = {name.removeprefix("bench_"): value for name, value in list(globals().items()) if name.startswith("bench_")}

if __name__ == "__main__":
    for name in [name for name in sys.argv[1:] if name != RECORD] or BENCHES:
        if name not in BENCHES:
            sys.exit(f"no bench {name!r}; there are {', '.join(BENCHES)}")
        BENCHES[name]()
