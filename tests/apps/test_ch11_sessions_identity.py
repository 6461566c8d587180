"""The claims of chapter 11, in-process: what lives how long, who is logged in, what is refused."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import got_request_exception, session

from ch11_sessions_identity import auth, create_app
from ch11_sessions_identity.auth import safe_next
from ch11_sessions_identity.config import FLAGS, Config
from passwords import fast_hash
from workbook import Recorder, Timeline, Wire, databases, launch

ADA = {"name": "ada", "password": "so what 1959"}
ANY = {"$gt": ""}


@pytest.fixture(scope="module")
def server():
    return databases.mongodb("app_ch11")


@pytest.fixture
def make(server, monkeypatch):
    """A function that makes the app with these settings, on an empty database."""
    monkeypatch.setattr(auth, "generate_password_hash", fast_hash)
    databases.mongodb("app_ch11")
    made = []

    def make(database=server, **settings):
        known = {"SECRET_KEY": "test", "SHOW_COMMANDS": True}
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
    with pytest.raises(ValueError, match="SECRET_KEY must be .* FLASK_SECRET_KEY in the environment, not None"):
        create_app()


@pytest.mark.parametrize("key", [1234567890123456, "", b"", None, True])
def test_a_key_that_signs_nothing(make, key):
    with pytest.raises(ValueError, match="^bad settings: SECRET_KEY must be ") as caught:
        make(SECRET_KEY=key)
    assert "1234" not in str(caught.value)


def test_bad_settings_are_all_named_at_once(make, server):
    bad = {
        "SECRET_KEY": None,
        "SECRET_KEY_FALLBACKS": "old",
        "MONGODB_URI": "http://127.0.0.1",
        "MONGODB_DB": "a/b",
        "MONGODB_TIMEOUT_MS": 0,
        "MAX_CONTENT_LENGTH": 0,
        "SESSION_COOKIE_SAMESITE": "lax",
        "REMEMBER_COOKIE_SAMESITE": None,
        **dict.fromkeys(FLAGS, 1),
    }
    with pytest.raises(ValueError, match="^bad settings: ") as caught:
        make(**bad)
    parts = str(caught.value).removeprefix("bad settings: ").split("; ")
    assert sorted(part.split(" must be ")[0] for part in parts) == sorted(bad)
    assert len(FLAGS) == 9 and "SESSION_COOKIE_SECURE" in FLAGS


@pytest.mark.parametrize("key", ["text", b"bytes"])
def test_settings_that_are_allowed(make, key):
    assert make(SECRET_KEY=key, SECRET_KEY_FALLBACKS=[key]).secret_key == key


def test_no_wrong_way_that_nobody_asked_for(app):
    ours = {str(rule).split("<")[0] for rule in app.url_map.iter_rules()}
    assert ours == {
        *("/static/", "/", "/cart", "/cart/", "/count"),
        *("/login", "/logout", "/logout/everywhere", "/me", "/password", "/users"),
    }


def test_init_db(runner, server):
    assert runner.invoke(args=["init-db"]).output == "indexes: users.login_id, sessions.id\n"
    with server.connect() as mongo:
        for collection, index in (("users", "login_id_1"), ("sessions", "id_1")):
            assert mongo[server.name][collection].index_information()[index]["unique"]


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


FLAGS_SENT = ("; Secure", "; HttpOnly", "; SameSite=Lax")


def test_flags(client):
    sent = client.get("/count").headers["Set-Cookie"]
    assert all(flag in sent for flag in FLAGS_SENT)


def test_headers(client):
    for path in ("/", "/nope", "/login"):
        headers = client.get(path).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "same-origin")


# Who sent this?


def token_of(client):
    page = client.get("/login")
    assert page.mimetype == "text/html"
    return re.search(r'name="csrf_token" value="([\w-]{20,})"', page.text)[1]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 204),
        ({"Origin": "http://localhost"}, 204),
        ({"Origin": "https://localhost"}, 204),  # a proxy terminates TLS
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, 204),
        ({"Sec-Fetch-Site": "none"}, 204),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
    ],
)
def test_who_sent_it(client, headers, status):
    assert client.post("/logout", headers=headers).status_code == status
    assert client.delete("/cart", headers=headers).status_code == (405 if status == 204 else 403)
    assert client.get("/cart", headers=headers).status_code == 200


def test_a_form_needs_its_token(app, client):
    client.post("/users", json=ADA)
    stranger = token_of(app.test_client())
    token = token_of(client)
    assert token == token_of(client) != stranger
    for sent in (None, "", stranger, "é" + token, token + "x"):
        form = ADA if sent is None else {**ADA, "csrf_token": sent}
        assert client.post("/login", data=form).status_code == 400
    assert client.get("/me").status_code == 302
    assert client.post("/login", data={**ADA, "csrf_token": token}).status_code == 302
    assert client.get("/me").status_code == 200
    assert token_of(client) != token


@pytest.mark.parametrize("mimetype", ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"])
def test_what_a_foreign_form_can_send(client, mimetype):
    client.get("/login")
    for path in ("/logout", "/cart/time-out"):
        assert client.post(path, data=b"", content_type=mimetype).status_code == 400
    assert client.get("/cart").json == []


def test_no_token_in_the_session_no_form(client):
    assert client.post("/logout", data={"csrf_token": ""}).status_code == 400


# "Remember me"


def remembered(app):
    """(a client that came back without its session, the remember cookie)."""
    client = app.test_client()
    client.post("/users", json=ADA)
    sent = client.post("/login", json={**ADA, "remember": True}).headers.getlist("Set-Cookie")
    kept = client.get_cookie("remember_token")
    assert all(flag in line for flag in FLAGS_SENT for line in sent if line.startswith("remember_token="))
    client.delete_cookie("session")
    return client, kept.value


def test_nobody_is_remembered_who_did_not_ask(app):
    assert logged_in(app).get_cookie("remember_token") is None


def test_remembered_is_not_fresh(app):
    client, _ = remembered(app)
    assert client.get("/me").status_code == 200
    assert client.post("/password", json={"password": "new"}).status_code == 302
    client.post("/login", json=ADA)
    assert client.post("/password", json={"password": "new"}).status_code == 204
    assert client.post("/login", json=ADA).status_code == 401
    assert client.post("/login", json={**ADA, "password": "new"}).status_code == 302


def test_a_form_can_ask_to_be_remembered(app, client):
    client.post("/users", json=ADA)
    for remember, kept in (({}, False), ({"remember": "yes"}, True)):
        client.post("/login", data={**ADA, **remember, "csrf_token": token_of(client)})
        assert (client.get_cookie("remember_token") is not None) == kept


def test_logout_forgets(app):
    client, _ = remembered(app)
    client.post("/cart/time-out")
    client.post("/logout")
    assert client.get_cookie("remember_token") is None
    assert client.get("/me").status_code == 302
    assert client.get("/cart").json == []


@pytest.mark.parametrize("path", ["/logout/everywhere", "/password"])
def test_a_new_login_id_ends_what_was_remembered(app, path):
    _, kept = remembered(app)
    client = logged_in(app)
    assert client.post(path, json={"password": "new"}).status_code == 204
    thief = app.test_client()
    thief.set_cookie("remember_token", kept)
    assert thief.get("/me").status_code == 302


@pytest.mark.parametrize("path", ["/logout/everywhere", "/password"])
def test_strangers_change_nothing(client, path):
    assert client.post(path, json={"password": "new"}).status_code == 302
    # With "?next=", as Flask-Login has it.
    assert client.post(path).location.startswith("/login?")


@pytest.mark.parametrize("data", [{}, {"password": ""}, {"password": ANY}, []])
def test_odd_passwords_are_refused(app, data):
    client = logged_in(app)
    assert client.post("/password", json=data).status_code == 400
    assert client.get("/me").status_code == 200


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


def test_nobody_is_not_let_in_by_whatever_compares(client, monkeypatch):
    monkeypatch.setattr(auth, "check_password_hash", lambda known, given: True)
    assert client.post("/login", json=ADA).status_code == 401


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


@pytest.mark.parametrize("cookie", [False, True])
@pytest.mark.parametrize("server_side", [False, True])
def test_visitors_of_a_silent_server_wait_once(make, server, server_side, cookie):
    wire = Wire(*server.address)
    app = make(server.through(wire), SERVER_SIDE_SESSIONS=server_side, MONGODB_TIMEOUT_MS=1000)
    assert app.test_client().get("/count").status_code == 200
    wire.delay(30)

    def visit(_):
        start = time.monotonic()
        # A value that fits a session: else nobody looks for it.
        reply = replay(app, "x" * 43, "/count") if cookie else app.test_client().get("/count")
        status = reply.status_code
        return status, time.monotonic() - start

    with ThreadPoolExecutor(8) as threads:
        statuses, seconds = zip(*threads.map(visit, range(8)), strict=True)
    assert set(statuses) == {503} and max(seconds) < 2
    wire.stop()


@pytest.mark.parametrize("server_side", [False, True])
def test_a_database_that_is_away_and_back(make, server, server_side):
    wire = Wire(*server.address)
    app = make(server.through(wire), SERVER_SIDE_SESSIONS=server_side, MONGODB_TIMEOUT_MS=1000)
    client = logged_in(app)
    wire.refuse()
    wire.cut()
    failed = []

    def fail(sender, exception):
        failed.append(exception)

    with got_request_exception.connected_to(fail, app):
        away = client.get("/me")
    # What is opened before the view is no error that a handler could expect.
    assert bool(failed) == server_side
    assert (away.status_code, away.json) == (503, {"error": "The database is away"})
    wire.accept()
    assert client.get("/me").status_code == 200
    wire.stop()


def test_a_goodbye_to_nobody_has_an_end(make, server):
    wire = Wire(*server.address)
    app = make(server.through(wire), MONGODB_TIMEOUT_MS=500)
    app.test_client().get("/count")
    wire.stop()
    assert app.test_client().get("/count").status_code == 503
    start = time.monotonic()
    app.extensions["mongo"].close()
    assert time.monotonic() - start < 2


def test_a_command_closes_the_client_at_exit(server):
    with launch("ch11_sessions_identity", server, name="commands", SECRET_KEY="test") as app:
        timeline = app.flask("init-db").timeline()
    assert timeline.opened == timeline.closed == 1


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
