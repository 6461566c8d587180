"""What is copied is right: each app under another name, in an empty folder, with settings from the environment alone.

Its own commands are run on servers that nobody prepared for it; then come visitors who get what they want, who
do not, and who hang up. Open connections are counted in front of the servers, not in the app.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

import httpx
import pytest
from rethinkdb import r

from copied_apps import ROOT, SECRET, config, serving, stems
from workbook import Wire, databases

TOKEN = "a token of this test"
PATIENCE = 10  # seconds until a connection that is being closed is closed
# What an app keeps open as long as it lives; everything else is closed when its context ends.
KEPT = {
    "capstone_jukebox": {"mongodb", "cassandra"},
    "ch06_many_backends": {"mongodb"},
    "ch07_app_lifetime": {"mongodb"},
    "ch08_threads_forks_pools": {"mongodb", "rethinkdb"},
    "ch09_cassandra": {"cassandra"},
    "ch10_streaming": {"cassandra"},
    "ch11_sessions_identity": {"mongodb"},
}
COMMANDS = {
    "capstone_jukebox": [["seed"]],
    "ch02_app_context": [["seed", "--password", TOKEN]],
    "ch03_one_connection": [["seed"]],
    "ch04_teardown": [["seed"]],
    "ch05_g_conn": [["seed"]],
    "ch06_many_backends": [["seed"]],
    "ch07_app_lifetime": [["seed"], ["members"]],
    "ch08_threads_forks_pools": [["seed"]],
    "ch09_cassandra": [["init-db"], ["seed"]],
    "ch10_streaming": [["load"], ["warn", "fog"]],
    "ch11_sessions_identity": [["init-db"]],
    "ch12_sqlalchemy": [["seed"], ["restock", "moanin", "9"]],
    "ch13_testing_shipping": [["seed"]],
}
DATABASES = {
    "capstone_jukebox": ["rethinkdb", "mongodb", "cassandra"],
    "ch03_one_connection": ["rethinkdb"],
    "ch04_teardown": ["rethinkdb"],
    "ch05_g_conn": ["rethinkdb"],
    "ch06_many_backends": ["rethinkdb", "mongodb"],
    "ch07_app_lifetime": ["mongodb"],
    "ch08_threads_forks_pools": ["rethinkdb", "mongodb"],
    "ch09_cassandra": ["cassandra"],
    "ch10_streaming": ["cassandra", "rethinkdb"],
    "ch11_sessions_identity": ["mongodb"],
    "ch13_testing_shipping": ["rethinkdb"],
}
# Modules that are copied alone, and a use of what they are for.
ALONE = {
    "ch02_app_context": ("db", "get_db().execute('SELECT 1').fetchone()[0]"),
    "ch03_one_connection": ("db", "get_conn().is_open()"),
    "ch04_teardown": ("db", "[get_songs().is_open(), get_audit().is_open()]"),
    "ch06_many_backends": ("backends", "[get_backend('rethinkdb').is_open(), get_backend('mongodb').name]"),
    "ch07_app_lifetime": ("mongo", "get_shared_db().list_collection_names()"),
    "ch08_threads_forks_pools": ("db", "get_conn().is_open()"),
    "ch09_cassandra": ("db", "get_db().session().execute('SELECT key FROM system.local').one()"),
    "ch11_sessions_identity": ("mongo", "get_db().list_collection_names()"),
    "ch12_sqlalchemy": ("by_hand", "get_session().scalar(select(1))"),
    "ch13_testing_shipping": ("db", "get_conn().is_open()"),
}
# What nobody gets who has not asked for it.
WRONG = {
    "ch02_app_context": ["/singleton/login", "/wiped/notes"],
    "ch07_app_lifetime": ["/per-request/members", "/trusting/records", "/module-global/members"],
    "ch08_threads_forks_pools": ["/wasteful/plays/so-what", "/early/songs"],
    "ch09_cassandra": ["/wrong/text/Panthera", "/early/animals/Panthera"],
    "ch10_streaming": ["/listed/stations/bell-rock/readings.json", "/places/view", "/places/getter"],
    "ch11_sessions_identity": ["/wrong/login", "/wrong/users"],
    "ch12_sqlalchemy": ["/wrong/artists", "/wrong/visitors/ann/records", "/by-hand/records"],
    "ch13_testing_shipping": ["/wrong/songs", "/wrong/ready"],
}


class Visitor:
    """Asks one app; remembers what it got, so that others can hang up on it."""

    def __init__(self, url, printed):
        self.printed, self.seen = printed, []
        self.client = httpx.Client(base_url=url, timeout=30)

    def __call__(self, method, path, expected, **kwargs):
        response = self.client.request(method, path, **kwargs)
        assert response.status_code == expected, f"{method} {path}: {response.status_code} {response.text[:300]}"
        if method == "GET" and expected == 200:
            self.seen.append((path, kwargs.get("headers", {})))
        return response

    def hang_up(self):
        """Ask for everything again, and go: some at once, some after the first bytes."""
        url = self.client.base_url
        cookies = "; ".join(f"{name}={value}" for name, value in self.client.cookies.items())
        for path, headers in self.seen:
            lines = [f"{name}: {value}" for name, value in {**headers, "Host": "x", "Cookie": cookies}.items()]
            for patient in (False, True):
                with socket.create_connection((url.host, url.port), timeout=30) as end:
                    end.sendall("\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode())
                    if patient:
                        end.recv(20)
                    # Closed at once and for good, as by a machine that is switched off.
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def visit_ch01(ask):
    ask("GET", "/songs", 200)
    ask("GET", "/songs/nowhere", 404)
    ask("GET", "/nowhere", 404)


def visit_ch02(ask):
    ask("GET", "/me", 200)
    ask("GET", "/notes/", 401)
    ask("POST", "/login", 401, data={"name": "ada", "password": "no"})
    ask("POST", "/login", 200, data={"name": "ada", "password": TOKEN})
    ask("GET", "/notes/", 200)
    ask("POST", "/logout", 204)


def visit_ch03(ask):
    ask("GET", "/", 200)
    ask("GET", "/songs", 200)
    ask("GET", "/songs/so-what", 200)
    ask("GET", "/songs/nowhere", 404)
    ask("POST", "/songs/so-what/vote", 200)
    ask("GET", "/nowhere", 404)


def visit_ch04(ask):
    ask("GET", "/songs/so-what", 200)
    ask("GET", "/songs/nowhere", 404)
    ask("PUT", "/songs/so-what/recording", 200, content=b"x")
    ask("GET", "/nowhere", 404)


def visit_ch05(ask):
    for way in ("getter", "proxy", "g"):
        ask("GET", f"/{way}/songs", 200)
        ask("GET", f"/{way}/use/2", 200)
        ask("GET", f"/{way}/use/0", 200)
        ask("GET", f"/{way}/use/99", 404)


def visit_ch06(ask):
    headers = {"Authorization": f"Bearer {TOKEN}"}
    ask("GET", "/", 200)
    ask("GET", "/records", 401)
    ask("GET", "/records", 200, headers=headers)
    ask("GET", "/records/time-out", 200, headers=headers)
    ask("GET", "/records/nowhere", 404, headers=headers)
    ask("GET", "/offers", 200, headers=headers)


def visit_ch07(ask):
    words = ask.printed.split()
    headers = {"Authorization": f"Bearer {words[words.index('ada') + 1]}"}
    ask("GET", "/members", 200)
    ask("GET", "/records", 401)
    shelf = ask("GET", "/records", 200, headers=headers).json()
    assert [record["title"] for record in shelf] == ["Blue Train", "Kind of Blue"]
    ask("GET", f"/records/{1:024}", 200, headers=headers)
    ask("GET", f"/records/{9:024}", 404, headers=headers)
    ask("GET", "/records/nowhere", 404, headers=headers)


def visit_ch08(ask):
    ask("GET", "/songs", 200)
    ask("GET", "/songs/so-what", 200)
    ask("GET", "/songs/nowhere", 404)
    ask("GET", "/plays/so-what", 200)


def visit_ch09(ask):
    headers = {"Authorization": f"Bearer {TOKEN}"}
    animal = {"genus": "Vulpes", "species": "vulpes", "size_cm": 80, "taxonomy": ["Carnivora"]}
    ask("GET", "/animals/Panthera", 200)
    ask("GET", "/animals/Panthera/leo", 200)
    ask("GET", "/animals/Panthera/nobody", 404)
    ask("POST", "/animals", 401, json=animal)
    ask("POST", "/animals", 422, json={"genus": 1}, headers=headers)
    ask("DELETE", "/animals/Vulpes/nobody", 404, headers=headers)


def visit_ch10(ask):
    ask("GET", "/stations/bell-rock/readings.json", 200)
    ask("GET", "/stations/bell-rock/readings.ndjson", 200)
    ask("GET", "/stations/nowhere/readings.json", 200)
    ask("GET", "/stations/bell-rock/readings.json?limit=x", 400)
    ask("GET", "/warnings.ndjson", 200)
    # An event stream has no end: read a little, and go.
    with ask.client.stream("GET", "/warnings/feed") as response:
        next(response.iter_bytes())
    ask.seen.append(("/warnings/feed", {}))


def visit_ch11(ask):
    name = {"name": "ada", "password": TOKEN}
    ask("GET", "/cart", 200)
    ask("GET", "/me", 302)
    assert ask.client.post("/users", json=name).status_code in (201, 409)
    ask("POST", "/login", 401, json=name | {"password": "no"})
    ask("POST", "/login", 302, json=name)
    ask("GET", "/count", 200)
    ask("POST", "/logout", 204)


def visit_ch12(ask):
    assert "3 artists, 5 records" in ask.printed
    for path in ("/", "/records", "/records/moanin", "/artists", "/records.ndjson"):
        ask("GET", path, 200)
    ask("GET", "/records/nothing", 404)
    ask("POST", "/records/moanin/sales", 201, json={"buyer": "ann"})
    ask("POST", "/records/moanin/sales", 400, json={})


def visit_ch13(ask):
    ask("GET", "/", 200)
    ask("GET", "/live", 200)
    ask("GET", "/songs", 200)
    ask("GET", "/songs.ndjson", 200)
    ask("POST", "/songs/so-what/vote", 200)
    ask("POST", "/songs/nowhere/vote", 404)
    ask("GET", "/nowhere", 404)


VISITS = {name[6:]: visit for name, visit in list(globals().items()) if name.startswith("visit_ch")}


def visit_capstone(ask):
    ask("GET", "/", 200)
    ask("GET", "/api/queue", 200)
    ask("GET", "/api/catalogue?q=blue", 200)
    ask("GET", "/api/history", 200)
    ask("GET", "/api/history.ndjson", 200)
    ask("GET", "/api/history?cursor=x", 422)
    ask("GET", "/api/me", 401)
    ask("POST", "/api/play", 400)
    ask("GET", "/health/ready", 200)
    ask("GET", "/nowhere", 404)


VISITS = {name.removeprefix("visit_"): visit for name, visit in list(globals().items()) if name.startswith("visit_c")}


def alone(use):
    """The source of an app that has only what is copied: a module's init_app, and a call of its getter."""
    module, expression = use
    return f"""\
from flask import Flask

from .config import Config
from .{module} import *
from .{module} import init_app


def create_app():
    app = Flask(__name__)
    app.config.from_object(Config)
    app.config.from_prefixed_env()
    init_app(app)

    @app.get("/used")
    def used():
        return str({expression})

    @app.get("/failed")
    def failed():
        return str(({expression}, 1 / 0))

    return app
"""


