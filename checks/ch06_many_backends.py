"""Checks of chapter 6: several backends, opened by name, closed together, behind a lock."""

import contextlib
import hmac
import logging
import sys
import threading
from hashlib import sha256

import httpx
from flask import g
from rethinkdb import r
from rethinkdb.errors import ReqlDriverError

from workbook import APPS, NotYet, Recorder, Timeline, check_app, databases, exercise

NAMES = ["records", "reviews", "rates"]


def _connect(app):
    config = app.config
    return databases.RethinkDB(config["RETHINKDB_HOST"], config["RETHINKDB_PORT"], config["RETHINKDB_DB"]).connect()


@exercise(
    'Chapter 3\'s getter asked whether "conn" is in g. Ask whether name is in g.backends.',
    'Begin with `backends = g.setdefault("backends", {})`, and look into that dict.',
    "Unknown name: raise LookupError with the sorted names. Name not in backends: call its factory, "
    "keep the result. Both ways: return backends[name].",
)
def get_backend(get_backend):
    app, opened = check_app(databases.rethinkdb("check_ch06")), []

    def factory(name):
        def open_it():
            opened.append(name)
            connection = _connect(app)
            connection.backend = name
            return connection

        return open_it

    app.extensions["factories"] = {name: factory(name) for name in NAMES}

    @app.teardown_appcontext
    def close(exc):
        kept = g.pop("backends", {})
        for connection in kept.values() if isinstance(kept, dict) else ():
            if hasattr(connection, "close"):
                connection.close()

    with Recorder(app) as recorder:
        with app.app_context():
            first, again = get_backend("reviews"), get_backend("reviews")
            one = list(opened)
            kinds = [type(thing).__name__ for thing in (first, again)]
            if not all(hasattr(thing, "is_open") for thing in (first, again)):
                return _no_connection(first, again, kinds)
            if set(one) != {"reviews"}:
                return NotYet(
                    f'get_backend("reviews") opened {", ".join(one)}',
                    "reviews",
                    "Open the one that was asked for. The others wait until somebody asks for them.",
                )
            if first is not again:
                return NotYet(
                    "two calls in one context opened two connections",
                    "one connection, returned twice",
                    "Keep what the factory returned in g.backends, and look there before you open.",
                )
            if len(one) > 1:
                return NotYet(
                    "the second call ran the factory again",
                    "one run of the factory in a context",
                    "setdefault(name, factory()) runs the factory first and asks afterwards. Ask first.",
                )
            other = get_backend("records")
            if other.backend != "records":
                return NotYet(
                    'get_backend("records") returned the reviews',
                    "a connection of its own for each name",
                    "One place in g for all of them is too few. Keep them by name.",
                )
            kept = g.get("backends")
            if kept and not isinstance(kept, dict):
                return NotYet(
                    f"g.backends is a {type(kept).__name__}",
                    "a dict: the name, and what was opened under it",
                    "The teardown asks g.backends for names and for what belongs to them. Make it a dict.",
                )
            if kept and list(kept) != ["reviews", "records"]:
                return NotYet(
                    f"reviews and records were opened, and g.backends holds {', '.join(kept)}",
                    "reviews, records",
                    "What is not in g.backends is never closed. Put each backend in beside the others.",
                )
        with app.app_context():
            if get_backend("reviews") is first:
                return NotYet(
                    "a second context got the connection of the first",
                    "a connection of its own for each context",
                    "Something that outlives the context keeps the connection. g does not.",
                )
    timeline = Timeline(recorder.events)
    if not kept and timeline.closed < timeline.opened:
        return NotYet(
            "the teardown found nothing in g.backends",
            "what was opened, by name",
            "The teardown looks into g.backends: use that name.",
        )
    return _unknown(app, get_backend) or _failing(app, get_backend) or _empty(app, get_backend)


