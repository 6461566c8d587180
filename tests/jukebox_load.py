"""Load for the jukebox: ``python -m tests.jukebox_load``.

First 10,000 mixed requests while 50 pages listen: no vote may be lost, no response may be an error, and
afterwards no connection may be open that was not before. Then each database is cut off under load and given
back: what failed, for how long, and whether anything is gone that was acknowledged.

Beside every twentieth request its worker does the same work once more without HTTP: the app's own function,
in a context whose connection is open. The two are compared. Ends with 1 where something was lost.
"""

import contextlib
import json
import random
import selectors
import socket
import sys
import threading
import time
import uuid
from collections import Counter, defaultdict
from statistics import quantiles
from urllib.parse import urlsplit

import httpx
import psutil
from rethinkdb import r

from tests.jukebox_served import Jukebox
from workbook import APPS, Table

sys.path.insert(0, str(APPS))
import capstone_jukebox
from capstone_jukebox import sample
from capstone_jukebox.config import Config
from capstone_jukebox.people import catalogue
from capstone_jukebox.plays.archive import get_archive
from capstone_jukebox.queue import db, shown, songs

REQUESTS, PAGES, WORKERS = 10_000, 50, 8
BEFORE, AWAY, AFTER = 1.5, 3.0, 4.0  # seconds under load: all well, a database away, all well again
ONE_IN = 20
MONITORS = 2  # of PyMongo, beside its pool
START = 30  # seconds for everybody to log in
SHARES = {"queue": 38, "vote": 27, "catalogue": 12, "history": 10, "me": 4, "add": 5, "play": 4}
DATABASES = {"rethinkdb": "RethinkDB", "mongodb": "MongoDB", "cassandra": "Cassandra"}

TRACKS = [track["id"] for track in sample.TRACKS]
# Voted for, and never played: so many votes that nobody counts stand before them.
VOTED, PLAYED, ADDED = TRACKS[:10], TRACKS[10:30], TRACKS[30:]
CROWD = [f"crowd-{n}" for n in range(100)]

problems = []


class Pages(threading.Thread):
    """Open pages, each of which keeps what the feed told it last. ``stop()`` ends them."""

    def __init__(self, url, number):
        super().__init__(daemon=True)
        place = urlsplit(url)
        self._selector = selectors.DefaultSelector()
        self._rest = {}
        self.queues, self.states, self.ended = {}, {}, 0
        self._running = True
        for _ in range(number):
            page = socket.create_connection((place.hostname, place.port), timeout=5)
            # 1.0: the body comes as it is, not in chunks.
            page.sendall(f"GET /api/feed HTTP/1.0\r\nHost: {place.netloc}\r\n\r\n".encode())
            self._rest[page] = b""
            self._selector.register(page, selectors.EVENT_READ)
        self.start()

    def run(self):
        while self._running:
            for key, _ in self._selector.select(timeout=0.1):
                self._read(key.fileobj)

    def _read(self, page):
        data = page.recv(65536)
        if not data:
            self.ended += 1
            self._selector.unregister(page)
        *events, self._rest[page] = (self._rest[page] + data).split(b"\n\n")
        for event in events:
            name, _, data = event.partition(b"\ndata: ")
            if name == b"event: queue":
                self.queues[page] = json.loads(data)
            elif name == b"event: state":
                self.states[page] = json.loads(data)["feed"]

    def agree(self, queue, seconds=5):
        """How many pages show ``queue`` in the end."""
        deadline = time.monotonic() + seconds
        while (told := list(self.queues.values()).count(queue)) < len(self._rest) and time.monotonic() < deadline:
            time.sleep(0.05)
        return told

    def stop(self):
        self._running = False
        self.join()
        for page in self._rest:
            page.close()


