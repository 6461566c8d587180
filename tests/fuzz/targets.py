"""The apps under fire: how each is launched, what its good clients send, what it may keep open."""

import hashlib
import json
from typing import NamedTuple
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from fuzz.hostile import FORM, JSON
from fuzz.raw import Request
from passwords import fast_hash
from workbook import APPS, Wire, databases, launch

POOL_SIZE = 4
READING = st.sampled_from(["GET", "GET", "GET", "HEAD", "OPTIONS"])
IDS = st.text(max_size=20).map(lambda text: quote(text, errors="replace"))


class Target(NamedTuple):
    """An app, launched.

    ``good``: a strategy of what good clients send. ``kept``: the wires to what lives as long as the
    app, each with the number of sockets that may be opened there in all. ``passing``: the wires to
    what lives as long as a request. ``reset()`` puts the databases back as they were.
    """

    app: object
    good: st.SearchStrategy
    kept: dict
    passing: list
    reset: object


def ch06(stack):
    stem = "ch06_many_backends"
    rates = stack.enter_context(launch(APPS / stem / "rates.py", name="fuzzed rates"))
    to_rates = stack.enter_context(Wire("127.0.0.1", rates.port))
    records, to_rethinkdb = rethinkdb(stack, "fuzz_ch06")
    reviews, to_mongodb, _ = mongodb(stack, "fuzz_ch06")
    tokens = {name: f"token of {name}" for name in ("ada", "bob")}
    app = launch(
        stem,
        records,
        reviews,
        RATES_URL=f"http://{to_rates.host}:{to_rates.port}",
        API_TOKENS={name: hashlib.sha256(token.encode()).hexdigest() for name, token in tokens.items()},
    )
    app.flask("seed")

    pages = ["/", "/records", "/records/time-out", "/offers", "/static/style.css", "/nope"]
    bearer = st.sampled_from([(("Authorization", f"Bearer {token}"),) for token in tokens.values()])
    targets = st.sampled_from(pages) | IDS.map("/records/{}".format)
    good = st.builds(Request, method=READING, target=targets, headers=bearer)
    # One socket besides the pool: it watches the server.
    return Target(app, good, {to_mongodb: POOL_SIZE + 1}, [to_rethinkdb, to_rates], lambda: None)


def ch07(stack):
    database, wire, mongo = mongodb(stack, "fuzz_ch07")
    app = launch("ch07_app_lifetime", database, MONGODB_POOL_SIZE=POOL_SIZE)
    tokens = dict(line.split() for line in app.flask("seed").output.splitlines()[:2])
    shelves = [mongo[f"{database.name}_{name}"].records for name in tokens]
    seeded = [record["_id"] for shelf in shelves for record in shelf.find()]

    def reset():
        for shelf in shelves:
            shelf.delete_many({"_id": {"$nin": seeded}})

    logins = st.sampled_from([("Authorization", f"Bearer {token}") for token in tokens.values()])
    ids = st.sampled_from(list(map(str, seeded))) | st.integers(0, 16**24 - 1).map("{:024x}".format)
    titles = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=30)
    good = st.one_of(
        st.builds(Request, target=st.sampled_from(["/", "/members", "/nope"])),
        st.builds(Request, target=st.just("/records"), headers=st.tuples(logins)),
        st.builds(Request, target=ids.map("/records/{}".format), headers=st.tuples(logins)),
        st.builds(
            Request,
            method=st.just("POST"),
            target=st.just("/records"),
            headers=st.tuples(logins, st.just(("Content-Type", FORM))),
            body=titles.map(lambda title: urlencode({"title": title}).encode()),
        ),
    )
    return Target(app, good, {wire: POOL_SIZE + 2}, [], reset)


def ch08(stack):
    songs, to_rethinkdb = rethinkdb(stack, "fuzz_ch08")
    plays, to_mongodb, _ = mongodb(stack, "fuzz_ch08")
    # A pool smaller than the number of visitors: they wait for each other.
    app = launch("ch08_threads_forks_pools", songs, plays, POOL_SIZE=2, MONGODB_POOL_SIZE=POOL_SIZE)
    app.flask("seed")
    ids = st.sampled_from(["so-what", "take-five", "blue-in-green"]) | IDS
    items = st.builds("/{}/{}".format, st.sampled_from(["songs", "plays"]), ids)
    good = st.builds(Request, method=READING, target=st.sampled_from(["/", "/songs", "/nope"]) | items)
    return Target(app, good, {to_rethinkdb: 2, to_mongodb: POOL_SIZE + 1}, [], lambda: None)


