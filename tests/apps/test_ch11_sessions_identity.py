"""The claims of chapter 11, in-process: what lives how long, who is logged in, what is refused."""

import json

import pytest
from flask import session

from ch11_sessions_identity import auth, create_app
from ch11_sessions_identity.auth import safe_next
from ch11_sessions_identity.config import Config
from passwords import fast_hash
from workbook import Recorder, Timeline, Wire, databases

ADA = {"name": "ada", "password": "so what 1959"}
ANY = {"$gt": ""}


@pytest.fixture(scope="module")
def server():
    return databases.mongodb("app_ch11")


@pytest.fixture
def make(server, tmp_path, monkeypatch):
    """A function that makes the app with these settings, on an empty database."""
    monkeypatch.setattr(auth, "generate_password_hash", fast_hash)
    databases.mongodb("app_ch11")
    made = []

    def make(database=server, **settings):
        known = {"SECRET_KEY": "test", "ORDERS_DB": str(tmp_path / "orders.sqlite"), "SHOW_COMMANDS": True}
        app = create_app(type("Changed", (Config,), {**known, **database.settings, **settings}))
        app.logger.disabled = True
        made.append(app)
        return app

    yield make
    for app in made:
        app.logger.disabled = False
        app.extensions["mongo"].close()


@pytest.fixture
def app(make):
    return make()


def logged_in(app):
    client = app.test_client()
    client.post("/users", json=ADA)
    assert client.post("/login", json=ADA).status_code == 302
    return client


def cookie(client):
    return client.get_cookie("session").value


def replay(app, value, path="/me"):
    client = app.test_client()
    client.set_cookie("session", value)
    return client.get(path)


def commands(response):
    return response.headers["X-Mongo-Commands"]


def test_no_key_no_app():
    with pytest.raises(RuntimeError, match="FLASK_SECRET_KEY"):
        create_app()


def test_init_db(runner, server):
    assert runner.invoke(args=["init-db"]).output == "users: login_id\n"
    with server.connect() as mongo:
        assert "login_id_1" in mongo[server.name]["users"].index_information()


def test_four_lifetimes(make):
    app = make()
    ada, bob = app.test_client(), app.test_client()
    first, second, other = [browser.get("/count").json for browser in (ada, ada, bob)]
    assert [visit["g"] for visit in (first, second, other)] == [1, 1, 1]
    assert [visit["session"] for visit in (first, second, other)] == [1, 2, 1]
    assert [visit["database"] for visit in (first, second, other)] == [1, 2, 3]
    assert [visit["global"] - first["global"] for visit in (first, second, other)] == [0, 1, 2]
    again = replay(make(), cookie(ada), "/count").json
    assert again["session"] == 3 and again["database"] == 4


def test_one_socket_for_many_requests(app):
    with Recorder(app) as recorder:
        for _ in range(3):
            app.test_client().get("/count")
    timeline = Timeline(recorder.events)
    assert (timeline.opened, timeline.kept) == (1, 1)


def test_the_first_page_opens_nothing(app):
    with Recorder(app) as recorder:
        assert app.test_client().get("/").status_code == 200
    assert Timeline(recorder.events).opened == 0


def test_cart(client):
    assert client.get("/cart").json == []
    client.post("/cart/time-out")
    client.post("/cart/blue-train")
    assert client.get("/cart").json == ["time-out", "blue-train"]
    assert client.post("/cart/nope").status_code == 404
    for _ in range(30):
        client.post("/cart/time-out")
    assert len(client.get("/cart").json) == 20


def test_flags(client):
    sent = client.get("/count").headers["Set-Cookie"]
    assert all(flag in sent for flag in ("; Secure", "; HttpOnly", "; SameSite=Lax"))


def test_rotation(make, app, client):
    client.post("/cart/time-out")
    rotated = make(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["test"])
    assert replay(rotated, cookie(client), "/cart").json == ["time-out"]
    assert replay(make(SECRET_KEY="new"), cookie(client), "/cart").json == []


def test_passwords_are_hashed(client, server):
    assert client.post("/users", json=ADA).status_code == 201
    assert client.post("/users", json=ADA).status_code == 409
    with server.connect() as mongo:
        user = mongo[server.name]["users"].find_one()
    assert user["_id"] == "ada" and ADA["password"] not in str(user)


def test_login(app):
    client = app.test_client()
    reply = client.get("/me")
    assert (reply.status_code, reply.location) == (302, "/login?next=%2Fme")
    client = logged_in(app)
    assert client.get("/me").json == {"name": "ada", "logged_in": True}
    assert client.post("/logout").status_code == 204
    assert client.get("/me").status_code == 302


def test_wrong_logins(client):
    client.post("/users", json=ADA)
    for wrong in ({**ADA, "password": "no"}, {**ADA, "name": "eve"}):
        assert client.post("/login", json=wrong).status_code == 401


@pytest.mark.parametrize(
    "data",
    [
        {**ADA, "password": ANY},
        {**ADA, "name": ANY},
        {**ADA, "name": "ada\n"},
        {**ADA, "name": "a\ud800"},
        {**ADA, "password": "\ud800"},
        {**ADA, "password": "x" * 201},
        {**ADA, "password": None},
        {**ADA, "password": ""},
        {"name": "ada"},
        {},
        [],
        None,
        "ada",
        7,
    ],
)
def test_odd_logins_are_refused(client, data):
    for path in ("/login", "/users"):
        reply = client.post(path, data=json.dumps(data), content_type="application/json")
        assert (reply.status_code, reply.json) == (400, {"error": "Bad Request"})