def _empty(app, get_backend):
    """A backend that is false, as whatever has no entries yet."""
    app.extensions["factories"]["rates"] = dict
    with app.app_context():
        if get_backend("rates") is not get_backend("rates"):
            return NotYet(
                "a backend that is empty, and so counts as false, was opened twice",
                "opened once, whatever it is",
                "Ask whether the name is in the dict. The truth value of a backend says something else.",
            )


def _failing(app, get_backend):
    """A factory that fails, with an error of its own, and is asked again."""
    errors = [KeyError("HOST"), None]

    def fails_once():
        error = errors.pop(0)
        if error:
            raise error
        return _connect(app)

    app.extensions["factories"]["reviews"] = fails_once
    with app.app_context():
        first = errors[0]
        try:
            get_backend("reviews")
        except Exception as error:
            if error is not first:
                return NotYet(
                    f"a factory raised KeyError: 'HOST', and get_backend raised {type(error).__name__}: {error}",
                    "the factory's own error",
                    "Its error is about a setting, not about the name. Catch nothing around the call of the factory.",
                )
        else:
            return NotYet(
                "a factory raised KeyError: 'HOST', and get_backend returned",
                "the factory's own error",
                "A backend that could not be opened is an error of the request: let it through.",
            )
        kept = g.get("backends") or {}
        if "reviews" in kept:
            return NotYet(
                f'a factory failed, and g.backends["reviews"] is {kept["reviews"]!r}',
                "nothing in g.backends, so that the next call tries again",
                "Keep what the factory returns after it has returned, and nothing in its place before.",
            )
        if get_backend("reviews") is None:
            return NotYet(
                "a factory failed once, and the next call returned None",
                "a connection",
                "Ask whether the name is there, and not what stands under it.",
            )


def _no_connection(first, again, kinds):
    if again is None:
        return NotYet(
            "get_backend returned None",
            "the backend, at the first call and at every later one",
            "Follow every way through the function: each must return the backend.",
        )
    return NotYet(
        f"get_backend returned a {kinds[0]}",
        "an open backend",
        "A factory is a function: call it, with parentheses, and return what it returns.",
    )


def _unknown(app, get_backend):
    expected = "LookupError with the names that there are"
    with app.app_context():
        try:
            found = get_backend("mongo")
        except LookupError as error:
            if "mongo" in (g.get("backends") or {}):
                return NotYet(
                    'after the LookupError g.backends has an entry for "mongo"',
                    "no trace of a backend that there is not",
                    "The place was taken before the name was looked up. Look it up first.",
                )
            if not all(name in str(error) for name in NAMES):
                return NotYet(
                    f'get_backend("mongo") raised {type(error).__name__}: {error}',
                    expected,
                    "The message repeats the wrong name. Say which names would have been right.",
                )
        except Exception as error:
            return NotYet(
                f'get_backend("mongo") raised {type(error).__name__}: {error}',
                expected,
                "Ask whether the name is known before you use it, and raise LookupError yourself.",
            )
        else:
            return NotYet(
                f'get_backend("mongo") returned {found!r}',
                expected,
                "A view would fail on that result later, far from the typing error. Raise at once.",
            )


