"""The claims of chapter 9, in-process: one session, each statement prepared once, and nothing bad let in."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
from cassandra import ConsistencyLevel, DriverException
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ch09_cassandra.db
import ch09_cassandra.wrong
from ch09_cassandra import create_app
from ch09_cassandra import settings as settings_of_the_app
from ch09_cassandra.animals import SELECT_ONE
from ch09_cassandra.config import Config
from ch09_cassandra.once import Once
from workbook import APPS, Recorder, Timeline, Wire, databases
from workbook.child import Child

TOKEN = "the keeper's own"
KEEPER = {"Authorization": f"Bearer {TOKEN}"}
LEO = {"genus": "Panthera", "species": "leo"}
JSON = {**KEEPER, "Content-Type": "application/json"}
ASTRA = {
    "CASSANDRA_KEYSPACE": "zoo",
    "CASSANDRA_USERNAME": "token",
    "CASSANDRA_PASSWORD": "AstraCS:x",
    "API_TOKEN": TOKEN,
}


@pytest.fixture(scope="module")
def database():
    """With the table, which is empty."""
    database = databases.cassandra("test_ch09")
    app = create_app(type("Own", (Config,), {"API_TOKEN": TOKEN, **database.settings}))
    assert app.test_cli_runner().invoke(args=["init-db"]).output == "table animals: ready\n"
    return database


@pytest.fixture(scope="module")
def straight(database):
    """A session of ours, past the app."""
    with database.connect() as session:
        yield session


@pytest.fixture
def make(database):
    """A function that makes an app with settings of its own, and closes its session afterwards."""
    apps = []

    def make(database=database, **settings):
        own = {"API_TOKEN": TOKEN, "WRONG_WAYS": True, **database.settings, **settings}
        app = create_app(type("Changed", (Config,), own))
        apps.append(app)
        return app

    yield make
    for app in apps:
        app.extensions["cassandra"].close()


@pytest.fixture
def app(make, straight):
    app = make()
    straight.execute("TRUNCATE animals")
    assert app.test_cli_runner().invoke(args=["seed"]).output == "4 animals added\n"
    return app


@pytest.fixture
def wire(database):
    with Wire(database.host, database.port) as wire:
        yield wire


@pytest.fixture
def quiet(app):
    app.logger.disabled = True  # Apps of one name share a logger.
    yield
    app.logger.disabled = False


def recorded(app, path, times):
    with Recorder(app) as recorder:
        statuses = {app.test_client().get(path).status_code for _ in range(times)}
    return statuses, Timeline(recorder.events)


def at_once(app, path, number):
    def ask(_):
        return app.test_client().get(path).status_code

    with Recorder(app) as recorder, ThreadPoolExecutor(number) as threads:
        statuses = set(threads.map(ask, range(number)))
    return statuses, Timeline(recorder.events).opened


def species(response):
    return [animal["species"] for animal in response.json["animals"]]


# One session


def test_one_session_with_two_sockets(app, make, database, wire):
    statuses, timeline = recorded(make(database.through(wire)), "/animals/Panthera", 20)
    assert statuses == {200}
    assert (timeline.opened, timeline.kept) == (1, 1)
    assert wire.opened == 2


def test_a_session_for_each_request(app, make, database, wire):
    statuses, timeline = recorded(make(database.through(wire)), "/wrong/session-per-request/Panthera", 5)
    assert statuses == {200}
    assert (timeline.opened, timeline.closed) == (5, 5)
    assert (wire.opened, wire.open) == (10, 0)


def test_a_session_that_does_not_close_cleanly_costs_no_response(app, monkeypatch, quiet):
    """Not even where a session for each request is what is wrong."""
    closed, shutdown = [], Cluster.shutdown

    def fail(cluster):
        shutdown(cluster)
        closed.append(cluster)
        raise OSError("the server has gone")

    monkeypatch.setattr("cassandra.cluster.Cluster.shutdown", fail)
    assert app.test_client().get("/wrong/session-per-request/Lynx").status_code == 200
    monkeypatch.undo()
    assert len(closed) == 1


def test_first_requests_at_once(app, make, database, wire, monkeypatch):
    wire.delay(0.1)
    fresh = make(database.through(wire))
    assert at_once(fresh, "/animals/Panthera", 8) == ({200}, 1)
    assert wire.opened == 2
    wire.delay(0)
    # All of them have looked before one of them has a session, however busy the machine is.
    looked, connect, sessions = threading.Barrier(8, timeout=60), ch09_cassandra.wrong.connect, []

    def connect_together(config):
        looked.wait()
        sessions.append(connect(config))
        return sessions[-1]

    monkeypatch.setattr(ch09_cassandra.wrong, "connect", connect_together)
    try:
        assert at_once(fresh, "/wrong/unlocked/Panthera", 8) == ({200}, 8)
    finally:
        # All of them: those that nobody holds would look for their server, and log it, to the end of the tests.
        for session in sessions:
            session.cluster.shutdown()


def test_each_statement_is_prepared_once_by_threads_at_once(app, make, database, wire):
    fresh = make(database.through(wire))
    fresh.extensions["cassandra"].session()
    wire.delay(0.05)
    with database.counting() as counts:
        assert at_once(fresh, "/animals/Panthera", 8)[0] == {200}
    assert counts["prepared"] == 1


def test_connecting_and_asking_is_quiet(app, make, caplog):
    assert make().test_client().get("/animals/Lynx").status_code == 200
    assert [record.getMessage() for record in caplog.records if record.name.startswith("cassandra")] == []


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("get", "/", {}, 200),
        ("get", "/nowhere", {}, 404),
        ("get", "/static/none.css", {}, 404),
        ("get", "/animals/panthera", {}, 404),
        ("get", "/animals/Panthera/Leo", {}, 404),
        ("post", "/animals/Panthera", {}, 405),
        ("options", "/animals/Panthera", {}, 200),
        ("post", "/animals", {"json": LEO}, 401),
        ("delete", "/animals/Panthera/leo", {}, 401),
        ("post", "/animals", {"json": {}, "headers": KEEPER}, 422),
        ("post", "/animals", {"data": "{", "headers": JSON}, 400),
        ("post", "/animals", {"data": "x", "headers": KEEPER}, 415),
    ],
)
def test_nothing_is_opened_for_nothing(make, database, wire, method, path, options, status):
    app = make(database.through(wire))
    assert getattr(app.test_client(), method)(path, **options).status_code == status
    assert wire.opened == 0


def test_two_apps_in_one_process(app, make):
    other = make(databases.cassandra("test_ch09_other"))
    other.test_cli_runner().invoke(args=["init-db"])
    assert species(app.test_client().get("/animals/Lynx")) == ["lynx"]
    assert species(other.test_client().get("/animals/Lynx")) == []
    assert app.extensions["cassandra"].session() is not other.extensions["cassandra"].session()


def test_a_closed_database_opens_again(app, make, database, wire):
    again = make(database.through(wire))
    for opened in (2, 4):
        assert again.test_client().get("/animals/Lynx").status_code == 200
        assert (wire.opened, wire.open) == (opened, 2)
        again.extensions["cassandra"].close()
        again.extensions["cassandra"].close()
        assert wire.open == 0


# The animals


def test_a_genus_is_listed_in_order(client):
    response = client.get("/animals/Panthera")
    assert species(response) == ["leo", "pardus", "tigris"]
    assert response.json["next"] is None
    assert species(client.get("/animals/Nobody")) == []


def test_one_animal(client):
    assert client.get("/animals/Panthera/leo").json == {
        "genus": "Panthera",
        "species": "leo",
        "image_url": None,
        "sightings": 3,
        "size_cm": 180.5,
        "taxonomy": ["Carnivora", "Felidae"],
    }
    response = client.get("/animals/Panthera/onca")
    assert (response.status_code, response.json) == (404, {"error": "Not Found"})


def test_pages(client):
    names = sorted(f"a{letter}{second}" for letter in "abcde" for second in "vwxyz")
    for name in names:
        canis = {"genus": "Canis", "species": name}
        assert client.post("/animals", headers=KEEPER, json=canis).status_code == 201
    first = client.get("/animals/Canis")
    assert species(first) == names[:20]
    second = client.get(first.json["next"])
    assert (species(second), second.json["next"]) == (names[20:], None)


def test_an_animal_comes_and_goes(client):
    felis = {"genus": "Felis", "species": "catus", "size_cm": 46, "taxonomy": []}
    created = client.post("/animals", headers=KEEPER, json=felis)
    assert created.status_code == 201
    assert created.json == {**felis, "image_url": None, "sightings": 0}
    address = created.headers["Location"]
    assert client.get(address).json == created.json
    assert client.post("/animals", headers=KEEPER, json={**felis, "size_cm": 1}).status_code == 409
    assert client.get(address).json == created.json
    assert client.delete(address, headers=KEEPER).status_code == 204
    assert client.delete(address, headers=KEEPER).status_code == 404
    assert client.get(address).status_code == 404


def test_a_change_changes_what_was_sent_and_nothing_else(client):
    before = client.get("/animals/Panthera/leo").json
    for change in ({}, {"sightings": 9}, {"size_cm": None}, {"taxonomy": ["Felidae"]}):
        assert client.patch("/animals/Panthera/leo", headers=KEEPER, json=change).status_code == 204
        before |= change
        assert client.get("/animals/Panthera/leo").json == before


def test_a_change_makes_nothing(client):
    response = client.patch("/animals/Panthera/onca", headers=KEEPER, json={"sightings": 1})
    assert (response.status_code, response.json) == (404, {"error": "Not Found"})
    assert client.get("/animals/Panthera/onca").status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        f"Bearer {TOKEN[:-1]}x",
        f"Bearer {TOKEN}x",
        TOKEN,
        f"bearer{TOKEN}",
        "Basic eDp5",
        "Bearer \xe9",
    ],
)
def test_who_may_not_write(client, sent):
    headers = {} if sent is None else {"Authorization": sent}
    response = client.post("/animals", headers=headers, json=LEO)
    assert (response.status_code, response.json) == (401, {"error": "Unauthorized"})
    assert response.headers["WWW-Authenticate"].lower().startswith("bearer")


# What is sent


def fields(response):
    return {error["loc"][0] for error in response.json["errors"]}


def test_all_complaints_at_once(client):
    nonsense = {"genus": "panthera", "sightings": "secret", "size_cm": -1, "colour": "red"}
    response = client.post("/animals", headers=KEEPER, json=nonsense)
    assert response.status_code == 422
    assert fields(response) == {"genus", "species", "sightings", "size_cm", "colour"}
    assert "secret" not in response.text


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("genus", [None, 1, "", "leo", "Panthera leo", "P" * 61, "Panthera\x00", "Panthera\n", {"$gt": ""}]),
        ("species", [None, 1, "", "Leo", "l" * 61, "leo'", "leo\ud800", {"$ne": None}]),
        ("sightings", [None, "3", 1.5, -1, 2**31, 10**30, True, float("nan"), [], {"$inc": 1}]),
        ("size_cm", ["1", 0, -1, 10_001, float("nan"), float("inf"), True, {}]),
        ("image_url", [1, "", "http://a", "javascript:x()", "https://a b", "https://" + "a" * 500]),
        ("taxonomy", [None, "Felidae", [1], [None], ["a" * 61], ["Felidae"] * 21, [["Felidae"]], {"0": "F"}]),
        ("__class__", ["x"]),
        ("$where", ["1"]),
    ],
)
def test_a_wrong_field_is_named(client, field, values):
    for value in values:
        body = json.dumps({**LEO, "species": "onca", field: value})
        response = client.post("/animals", headers=JSON, data=body)
        # A lone surrogate is no good JSON.
        assert response.status_code == 422 or ("\\ud800" in body and response.status_code == 400), value
        assert response.status_code == 400 or fields(response) == {field}
    assert client.get("/animals/Panthera/onca").status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 30_000, 400),
        (b'{"genus":' * 5_000, 400),
        (b"null", 422),
        (b"[]", 422),
        (b'"Panthera"', 422),
        (b"1" * 5_000, 400),
        (b" " * 100_000, 413),
    ],
)
def test_bodies_that_are_no_animal(client, body, status):
    response = client.post("/animals", headers=JSON, data=body)
    assert response.status_code == status
    assert response.json
    assert client.patch("/animals/Panthera/leo", headers=JSON, data=body).status_code == status


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(["genus", "species", "image_url", "sightings", "size_cm", "taxonomy", "x"])


@settings(
    max_examples=150,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(body=st.dictionaries(names, values), start=st.sampled_from([{}, LEO]))
def test_no_body_makes_a_500(client, body, start):
    for send, path in ((client.post, "/animals"), (client.patch, "/animals/Panthera/leo")):
        response = send(path, headers=JSON, data=json.dumps({**start, **body}))
        assert response.status_code in (201, 204, 400, 409, 422)


@pytest.mark.parametrize(
    "path",
    [
        "/animals/%00",
        "/animals/Panthera%0A",
        "/animals/Panthera'%20--",
        "/animals/Panthera/%2e%2e",
        "/animals/Panthera/leo%00",
        "/animals/" + "P" * 70_000,
        "/animals/P%C3%A4nthera",
        "/animals/Panthera/l%FFo",
        "/animals/Panthera;leo",
    ],
)
def test_what_is_no_name_is_not_found(client, path):
    response = client.get(path)
    assert (response.status_code, response.json) == (404, {"error": "Not Found"})


@pytest.mark.parametrize("after", ["", "%00", "leo'--", "%FF", "%F0%9F%90%AF", "z" * 70_000, "leo&after=x"])
def test_a_page_begins_anywhere(client, after):
    assert client.get(f"/animals/Panthera?after={after}").status_code == 200


def test_bound_values_are_no_part_of_the_statement(app, client):
    for spoiled in ("Panthera' /*", "Panthera' OR ''='", "$keyspace"):
        assert app.extensions["cassandra"].execute(SELECT_ONE, [spoiled, "leo"]).all() == []
    assert len(species(client.get("/animals/Panthera"))) == 3


def test_formatted_values_are(client):
    query = {"genus": "Panthera' /*", "species": "*/ AND species >= '"}
    assert client.delete("/wrong/formatted", query_string=query).status_code == 204
    assert species(client.get("/animals/Panthera")) == []
    assert species(client.get("/animals/Lynx")) == ["lynx"]


# Prepared statements


@pytest.mark.parametrize(
    ("path", "prepared", "parsed"),
    # A text that the server was asked to prepare before, it need not parse again.
    [
        ("/wrong/text/Lynx", 0, {20}),
        ("/wrong/prepared-in-view/Lynx", 20, {0, 1}),
        ("/animals/Lynx", 1, {0, 1}),
    ],
)
def test_prepared(app, make, database, path, prepared, parsed):
    fresh = make()
    with database.counting() as counts:
        assert recorded(fresh, path, 20)[0] == {200}
    assert (counts["prepared"], counts["executed"]) == (prepared, 20)
    assert counts["parsed"] in parsed


def test_a_server_that_forgot(database):
    own = databases.cassandra("test_ch09_forgets")
    app = create_app(type("Own", (Config,), {**own.settings, "API_TOKEN": TOKEN}))
    try:
        app.test_cli_runner().invoke(args=["init-db"])
        app.test_cli_runner().invoke(args=["seed"])
        before = app.test_client().get("/animals/Lynx/lynx").json
        with own.connect() as session, own.counting() as counts:
            session.execute("ALTER TABLE animals ADD keeper text")
            for _ in range(3):
                assert app.test_client().get("/animals/Lynx/lynx").json == before
        assert counts["prepared"] == 1
    finally:
        app.extensions["cassandra"].close()


# Settings


def complaints(**changed):
    with pytest.raises(RuntimeError) as error:
        create_app(type("Changed", (Config,), changed))
    return [line.strip() for line in str(error.value).splitlines()[1:]]


SECONDS = "is no number of seconds up to 3600"
GOOD = {"CASSANDRA_CONTACT_POINTS": "127.0.0.1", "CASSANDRA_KEYSPACE": "zoo", "API_TOKEN": TOKEN}


def test_all_missing_settings_are_named_at_once():
    assert complaints() == [
        "FLASK_CASSANDRA_CONTACT_POINTS is not set",
        "FLASK_CASSANDRA_KEYSPACE is not set",
        "FLASK_API_TOKEN is not set",
    ]
    assert create_app(type("Good", (Config,), GOOD))


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("API_TOKEN", "", "is not set"),
        ("API_TOKEN", 987654321, "is not text: put it into double quotes"),
        ("API_TOKEN", True, "is not text: put it into double quotes"),
        ("CASSANDRA_CONTACT_POINTS", " , ", "has no host before or after a comma"),
        ("CASSANDRA_CONTACT_POINTS", "127.0.0.1,", "has no host before or after a comma"),
        ("CASSANDRA_KEYSPACE", "zoo; DROP", "is no name of a keyspace"),
        ("CASSANDRA_KEYSPACE", "z" * 49, "is no name of a keyspace"),
        ("CASSANDRA_PORT", "9042x", "is no port number"),
        ("CASSANDRA_PORT", 0, "is no port number"),
        ("CASSANDRA_PORT", 65536, "is no port number"),
        ("CASSANDRA_PORT", True, "is no port number"),
        *(("CASSANDRA_TIMEOUT", value, SECONDS) for value in ("abc", None, True, 0, -1, 3601, float("nan"), "5")),
        ("CASSANDRA_CONNECT_TIMEOUT", float("inf"), SECONDS),
        ("MAX_CONTENT_LENGTH", "64k", "is no number of bytes"),
        ("WRONG_WAYS", "no", "is neither true nor false"),
        ("OPEN_EARLY", 1, "is neither true nor false"),
    ],
)
def test_a_bad_setting_is_named_and_not_shown(name, value, complaint):
    found = complaints(**{**GOOD, name: value})
    assert found == [f"FLASK_{name} {complaint}"]


@pytest.mark.parametrize(("given", "missing"), [("USERNAME", "PASSWORD"), ("PASSWORD", "USERNAME")])
def test_half_of_a_login_is_none(given, missing):
    assert complaints(**{**GOOD, f"CASSANDRA_{given}": "zoo"}) == [f"FLASK_CASSANDRA_{missing} is not set"]


def test_all_bad_settings_are_named_in_one_message():
    bad = {**GOOD, "CASSANDRA_PORT": "x", "CASSANDRA_TIMEOUT": "abc", "CASSANDRA_KEYSPACE": "", "OPEN_EARLY": "x"}
    assert [line.split()[0].removeprefix("FLASK_") for line in complaints(**bad)] == [
        "CASSANDRA_KEYSPACE",
        "CASSANDRA_PORT",
        "CASSANDRA_TIMEOUT",
        "OPEN_EARLY",
    ]
    # A login takes whole numbers for text, and is half there.
    assert complaints(**{**GOOD, "CASSANDRA_PASSWORD": 987654321}) == [
        "FLASK_CASSANDRA_USERNAME is not set",
        "FLASK_CASSANDRA_PASSWORD is not text: put it into double quotes",
    ]


@pytest.mark.parametrize("path", ["/wrong/text/Lynx", "/early/animals/Lynx"])
def test_no_wrong_way_unless_a_setting_asks(path):
    app = create_app(type("Good", (Config,), GOOD))
    assert app.test_client().get(path).status_code == 404
    assert not [rule for rule in app.url_map.iter_rules() if "wrong" in rule.rule or "early" in rule.rule]


def test_the_env_file_is_read_and_the_environment_wins(tmp_path):
    lines = [f"FLASK_{name}={value}" for name, value in {**GOOD, "CASSANDRA_PORT": 1}.items()]
    (tmp_path / ".env").write_text("\n".join(lines), encoding="utf-8")
    show = """
