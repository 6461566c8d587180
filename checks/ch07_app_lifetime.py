"""Checks of chapter 7: what is made once for an app, and what is chosen in each request."""

import dataclasses
import datetime
import decimal
import threading
import uuid

from bson import ObjectId
from flask import Flask, Request, g
from flask.json.provider import DefaultJSONProvider
from pymongo import MongoClient
from pymongo.errors import AutoReconnect, DuplicateKeyError, InvalidOperation, ServerSelectionTimeoutError
from werkzeug.exceptions import HTTPException

from workbook import NotYet, Recorder, Timeline, Wire, check_app, databases, exercise

PATIENCE = 0.5  # seconds for a monitor to show itself
TIMEOUT_MS = 1500


class Unknown:
    """A type that no provider knows."""


@dataclasses.dataclass
class Record:
    title: str


class Label:
    def __html__(self):
        return "<b>new</b>"


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
        if "bytes" in str(error):
            return NotYet(
                "for an ObjectId default returned bytes",
                f'"{number}"',
                "JSON has text and no bytes: str(value) is the text of an ObjectId.",
            )
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
                "Not everything that has a str() belongs in a response: turn only ObjectIds into text.",
            )
    known = (datetime.date(1959, 8, 17), decimal.Decimal("9.50"), uuid.UUID(int=7))
    for value in (*known, datetime.datetime(1959, 8, 17, 20, 30), Record("Blue Train"), Label()):
        kind = type(value).__name__
        expected = DefaultJSONProvider(app).dumps(value)
        try:
            found = app.json.dumps(value)
        except TypeError as error:
            return NotYet(
                f"a {kind} raised TypeError: {error}",
                expected,
                "Flask's provider knows dates, Decimal and UUID. Ask it before you give up."
                if value in known
                else "Flask's rules are more than those that one remembers. Do not write them again: call them.",
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
                "Leave every type but ObjectId to Flask's provider, and return what it returns."
                if value in known
                else "Flask writes the time as HTTP does. Whatever is no ObjectId is not yours to write.",
            )
    for value, hint in (
        (b"twelve bytes", "Bytes may hold anything, and str() of them is Python's spelling, with a b and quotes."),
        (iter([1, 2]), "A cursor that somebody forgot to read looks like this. To list it here hides the mistake."),
    ):
        kind = type(value).__name__
        try:
            found = app.json.dumps(value)
        except TypeError:
            continue
        if found != "null":
            return NotYet(f"an object of type {kind} became {found}", "TypeError, as without the provider", hint)
    if unknown is not None:
        return NotYet(
            "an object of an unknown class became null",
            "TypeError, as without the provider",
            "null in its place is lost data that nobody notices. Let the TypeError through.",
        )


def _app(name, database):
    app = Flask(name)
    app.config.update(database.settings, MONGODB_TIMEOUT_MS=TIMEOUT_MS, TESTING=True)

    @app.get("/")
    def index():
        client = app.extensions["mongo"]
        return {"count": client[app.config["MONGODB_DB"]].records.count_documents({})}

    return app