class Worker(threading.Thread):
    """One person who does a bit of everything, one request after the other, until ``enough()``."""

    def __init__(self, number, jukebox, app, all_here, enough):
        super().__init__()
        self._random = random.Random(number)
        names = list(jukebox.people)
        self.name = names[number % len(names)]
        self._dj = self.name in ("cleo", "dora")
        # Who is two workers votes for other songs in each: which vote was the last is then known.
        halves = VOTED[:5], VOTED[5:]
        self._songs = halves[number // len(names)]
        self._jukebox, self._app, self._all_here, self._enough = jukebox, app, all_here, enough
        self.done = []  # (began, operation, status, seconds, whether it is one of those that are expected)
        self.bare = defaultdict(list)
        self.votes, self.plays, self.late = {}, [], 0

    def run(self):
        operations, weights = zip(*SHARES.items(), strict=True)
        with (
            self._jukebox.client(self._jukebox.people[self.name]) as self._client,
            self._jukebox.rethinkdb() as self._shelf,
            self._app.app_context() if self._app else contextlib.nullcontext(),
        ):
            self._all_here.wait(START)
            while not self._enough():
                operation = self._random.choices(operations, weights)[0]
                getattr(self, f"_{operation}")()
                if self._app and len(self.done) % ONE_IN == 0 and operation in BARE:
                    began = time.perf_counter()
                    BARE[operation]()
                    self.bare[operation].append(time.perf_counter() - began)

    def _send(self, operation, expected, method, path, **options):
        """Send a request -> its response, or None if it is none of the expected ones."""
        began, started = time.time(), time.perf_counter()
        try:
            response = self._client.request(method, path, **options)
            status = response.status_code
        except httpx.HTTPError as error:
            response, status = None, type(error).__name__
        fine = status in expected
        told = status == 503 and "Retry-After" in response.headers and "error" in response.json()
        label = status if fine or not told else "503, told"
        self.done.append((began, operation, label, time.perf_counter() - started, fine))
        return response if fine else None

    def _queue(self):
        self._send("queue", {200}, "GET", "/api/queue")

    def _vote(self):
        song, voted = self._random.choice(self._songs), self._random.random() < 0.6
        method = "POST" if voted else "DELETE"
        # As a person would: again, until it is acknowledged.
        while not self._send("vote", {200}, method, f"/api/queue/{song}/vote"):
            time.sleep(0.1)
        self.votes[song] = voted

    def _catalogue(self):
        query = self._random.choice(["", "s", "not", "waltz", "zz"])
        self._send("catalogue", {200}, "GET", "/api/catalogue", params={"q": query})

    def _history(self):
        response = self._send("history", {200}, "GET", "/api/history")
        if response and (cursor := response.json()["next"]):
            self._send("history", {200}, "GET", "/api/history", params={"cursor": cursor})

    def _me(self):
        self._send("me", {200}, "GET", "/api/me")

    def _add(self):
        song = self._random.choice(ADDED)
        self._send("add", {201, 409}, "POST", "/api/queue", json={"track_id": song})
        if self._dj:
            self._send("remove", {204}, "DELETE", f"/api/queue/{song}")

    def _play(self):
        if not self._dj:
            return
        if response := self._send("play", {200}, "POST", "/api/play"):
            play = response.json()
            self.plays.append((play["track_id"], play["played_at"]))
            self.late += play["history"] == "pending"
            r.table("queue").insert(popular(play["track_id"]), conflict="replace").run(self._shelf)


BARE = {
    "queue": lambda: shown.queue_for(db.run, None),
    "vote": lambda: songs.vote(db.run, VOTED[0], "bare", True),
    "catalogue": lambda: catalogue.search("not", 1, 20),
    "history": lambda: get_archive().page(None, 20),
}


def popular(track_id):
    """A song that is played before those that are voted for."""
    return waiting(track_id) | {"voters": CROWD}


def waiting(track_id):
    track = next(track for track in sample.TRACKS if track["id"] == track_id)
    return {**track, "entry": str(uuid.uuid4()), "voters": [], "added_by": "ben", "added_at": songs.now()}


def work(jukebox, enough, app=None, begin=None):
    """Let all workers work until ``enough()`` -> the workers. ``begin()`` is called once all are logged in."""
    all_here = threading.Barrier(WORKERS, begin)
    workers = [Worker(number, jukebox, app, all_here, enough) for number in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return workers


def counted(number):
    """A function that says when so many have asked it."""
    tickets = iter(range(number))
    lock = threading.Lock()

    def enough():
        with lock:
            return next(tickets, None) is None

    return enough


def lost_votes(jukebox, workers, wanted):
    """Acknowledged votes that are not there, and those there that were taken back. ``wanted`` is kept up to date."""
    for worker in workers:
        wanted |= {(worker.name, song): voted for song, voted in worker.votes.items()}
    with jukebox.rethinkdb() as conn:
        voters = {song["id"]: song["voters"] for song in r.table("queue").get_all(*VOTED).run(conn)}
    assert all(len(set(names)) == len(names) for names in voters.values()), "a vote counts twice"
    return sum((name in voters[song]) != voted for (name, song), voted in wanted.items())


def lost_plays(jukebox, workers, seconds=10):
    """Acknowledged plays that the history does not have once, after the time that a late one may take."""
    acknowledged = [play for worker in workers for play in worker.plays]
    deadline = time.monotonic() + seconds
    while True:
        there = Counter((play["track_id"], play["played_at"]) for play in jukebox.history())
        lost = sum(there[play] != 1 for play in acknowledged)
        if not lost or time.monotonic() > deadline:
            return lost, len(acknowledged)
        time.sleep(0.2)


def connections(jukebox):
    return {kind: wire.open for kind, wire in jukebox.wires.items()}


def settled(jukebox, most, seconds=10):
    """The open connections, once there are no more than ``most``; what a client closes last takes a moment."""
    deadline = time.monotonic() + seconds
    while any((there := connections(jukebox))[kind] > most[kind] for kind in most) and time.monotonic() < deadline:
        time.sleep(0.1)
    return there


def p(share, values):
    return quantiles(values, n=100)[share - 1] if len(values) > 1 else float("nan")


def ms(seconds):
    return f"{seconds * 1000:.1f}"


def mixed(jukebox, pages, app, wanted):
    """10,000 requests, and what they left."""
    process = psutil.Process(jukebox.process.pid)
    before, files = connections(jukebox), process.num_fds()
    began = time.monotonic()
    workers = work(jukebox, counted(REQUESTS), app)
    took = time.monotonic() - began
    done = [item for worker in workers for item in worker.done]
    app.extensions["mongo"].close()
    app.extensions["archive"].close()
    statuses = Counter(status for _, _, status, _, _ in done)
    lost, plays = lost_plays(jukebox, workers)
    queue = public(httpx.get(f"{jukebox.url}/api/queue").json())
    print(f"{len(done)} requests in {took:.0f} s, {PAGES} pages listening: {dict(sorted(statuses.items(), key=str))}")
    votes = lost_votes(jukebox, workers, wanted)
    expect(votes == 0, "a lost vote")
    print(f"lost votes: {votes} of {len(wanted)}; lost plays: {lost} of {plays}")
    agree = pages.agree(queue)
    expect(agree == PAGES, "pages that do not show the queue as it is")
    print(f"pages that show the queue as it is: {agree} of {PAGES}; ended: {pages.ended}")
    # A pool keeps as many as were used at once.
    kept = {**before, "mongodb": max(before["mongodb"], WORKERS + MONITORS)}
    after = settled(jukebox, kept)
    print(f"connections before: {before}, after: {after}; files: {files}, {process.num_fds()}")
    expect(lost == 0 and statuses.keys() <= {200, 201, 204, 409}, "an error, or a lost play")
    expect(all(after[kind] <= kept[kind] for kind in kept), "connections are left")
    rows = []
    for operation in BARE:
        ours = [seconds for _, name, _, seconds, fine in done if name == operation and fine]
        bare = [seconds for worker in workers for seconds in worker.bare[operation]]
        rows.append([operation, len(ours), ms(p(50, ours)), ms(p(95, ours)), ms(p(50, bare)), ms(p(95, bare))])
        rows[-1].append(f"{p(95, ours) / p(95, bare):.1f}")
    print(
        Table(
            ["operation", "requests", "median, ms", "95%, ms", "bare median, ms", "bare 95%, ms", "ratio of 95%"], rows
        )
    )


def expect(true, otherwise):
    if not true:
        problems.append(otherwise)


def public(queue):
    for song in queue["songs"]:
        del song["voted"]
    return queue


def outage(jukebox, pages, kind, wanted):
    """Cut one database off under load, give it back -> a row of the table."""
    wire, times = jukebox.wires[kind], {}

    def cut():
        times["cut"] = time.time()
        wire.stop()

    def back():
        wire.accept()
        times["back"] = time.time()

    def begin():
        times["end"] = time.time() + BEFORE + AWAY + AFTER
        threading.Timer(BEFORE, cut).start()
        threading.Timer(BEFORE + AWAY, back).start()

    workers = work(jukebox, lambda: time.time() > times["end"], begin=begin)
    done = [item for worker in workers for item in worker.done]
    failed = [item for item in done if not item[4]]
    meanwhile = {name for at, name, *_ in done if times["cut"] < at < times["back"]}
    affected = Counter(name for _, name, *_ in failed)
    untold = sum(status != "503, told" for _, _, status, *_ in failed)
    last = max((at + seconds for at, _, _, seconds, _ in failed), default=times["back"])
    lost, plays = lost_plays(jukebox, workers)
    votes = lost_votes(jukebox, workers, wanted)
    expect(lost == votes == untold == 0, f"{kind} away: {lost} plays and {votes} votes lost, {untold} errors untold")
    agree = pages.agree(public(httpx.get(f"{jukebox.url}/api/queue").json()))
    expect(agree == PAGES, f"{kind} away: {PAGES - agree} pages do not show the queue as it is")
    return {
        "database": DATABASES[kind],
        "failed": ", ".join(f"{name} {number}" for name, number in sorted(affected.items())) or "nothing",
        "went on": ", ".join(sorted(meanwhile - set(affected))),
        "requests": len(done),
        "503 with Retry-After": len(failed) - untold,
        "other errors": untold,
        "longest wait, s": round(max(seconds for *_, seconds, _ in done), 2),
        "last failure after its return, s": round(max(0, last - times["back"]), 2),
        "votes lost": f"{votes} of {len(wanted)}",
        "plays lost": f"{lost} of {plays}, {sum(worker.late for worker in workers)} written late",
        "pages up to date": f"{agree} of {PAGES}",
    }


def main():
    with Jukebox() as jukebox:
        settings = {**jukebox.settings, "SECRET_KEY": "of an app that serves nobody"}
        app = capstone_jukebox.create_app(type("Ours", (Config,), settings))
        with jukebox.rethinkdb() as conn:
            r.table("queue").delete().run(conn)
            r.table("queue").insert([popular(song) for song in PLAYED] + [waiting(song) for song in VOTED]).run(conn)
        pages, wanted = Pages(jukebox.url, PAGES), {}
        # Until every pool has its size.
        work(jukebox, counted(400))
        mixed(jukebox, pages, app, wanted)
        rows = [outage(jukebox, pages, kind, wanted) for kind in DATABASES]
        columns = zip(*(row.values() for row in rows), strict=True)
        print(
            Table(
                [f"away for {AWAY:.0f} s", *DATABASES.values()],
                [[name, *values] for name, values in zip(rows[0], columns, strict=True)][1:],
            )
        )
        print(f"connections in the end: {connections(jukebox)}")
        pages.stop()
    sys.exit("\n".join(problems) or None)


if __name__ == "__main__":
    main()
