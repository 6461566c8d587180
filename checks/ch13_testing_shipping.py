"""Checks of chapter 13: a test that finds what is wrong, ids, readiness, settings that fit together."""

import re
from threading import get_ident

import pytest
from flask import abort, g, has_app_context

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
    # For each request, whether it came inside of a context that somebody holds.
    held, inner = app.extensions.setdefault("held", []), app.wsgi_app
    app.wsgi_app = lambda *args: held.append(has_app_context()) or inner(*args)

    def get_conn():
        if "conn" not in g:
            g.conn = Conn()
            opened.append(g.conn)
        return g.conn

    @app.before_request
    def begin():
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


def as_many_as_opened(conns, exc):
    if exc is None:
        twice(conns, exc)


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
    (
        "closes one connection twice, and another never",
        {"close": as_many_as_opened},
        "A sum hides it: two and none are as many as one and one. Compare each with 1.",
    ),
]


@exercise(
    "A test that passes for a broken app tests nothing. Which ways to be broken are there?",
    "Send requests to /, to /songs and to /fails, and then look at every connection.",
    "[conn.closed for conn in app.extensions['opened']] must be [] after /, and [1, 1] after the other two.",
)
def test_teardown(test_teardown):
    app = songs_app()
    found = what_it_misses(test_teardown, app)
    if found and any(app.extensions["held"]):
        return NotYet(
            "your test sends a request inside of app_context()",
            "requests that each have a context of their own",
            "A request inside of app_context() closes nothing: the end of the block does. Take the block away.",
        )
    return found