@exercise(
    "The factory runs in commands and tests too: what should making the client cost there?",
    "MongoClient has a parameter for that, and one for how long an operation may take.",
    'MongoClient(app.config["MONGODB_URI"], connect=False, timeoutMS=...) goes into app.extensions["mongo"].',
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
            return _one_client(init_app, first, second, first_wire, second_wire, database.through(first_wire))
        finally:
            for app in (first, second):
                client = app.extensions.get("mongo")
                if isinstance(client, MongoClient):
                    client.close()


def _one_client(init_app, first, second, first_wire, second_wire, first_database):
    with Recorder(first) as recorder:
        init_app(first)
    asked = Timeline(recorder.events).opened
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
    if asked:
        return NotYet(
            "init_app asked the server something",
            "nothing, until a request asks",
            "With connect=False the client connects at its first question. Do not ask one here, not even a ping.",
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
    limit = client.options.timeout
    expected = f"{TIMEOUT_MS / 1000:g} seconds for a whole operation, as MONGODB_TIMEOUT_MS says"
    if limit is None:
        looked = client.options.server_selection_timeout
        if looked == TIMEOUT_MS / 1000:
            return NotYet(
                f"the client looks for a server for {looked:g} seconds; for the rest there is no common limit",
                expected,
                "That option is for finding a server. The one for a whole operation is called timeoutMS.",
            )
        return NotYet(
            f"the client looks for a server for {looked:g} seconds, and waits for a response for ever",
            expected,
            "Without timeoutMS a visitor waits half a minute for the 503, or longer.",
        )
    if limit != TIMEOUT_MS / 1000:
        return NotYet(
            f"an operation of the client may take {limit:g} seconds",
            expected,
            'Hand over app.config["MONGODB_TIMEOUT_MS"] as it is: both count milliseconds.',
        )
    init_app(second)
    if second.extensions.get("mongo") is client:
        return NotYet(
            "two apps with two URIs share one client",
            "a client for each app",
            "Something outside the app keeps the client. Make one in each call, and keep it with its app.",
        )
    init_app(twin := _app("twin", first_database))
    if isinstance(kept := twin.extensions.get("mongo"), MongoClient) and kept is not client:
        kept.close()
    else:
        return NotYet(
            "two apps with the same URI share one client",
            "a client for each app",
            "Whoever closes the client of one app would close that of the other. Keep no dict of clients.",
        )
    for app, wire in ((first, first_wire), (second, second_wire)):
        browser = app.test_client()
        with Recorder(app) as recorder:
            try:
                browser.get("/")
            except ServerSelectionTimeoutError:
                pass
            except InvalidOperation:
                return NotYet(
                    "the first request found the client closed",
                    "an app that goes on serving",
                    "Who closes the client before init_app returns? `with` does, at the end of its block.",
                )
            if not wire.opened:
                return NotYet(
                    "a request, and nothing arrived at the server in MONGODB_URI",
                    "a question to that server",
                    'Without a URI MongoClient takes localhost:27017. Hand it app.config["MONGODB_URI"].',
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


class _Anything(dict):
    """Has whatever is asked for, and it is ``answer``; notes in ``asked`` that somebody did."""

    def __init__(self, answer, where, asked):
        super().__init__(db=answer)
        self.answer, self.where, self.asked = answer, where, asked

    def get(self, name, default=None, **options):
        self.asked.append(self.where)
        return self.answer

    __getitem__ = get

    def getlist(self, name, **options):
        return [self.get(name)]

    def __contains__(self, name):
        return True


def _obliging(answer, asked):
    """A request class: somebody has written ``answer`` everywhere."""

    class Obliging(Request):
        args = form = values = property(lambda self: _Anything(answer, "URL or form", asked))
        cookies = property(lambda self: _Anything(answer, "cookie", asked))

        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            self.headers = _Anything(answer, "header", asked)

        def get_json(self, *args, **options):
            return _Anything(answer, "body", asked)

    return Obliging


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
        asked = []
        app.request_class = _obliging(grace["db"], asked)
        found = _ask(app, get_db, ada, auth=("grace", "x"))[0].name
        app.request_class = Request
        if found != ada["db"]:
            return NotYet(
                "what the client of the API sent decided which database is opened",
                "the database in g.user, whatever is sent",
                f'A {asked[-1]} can name any database. Take the name that the app has stored: g.user["db"].'
                if asked
                else 'A name that was sent can be anybody\'s. Take the database that the app has stored: g.user["db"].',
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
        except HTTPException as error:
            status = error.get_response().status_code
            if status == 401:
                return None
            return NotYet(
                f"with g.user None, get_db() answered {status}",
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


class _Cutting:
    """What a wire shows its bytes to; cuts it ``times`` times, before a write arrives or before its response does."""

    def __init__(self):
        self.wire, self.times, self.early, self.hit = None, 0, False, False

    def sent(self, data):
        self.hit = b"title" in data
        if self.early:
            self.cut()

    def received(self, data):
        if not self.early:
            self.cut()

    def cut(self):
        if self.hit and self.times:
            self.times -= 1
            self.wire.cut()
            raise ConnectionResetError


@exercise(
    "Who makes the `_id` of a document, and when?",
    "insert_one adds the `_id` to the dict that it is given. A second dict gets a second one.",
    "Make the document once, before the loop. In the loop a DuplicateKeyError says that an earlier attempt arrived.",
    on_error={
        DuplicateKeyError: "A second attempt found the record stored: an earlier one had arrived. That is a success.",
    },
)
def fault(add):
    database, cutting = databases.mongodb("check_ch07"), _Cutting()
    with Wire(*database.address, watch=lambda: cutting) as wire, database.connect() as direct:
        cutting.wire = wire
        uri = database.through(wire).uri
        with MongoClient(uri, retryWrites=False, serverSelectionTimeoutMS=3000) as client:
            return _fault(add, cutting, client[database.name].records, direct[database.name].records)


def _fault(add, cutting, records, stored):
    records.find_one()
    for times in (0, 1, 2):
        title = f"after {times} lost responses"
        cutting.times = times
        try:
            key = add(records, title)
        except AutoReconnect as error:
            return NotYet(
                f"{times} responses were lost, and add raised {type(error).__name__}",
                "the record's _id, at the second or third attempt",
                "One lost connection is no reason to give up: the client makes another. Try again, up to three times.",
            )
        found = list(stored.find({"title": title}))
        if len(found) != 1:
            return NotYet(
                f"{times} responses were lost, and the record is stored {len(found)} times",
                "once",
                "Each attempt inserted a document of its own. Every attempt has to insert the same one.",
            )
        if found[0]["_id"] != key:
            return NotYet(
                f"add returned {key!r}",
                "the _id of the record that is stored",
                "The caller wants to find the record again: return its _id.",
            )
    keys = {add(records, "Blue Train") for _ in range(2)}
    if len(keys) != 2 or stored.count_documents({"title": "Blue Train"}) != 2:
        return NotYet(
            "two calls with one title stored one record",
            "two records: a shop may have two copies",
            "The title says what a record is, not which one. What makes an attempt the same is its _id.",
        )
    cutting.times = 1
    add(records, "Blue Train")
    if stored.count_documents({"title": "Blue Train"}) != 3:
        return NotYet(
            "two copies were there, the response to a third was lost, and afterwards the copies were not three",
            "three records of that title",
            "Another attempt may take nothing away: what has the same title may be somebody else's record.",
        )
    cutting.times, cutting.early = 9, True
    try:
        add(records, "nowhere")
    except AutoReconnect:
        pass
    except Exception as error:
        return NotYet(
            f"no attempt arrived, and add raised {type(error).__name__}",
            "the AutoReconnect of the last attempt",
            "The caller knows an AutoReconnect. Let the error of the third attempt out as it is.",
        )
    else:
        return NotYet(
            "no attempt arrived, and add returned as if all were well",
            "the AutoReconnect of the last attempt",
            "After the third attempt nobody knows whether the record is stored. Let the error out.",
        )
    tried = 9 - cutting.times
    if tried != 3:
        return NotYet(
            f"with a server that cuts every connection add tried {tried} times",
            "3 times",
            "Count the attempts: three, and then give up.",
        )
    if stored.count_documents({"title": "nowhere"}):
        return NotYet(
            "a record that never arrived is stored", "none", "Write through the collection that you are given."
        )