@exercise(
    "Three rules of chapter 4: say every goodbye, let none raise, write down what failed.",
    "g.pop takes the dict out of g, and its second argument is what you get if there is none.",
    "In `with ExitStack() as stack`, one stack.callback for each backend, of a function of yours "
    "that closes one backend inside try and except, and logs.",
    on_error={AttributeError: "A context that opened nothing has no g.backends. Ask with a default."},
)
def close_all(close_all):
    app, closed, here = check_app(databases.rethinkdb("check_ch06")), [], threading.get_ident()

    class Caught(logging.Handler):
        records = []

        def emit(self, record):
            # What a driver logs on a thread of its own is not the learner's.
            if record.thread == here:
                self.records.append(record)

    def closer(name):
        def close_it(connection):
            closed.append(name if connection.backend == name else f"{connection.backend} as {name}")
            connection.close()
            if name == broken:
                raise kind(f"{name} is gone")

        return close_it

    def run(open_names, exc=None):
        """Open, close, close again -> what close_all let out."""
        closed.clear()
        with app.app_context():
            g.backends = {}
            for name in open_names:
                g.backends[name] = _connect(app)
                g.backends[name].backend = name
            held = list(g.backends.values())
            try:
                close_all(exc)
            except Exception as error:
                return error
            finally:
                for connection in held:
                    connection.close()
            once = list(closed)
            close_all(exc)
        if closed != once:
            return NotYet(
                "a second run closed everything again",
                "nothing left to close",
                "Take the backends out of g before you close them: g.pop.",
            )

    app.extensions["closers"] = {name: closer(name) for name in sorted(NAMES)}
    handler = Caught()
    handler.records = []
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        broken, kind = None, ReqlDriverError
        left = run(NAMES)
        if isinstance(left, NotYet):
            return left
        if isinstance(left, Exception):
            raise left
        if any(" as " in name for name in closed) or len(set(closed)) < len(closed):
            return NotYet(
                f"three opened, and closed: {', '.join(closed)}",
                "each of them once, by its own closer",
                "A function made in a loop looks its names up when it runs, after the loop. Hand the values over.",
            )
        if sorted(closed) != sorted(NAMES):
            return NotYet(
                f"{', '.join(NAMES)} opened; closed: {', '.join(closed) or 'none'}",
                "all of them",
                "Each backend in g.backends has its closer under the same name.",
            )
        if closed == sorted(NAMES)[::-1]:
            return NotYet(
                f"closed in this order: {', '.join(closed)}",
                ", ".join(NAMES[::-1]),
                "The dict of the closers does not know what was opened last. Go through g.backends.",
            )
        if closed != NAMES[::-1]:
            return NotYet(
                f"closed in this order: {', '.join(closed)}",
                ", ".join(NAMES[::-1]),
                "What was opened last may need what was opened first. Close backwards.",
            )
        if handler.records:
            return NotYet(
                "every close went well, and the log has an entry",
                "an entry for a close that fails, and for no other",
                "Write into the log where the error is caught. Who reads a log that reports every request?",
            )
        run(NAMES, ValueError("the view failed"))
        if len(closed) < len(NAMES):
            return NotYet(
                f"a request whose view raised; closed: {', '.join(closed) or 'none'}",
                "all three",
                "exc is the view's error. A request that failed has opened its backends too.",
            )
        broken = "reviews"
        left = run(NAMES)
        if "records" not in closed and isinstance(left, Exception):
            return NotYet(
                f"nothing caught the {type(left).__name__} of reviews; closed: {', '.join(closed)}",
                "all three",
                "Each driver has errors of its own. Catch Exception, around each single close.",
            )
        if "records" not in closed:
            return NotYet(
                f"the close of reviews raised; closed: {', '.join(closed)}",
                "all three",
                "The first error ended the loop. Each close needs a try of its own, or an ExitStack.",
            )
        if isinstance(left, Exception):
            return NotYet(
                f"the close of reviews raised, and so did close_all: {type(left).__name__}",
                "a teardown that does not raise",
                "A teardown that raises costs the client a response that is ready. Catch what one close raises.",
            )
        kind = BrokenPipeError
        if isinstance(left := run(NAMES), Exception):
            return NotYet(
                f"the close of reviews raised {type(left).__name__} this time, and so did close_all",
                "a teardown that does not raise",
                "Three backends have three drivers, and each has errors of its own. Exception is all of them.",
            )
        if not handler.records:
            return NotYet(
                "the close of reviews raised, and the log is empty",
                "an entry in the app's log",
                "A close that fails in silence is found much later. current_app.logger.exception tells.",
            )
    finally:
        root.removeHandler(handler)
    with app.app_context():
        close_all(None)


