"""Checks of chapter 3: one connection for a context, opened when it is needed."""

from blinker import ANY
from flask import appcontext_tearing_down, g, has_app_context
from rethinkdb import r
from rethinkdb.errors import ReqlDriverError
from rethinkdb.net import Repl

from workbook import NotYet, Recorder, Timeline, Wire, check_app, compare_predictions, databases, exercise


def left_open(app, action):
    """How many of the connections that action() opens nobody closes."""
    with Recorder(app) as recorder:
        action()
    timeline = Timeline(recorder.events)
    return timeline.opened - timeline.closed


@exercise(
    "g is empty at the start of each app context and lasts exactly as long as it.",
    'Ask `"conn" in g` first; connect only if the answer is no.',
    "Both ways end in the same line: `return g.conn`.",
    on_error={
        AttributeError: 'A new g has no conn, not even None. Ask first: `"conn" in g`.',
        AssertionError: "A getter runs while requests are served. Register a teardown once, while the app is made.",
    },
)
def lazy_getter(get_conn):
    app = check_app(databases.rethinkdb("check_ch03"))

    @app.teardown_appcontext
    def close_conn(exc):
        conn = g.pop("conn", None)
        if hasattr(conn, "close"):
            conn.close()

    app.test_client().get("/")  # from here on the app is set up
    with Recorder(app) as recorder:
        with app.app_context():
            first, second = get_conn(), get_conn()
            closed = hasattr(first, "is_open") and not first.is_open()
        with app.app_context():
            third = get_conn()
    if first is None or second is None:
        return NotYet(
            "get_conn() returned None",
            "the connection, at the first call and at every later one",
            "Follow both ways through the function: each must return the connection.",
        )
    if not hasattr(first, "is_open"):
        return NotYet(
            f"get_conn() returned {type(first).__name__}",
            "an open RethinkDB connection",
            "Return what r.connect(...) returned, and call it: with parentheses.",
        )
    if first is not second:
        return NotYet(
            "two calls in one context opened two connections",
            "one connection, returned twice",
            "Keep the connection in g, and look there before you connect.",
        )
    if third is first:
        return NotYet(
            "a second context got the connection of the first",
            "a connection of its own for each context",
            "Something that outlives the context keeps the connection. Keep it in g.",
        )
    if closed:
        return NotYet(
            "get_conn() returned a connection that is closed already",
            "an open RethinkDB connection",
            "A with block closes at its end. Leave it out: the teardown of the context closes.",
        )
    if Timeline(recorder.events).opened > 2:
        return NotYet(
            "two calls in one context opened two connections, and one of them was lost",
            "one connection, returned twice",
            "Python works out an argument before it calls: g.setdefault connects each time. Ask first.",
        )
    if Timeline(recorder.events).closed < 2:
        return NotYet(
            "the teardown found no connection to close",
            "the connection in g.conn",
            "close_conn looks for it under the name conn: use g.conn.",
        )
    if first.db != app.config["RETHINKDB_DB"]:
        return NotYet(
            f"connected to database {first.db!r}",
            "the database that the config names",
            "Give r.connect the host, the port and the db of current_app.config.",
        )
    if Repl.get() is not None:
        Repl.clear()
        return NotYet(
            "every query on this thread that names no connection uses this one now",
            "a connection that only this context has",
            ".repl() is for the Python prompt: it makes the connection the thread's own, and outlives the context.",
        )
    return _after_a_failure(app, get_conn)


def _after_a_failure(app, get_conn):
    database = databases.rethinkdb("check_ch03")
    with Wire(database.host, database.port) as wire:
        app.config.update(database.through(wire).settings)
        with app.app_context():
            wire.refuse()
            try:
                failed = get_conn()
            except ReqlDriverError:
                wire.accept()
            else:
                return NotYet(
                    f"the database was away, and get_conn() returned {failed!r}",
                    "the exception of the driver",
                    "Let the exception out: a view cannot do anything with None, and an error handler can.",
                )
            if get_conn() is None:
                return NotYet(
                    "the database is back, and get_conn() still returns None",
                    "a connection",
                    "Something was left in g although connecting failed. Assign g.conn once r.connect has returned.",
                )
    return None


@exercise(
    "A command has an app context, but no request.",
    "Three teardown-like hooks are on offer. Which one belongs to the app context?",
    "app.teardown_appcontext(close_conn)",
    on_error={TypeError: "Flask calls a teardown function with one argument: the exception, or None."},
)
def closes_everywhere(register):
    before = list(appcontext_tearing_down.receivers_for(ANY))
    try:
        return _closes_everywhere(register)
    finally:
        # What is connected for all apps would close for the next attempt, too.
        for receiver in appcontext_tearing_down.receivers_for(ANY):
            if receiver not in before:
                appcontext_tearing_down.disconnect(receiver)


