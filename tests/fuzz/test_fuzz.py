"""Good and hostile visitors, several at once, at the apps of chapters 6, 7, 8, 10 and 11 as they are launched.

No request may end in a 5xx, nothing may be left open, and no app may grow. ``make fuzz`` sends
10,000 requests to each app, other ones each time; FUZZ_REQUESTS is their number. What fails is
printed as Python: among NASTIES it is tried again in every run.
"""

import contextlib
import itertools
import os
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import psutil
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from fuzz import targets
from fuzz.hostile import FORM, JSON, spoiled
from fuzz.raw import Request, Visitor

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", 200))
VISITORS, REQUESTS_EACH = 4, 5
# Megabytes after the first fifth of the requests. For 10,000 that is half a kilobyte for each of the
# others: an app that kept as much as one header of each would be seen.
GROWTH = 4
# Of a client that starts to watch its server only then.
MORE_THREADS = 3

HUGE = Request("POST", "/", (("Content-Type", FORM),), b"x" * 3_000_000, hostile="body")
NASTIES = [
    Request("GET", "/%00/%ff/%ed%a0%80", hostile="path"),
    Request("GET", "/songs/%00", hostile="path"),
    Request("GET", "http://[", hostile="path"),
    Request("GET", "//", (("Host", "\xe9"),), hostile="header"),
    Request("GET", "/", (("X-Many", "x"),) * 120, hostile="header"),
    Request("BREW", "*", hostile="method"),
    Request("GET", "/", (("Content-Length", "9" * 5000),), hostile="length"),
    Request("POST", "/", (("Transfer-Encoding", "chunked"),), b"zz\r\n", hostile="length"),
    Request("POST", "/login", (("Content-Type", JSON),), b"[" * 60_000, hostile="body"),
    Request("GET", "/me", (("Cookie", "session=" + "x" * 60_000),), hostile="cookie"),
    Request("GET", "/records", (("Authorization", "Basic \xe9"),), hostile="credentials"),
    Request("GET", "/records", leaves_after=20, reset=True, hostile="leaving"),
]


@pytest.mark.parametrize("stem", ["ch06", "ch07", "ch08", "ch10", "ch11", "ch11_server_side"])
def test_visitors(stem, monkeypatch):
    # One heap for all threads: what glibc keeps in reserve for each would hide what the app keeps.
    monkeypatch.setenv("MALLOC_ARENA_MAX", "1")
    with contextlib.ExitStack() as stack:
        target = getattr(targets, stem)(stack)
        with target.app:
            fuzz(target)
        assert not any(wire.open for wire in (*target.kept, *target.passing))


def fuzz(target):
    """Send the requests, and look after the app."""
    app = target.app
    process = psutil.Process(app._child.pid)
    threads = ThreadPoolExecutor(VISITORS)
    statuses, hostile, sizes = Counter(), Counter(), []
    at_launch = {wire: wire.opened for wire in target.kept}
    began = time.monotonic()

    def visit(requests):
        visitor = Visitor(app.port)
        return [(request, visitor.send(request)) for request in requests]

    def check(visits):
        before = unhandled(app.log)
        answers = list(itertools.chain(*threads.map(visit, visits)))
        if any(status == "left" for _, status in answers):
            settle(app, process)
        for request, status in answers:
            statuses[status] += 1
            hostile[request.hostile] += 1
            # 505: a version of HTTP that http.server does not know. The app is not asked.
            failed = status in range(500, 600) and status != 505
            assert not failed, f"{status} for {request}\n{app.log[-3000:]}"
            assert request.hostile or status != "none", f"no answer to {request}"
        assert unhandled(app.log) <= before, app.log[-3000:]
        left = [wire.open for wire in target.passing]
        for wire in target.passing:
            wire.cut()
        assert not any(left), f"sockets left open: {left}"
        target.reset()
        if not sizes and statuses.total() >= REQUESTS / 5:
            sizes.append(Size.of(process))

    for nasty in NASTIES:
        check = example([[nasty]])(check)
    # All at once: the most that the app ever needs is part of its size from the beginning.
    check = example([[HUGE] * REQUESTS_EACH] * VISITORS)(check)
    check = given(st.lists(requests_of_one(target.good), min_size=VISITORS, max_size=VISITORS))(check)
    check = settings(
        max_examples=REQUESTS // (VISITORS * REQUESTS_EACH),
        deadline=None,
        database=None,
        # The same requests in each run of all tests, other ones in a run of its own.
        derandomize="FUZZ_REQUESTS" not in os.environ,
        print_blob=True,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )(check)
    check()
    threads.shutdown()

    sizes.append(Size.of(process))
    sent, bad = statuses.total(), statuses.total() - hostile[""]
    print(f"\n{app.name}: {sent} requests, {bad / sent:.0%} hostile, in {time.monotonic() - began:.0f} s")
    print(f"  answers: {dict(statuses.most_common())}")
    print(f"  size after a fifth, and at the end: {sizes[0]}, {sizes[1]}")
    opened = [wire.opened - at_launch[wire] for wire in target.kept]
    print(f"  sockets that may live as long as the app: {opened} opened of {list(target.kept.values())}")
    assert sent >= REQUESTS and bad >= sent / 3
    assert sizes[1].megabytes - sizes[0].megabytes < GROWTH
    assert sizes[1].threads - sizes[0].threads <= MORE_THREADS
    assert sizes[1].files - sizes[0].files <= sum(target.kept.values())
    assert all(number <= most for number, most in zip(opened, target.kept.values(), strict=True))


@st.composite
def requests_of_one(draw, good):
    """What one visitor sends, one after the other: about half of it hostile."""
    hostile = st.sampled_from([False, False, True, True, True])
    return [draw(spoiled(good) if draw(hostile) else good) for _ in range(REQUESTS_EACH)]


def settle(app, process, seconds=10.0):
    """Wait until the app is done with those, too, who left."""
    # Accepted after all the others.
    Visitor(app.port).send(Request())
    deadline = time.monotonic() + seconds
    while left := [
        conn
        for conn in process.net_connections("tcp")
        if conn.laddr.port == app.port and conn.status != psutil.CONN_LISTEN
    ]:
        assert time.monotonic() < deadline, f"still busy after {seconds} s: {left}"
        time.sleep(0.01)


def unhandled(log):
    """How many errors nobody handled. "http://[" is one of werkzeug's server: the app is never asked."""
    return log.count("Traceback") - log.count("in make_environ\n")


class Size(NamedTuple):
    """Of a process."""

    megabytes: float
    threads: int
    files: int

    @classmethod
    def of(cls, process):
        files = process.num_handles if sys.platform == "win32" else process.num_fds
        return cls(round(process.memory_info().rss / 2**20, 1), process.num_threads(), files())
