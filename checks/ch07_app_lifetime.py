"""Checks of chapter 7: what is made once for an app, and what is chosen in each request."""

import datetime
import decimal
import threading
import uuid

from bson import ObjectId
from flask import Flask, g
from flask.json.provider import DefaultJSONProvider
from pymongo import MongoClient
from pymongo.errors import InvalidOperation, ServerSelectionTimeoutError
from werkzeug.exceptions import HTTPException, Unauthorized

from workbook import NotYet, Recorder, Timeline, Wire, check_app, databases, exercise

PATIENCE = 0.5  # seconds for a monitor to show itself
SELECTION_MS = 700


class Unknown:
    """A type that no provider knows."""


@exercise(
    "isinstance(value, ObjectId) asks for the one type that is yours.",
    "For all other values, DefaultJSONProvider.default(value) knows what to do.",
    "Two ways through the function, and both return: str(value), or what Flask's default returns.",
    on_error={
        RecursionError: "default calls itself. Call Flask's: DefaultJSONProvider.default(value).",
        ValueError: "default has returned the value as it came. Return text for an ObjectId.",
    },
)
def json_default(default):
    class Provider(DefaultJSONProvider):
        pass

    Provider.default = staticmethod(default)
    app = check_app()
    app.json = Provider(app)
    number = ObjectId("0123456789abcdef01234567")

    try:
        shown = app.json.loads(app.json.dumps(number))
    except TypeError as error:
        return NotYet(
            f"an ObjectId raised TypeError: {error}",
            f'"{number}"',
            "An ObjectId is still passed on to Flask, which does not know it: look at the condition.",
        )
    if isinstance(shown, dict):
        return NotYet(
            f"an ObjectId became {shown}",
            f'"{number}"',
            "That is MongoDB's extended JSON. A browser wants a plain string: str(value).",
        )
    if shown != str(number):
        return NotYet(
            f"an ObjectId became {shown!r}",
            f'"{number}"',
            "An ObjectId's own text is str(value): 24 hexadecimal digits.",
        )
    unknown = None
    try:
        unknown = app.json.dumps(Unknown())
    except TypeError:
        pass
    else:
        if unknown != "null":
            return NotYet(
                "an object of an unknown class became text",
                "TypeError, as without the provider",
                "Not everything that has a str() belongs into an answer: turn only ObjectIds into text.",
            )
    for value in (datetime.date(1959, 8, 17), decimal.Decimal("9.50"), uuid.UUID(int=7)):
        kind = type(value).__name__
        expected = DefaultJSONProvider(app).dumps(value)
        try:
            found = app.json.dumps(value)
        except TypeError as error:
            return NotYet(
                f"a {kind} raised TypeError: {error}",
                expected,
                "Flask's provider knows dates, Decimal and UUID. Ask it before you give up.",
            )
        if found == "null":
            return NotYet(
                f"a {kind} became null",
                expected,
                "One way through the function returns nothing, and that is None. Return there as well.",
            )
        if found != expected:
            return NotYet(
                f"a {kind} became {found}",
                expected,
                "Leave every type but ObjectId to Flask's provider, and return what it returns.",
            )
    if unknown is not None:
        return NotYet(
            "an object of an unknown class became null",
            "TypeError, as without the provider",
            "null in its place is lost data that nobody notices. Let the TypeError through.",
        )


def _app(name, database):
    app = Flask(name)
    app.config.update(database.settings, MONGODB_SELECTION_MS=SELECTION_MS, TESTING=True)

    @app.get("/")
    def index():
        client = app.extensions["mongo"]
        return {"count": client[app.config["MONGODB_DB"]].records.count_documents({})}

    return app


@exercise(
    "The factory runs in commands and tests too: what should making the client cost there?",
    "MongoClient has a parameter for that, and one for how long it looks for a server.",
    'MongoClient(app.config["MONGODB_URI"], connect=False, serverSelectionTimeoutMS=...) '
    'goes into app.extensions["mongo"].',
    on_error={
        RuntimeError: "init_app runs while the app is made, and no app is the current one yet. Use app.",
    },
)
def one_client(init_app):
    database = databases.mongodb("check_ch07")
    with Wire(*database.address) as first_wire, Wire(*database.address) as second_wire:
        first = _app("first", database.through(first_wire))
        second = _app("second", database.through(second_wire))
        try:
            return _one_client(init_app, first, second, first_wire, second_wire)
        finally:
            for app in (first, second):
                client = app.extensions.get("mongo")
                if isinstance(client, MongoClient):
                    client.close()