def bad(stem):
    """A setting that cannot work for each that an app has: text for a number or a bool, a number for text."""
    numbers = {name: isinstance(value, (bool, int, float)) for name, value in config(stem).items()}
    return {name: "nonsense" if is_number else "5" for name, is_number in numbers.items()}


def settings(stem, wire):
    """The environment of a copied app: what differs between machines, and what is secret."""
    found = {name: str(value) for server in wire.values() for name, value in server["settings"].items()}
    if "rethinkdb" in wire:
        found["RETHINKDB_DB"] = f"copied_{stem}"  # which nobody has made
        found |= {name.replace("RETHINKDB", "AUDIT"): found[name] for name in list(found) if "RETHINKDB" in name}
    hashed = hashlib.sha256(TOKEN.encode()).hexdigest()
    more = {"SECRET_KEY": SECRET, "API_TOKEN": TOKEN, "API_TOKENS": json.dumps({"ada": hashed})}
    # A feed without news finds out that nobody reads when it says that it has none.
    more |= {"KEEP_ALIVE": "0.2"}
    return found | {name: value for name, value in more.items() if name in config(stem)}


def nothing_is_left(wire, but=()):
    """The servers that still have connections, {kind: how many}, after a while; {} is as it should be."""
    until = time.monotonic() + PATIENCE
    while True:
        left = {kind: server["wire"].open for kind, server in wire.items() if kind not in but}
        left = {kind: number for kind, number in left.items() if number}
        if not left or time.monotonic() > until:
            return left
        time.sleep(0.01)


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    """{stem: what became of the app, with its "wire", {kind: {"wire", "settings"}}}; a function that ends them all."""
    servers = {kind: getattr(databases, kind)("copied") for kind in ("rethinkdb", "mongodb", "cassandra")}
    with contextlib.ExitStack() as stack:
        wires, plan = {}, {}
        with servers["rethinkdb"].connect() as conn:
            for name in r.db_list().run(conn):
                if name.startswith("copied"):
                    r.db_drop(name).run(conn)
        for stem in stems():
            wires[stem] = {}
            for kind in DATABASES.get(stem, []):
                server = servers[kind]
                address = server.address if kind == "mongodb" else (server.host, server.port)
                wire = stack.enter_context(Wire(*address))
                wires[stem][kind] = {"wire": wire, "settings": server.through(wire).settings}
            plan[stem] = {"settings": settings(stem, wires[stem]), "bad": bad(stem), "commands": COMMANDS.get(stem, [])}
            plan[stem] |= {"files": {"alone": alone(ALONE[stem])} if stem in ALONE else {}}
            plan[stem] |= {"also": ["rates"] if stem == "ch06_many_backends" else []}
        done, end = stack.enter_context(serving(tmp_path_factory.mktemp("copied"), plan))
        yield {stem: app | {"wire": wires[stem]} for stem, app in done.items()}, end