class Secret(str):
    """A string that notices when it is compared in a hurry."""

    hurried = 0

    def __eq__(self, other):
        type(self).hurried += 1
        return str.__eq__(self, other)

    def __ne__(self, other):
        type(self).hurried += 1
        return str.__ne__(self, other)

    __hash__ = str.__hash__


@contextlib.contextmanager
def constant_comparisons():
    """Counts, on this thread, how often two values are compared in constant time, by whatever name."""
    calls, before = [], sys.getprofile()

    def look(frame, event, function):
        if event == "c_call" and function is hmac.compare_digest:
            calls.append(1)

    sys.setprofile(look)
    try:
        yield calls
    finally:
        sys.setprofile(before)


HURRIED = "== stops at the first difference. Hand both digests to hmac.compare_digest."


@exercise(
    "A decorator takes the view and returns a function that Flask calls in its place.",
    "In that function: no request.authorization, or no token in it, is a 401. Else hash the token and "
    "compare it with each known hash.",
    "Under @functools.wraps(view): def wrapper(*args, **kwargs), with hmac.compare_digest(digest, known) "
    "in a loop over API_TOKENS.items(); abort(401), or return view(*args, **kwargs).",
    on_error={
        RuntimeError: "Code outside of the wrapper runs once, when the view is decorated. There is no request yet.",
    },
)
def requires_auth(requires_auth):
    Secret.hurried = 0
    app, seen = check_app(databases.rethinkdb("check_ch06")), []
    app.testing = False
    app.log_exception = lambda exc_info: None  # of this app; its logger is that of every "check"
    tokens = {"ada": "a long token", "bob": "another token"}
    app.config["API_TOKENS"] = {name: Secret(sha256(token.encode()).hexdigest()) for name, token in tokens.items()}

    def records(number=0):
        with _connect(app) as conn:
            seen.append(g.get("caller"))
            return str(r.expr(number).run(conn))

    def other():
        return "other"

    decorated = requires_auth(records)
    if not callable(decorated):
        return NotYet(
            f"requires_auth(view) returned {decorated!r}",
            "a function",
            "A decorator returns the function that Flask is to call: return the wrapper.",
        )
    app.get("/records")(decorated)
    app.get("/records/<int:number>")(decorated)
    try:
        app.get("/other")(requires_auth(other))
    except AssertionError:
        return NotYet(
            "a second protected view has the same endpoint as the first",
            "an endpoint of its own for each view",
            "Flask takes the endpoint from the function's name. functools.wraps copies the view's name.",
        )
    client, compared = app.test_client(), []

    def get(path="/records", header=None):
        with Recorder(app) as recorder, constant_comparisons() as calls:
            response = client.get(path, headers={"Authorization": header} if header else {})
        compared.append(len(calls))
        return response, Timeline(recorder.events).opened

    response, opened = get()
    if response.status_code == 500:
        return NotYet(
            "a request without the header got a 500",
            "401",
            "request.authorization is None when nothing was sent. Ask before you read its token.",
        )
    for who, header in (
        ("without a token", None),
        ("with a wrong token", "Bearer nonsense"),
        ("with the hash as the token", f"Bearer {app.config['API_TOKENS']['ada']}"),
        ("with a user and a password", "Basic YWRhOmEgbG9uZyB0b2tlbg=="),
    ):
        response, opened = get(header=header)
        if response.status_code == 401 and opened:
            return NotYet(
                f"a request {who} opened a connection before it got its 401",
                "none",
                "The view ran first. Check who asks, and only then call it.",
            )
        if who == "with the hash as the token" and response.status_code == 200:
            return NotYet(
                f"a request {who} got in",
                "401",
                "The settings hold hashes. Hash what was sent, and compare the two hashes.",
            )
        advice = {
            403: "403 is for somebody who is known and may not. Nobody knows who this is: 401.",
            500: "With another scheme than bearer there may be no token: then it is None. Ask for the type first.",
        }
        if response.status_code != 401:
            return NotYet(
                f"a request {who} got {response.status_code}",
                "401",
                advice.get(response.status_code, "Only a bearer token whose hash is known may pass."),
            )
    response, _ = get("/records?token=a+long+token")
    if response.status_code != 401:
        return NotYet(
            f"a request with ?token= in its URL, and no header, got {response.status_code}",
            "401",
            "URLs are kept in logs and histories. Take the token from the Authorization header alone.",
        )
    for name, token in tokens.items():
        response, _ = get(header=f"Bearer {token}")
        if response.status_code != 200:
            return NotYet(
                f"{name}, with the right token, got {response.status_code}",
                "200",
                "Every caller in API_TOKENS may come in, and the view's answer is yours to return.",
            )
        if seen[-1] != name:
            return NotYet(
                f"the view found {seen[-1]!r} in g.caller",
                f"{name!r}",
                "Leave the name that belongs to the token in g.caller before you call the view.",
            )
    response, _ = get("/records/3", header="Bearer another token")
    if response.text != "3":
        return NotYet(
            f"a view with a part of the path as its argument got {response.status_code}",
            "200, and 3",
            "Views have arguments. Take *args and **kwargs in the wrapper and hand them on.",
        )
    if Secret.hurried:
        return NotYet("a known hash was compared with ==", "hmac.compare_digest", HURRIED)
    get(header="Bearer nonsense")
    if not compared[-1]:
        return NotYet(
            "a wrong token was refused, and hmac.compare_digest was not called",
            "a comparison that takes the same time for every wrong token",
            "bytes, sets and dicts are compared with == as well. Compare each known hash by hmac.compare_digest.",
        )
    response, _ = get(header="Token a long token")
    if response.status_code != 401:
        return NotYet(
            f"a request with Authorization: Token got {response.status_code}",
            "401",
            "Other schemes carry a token too. This API speaks bearer: look at request.authorization.type.",
        )
    response, _ = get(header="Bearer tok\xe9n")
    if response.status_code != 401:
        return NotYet(
            f"a token with a letter that is not ASCII got {response.status_code}",
            "401",
            "A stranger may send any letters. token.encode() takes all of them, and hashes compare as ASCII.",
        )