@pytest.mark.parametrize("data", ["[" * 60_000, '{"a":' * 10_000, "1" * 5000, "\0", "NaN"])
def test_odd_json_is_refused(client, data):
    for path in ("/login", "/users"):
        assert client.post(path, data=data, content_type="application/json").status_code == 400


def test_the_wrong_login_takes_operators(make):
    client = make(WRONG_WAYS=True).test_client()
    client.post("/wrong/users", json=ADA)
    assert client.post("/wrong/login", json={"name": ANY, "password": ANY}).status_code == 302
    assert client.post("/wrong/login", json={**ADA, "password": "no"}).status_code == 401
    there = client.post("/wrong/login?next=https://evil.example/", json=ADA)
    assert there.location == "https://evil.example/"


def test_wrong_ways_are_off(client):
    assert client.post("/wrong/login", json=ADA).status_code == 404


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/me", "/me"),
        ("/cart?page=2", "/cart?page=2"),
        ("", "/"),
        ("me", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("///evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("/\t/evil.example/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_safe_next(target, leads_to):
    assert safe_next(target) == leads_to


def test_the_user_is_loaded_once_and_only_if_asked_for(make):
    app = make()
    client = logged_in(app)
    assert commands(client.get("/me")) == "find users"
    assert commands(client.get("/")) == commands(client.get("/nope")) == "none"
    eager = make(EAGER_USER=True)
    assert [commands(replay(eager, cookie(client), path)) for path in ("/", "/nope", "/me")] == ["find users"] * 3


def test_a_cookie_cannot_be_revoked(app):
    client = logged_in(app)
    stolen = cookie(client)
    client.post("/logout")
    assert replay(app, stolen).status_code == 200


def test_logout_everywhere(app):
    client, phone = logged_in(app), logged_in(app)
    stolen = cookie(client)
    assert client.post("/logout/everywhere").status_code == 204
    assert replay(app, stolen).status_code == phone.get("/me").status_code == 302
    assert logged_in(app).get("/me").status_code == 200


def test_server_side_sessions_can_be_revoked(make, server):
    app = make(SERVER_SIDE_SESSIONS=True)
    client = logged_in(app)
    stolen = cookie(client)
    assert len(stolen) == 43 and commands(client.get("/me")) == "find sessions, find users"
    client.post("/logout")
    assert replay(app, stolen).status_code == 302
    client = logged_in(app)
    with server.connect() as mongo:
        assert mongo[server.name]["sessions"].delete_many({}).deleted_count == 1
    assert client.get("/me").status_code == 302


@pytest.mark.parametrize(("renew", "seen"), [(True, 302), (False, 200)])
def test_fixation(make, renew, seen):
    app = make(SERVER_SIDE_SESSIONS=True, RENEW_SESSION=renew)
    mallory, ada = app.test_client(), app.test_client()
    mallory.post("/cart/time-out")
    ada.set_cookie("session", cookie(mallory))
    ada.post("/users", json=ADA)
    ada.post("/login", json=ADA)
    assert ada.get("/me").status_code == 200
    assert ada.get("/cart").json == ["time-out"]
    assert mallory.get("/me").status_code == seen


@pytest.mark.parametrize("value", ["", "x", "a.b.c", "%00", '"\\377"', "x" * 3000])
@pytest.mark.parametrize("server_side", [False, True])
def test_bad_cookies_are_nobody(make, server_side, value):
    app = make(SERVER_SIDE_SESSIONS=server_side)
    reply = app.test_client().get("/me", headers={"Cookie": f"session={value}"})
    assert reply.status_code == 302


PLACED = [
    ("after-request", [1, 1, 1]),
    ("teardown", [1, 1, 0]),
    ("view", [1, 0, 0]),
]


@pytest.mark.parametrize(("place", "saved"), PLACED)
def test_orders(client, place, saved):
    counts = []
    for record, status in (("blue-train", 200), ("kind-of-blue", 409), ("time-out", 500)):
        client.delete("/orders")
        assert client.post(f"/orders/{place}/{record}").status_code == status
        counts.append(len(client.get("/orders").json))
    assert counts == saved


def test_testing_hides_the_commit_of_a_failed_request(make):
    app = make(TESTING=True)
    client = app.test_client()
    with pytest.raises(KeyError):
        client.post("/orders/after-request/time-out")
    assert client.get("/orders").json == []


@pytest.mark.parametrize("server_side", [False, True])
def test_a_database_that_is_away_and_back(make, server, server_side):
    wire = Wire(*server.address)
    app = make(server.through(wire), SERVER_SIDE_SESSIONS=server_side)
    client = logged_in(app)
    wire.refuse()
    wire.cut()
    away = client.get("/me")
    assert (away.status_code, away.json) == (503, {"error": "The database is away"})
    wire.accept()
    assert client.get("/me").status_code == 200
    wire.stop()


def test_a_mistake_of_the_app_is_not_called_away(app, monkeypatch):
    monkeypatch.setitem(app.view_functions, "counts.show", lambda: app.extensions["mongo"].admin.command("nonsense"))
    reply = app.test_client().get("/count")
    assert (reply.status_code, reply.json) == (500, {"error": "Internal Server Error"})


def test_errors_are_json(client):
    reply = client.delete("/cart")
    assert (reply.status_code, reply.json) == (405, {"error": "Method Not Allowed"})
    assert "GET" in reply.headers["Allow"]
    assert client.post("/login", data="{", content_type="application/json").status_code == 400
    assert client.post("/login", data="x" * 70_000, content_type="application/json").status_code == 413


def test_the_session_is_the_clients_own(app):
    with app.test_client() as client:
        client.post("/cart/time-out")
        assert session["cart"] == ["time-out"]
