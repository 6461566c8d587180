"""Checks of chapter 13: a test that finds what is wrong, ids, readiness, settings that fit together."""

import re

from flask import abort, g

from workbook import NotYet, check_app, exercise


class Conn:
    """A connection that counts how often it is closed."""

    def __init__(self):
        self.closed = 0

    def close(self):
        self.closed += 1


def songs_app(close=lambda conns, exc: [conn.close() for conn in conns], eager=False):
    """An app for a test to look at: ``close`` is what its teardown does with the connections of a context."""
    app = check_app(PROPAGATE_EXCEPTIONS=False)
    app.extensions["opened"] = opened = []
    requests = app.extensions["requests"] = []

    def get_conn():
        if "conn" not in g:
            g.conn = Conn()
            opened.append(g.conn)
        return g.conn

    @app.before_request
    def begin():
        requests.append(g._get_current_object())
        if eager:
            get_conn()

    @app.teardown_appcontext
    def end(exc):
        close([g.conn] if "conn" in g else [], exc)
        g.pop("conn", None)

    app.add_url_rule("/", "index", lambda: "songs")
    app.add_url_rule("/songs", "songs", lambda: str(get_conn().closed))
    app.add_url_rule("/fails", "fails", lambda: get_conn().missing)
    return app


def only_without_error(conns, exc):
    for conn in conns:
        if exc is None:
            conn.close()


def only_after_error(conns, exc):
    for conn in conns:
        if exc is not None:
            conn.close()


def twice(conns, exc):
    for conn in conns * 2:
        conn.close()


NEVER = "Ask the connections in app.extensions['opened'] how often they were closed."
BROKEN = [
    ("never closes a connection", {"close": lambda conns, exc: None}, NEVER),
    (
        "leaves the connection open when a view fails",
        {"close": only_without_error},
        "Send a request to /fails too: what happens to its connection?",
    ),
    (
        "closes a connection only when a view fails",
        {"close": only_after_error},
        "Send a request to /songs too, and look at every connection that was opened.",
    ),
    ("closes a connection twice", {"close": twice}, "Exactly once: compare `closed` with 1."),
    (
        "opens a connection for / as well",
        {"eager": True},
        "Count the connections: / needs none, so a request to it must not open one.",
    ),
]


@exercise(
    "A test that passes for a broken app tests nothing. Which ways to be broken are there?",
    "Send requests to /, to /songs and to /fails, and then look at every connection.",
    "[conn.closed for conn in app.extensions['opened']] must be [] after /, and [1, 1] after the other two.",
)
def test_teardown(test_teardown):
    app = songs_app()
    try:
        returned = test_teardown(app)
    except AssertionError as error:
        return NotYet(
            f"the app that is right fails your test: {str(error).splitlines()[0] if str(error) else 'an assert'}",
            "that it passes",
            "A request closes its connection when its context ends. Is a context held open around it, "
            "or too much asked?",
        )
    if not app.extensions["requests"]:
        return NotYet(
            "your test sent no request", "requests to /, /songs and /fails", "app.test_client() sends requests."
        )
    passed = [(what, advice) for what, options, advice in BROKEN if passes(test_teardown, songs_app(**options))]
    if returned is not None and len(passed) == len(BROKEN):
        return NotYet(
            f"it returned {returned!r}",
            "an AssertionError for each broken app",
            "pytest does not look at what a test returns: say it with assert.",
        )
    if passed:
        what, advice = passed[0]
        return NotYet(f"an app that {what} passes your test", "an AssertionError", advice)


def passes(test, app):
    try:
        test(app)
    except Exception:
        return False
    return True


ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
KEPT = ["of-her-visit", "0123456789abcdef", "x" * 64]
# (what is sent, the hint for who keeps it)
REFUSED = [
    ("short", "An id has at least 8 characters: count them, or let the pattern do it."),
    ("x" * 65, "An id has at most 64 characters, or a visitor fills your log."),
    (
        "of-her-visit and more",
        "A blank is none of the characters. Does your pattern look at all of the text? fullmatch does.",
    ),
    ("of_her_visit\xe9", "isalnum() and \\w take letters of every alphabet. Name the characters: A-Z, a-z, 0-9."),
]