@pytest.fixture(params=stems())
def stem(request):
    return request.param


@pytest.fixture
def app(copies, stem):
    found = copies[0][stem]
    assert "failed" not in found, found["failed"]
    return found


def test_every_app_is_visited():
    assert {stem.partition("_")[0] for stem in stems()} == VISITS.keys()


def test_bad_settings_are_refused_in_one_message(app, stem):
    assert [name for name in bad(stem) if not re.search(rf"\b(FLASK_)?{name}\b", app["said"])] == [], app["said"]


def test_no_secret_has_a_default(stem):
    secret = re.compile("SECRET|PASSWORD|TOKEN|KEY$")
    assert [name for name, value in config(stem).items() if secret.search(name) and value] == []


def test_wrong_ways_are_not_registered_unasked(app, stem):
    with httpx.Client(base_url=app["url"], timeout=30) as client:
        assert {path: client.get(path).status_code for path in WRONG.get(stem, [])} == dict.fromkeys(
            WRONG.get(stem, []), 404
        )


def test_nothing_is_open_after_visitors_who_get_it_and_fail_and_hang_up(app, stem):
    visitor = Visitor(app["url"], app["printed"])
    for _ in range(2):
        VISITS[stem.partition("_")[0]](visitor)
        visitor.hang_up()
    if stem in ALONE:
        with httpx.Client(base_url=app["urls"]["alone"], timeout=30) as client:
            for path, expected in [("/used", 200), ("/failed", 500), ("/nowhere", 404)]:
                response = client.get(path)
                assert response.status_code == expected, f"alone, {path}: {response.text[:300]}"
    visitor.client.close()
    wire, kept = app["wire"], KEPT.get(stem, ())
    assert nothing_is_left(wire, kept) == {}
    # What the app keeps serves all visitors: it is not opened anew for each.
    before = {kind: wire[kind]["wire"].opened for kind in kept}
    visitor = Visitor(app["url"], app["printed"])
    VISITS[stem.partition("_")[0]](visitor)
    visitor.client.close()
    assert {kind: wire[kind]["wire"].opened for kind in kept} == before


