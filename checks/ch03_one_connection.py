"""Checks of chapter 3: one connection for a context, opened when it is needed."""

from flask import g
from rethinkdb import r

from workbook import NotYet, Recorder, Timeline, check_app, compare_predictions, databases, exercise


@exercise(
    "g is empty at the start of each app context and lasts exactly as long as it.",
    'Ask `"conn" in g` first; connect only if the answer is no.',
    "Both ways end in the same line: `return g.conn`.",
    on_error={AttributeError: 'A new g has no conn, not even None. Ask first: `"conn" in g`.'},
)
def lazy_getter(get_conn):
    app = check_app(databases.rethinkdb("check_ch03"))

    @app.teardown_appcontext
    def close_conn(exc):
        conn = g.pop("conn", None)
        if hasattr(conn, "close"):
            conn.close()

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
    timeline = Timeline(recorder.events)
    if timeline.opened > 2:
        return NotYet(
            "two calls in one context opened two connections, and one of them was lost",
            "one connection, returned twice",
            "Python works out an argument before it calls: g.setdefault connects each time. Ask first.",
        )
    if timeline.closed < timeline.opened:
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


@exercise(
    "A command has an app context, but no request.",
    "Three teardown-like hooks are on offer. Which one belongs to the app context?",
    "app.teardown_appcontext(close_conn)",
    on_error={
        RuntimeError: "Hand the function over, without parentheses. Flask calls it when a context ends.",
        TypeError: "Flask calls a teardown function with one argument: the exception, or None.",
    },
)
def closes_everywhere(register):
    app = check_app(databases.rethinkdb("check_ch03"))

    def get_conn():
        if "conn" not in g:
            g.conn = databases.RethinkDB(
                app.config["RETHINKDB_HOST"], app.config["RETHINKDB_PORT"], app.config["RETHINKDB_DB"]
            ).connect()
        return g.conn

    def close_conn(*args):
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
        raise RuntimeError("a view that fails")

    app.testing = False
    app.cli.command("work")(lambda: print(r.expr(1).run(get_conn())))
    register(app, close_conn)

    def left_open(action):
        with Recorder(app) as recorder:
            action()
        timeline = Timeline(recorder.events)
        return timeline.opened - timeline.closed

    client = app.test_client()
    if left_open(lambda: client.get("/")):
        return NotYet(
            "after GET / one connection is still open",
            "none",
            "Nothing closed it at the end of the request. Is close_conn registered, and for the end?",
        )
    if left_open(lambda: client.get("/fails")):
        return NotYet(
            "after a view that raised, one connection is still open",
            "none",
            "Choose a hook that also runs when the view raised.",
        )
    if left_open(lambda: app.test_cli_runner().invoke(args=["work"])):
        return NotYet(
            "after a flask command, one connection is still open",
            "none",
            "The hook belongs to the request, and a command has none. Take that of the app context.",
        )


PATHS = ["/", "/nope", "/static/style.css", "/songs", "/songs/so-what"]


@exercise(
    "Which of these requests reach a line that calls get_conn()?",
    "A 404 for a page that has no route never reaches a view.",
    "Only the two views that read songs call get_conn(), each in a context of its own.",
)
def predict(eager, lazy):
    def hint(path, count):
        if count > reads[path]:
            return "No line of that answer asks for songs: the getter is never called."
        return "A new context finds an empty g: the connection of the last request is gone."

    every = dict.fromkeys(PATHS, 1)
    reads = {path: int(path.startswith("/songs")) for path in PATHS}
    before = "before_request runs before every request, whatever it asks for."
    whole = "Write one number for each path, in the order of PATHS."
    return compare_predictions("eager", eager, every, lambda *_: before, whole, int) or compare_predictions(
        "lazy", lazy, reads, hint, whole, int
    )