STOCK_SHARED = "One thread at a time may use a RethinkDB connection. Whom does a context belong to?"
LETTERS_EACH = "A MongoClient has a pool that is made to be shared. A client for each context throws it away."
NEWS_EACH = "Nothing of a caller is in this client, and httpx lets threads share it. Why make one for each?"
POST_SHARED = "This client carries a caller's token. Shared, it would speak for the first caller only."


@exercise(
    "Two questions for each: may several threads use it at once? Does it carry anything of one caller?",
    "Two of the four belong to the context, for different reasons.",
    "The MongoClient and one of the HTTP clients are safe to share and carry nothing of a caller.",
)
def lifetimes(lifetimes):
    if not isinstance(lifetimes, dict) or set(lifetimes) != {"stock", "letters", "post", "news"}:
        return NotYet(
            f"lifetimes is {lifetimes!r}",
            "a dict with stock, letters, post and news",
            'Write a dict: {"stock": ..., "letters": ..., "post": ..., "news": ...}.',
        )
    strange = [value for value in lifetimes.values() if value not in ("context", "app")]
    if strange:
        return NotYet(
            f"{strange[0]!r}",
            '"context" or "app"',
            'Two lifetimes are on offer: "context" and "app".',
        )
    registry, app = _registry(lifetimes)
    try:
        with app.app_context():
            g.caller, stock = "ada", registry.get("stock")
            registry.get("post")
        with app.app_context():
            g.caller = "bob"
            shared, bearer = registry.get("stock") is stock, registry.get("post").headers["Authorization"]
        if shared:
            return NotYet("two contexts had the same RethinkDB connection", "one for each", STOCK_SHARED)
        if bearer != "Bearer token of bob":
            return NotYet("a request by bob went out with ada's token", "bob's token", POST_SHARED)
        with Recorder(app) as recorder:
            for _ in range(3):
                with app.app_context():
                    registry.get("letters").admin.command("ping")
        opened = Timeline(recorder.events).opened
        if opened != 1:
            return NotYet(f"three contexts opened {opened} connections of MongoDB's pool", "1", LETTERS_EACH)
        clients = set()
        for _ in range(3):
            with app.app_context():
                clients.add(registry.get("news"))
        if len(clients) != 1:
            return NotYet(f"three contexts made {len(clients)} clients with a pool each", "1", NEWS_EACH)
    finally:
        registry.close_shared()