@exercise(
    "Two hooks: one makes the id before anything else happens, one puts it into the response.",
    "before_request sets g.request_id, from the header if it fits; after_request copies it into the response.",
    're.fullmatch(r"[A-Za-z0-9_-]{8,64}", sent) decides; secrets.token_hex(8) makes a new one.',
)
def request_ids(request_ids):
    app = check_app(PROPAGATE_EXCEPTIONS=False)
    request_ids(app)

    @app.before_request
    def guard():
        from flask import request

        if request.path == "/closed":
            abort(403)

    app.add_url_rule("/", "index", lambda: str(g.get("request_id")))
    app.add_url_rule("/fails", "fails", lambda: 1 / 0)
    client = app.test_client()
    first, second = client.get("/"), client.get("/")
    for path, response in {"/": first, "/nowhere": None, "/closed": None, "/fails": None}.items():
        response = response or client.get(path)
        found = response.headers.get("X-Request-ID", "")
        if not ID.fullmatch(found):
            return NotYet(
                f"the response to {path} ({response.status_code}) has X-Request-ID {found!r}",
                "an id of 8 to 64 letters, digits, _ and -",
                "Every response has one, those of errors too. after_request sees all of them."
                if path != "/"
                else "It is to be in the response too: after_request can set a header.",
            )
    if first.text != first.headers["X-Request-ID"]:
        return NotYet(
            f"in the view g.request_id is {first.text}, in the response {first.headers['X-Request-ID']}",
            "the same id",
            "The view and the log need it too: make it before the request, and keep it in g.",
        )
    if first.text == second.text:
        return NotYet(
            "two requests have one id", "another id for each", "Make it in the hook, not when the app is made."
        )
    for sent in KEPT:
        found = client.get("/", headers={"X-Request-ID": sent}).headers["X-Request-ID"]
        if found != sent:
            return NotYet(
                f"sent {sent}, got {found}",
                sent,
                "The proxy in front has an id already: keep it if it fits, or the two logs have nothing in common.",
            )
    for sent, advice in REFUSED:
        found = [client.get("/", headers={"X-Request-ID": sent}).headers["X-Request-ID"] for _ in range(2)]
        if sent in found:
            return NotYet(f"the id {sent[:30]!r} of {len(sent)} characters was kept", "a new one", advice)
        if found[0] == found[1] or not ID.fullmatch(found[0]):
            return NotYet(
                f"for {sent[:30]!r} the id is {found[0][:40]!r}, twice",
                "a new id each time",
                "What does not fit is not mended: make a new one in its place.",
            )


class Away(Exception):
    """An error of some driver, which has a class of its own."""


def fine():
    return None


def away():
    raise Away("no server")


@exercise(
    "Ask each of them, and go on after one that raises.",
    "A loop with try in it fills the body; then look whether one of the required ones is away.",
    'body[name] = "away" in `except Exception`, and 503 if any(body[name] == "away" for name in required).',
)
def readiness(readiness):
    cases = [
        ({"rethinkdb": fine}, {"search": fine}, {"rethinkdb": "ok", "search": "ok"}, 200, None),
        (
            {"rethinkdb": away},
            {},
            {"rethinkdb": "away"},
            503,
            "An app that cannot do its work says 503, so that requests go elsewhere.",
        ),
        (
            {"rethinkdb": away, "mongodb": fine},
            {"search": fine},
            {"rethinkdb": "away", "mongodb": "ok", "search": "ok"},
            503,
            "The first one is away. Ask the others all the same, and say how each of them is.",
        ),
        (
            {"rethinkdb": fine},
            {"search": away},
            {"rethinkdb": "ok", "search": "away"},
            200,
            "Without an optional one the app works on: it is reported, and costs no readiness.",
        ),
        ({}, {}, {}, 200, "Nothing is required, so nothing is missing."),
    ]
    for required, optional, body, status, advice in cases:
        said = ", ".join(f"{name} {kind}" for name, kind in body.items()) or "nothing to ask"
        try:
            found = readiness(dict(required), dict(optional))
        except Exception as error:
            return NotYet(
                f"with {said} it raised {type(error).__name__}",
                f"{(body, status)}",
                "Each driver has errors of its own: catch Exception around each question.",
            )
        if not (isinstance(found, tuple) and len(found) == 2):
            return NotYet(f"it returned {found!r}", f"{(body, status)}", "Return two things: the body and the status.")
        if found[0] != body:
            unasked = advice or (
                "A probe that returns is ok, whatever it returns. Only one that raises is away."
                if set(found[0]) == set(body)
                else "The optional ones are asked as well: the body says how each of them is."
            )
            return NotYet(f"with {said} the body is {found[0]!r}", f"{body!r}", unasked)
        if found[1] == 500:
            return NotYet(
                f"with {said} the status is 500",
                status,
                "500 says that the app has failed. This one only has to wait: 503.",
            )
        if found[1] != status:
            return NotYet(f"with {said} the status is {found[1]!r}", status, advice or "All is well: that is a 200.")