def ch10(stack):
    archive, warnings = databases.cassandra("fuzz_ch10"), databases.rethinkdb("fuzz_ch10")
    to_archive = stack.enter_context(Wire(archive.host, archive.port))
    to_warnings = stack.enter_context(Wire(warnings.host, warnings.port))
    archive, warnings = archive.through(to_archive), warnings.through(to_warnings)
    app = launch("ch10_streaming", archive, warnings, FETCH_SIZE=10, KEEP_ALIVE=0.05, WRONG_WAYS=True)
    app.flask("load", "--rows", "200")
    app.flask("warn", "Gale", "Fog")
    stations = st.sampled_from(["bell-rock", "nowhere"]) | IDS.filter(bool)
    paths = st.builds("/{}stations/{}/readings.json".format, st.sampled_from(["", "listed/"]), stations)
    paths |= stations.map("/stations/{}/readings.ndjson".format)
    limits = st.integers(1, 300).map("?limit={}".format) | st.just("?since=2026-01-01T03:00")
    others = st.sampled_from(["/", "/warnings.ndjson", "/places/wrapped", "/nope"])
    good = st.builds(Request, method=READING, target=st.builds("{}{}".format, paths, limits) | others)
    # The feed has no end: whoever asks for it must leave.
    leaving = st.just(Request(target="/warnings/feed", leaves_after=400, hostile="leaving"))
    return Target(app, good | leaving, {to_archive: 2}, [to_warnings], lambda: None)


def ch11(stack, **settings):
    database, wire, mongo = mongodb(stack, "fuzz_ch11")
    app = launch("ch11_sessions_identity", database, SECRET_KEY="fuzz", **settings)
    app.flask("init-db")
    shop = mongo[database.name]
    ada = {"name": "ada", "password": "so what"}
    shop.users.insert_one({"_id": "ada", "password": fast_hash(ada["password"]), "login_id": "first"})

    def reset():
        shop.users.delete_many({"_id": {"$ne": "ada"}})
        shop.sessions.delete_many({})
        # Not deleted: when two visits insert it at once, MongoDB answers both with the document,
        # and SecantusDB the slower one with nothing.
        shop.counters.update_one({"_id": "visits"}, {"$set": {"count": 0}}, upsert=True)

    reset()
    pages = ["/", "/cart", "/count", "/me", "/login", "/nope"]
    common = [
        *(Request(target=target) for target in pages),
        *(Request("POST", f"/cart/{record}") for record in ("blue-train", "kind-of-blue", "time-out")),
        *(post_json(f"/login{to}", ada) for to in ("", "?next=/me", "?next=//evil.example")),
        Request("POST", "/logout"),
        Request("POST", "/logout/everywhere"),
    ]
    names = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=30)
    passwords = st.text(st.characters(categories=["L"]), min_size=1)
    sign_ups = st.builds(dict, name=names, password=passwords).map(lambda user: post_json("/users", user))
    # One in twenty, because the hash of a new password takes its time.
    good = st.integers(1, 20).flatmap(lambda number: sign_ups if number == 20 else st.sampled_from(common))
    return Target(app, good, {wire: POOL_SIZE + 2}, [], reset)


def ch11_server_side(stack):
    return ch11(stack, SERVER_SIDE_SESSIONS=True)


def post_json(target, data):
    return Request("POST", target, (("Content-Type", JSON),), json.dumps(data).encode())


def rethinkdb(stack, name):
    """An empty database behind a wire, and the wire."""
    database = databases.rethinkdb(name)
    wire = stack.enter_context(Wire(database.host, database.port))
    return database.through(wire), wire


def mongodb(stack, name):
    """An empty database behind a wire, with a pool of POOL_SIZE; the wire; and a client of our own."""
    database = databases.mongodb(name)
    wire = stack.enter_context(Wire(*database.address))
    uri = database.through(wire).uri
    # The way an operator would ask for it: the apps leave pymongo its 100.
    uri += f"{'&' if '?' in uri else '/?'}maxPoolSize={POOL_SIZE}"
    return databases.MongoDB(uri, database.name), wire, stack.enter_context(database.connect())