def _registry(lifetimes):
    """The registry of the chapter's app, with the learner's lifetimes."""
    if str(APPS) not in sys.path:
        sys.path.insert(0, str(APPS))
    from ch06_many_backends.registry import Registry

    app, letters = check_app(databases.rethinkdb("check_ch06")), databases.mongodb("check_ch06")
    opens = {
        "stock": lambda: _connect(app),
        "letters": letters.connect,
        "post": lambda: httpx.Client(
            headers={"Authorization": f"Bearer token of {g.caller}"}, verify=False, trust_env=False
        ),
    }
    opens["news"] = lambda: httpx.Client(verify=False, trust_env=False)
    registry = Registry(app.logger, timeout=5)
    for name, open_it in opens.items():
        registry.register(name, open_it, lambda thing: thing.close(), lifetimes[name])
    app.teardown_appcontext(registry.close_context)
    return registry, app


@exercise(
    "Whose connection does the second context close?",
    "What belongs to one context is kept in g, and not in a dict that all contexts of the app see.",
    'In the getter: backends = g.setdefault("backends", {}). In the teardown: g.pop("backends", {}).',
    on_error={KeyError: 'Leave the getter in app.extensions["get_backend"], as the broken shop does.'},
)
def fault(create_shop):
    database, opened = databases.rethinkdb("check_ch06"), []

    def connect():
        opened.append(database.connect())
        return opened[-1]

    try:
        return _fault(create_shop(connect), opened)
    finally:
        for connection in opened:
            connection.close()


def _fault(app, opened):
    if not hasattr(app, "app_context"):
        return NotYet(f"create_shop(connect) returned {app!r}", "the app", "A factory returns the app that it made.")
    get_backend = app.extensions["get_backend"]
    with app.app_context():
        first = get_backend("records")
        if get_backend("records") is not first:
            return NotYet(
                "two calls in one context opened two connections",
                "one connection, returned twice",
                "Keep what you have opened until the context ends, and look there first.",
            )
        with app.app_context():
            second = get_backend("records")
            if second is first:
                return NotYet(
                    "a second context, in the middle of the first, was given the same connection",
                    "a connection of its own for each context",
                    "The connection is kept where both contexts see it: with the app, or with the thread.",
                )
        if not first.is_open():
            return NotYet(
                "the end of the second context closed the connection of the first",
                "each context closes its own",
                "The teardown closes what it finds. It may only find what its own context has opened.",
            )
        if second.is_open():
            return NotYet(
                "the second context has ended, and its connection is open",
                "closed at the end of its context",
                "Whatever a context has opened needs a teardown that closes it.",
            )
        get_backend("reviews")
    left = sum(connection.is_open() for connection in opened)
    if left:
        return NotYet(
            f"both contexts have ended; open: {left}",
            "none",
            "A context may have opened several backends. Close all of them.",
        )
    with app.app_context():
        pass
    if len(opened) < 3:
        return NotYet(
            f"three backends were asked for, and {len(opened)} connections opened",
            "3",
            "Two names were given one connection. Keep each under its own name.",
        )
    if len(opened) > 3:
        return NotYet(
            f"three backends were asked for, and {len(opened)} connections opened",
            "3",
            "Open what is asked for, when it is asked for, and nothing before.",
        )