def _one_client(init_app, first, second, first_wire, second_wire):
    init_app(first)
    client = first.extensions.get("mongo")
    if client is None:
        return NotYet(
            'app.extensions has no "mongo" after init_app(app)',
            "the client of this app",
            'Others look for the client where it was promised: in app.extensions["mongo"].',
        )
    if not isinstance(client, MongoClient):
        return NotYet(
            f'app.extensions["mongo"] is of type {type(client).__name__}',
            "a MongoClient",
            "Keep the client itself: databases are chosen from it later, in the request.",
        )
    # The monitor works in the background: give it time to show itself.
    pause = threading.Event()
    for _ in range(int(PATIENCE / 0.02)):
        if first_wire.opened:
            return NotYet(
                "init_app opened a socket",
                "none, until somebody asks the database",
                "The constructor starts the monitor. Tell it not to connect yet.",
            )
        pause.wait(0.02)
    looked = client.options.server_selection_timeout
    if looked not in (30, SELECTION_MS / 1000):
        return NotYet(
            f"the client looks for a server for {looked:g} seconds",
            f"{SELECTION_MS / 1000:g} seconds, as MONGODB_SELECTION_MS says",
            'Hand over app.config["MONGODB_SELECTION_MS"] as it is: both count milliseconds.',
        )
    if looked != SELECTION_MS / 1000:
        return NotYet(
            f"the client looks for a server for {looked:g} seconds",
            f"{SELECTION_MS / 1000:g} seconds, as MONGODB_SELECTION_MS says",
            "Without serverSelectionTimeoutMS a visitor waits half a minute for the 503.",
        )
    init_app(second)
    if second.extensions.get("mongo") is client:
        return NotYet(
            "two apps with two addresses share one client",
            "a client for each app",
            "Something outside the app keeps the client. Make one in each call, and keep it with its app.",
        )
    for app, wire in ((first, first_wire), (second, second_wire)):
        browser = app.test_client()
        with Recorder(app) as recorder:
            try:
                browser.get("/")
            except ServerSelectionTimeoutError:
                pass
            if not wire.opened:
                return NotYet(
                    "a request, and nothing arrived at the address in MONGODB_URI",
                    "a question to that server",
                    'Without an address MongoClient takes localhost:27017. Hand it app.config["MONGODB_URI"].',
                )
            try:
                browser.get("/")
            except InvalidOperation:
                return NotYet(
                    "the second request found the client closed",
                    "an app that goes on serving",
                    "teardown_appcontext is the end of a request, not of the app. Close nothing there.",
                )
        opened = Timeline(recorder.events).opened
        if opened != 1:
            return NotYet(
                f"two requests opened {opened} pool sockets",
                "1, used twice",
                "Who makes a client in each request? It is made once, when init_app is called.",
            )


def _ask(app, get_db, user, **options):
    """(the database, the database again, g.db) as a request of that user sees them."""
    found = []

    def view():
        g.user = user
        found.extend([get_db(), get_db(), g.get("db")])
        return ""

    app.view_functions["index"] = view
    app.test_client().get("/", **options)
    return found


@exercise(
    "Two lives meet here: the client is the app's, the choice is the request's.",
    'client[name] makes a database object, and costs nothing. "db" not in g asks for nothing.',
    'g.db = current_app.extensions["mongo"][g.user["db"]], and before it the 401.',
    on_error={
        NotImplementedError: 'A database has no truth value. Ask `"db" not in g`, or `is None`.',
    },
)
def db_of_the_user(get_db):
    database = databases.mongodb("check_ch07")
    app = check_app(database)
    app.add_url_rule("/", "index", lambda: "")
    ada = {"name": "ada", "db": f"{database.name}_shelf_1"}
    grace = {"name": "grace", "db": f"{database.name}_shelf_2"}
    with MongoClient(database.uri, connect=False) as client:
        app.extensions["mongo"] = client
        first, again, kept = _ask(app, get_db, ada)
        if first is None or again is None:
            return NotYet(
                "get_db() returned None",
                "the database, at every call",
                "Follow both ways through the function: each must return the database.",
            )
        if not hasattr(first, "client"):
            return NotYet(
                f"get_db() returned an object of type {type(first).__name__}",
                "a Database",
                "client[name] is the database of that name.",
            )
        if first.client is not client:
            first.client.close()
            again.client.close()
            return NotYet(
                "the database belongs to another client",
                'the client in app.extensions["mongo"]',
                "One client reaches all databases: take the one that the app keeps.",
            )
        if first.name != ada["db"]:
            return NotYet(
                f"Ada was given the database {first.name!r}",
                repr(ada["db"]),
                'A user has two names here: their own, and that of their database in g.user["db"].',
            )
        if _ask(app, get_db, grace)[0].name == ada["db"]:
            return NotYet(
                "Grace was given the database of Ada, who asked before her",
                "the database of the user who is asking",
                "The choice outlived the request. Keep it in g, not with the app or in a global.",
            )
        sent = {"auth": ("grace", "x"), "headers": {"X-Database": grace["db"], "X-User": "grace"}}
        sent["query_string"] = {"db": grace["db"], "user": "grace"}
        found = _ask(app, get_db, ada, **sent)[0].name
        if found != ada["db"]:
            return NotYet(
                "what the client of the API sent decided which database is opened",
                "the database in g.user, whatever is sent",
                'A request can name anything. Take the name that the app has stored: g.user["db"].',
            )
        if first is not again:
            return NotYet(
                "two calls in one context made two objects",
                "one object, kept as g.db",
                "Keep what you have found in g.db, and look there first.",
            )
        if kept is not first:
            return NotYet(
                "after get_db(), g.db is not that database",
                "the database in g.db",
                "Views and hooks of this app read g.db. Keep the database under that name.",
            )
        return _nobody(app, get_db)


def _nobody(app, get_db):
    with app.test_request_context("/"):
        g.user = None
        try:
            get_db()
        except Unauthorized:
            return None
        except HTTPException as error:
            return NotYet(
                f"with g.user None, get_db() answered {error.code}",
                "401",
                "401 asks who is there. 403 is for somebody who is known and may not.",
            )
        except (TypeError, KeyError, AttributeError) as error:
            return NotYet(
                f"with g.user None: {type(error).__name__}: {error}",
                "401",
                "Nobody is logged in, and that is no bug of the app: abort(401) before you read g.user.",
            )
    return NotYet(
        "with g.user None, get_db() went on",
        "401",
        "Without a user there is no database to choose: abort(401).",
    )