def test_nothing_is_open_at_the_end(copies):
    apps, end = copies
    assert end() == "ended"
    started = {stem: app for stem, app in apps.items() if "failed" not in app}
    left = {stem: nothing_is_left(app["wire"]) for stem, app in started.items()}
    assert started
    assert {stem: left[stem] for stem in left if left[stem]} == {}


def test_the_commands_of_the_readme(tmp_path):
    """On a sandbox started by hand, each in a process of its own as in a shell."""
    stem = "ch03_one_connection"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^(workbook|flask) (.+)$", readme, re.M)
    assert [words.split()[-1] for _, words in commands] == ["rethinkdb", "seed", "run"]
    assert {words.split()[1] for program, words in commands if program == "flask"} == {stem}
    shutil.copytree(ROOT / "apps" / stem, tmp_path / "mine")
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with contextlib.ExitStack() as stack:

        def begin(program, words, *more):
            command = [sys.executable, "-m", program, *words.replace(stem, "mine").split(), *more]
            process = subprocess.Popen(
                command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        sandbox, seed, run = commands
        address = json.loads(begin(*sandbox, "--port", "0").stdout.readline())
        environment["FLASK_RETHINKDB_PORT"] = str(address["port"])
        said, complained = begin(*seed).communicate(timeout=60)
        assert said == "3 songs\n", complained
        server = begin(*run, "--port", "0")
        url = next(found[0] for line in server.stderr if (found := re.search(r"http://[\d.]+:\d+", line)))
        assert len(httpx.get(f"{url}/songs", timeout=30).json()) == 3
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=30) == 0