from ch09_cassandra import create_app
config = create_app().config
print(config["CASSANDRA_PORT"], config["CASSANDRA_KEYSPACE"])
"""
    environ = {**os.environ, "PYTHONPATH": str(APPS), "FLASK_CASSANDRA_KEYSPACE": "ours"}
    command = [sys.executable, "-c", show]
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert done.stdout == "1 ours\n", done.stderr


def test_the_example_names_settings_and_no_secrets():
    lines = (APPS / "ch09_cassandra/.env.example").read_text(encoding="utf-8").splitlines()
    pairs = dict(re.findall(r"FLASK_(\w+)=(.*)", "\n".join(lines)))
    assert set(pairs) == {*settings_of_the_app.TEXTS, *ch09_cassandra.db.DEFAULTS}
    assert pairs["API_TOKEN"] == pairs["CASSANDRA_PASSWORD"] == ""


# Astra


@pytest.fixture
def bundle(tmp_path):
    path = tmp_path / "secure-connect-zoo.zip"
    with ZipFile(path, "w") as file:
        for name in ("config.json", "ca.crt", "cert", "key"):
            file.writestr(name, "{}")
    return path


def test_a_bundle_takes_the_place_of_the_contact_points(monkeypatch, bundle):
    calls = []

    def cluster(*args, **options):
        calls.append((args, options))
        raise DriverException("Unable to connect to the metadata service")

    monkeypatch.setattr(ch09_cassandra.db, "Cluster", cluster)
    app = create_app(type("Astra", (Config,), {**ASTRA, "CASSANDRA_BUNDLE": str(bundle)}))
    assert calls == []
    response = app.test_client().get("/animals/Lynx")
    assert (response.status_code, response.json) == (503, {"error": "database unavailable"})
    ((args, options),) = calls
    assert args == () and "port" not in options
    assert options["cloud"] == {
        "secure_connect_bundle": str(bundle),
        "use_default_tempdir": True,
        "connect_timeout": 5.0,
    }
    assert isinstance(options["auth_provider"], PlainTextAuthProvider)
    assert (options["auth_provider"].username, options["auth_provider"].password) == ("token", "AstraCS:x")
    assert options["protocol_version"] == 4


def test_a_bundle_needs_a_name_and_a_password(bundle):
    settings = {"CASSANDRA_BUNDLE": str(bundle), "CASSANDRA_KEYSPACE": "zoo", "API_TOKEN": TOKEN}
    assert complaints(**settings) == [
        "FLASK_CASSANDRA_USERNAME is not set",
        "FLASK_CASSANDRA_PASSWORD is not set",
    ]


def test_a_bundle_is_looked_into(tmp_path, bundle):
    def complaint(path):
        return complaints(**ASTRA, CASSANDRA_BUNDLE=str(path))

    assert complaint(tmp_path / "none.zip") == ["FLASK_CASSANDRA_BUNDLE names no file that can be read"]
    assert complaint(tmp_path) == ["FLASK_CASSANDRA_BUNDLE names no file that can be read"]
    broken = tmp_path / "broken.zip"
    broken.write_bytes(bundle.read_bytes()[:40])
    assert "is not a zip file" in complaint(broken)[0]
    with ZipFile(tmp_path / "poor.zip", "w") as file:
        file.writestr("config.json", "{}")
    assert "without ca.crt, cert, key" in complaint(tmp_path / "poor.zip")[0]


def test_the_driver_takes_the_arguments(bundle):
    app = create_app(type("Astra", (Config,), {**ASTRA, "CASSANDRA_BUNDLE": str(bundle)}))
    # The driver opens the zip file and gets as far as the certificates, which are none.
    with pytest.raises(OSError, match="(?i)ssl|pem|certificate|crl"):
        app.extensions["cassandra"].session()
    assert sorted(path.name for path in bundle.parent.iterdir()) == [bundle.name]


def test_a_server_that_asks_for_a_password(make):
    child = Child("sandboxes", "cassandra", "--follow-parent", "--user", "zoo", "--password", "right")
    try:
        address = child.wait_for("port")
        login = PlainTextAuthProvider("zoo", "right")
        options = {"port": address["port"], "protocol_version": 4, "auth_provider": login}
        with Cluster([address["host"]], **options) as cluster:
            replication = "{'class': 'SimpleStrategy', 'replication_factor': 1}"
            cluster.connect().execute(f"CREATE KEYSPACE zoo WITH replication = {replication}")
        where = {"CASSANDRA_PORT": address["port"], "CASSANDRA_CONTACT_POINTS": address["host"]}
        where |= {"CASSANDRA_KEYSPACE": "zoo", "CASSANDRA_USERNAME": "zoo"}
        right = make(**where, CASSANDRA_PASSWORD="right")
        assert right.test_cli_runner().invoke(args=["init-db"]).exit_code == 0
        assert right.test_client().get("/animals/Lynx").status_code == 200
        wrong = make(**where, CASSANDRA_PASSWORD="wrong")
        assert wrong.test_client().get("/animals/Lynx").status_code == 503
    finally:
        child.stop()


# A server that is away


def test_a_server_that_goes_and_comes_back(app, make, database, wire):
    watched = make(database.through(wire))
    session = watched.extensions["cassandra"].session()
    assert watched.test_client().get("/animals/Lynx").status_code == 200
    wire.refuse()
    wire.cut()
    start = time.perf_counter()
    response = watched.test_client().get("/animals/Lynx")
    assert (response.status_code, response.json) == (503, {"error": "database unavailable"})
    assert response.headers["Retry-After"] == "1"
    assert time.perf_counter() - start < 3
    assert watched.test_client().get("/").status_code == 200
    wire.accept()
    assert until_200(watched)
    assert watched.extensions["cassandra"].session() is session


def until_200(app, seconds=15):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if app.test_client().get("/animals/Lynx").status_code == 200:
            return True
        time.sleep(0.1)
    return False


def test_an_app_that_starts_before_its_server(app, make, database, wire):
    wire.refuse()
    early = make(database.through(wire))
    assert [early.test_client().get("/animals/Lynx").status_code for _ in range(2)] == [503, 503]
    wire.accept()
    assert early.test_client().get("/animals/Lynx").status_code == 200


def test_a_server_that_says_nothing(app, make, database, wire):
    silent = make(database.through(wire), CASSANDRA_TIMEOUT=0.5)
    assert silent.test_client().get("/animals/Lynx").status_code == 200
    wire.delay(20)
    start = time.perf_counter()
    assert silent.test_client().get("/animals/Lynx").status_code == 503
    assert 0.5 <= time.perf_counter() - start < 4


def waits(app, number):
    """The statuses of so many visitors at once, and the seconds that each of them waited, in order."""
    together = threading.Barrier(number)

    def ask(_):
        together.wait()
        start = time.perf_counter()
        status = app.test_client().get("/animals/Lynx").status_code
        return status, time.perf_counter() - start

    with ThreadPoolExecutor(number) as threads:
        answers = list(threads.map(ask, range(number)))
    return {status for status, _ in answers}, sorted(seconds for _, seconds in answers)


def test_eight_visitors_of_a_silent_server_wait_once(app, make, database, wire):
    silent = make(database.through(wire), CASSANDRA_CONNECT_TIMEOUT=1)
    wire.delay(30)
    statuses, seconds = waits(silent, 8)
    assert statuses == {503}
    assert 0.9 < seconds[-1] < 3
    assert wire.open == 0
    # The next visitor tries again, and finds a server that talks.
    wire.delay(0)
    assert silent.test_client().get("/animals/Lynx").status_code == 200


def test_preparing_is_bounded_too_and_waited_for_once(app, make, database, wire):
    silent = make(database.through(wire), CASSANDRA_TIMEOUT=0.5)
    silent.extensions["cassandra"].session()
    wire.delay(30)
    statuses, seconds = waits(silent, 8)
    assert statuses == {503}
    assert seconds[-1] < 1.5


def test_a_cluster_that_is_connected_half_of_the_way_is_shut_down(make, database):
    wires = []

    def only_the_first():
        # The socket that watches the cluster; the next one, to ask, is refused.
        wires[0].refuse()
        return SimpleNamespace(sent=len, received=len)

    with Wire(database.host, database.port, watch=only_the_first) as wire:
        wires.append(wire)
        app = make(database.through(wire))
        assert app.test_client().get("/animals/Lynx").status_code == 503
        assert (wire.opened, wire.open) == (1, 0)


class CountedLock:
    """A lock that can be waited for: until so many have been inside, and are out again."""

    def __init__(self):
        self._out = threading.Semaphore(0)
        self._lock = threading.Lock()

    def __enter__(self):
        self._lock.acquire()

    def __exit__(self, *exc_info):
        self._lock.release()
        self._out.release()

    def wait_for(self, number):
        for _ in range(number):
            assert self._out.acquire(timeout=30)


def test_who_waits_for_a_try_that_fails_fails_with_it():
    once = Once()
    once._lock = lock = CountedLock()
    tries = []

    def fail():
        tries.append(1)
        lock.wait_for(8)  # all eight have looked, and seven of them found this try
        raise ConnectionError("nobody there")

    def ask(_):
        with pytest.raises(ConnectionError):
            once.get("key", fail)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(ask, range(8)))
    assert len(tries) == 1
    assert once.get("key", lambda: "made") == once.get("key", fail) == "made"


def test_what_is_being_made_is_waited_for_and_forgotten():
    once, begun = Once(), threading.Event()
    once._lock = lock = CountedLock()

    def make():
        begun.set()
        lock.wait_for(2)  # get() has been inside, and forget() too
        return "made late"

    with ThreadPoolExecutor(2) as threads:
        made = threads.submit(once.get, "key", make)
        assert begun.wait(30)
        assert once.forget() == {"key": "made late"}
        assert made.result(30) == "made late"
    assert once.forget() == {}


def test_the_process_closes_it_at_its_end(make, database, wire, monkeypatch):
    at_the_end = []
    monkeypatch.setattr("ch09_cassandra.db.atexit.register", at_the_end.append)
    app = make(database.through(wire))
    app.extensions["cassandra"].session()
    assert wire.open == 2
    (close,) = at_the_end
    close()
    assert wire.open == 0


def test_spaces_around_a_contact_point(app, make, database):
    spaced = make(CASSANDRA_CONTACT_POINTS=f" {database.host} ")
    assert spaced.test_client().get("/animals/Lynx").status_code == 200


def test_an_if_is_agreed_on_in_this_data_centre(app):
    profile = app.extensions["cassandra"].session().get_execution_profile(EXEC_PROFILE_DEFAULT)
    assert profile.serial_consistency_level == ConsistencyLevel.LOCAL_SERIAL
    assert profile.consistency_level == ConsistencyLevel.LOCAL_QUORUM


def test_a_mistake_of_ours_is_no_503(make, quiet):
    without_table = make(databases.cassandra("test_ch09_empty"))
    assert without_table.test_client().get("/animals/Lynx").status_code == 500
    assert without_table.test_client().get("/animals/Lynx").json == {"error": "Internal Server Error"}


# Commands


def test_commands_can_be_repeated(app, runner):
    assert runner.invoke(args=["init-db"]).output == "table animals: ready\n"
    assert runner.invoke(args=["seed"]).output == "0 animals added\n"


def test_a_changed_schema_is_not_left_to_atexit(make, database, wire):
    assert make(database.through(wire)).test_cli_runner().invoke(args=["init-db"]).exit_code == 0
    assert (wire.opened, wire.open) == (2, 0)


def test_a_keyspace_that_is_not_there(make):
    result = make(CASSANDRA_KEYSPACE="nobody_made_this").test_cli_runner().invoke(args=["init-db"])
    assert result.exit_code == 1
    assert result.output.endswith("Is there a keyspace of that name?\n")


# At work


@pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run on Windows")
def test_gunicorn_connects_after_the_fork_and_closes_at_the_end(app, database, wire):
    config = {**database.through(wire).settings, "API_TOKEN": TOKEN}
    environ = {**os.environ, **{f"FLASK_{key}": json.dumps(value) for key, value in config.items()}}
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--chdir", str(APPS), "--bind", "127.0.0.1:0"]
    command += ["--config", str(APPS / "ch09_cassandra/gunicorn_conf.py"), "ch09_cassandra:create_app()"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environ)
    try:
        deadline = time.monotonic() + 20
        # Two workers, each with one socket that watches and one that asks.
        while wire.opened < 4 and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.3)
        assert (wire.opened, wire.open) == (4, 4)
        server.send_signal(signal.SIGTERM)
        log = server.communicate(timeout=20)[1]
    finally:
        server.kill()
    assert wire.open == 0
    assert "Traceback" not in log