def _closes_everywhere(register):
    app = check_app(databases.rethinkdb("check_ch03"))
    called_early, called = [], []

    def get_conn():
        if "conn" not in g:
            g.conn = databases.RethinkDB(
                app.config["RETHINKDB_HOST"], app.config["RETHINKDB_PORT"], app.config["RETHINKDB_DB"]
            ).connect()
        return g.conn

    def close_conn(*args):
        if not has_app_context():
            called_early.append(args)
        called.append(args)
        conn = g.pop("conn", None)
        if conn is not None:
            conn.close()
        return args[0] if args else None

    @app.get("/")
    def index():
        return str(r.expr(1).run(get_conn()))

    @app.get("/fails")
    def fails():
        get_conn()
        raise KeyError("a view that fails")

    app.testing = False
    app.cli.command("work")(lambda: print(r.expr(1).run(get_conn())))
    try:
        register(app, close_conn)
    except RuntimeError as error:
        if called_early:
            return NotYet(
                error.args[0].splitlines()[0],
                "a registered function",
                "Hand the function over, without parentheses. Flask calls it when a context ends.",
            )
        if "context" not in str(error):
            raise
        return NotYet(
            error.args[0].splitlines()[0],
            "a registered function",
            "register runs while the app is made, so there is no current app yet. Use the parameter app.",
        )

    client = app.test_client()
    got = []
    open_afterwards = left_open(app, lambda: got.append(client.get("/").status_code))
    if got != [200]:
        return NotYet(
            f"GET / got {got[0]}",
            "200",
            "Something that you registered raised. Register while the app is made, on the app, and not in a hook.",
        )
    if open_afterwards:
        return NotYet(
            "after GET / one connection is still open",
            "none",
            "Nothing closed it at the end of the request. Is close_conn registered, and for the end?",
        )
    with Recorder(app) as recorder:
        client.get("/fails")
    if Timeline(recorder.events).closed < 1:
        if any(event["kind"] == "enter" and event["hook"].startswith("teardown") for event in recorder.events):
            return NotYet(
                "after a view that raised, a teardown ran, and the connection is still open",
                "closed, whatever the argument is",
                "Your function ran, and did not close. Do not ask for the argument: hand it on.",
            )
        return NotYet(
            "after a view that raised, one connection is still open",
            "none",
            "Choose a hook that also runs when the view raised.",
        )
    if left_open(app, lambda: app.test_cli_runner().invoke(args=["work"])):
        return NotYet(
            "after a flask command, one connection is still open",
            "none",
            "The hook belongs to the request, and a command has none. Take that of the app context.",
        )
    command_first = check_app(databases.rethinkdb("check_ch03"))
    command_first.cli.command("work")(lambda: print(r.expr(1).run(get_conn())))
    register(command_first, close_conn)
    if left_open(command_first, lambda: command_first.test_cli_runner().invoke(args=["work"])):
        return NotYet(
            "after a flask command, before any request, one connection is still open",
            "none",
            "Something waits for the first request to register. A command does not: register at once.",
        )
    called.clear()
    with check_app().app_context():
        pass
    if called:
        return NotYet(
            "close_conn ran at the end of a context of another app",
            "at the end of this app's contexts",
            "A signal without a sender comes for every app. Name the app, or register on it.",
        )
    return None


# What is done -> the connections of the app with the hook, of the app with the getter, and why.
WORK = {
    "HEAD /songs": (1, 1, "Flask runs the view for HEAD, and drops the body of its response."),
    "OPTIONS /songs": (1, 0, "Flask makes this response by itself: no view runs."),
    "POST /songs": (1, 0, "405: the view of this URL is for GET, and does not run."),
    "GET /songs/": (1, 0, "404: no route ends in this slash, so no view runs."),
    "POST /songs/no-such-song/vote": (1, 1, "The 404 comes from the view, after it has asked the database."),
    "GET /songs, three times": (3, 3, "Each request has a context of its own, and its g is empty."),
    "flask seed": (1, 1, "No request, so no hook; but the command itself calls get_conn()."),
}