GOOD = {"APP_SECRET": "of this app", "APP_PORT": "8000", "APP_DRIVER_SECONDS": "5", "APP_SERVER_SECONDS": "30"}
ALL = sorted(GOOD)
# (what is changed, None to leave it out; what is bad; the hint)
SETTINGS = [
    (
        {},
        [],
        "These settings are fine. Are the two limits compared as numbers? As texts, 5 comes after 30.",
    ),
    (dict.fromkeys(GOOD), ALL, "All four are missing, and all are to be named: collect them, and go on."),
    ({"APP_PORT": "eighty"}, ["APP_PORT"], "A port is a number: eighty is none for int()."),
    ({"APP_SECRET": ""}, ["APP_SECRET"], "A secret that is empty is no secret."),
    ({"APP_PORT": "0"}, ["APP_PORT"], "Ports begin at 1."),
    ({"APP_PORT": "65536"}, ["APP_PORT"], "Ports end at 65535."),
    ({"APP_PORT": "80.5"}, ["APP_PORT"], "A port is a whole number: int() refuses 80.5, float() does not."),
    ({"APP_DRIVER_SECONDS": "-1"}, ["APP_DRIVER_SECONDS"], "A limit is more than 0."),
    (
        {"APP_DRIVER_SECONDS": "5", "APP_SERVER_SECONDS": "soon"},
        ["APP_SERVER_SECONDS"],
        "Compare the two limits only where both are numbers: here one of them is bad, and the other is fine.",
    ),
    ({"APP_SERVER_SECONDS": "inf"}, ["APP_SERVER_SECONDS"], "To float(), inf is a number. It limits nothing."),
    (
        {"APP_DRIVER_SECONDS": "nan"},
        ["APP_DRIVER_SECONDS"],
        "To float(), nan is a number, and every comparison with it is false. Ask 0 < value < limit, not the opposite.",
    ),
    (
        {"APP_DRIVER_SECONDS": "40"},
        ["APP_DRIVER_SECONDS"],
        "Each of the two is fine alone. But the server would give up first: the driver's limit must be the lower one.",
    ),
    (
        {"APP_DRIVER_SECONDS": "30"},
        ["APP_DRIVER_SECONDS"],
        "With the same limit nobody knows who gives up first: it must be lower.",
    ),
]


@exercise(
    "A list that grows: one look at each setting, and none of them returns early.",
    "Turn a text into a number in a function of its own that returns None when there is none; math.isfinite helps.",
    "After the four looks: if both limits are numbers and the driver's is not lower, add APP_DRIVER_SECONDS.",
)
def bad_settings(bad_settings):
    for change, bad, advice in SETTINGS:
        environ = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
        said = ", ".join(f"{name}={environ.get(name, '(missing)')}" for name in change) or "good settings"
        try:
            found = bad_settings(dict(environ))
        except (KeyError, TypeError, ValueError) as error:
            return NotYet(
                f"with {said} it raised {type(error).__name__}",
                bad,
                "What is missing is bad too, and must not raise: environ.get(name)."
                if len(environ) < len(GOOD)
                else "A text that is no number is bad, and must not raise: catch the ValueError where you convert it.",
            )
        if not isinstance(found, list):
            return NotYet(f"it returned {found!r}", bad, "Return a list of names, an empty one if all is well.")
        if sorted(found) != bad:
            return NotYet(f"with {said} it returned {found!r}", bad, advice)
        if found != bad:
            return NotYet(
                f"with {said} it returned {found!r}", bad, "In alphabetical order, as a reader looks for them."
            )