def what_it_misses(test, app):
    try:
        returned = test(app)
    except (AssertionError, pytest.fail.Exception) as error:
        return NotYet(
            f"the app that is right fails your test: {str(error).splitlines()[0] if str(error) else 'an assert'}",
            "that it passes",
            "Is too much asked? / opens no connection, a failure is a response 500, and the app closes by itself.",
        )
    if not app.extensions["opened"]:
        return NotYet(
            "your test makes the app open no connection",
            "requests to /, /songs and /fails",
            "GET requests to /songs and /fails open one each: app.test_client() sends them.",
        )
    passed = [(what, advice) for what, options, advice in BROKEN if passes(test, songs_app(**options))]
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
    except (Exception, pytest.fail.Exception):
        return False
    return True


ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
PROXY = "The proxy in front has an id already: keep it if it fits, or the two logs have nothing in common."
# (what is sent, the hint for who does not keep it)
KEPT = [
    ("of-her-visit", PROXY),
    ("x" * 64, PROXY),
    ("visit-08", "An id of 8 characters is long enough: from 8 to 64, both ends fit."),
    ("Of_Her_Visit", "Capital letters and _ fit as well: A-Z, a-z, 0-9, _ and -."),
]
# (what is sent, the hint for who keeps it)
REFUSED = [
    ("short", "An id has at least 8 characters: count them, or let the pattern do it."),
    ("x" * 65, "An id has at most 64 characters, or a visitor fills your log."),
    (
        "of-her-visit and more",
        "A blank is none of the characters. Does your pattern look at all of the text? fullmatch does.",
    ),
    ("of_her_visit\xe9", "isalnum() and \\w take letters of every alphabet. Name the characters: A-Z, a-z, 0-9."),
    ("of/her/visit", "A - between two characters of a set means all from the one to the other: write it last."),
    ("of[her]visit", "A-z is more than letters: [ and ^ stand between Z and a. Write A-Za-z."),
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

    app.add_url_rule("/", "index", lambda: f"the view has {g.get('request_id')}")
    app.add_url_rule("/fails", "fails", lambda: 1 / 0)
    client = app.test_client()
    try:
        first, second = client.get("/"), client.get("/")
    except TypeError:
        return NotYet(
            "/ has no response", "one with an id", "An after_request function hands the response on: return it."
        )
    if first.status_code != 200:
        return NotYet(
            f"a request without X-Request-ID gets the status {first.status_code}",
            200,
            "Is there always an id in g.request_id? request.headers.get() has a default for what was not sent.",
        )
    if not first.text.startswith("the view has "):
        return NotYet(
            f"the response to / is {first.text!r}",
            "that of the view",
            "What a before_request function returns becomes the response, and no view runs: let it return nothing.",
        )
    for path, response in {"/": first, "/nowhere": None, "/closed": None, "/fails": None}.items():
        response = response or client.get(path)
        found = response.headers.get("X-Request-ID", "")
        if not ID.fullmatch(found):
            if path != "/":
                advice = "Every response has one, those of errors too. after_request sees all of them."
            elif found:
                advice = "An id that you make fits the same rule: token_hex(8) has 16 characters."
            else:
                advice = "It is to be in the response too: after_request can set a header."
            return NotYet(
                f"the response to {path} ({response.status_code}) has X-Request-ID {found!r}",
                "an id of 8 to 64 letters, digits, _ and -",
                advice,
            )
    if first.text != f"the view has {first.headers['X-Request-ID']}":
        return NotYet(
            f"{first.text}, and the response {first.headers['X-Request-ID']}",
            "the same id",
            "The view and the log need it too: make it before the request, and keep it in g.",
        )
    if first.text == second.text:
        return NotYet(
            "two requests have one id", "another id for each", "Make it in the hook, not when the app is made."
        )
    for sent, advice in KEPT:
        found = client.get("/", headers={"X-Request-ID": sent}).headers.get("X-Request-ID")
        if found != sent:
            return NotYet(f"sent {sent}, got {found}", sent, advice)
    for sent, advice in REFUSED:
        found = [client.get("/", headers={"X-Request-ID": sent}).headers.get("X-Request-ID", "") for _ in range(2)]
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


def away():
    raise Away("no server")


class Stop(BaseException):
    """As KeyboardInterrupt: no Exception."""


FIRST_AWAY = "The first one is away. Ask the others all the same, and say how each of them is."
NOT_READY = "An app that cannot do its work says 503, so that requests go elsewhere."
OPTIONAL = "Without an optional one the app works on: it is reported, and costs no readiness."
# What required and optional hold, the status, the hint for who says another one.
READINESS = [
    ({"rethinkdb": lambda: None}, {"search": lambda: False}, 200, "All is well: that is a 200."),
    ({"rethinkdb": lambda: Away("returned")}, {}, 200, "All is well: that is a 200."),
    ({"rethinkdb": away}, {}, 503, NOT_READY),
    ({"rethinkdb": away, "mongodb": lambda: 1}, {"search": lambda: 1}, 503, FIRST_AWAY),
    ({"rethinkdb": lambda: 1}, {"search": away}, 200, OPTIONAL),
    ({}, {}, 200, "Nothing is required, so nothing is missing."),
]


@exercise(
    "Ask each of them, and go on after one that raises.",
    "A loop with try in it fills the body; then look whether one of the required ones is away.",
    'body[name] = "away" in `except Exception`, and 503 if any(body[name] == "away" for name in required).',
)
def readiness(readiness):
    for required, optional, status, advice in READINESS:
        asked = []

        def counted(name, ask, asked=asked):
            return lambda: asked.append(name) or ask()

        both = {**required, **optional}
        body = {name: "away" if ask is away else "ok" for name, ask in both.items()}
        said = ", ".join(f"{name} {kind}" for name, kind in body.items()) or "nothing to ask"
        groups = [{name: counted(name, ask) for name, ask in group.items()} for group in (required, optional)]
        try:
            found = readiness(*groups)
        except Exception as error:
            return NotYet(
                f"with {said} it raised {type(error).__name__}",
                f"{(body, status)}",
                "Each driver has errors of its own: catch Exception around each question."
                if "away" in body.values()
                else "No database raised here: it was your own code. A plain dict and a number are enough."
                if body
                else advice,
            )
        if not (isinstance(found, tuple) and len(found) == 2):
            return NotYet(f"it returned {found!r}", f"{(body, status)}", "Return two things: the body and the status.")
        if not isinstance(found[0], dict):
            return NotYet(f"it returned {found!r}", f"{(body, status)}", "The dict comes first, and then the status.")
        if found[0] != body:
            return NotYet(f"with {said} the body is {found[0]!r}", f"{body!r}", what_is_wrong(found[0], body, required))
        if groups[0].keys() != required.keys():
            return NotYet(
                f"after the call `required` holds {', '.join(groups[0])}",
                "that it is as before",
                "The dicts are the caller's: at the next call the optional ones would be required. Merge them anew.",
            )
        if len(asked) > len(body):
            return NotYet(
                f"with {said} it asked {', '.join(asked)}",
                "each of them once",
                "Each question costs the database something, and the second answer may be another one. Keep the first.",
            )
        if found[1] == 500:
            return NotYet(
                f"with {said} the status is 500",
                status,
                "500 says that the app has failed. This one only has to wait: 503.",
            )
        if found[1] != status:
            return NotYet(
                f"with {said} the status is {found[1]!r}",
                status,
                "A status is a number." if isinstance(found[1], str) else advice,
            )
    here = get_ident()

    def stop():
        # In a thread of the answer's own there is no KeyboardInterrupt.
        if get_ident() == here:
            raise Stop

    try:
        found = readiness({"rethinkdb": stop}, {})
    except Stop:
        return None
    if found == ({"rethinkdb": "ok"}, 200):
        return None
    return NotYet(
        f"with a KeyboardInterrupt while it asks it returned {found!r}",
        "that it is raised",
        "A bare except, and a return in finally, catch KeyboardInterrupt and SystemExit as well. Name Exception.",
    )


def what_is_wrong(found, body, required):
    """The hint for a body that says something else."""
    if set(required) - set(found):
        return FIRST_AWAY
    if set(found) != set(body):
        return "The optional ones are asked as well: the body says how each of them is."
    if not all(kind in ("ok", "away") for kind in found.values()):
        return 'The body has two words: "ok" and "away". What else is known belongs in the log.'
    if any(found[name] == "ok" for name in found if body[name] == "away"):
        return "One that raises is away. Is its function called, with ()?"
    return "A probe that returns is ok, whatever it returns. Only one that raises is away."


GOOD = {"APP_SECRET": "of this app", "APP_PORT": "8000", "APP_DRIVER_SECONDS": "5", "APP_SERVER_SECONDS": "30"}
ALL = sorted(GOOD)
PORTS = "A port is from 1 to 65535, and both ends are ports."
# (what is changed, None to leave it out; what is bad; the hint)
SETTINGS = [
    (
        {},
        [],
        "These settings are fine. Compare limits as numbers (as texts, 5 comes after 30), and ask for no more.",
    ),
    (dict.fromkeys(GOOD), ALL, "All four are missing, and all are to be named: collect them, and go on."),
    (
        {"APP_DRIVER_SECONDS": "0.5", "APP_SERVER_SECONDS": "3600"},
        [],
        "Half a second and an hour are numbers of seconds too: float() takes both.",
    ),
    ({"APP_SECRET": "20261231"}, [], "A secret of digits is a text as well: everything in environ is."),
    ({"APP_PORT": "1"}, [], PORTS),
    ({"APP_PORT": "65535"}, [], PORTS),
    ({"APP_PORT": "eighty"}, ["APP_PORT"], "A port is a number: eighty is none for int()."),
    ({"APP_SECRET": ""}, ["APP_SECRET"], "A secret that is empty is no secret."),
    ({"APP_PORT": "0"}, ["APP_PORT"], "Ports begin at 1."),
    ({"APP_PORT": "-80"}, ["APP_PORT"], "Ports begin at 1."),
    ({"APP_PORT": "true"}, ["APP_PORT"], "JSON makes True of true, and True is an int. A port has digits: ask int()."),
    ({"APP_PORT": "8\xb2"}, ["APP_PORT"], "A port is a number: int() takes no raised digits."),
    ({"APP_PORT": "65536"}, ["APP_PORT"], "Ports end at 65535."),
    ({"APP_PORT": "80.5"}, ["APP_PORT"], "A port is a whole number: int() refuses 80.5, float() does not."),
    ({"APP_DRIVER_SECONDS": "-1"}, ["APP_DRIVER_SECONDS"], "A limit is more than 0."),
    (
        {"APP_DRIVER_SECONDS": "0"},
        ["APP_DRIVER_SECONDS"],
        "0 is not more than 0, and some drivers take it for their default.",
    ),
    (
        {"APP_DRIVER_SECONDS": "5s"},
        ["APP_DRIVER_SECONDS"],
        "5s begins with a number, and is none: look at all of the text, as float() does.",
    ),
    (
        {"APP_DRIVER_SECONDS": "5", "APP_SERVER_SECONDS": "soon"},
        ["APP_SERVER_SECONDS"],
        "Compare the two limits only where both are numbers: here one of them is bad, and the other is fine.",
    ),
    (
        {"APP_SERVER_SECONDS": "-1"},
        ["APP_SERVER_SECONDS"],
        "-1 is a number, and no limit. Compare the two only where each is fine alone.",
    ),
    (
        {"APP_SERVER_SECONDS": "0"},
        ["APP_SERVER_SECONDS"],
        "The server's limit has the rules of the driver's: more than 0, and not infinite.",
    ),
    ({"APP_SERVER_SECONDS": "inf"}, ["APP_SERVER_SECONDS"], "To float(), inf is a number. It limits nothing."),
    (
        {"APP_SERVER_SECONDS": "Infinity"},
        ["APP_SERVER_SECONDS"],
        "inf has other names, Infinity and 1e999 among them: look at the number, not at the text.",
    ),
    ({"APP_DRIVER_SECONDS": "inf"}, ["APP_DRIVER_SECONDS"], "To float(), inf is a number. It limits nothing."),
    (
        {"APP_DRIVER_SECONDS": "nan"},
        ["APP_DRIVER_SECONDS"],
        "To float(), nan is a number, and every comparison with it is false. Ask 0 < value < limit, not the opposite.",
    ),
    (
        {"APP_SERVER_SECONDS": "nan"},
        ["APP_SERVER_SECONDS"],
        "The server's limit has the rules of the driver's: more than 0, and not infinite.",
    ),
    ({"APP_SERVER_SECONDS": None}, ["APP_SERVER_SECONDS"], "One is missing, and the other is fine."),
    ({"APP_DRIVER_SECONDS": None}, ["APP_DRIVER_SECONDS"], "One is missing, and the other is fine."),
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
        except Exception as error:
            if isinstance(error, ArithmeticError):
                advice = "Not every error of a conversion is a ValueError: Decimal has InvalidOperation."
            elif len(environ) < len(GOOD):
                advice = "What is missing is bad too, and must not raise: environ.get(name)."
            elif environ["APP_PORT"].isdigit() and not environ["APP_PORT"].isdecimal():
                advice = "isdigit() is true of a raised 2, and int() refuses it: catch the ValueError."
            else:
                advice = (
                    "A text that is no number is bad, and must not raise: catch the ValueError where you convert it."
                )
            return NotYet(f"with {said} it raised {type(error).__name__}", bad, advice)
        if not isinstance(found, list):
            return NotYet(f"it returned {found!r}", bad, "Return a list of names, an empty one if all is well.")
        if len(found) > len(set(found)):
            return NotYet(f"with {said} it returned {found!r}", bad, "Name each once, although two rules are broken.")
        if sorted(found) != bad:
            return NotYet(f"with {said} it returned {found!r}", bad, advice)
        if found != bad:
            return NotYet(
                f"with {said} it returned {found!r}", bad, "In alphabetical order, as a reader looks for them."
            )