@exercise(
    "before_request runs for every request, and for nothing else. Which lines call get_conn()?",
    "Ask of each whether a view function runs. For OPTIONS and 405 Flask responds by itself.",
    "eager: three for the three GETs, one for everything else.",
)
def predict(eager, lazy):
    def hint(number):
        def say(work, answer):
            if number == 1 and WORK[work][1] == 1 and isinstance(answer, int) and answer > 1:
                return f"{WORK[work][2]} A second call in one context finds the connection of the first."
            if number == 0 and answer == 0 and work != "flask seed":
                return f"{work}: before_request runs before every request, whatever comes of it."
            return WORK[work][2]

        return say

    whole = "Write one number for each line, in the order of WORK."
    for number, (name, answers) in enumerate({"eager": eager, "lazy": lazy}.items()):
        right = {work: said[number] for work, said in WORK.items()}
        if verdict := compare_predictions(name, answers, right, hint(number), whole, int):
            return verdict
    return None


@exercise(
    "In which step of GET / is the connection opened? The picture says it. Who calls the getter there?",
    "A getter opens. To ask whether there is a connection, ask g.",
    'The header: "conn" in g. The teardown: g.pop("conn", None), and close what it returned.',
    on_error={
        AttributeError: "A context that opened nothing has no g.conn. Ask g for it with a default.",
        KeyError: "A context that opened nothing has no conn to take out: g.pop takes a default.",
    },
)
def add_database(add_database):
    app = check_app(databases.rethinkdb("check_ch03"))
    add_database(app, databases.rethinkdb("check_ch03").connect)
    if "get_conn" not in app.extensions:
        return NotYet(
            "app.extensions has no get_conn",
            "the getter, for views and commands",
            "Put the getter into app.extensions, as the faulty version does.",
        )
    get_conn = app.extensions["get_conn"]
    app.add_url_rule("/", "index", lambda: "a jukebox")
    app.add_url_rule("/songs", "songs", lambda: str(r.expr([1, 2]).run(get_conn()) and get_conn().is_open()))
    app.add_url_rule("/fails", "fails", lambda: get_conn().no_such_attribute)
    app.cli.command("work")(lambda: print(r.expr(1).run(get_conn())))
    app.testing = False
    client = app.test_client()

    def recorded(path):
        with Recorder(app) as recorder:
            response = client.get(path)
        events = recorder.events
        hooks = {event["step"]: event["hook"] for event in events if event["kind"] == "enter"}
        opens = [hooks.get(event["step"]) for event in events if event["kind"] == "open"]
        return response, opens, Timeline(events)

    for path, used, expected in [("/", "unused", 0), ("/songs", "used", 1), ("/", "unused", 0)]:
        response, opens, timeline = recorded(path)
        if "teardown_appcontext" in opens:
            return NotYet(
                f"GET {path} opened a connection in its teardown",
                "none",
                "The teardown calls the getter too, and a getter opens. g.pop takes out what is there.",
            )
        if len(opens) > expected:
            return NotYet(
                f"GET {path} opened {len(opens)} {'connection' if len(opens) == 1 else 'connections'}",
                str(expected),
                "Whoever calls the getter opens. To learn whether there is a connection, ask g, not the getter."
                if expected == 0
                else "Two calls in one context, two connections: keep the first one in g.",
            )
        if response.status_code != 200:
            return NotYet(
                f"GET {path} got {response.status_code}",
                "200",
                "An after_request function must return the response, and must not raise: a context that "
                "opened nothing has no g.conn.",
            )
        if response.headers.get("X-Database") != used:
            return NotYet(
                f"GET {path}: X-Database is {response.headers.get('X-Database')!r}",
                repr(used),
                "What you ask must belong to this request's context. What the app keeps remembers other requests."
                if used == "unused"
                else "A view has called the getter, and the header says no: ask g while the connection is in it.",
            )
        if timeline.closed < expected:
            return NotYet(
                f"after GET {path} the connection is still open",
                "closed",
                "Nothing closed it at the end of its context.",
            )
    if recorded("/fails")[2].closed < 1:
        return NotYet(
            "after a view that raised, the connection is still open",
            "closed, whatever the argument is",
            "The argument of a teardown does not matter here: what was opened is closed.",
        )
    results = []
    open_afterwards = left_open(app, lambda: results.append(app.test_cli_runner().invoke(args=["work"])))
    if results[0].exit_code != 0 and not open_afterwards:
        return NotYet(
            f"the command failed with {type(results[0].exception).__name__}",
            "a command that may call the getter",
            "A command has no request. Leave the header to after_request, and let the getter only open and keep.",
        )
    if open_afterwards:
        return NotYet(
            "after a flask command, the connection is still open",
            "closed",
            "A command has no request. Close in the teardown of the app context.",
        )
    return None
