"""Checks of chapter 4: a teardown that closes everything, never raises and leaves a trace."""

import contextlib
import logging
import threading

from flask import Blueprint, Flask, abort, g
from rethinkdb import r
from rethinkdb.errors import ReqlDriverError

from workbook import NotYet, Recorder, Timeline, Wire, check_app, compare_predictions, databases, exercise


class Thing:
    """Something to close; writes its name into ``closed`` each time."""

    def __init__(self, name, closed, error=None):
        self.name, self.closed, self.error = name, closed, error
        self.options, self.waited = {}, False

    def is_open(self):
        return self.name not in self.closed

    def noreply_wait(self):
        self.waited = True

    def close(self, **options):
        self.options = options
        self.closed.append(self.name)
        if self.error:
            raise self.error


class _Records(logging.Handler):
    def __init__(self):
        super().__init__()
        self.texts, self.here = [], threading.get_ident()
        self.quiet = []  # of a level that is not shown unless somebody asks for it

    def emit(self, record):
        # A driver's own remarks are not the learner's, nor is what it logs on a thread of its own.
        if not record.name.startswith("rethinkdb") and record.thread == self.here:
            kept = self.texts if record.levelno >= logging.WARNING else self.quiet
            kept.append(record.getMessage() + str(record.exc_info or ""))


@contextlib.contextmanager
def _context(**things):
    """An app context with ``things`` in g -> what is logged meanwhile, _Records."""
    records, root, app = _Records(), logging.getLogger(), Flask("check")
    level = app.logger.level  # its logger is that of every "check"
    root.addHandler(records)
    app.logger.setLevel(logging.DEBUG)
    try:
        with app.app_context():
            for name, thing in things.items():
                setattr(g, name, thing)
            yield records
    finally:
        root.removeHandler(records)
        app.logger.setLevel(level)


@exercise(
    "Three things can happen: no connection, a connection, a connection to a server that is dead.",
    "Take the connection out of g first. Then try to close it, and log what close() raises.",
    'conn = g.pop("conn", None); if it is not None: try conn.close(), except Exception: '
    "current_app.logger.exception(...)",
)
def guarded_close(close_conn):
    with _context() as logged:
        try:
            close_conn(None)
        except (AttributeError, KeyError) as error:
            logged.texts.append(type(error).__name__)
    if logged.texts:
        return NotYet(
            "a context without a connection ended in an error",
            "nothing to close, nothing to log",
            "Many contexts never open a connection. Ask g for it with a default.",
        )

    conn = Thing("conn", [])
    with _context(conn=conn) as healthy:
        close_conn(RuntimeError("the view failed"))
        left = "conn" in g
    if not conn.closed:
        return NotYet(
            "after a view that raised, the connection was not closed",
            "closed, whatever the argument is",
            "The argument does not matter here: what was opened is closed.",
        )
    if conn.options.get("noreply_wait", True) is not True and not conn.waited:
        return NotYet(
            "close(noreply_wait=False)",
            "close(), which waits for the writes that are under way",
            "That close is quiet because it does not care: what was sent with noreply may be lost.",
        )
    if left:
        return NotYet(
            "the connection is still in g",
            "taken out of g",
            "A teardown may run twice. Take the connection out with g.pop.",
        )

    database = databases.rethinkdb("check_ch04")
    with Wire(database.host, database.port) as wire:
        conn = database.through(wire).connect()
        wire.cut()
        with contextlib.suppress(ReqlDriverError):
            r.expr(1).run(conn)
        with _context(conn=conn) as logged:
            try:
                close_conn(None)
            except ReqlDriverError:
                if len(logged.texts) > len(healthy.texts):
                    return NotYet(
                        "the error is in the log, and it came out of close_conn all the same",
                        "no exception, although the server is dead",
                        "Logged is dealt with. Do not raise it again: the client waits for its response.",
                    )
                return NotYet(
                    "ReqlDriverError came out of close_conn: the client's response is lost",
                    "no exception, although the server is dead",
                    "close() raises here, and nothing caught it. Which class does the driver raise?",
                )
            left = "conn" in g
        if left:
            return NotYet(
                "close() raised, and the dead connection is still in g",
                "taken out of g",
                "What stands behind close() is skipped when it raises. Take the connection out before.",
            )
        conn = database.through(wire).connect()
        wire.cut()
        with _context(conn=conn) as logged:
            try:
                close_conn(None)
            except ReqlDriverError:
                return NotYet(
                    "is_open() said True, and then close() raised ReqlDriverError",
                    "no exception, although the server died while the connection was idle",
                    "is_open() asks nobody. Close, and expect that it may fail.",
                )
    if len(logged.texts) <= len(healthy.texts) and len(logged.quiet) > len(healthy.quiet):
        return NotYet(
            "the server was dead, and the log says it at the level info or debug",
            "an entry at the level warning or above",
            "Without further settings Flask's logger shows warnings and errors only. Use logger.exception.",
        )
    if len(logged.texts) <= len(healthy.texts):
        return NotYet(
            "the server was dead, and the log says nothing of it",
            "one entry in the log",
            "A failure that leaves no trace is found too late: use current_app.logger.",
        )
    for error, hint in (
        (OSError("no route to host"), "A socket may raise more than the driver's own classes. Catch Exception."),
        (SystemExit(1), "SystemExit is an order to stop, and no failure of close(). Catch Exception, not everything."),
    ):
        with _context(conn=Thing("conn", [], error)):
            try:
                close_conn(None)
                came_out = False
            except type(error):
                came_out = True
        name = type(error).__name__
        if came_out is isinstance(error, Exception):
            expected = "no exception" if came_out else f"{name} goes on its way"
            return NotYet(f"close() raised {name}, and it {'came out' if came_out else 'was caught'}", expected, hint)
    return None


@exercise(
    "What happens to the third thing when the second raises? Try it with paper and pencil.",
    "Write a function that closes one thing and logs what it raises; an ExitStack calls it for each.",
    'with ExitStack() as stack: stack.callback(close_one, thing) for each thing of g.pop("opened", []).',
)
def close_all(close_all):
    with _context() as logged:
        try:
            close_all(None)
        except (AttributeError, KeyError) as error:
            return NotYet(
                f"{type(error).__name__} in a context that opened nothing",
                "nothing to close",
                "There may be no g.opened. Ask g for it with a default.",
            )
    if logged.texts:
        return NotYet(
            "a context that opened nothing left an entry in the log",
            "nothing to close, nothing to log",
            "Most contexts open nothing, and that is no failure: the log would be full of it.",
        )

    closed = []
    with _context(opened=[Thing(name, closed) for name in "abc"]) as logged:
        with contextlib.suppress(TypeError):
            close_all(None)
        first = list(closed)
        with contextlib.suppress(TypeError):
            close_all(None)
    if any("TypeError" in text for text in logged.texts) and first == ["a", "b", "c"]:
        return NotYet(
            "TypeError: 'NoneType' object is not callable",
            "callback() is given a function to call later",
            "Write thing.close without parentheses: with them it is called at once.",
        )
    if logged.texts and not first:
        return NotYet(
            "opened a, b, c; closed nothing, and your code logged an exception of its own",
            "each of them closed once",
            "These things have a close() and no more: no __enter__, no __exit__. stack.callback takes any function.",
        )
    if len(first) == 3 and len(set(first)) == 1:
        return NotYet(
            f"opened a, b, c; closed {', '.join(first)}",
            "each of them closed once",
            "A lambda looks at its variable when it is called, and the loop is over then. Hand over thing.close.",
        )
    if sorted(first) != ["a", "b", "c"]:
        return NotYet(
            f"opened a, b, c; closed {', '.join(first) or 'nothing'}",
            "each of them closed once",
            "Nothing failed here. Does your code reach close() for each thing?",
        )
    if first != ["c", "b", "a"]:
        return NotYet(
            f"opened a, b, c; closed {', '.join(first)}",
            "closed c, b, a",
            "What was opened last may need what was opened first: close it first.",
        )
    if logged.texts:
        return NotYet(
            f"nothing failed; entries in the log: {len(logged.texts)}",
            "none",
            "Log what failed, and only that: whoever reads the log looks for trouble.",
        )
    if closed != first:
        return NotYet(
            f"a second run closed {', '.join(closed[3:])} again",
            "nothing left to close",
            "A teardown may run twice. Take the list out of g.",
        )

    closed = []
    with _context(opened=[Thing(name, closed) for name in "abc"]):
        close_all(RuntimeError("the view failed"))
    if not closed:
        return NotYet(
            "after a view that raised, nothing was closed",
            "closed, whatever the argument is",
            "The argument does not matter here: what was opened is closed.",
        )

    closed, raised = [], False
    opened = [Thing(name, closed, RuntimeError(name) if name == "b" else None) for name in "abc"]
    with _context(opened=opened) as logged:
        try:
            close_all(None)
        except Exception:
            raised = True
    if closed != ["c", "b", "a"]:
        return NotYet(
            f"b raised; closed {', '.join(closed)}",
            "c, b and a are closed",
            "The error ended the loop, and what came after it is still open.",
        )
    if raised:
        return NotYet(
            "all three are closed, but the error of b came out of close_all",
            "no exception",
            "ExitStack calls everything, and then it raises what is left. Who catches that?",
        )
    if not logged.texts and logged.quiet:
        return NotYet(
            "b raised, and the log says it at the level info or debug",
            "an entry at the level warning or above",
            "Flask's logger shows warnings and errors only, without further settings. Use logger.exception.",
        )
    if not logged.texts:
        return NotYet(
            "b raised, and the log says nothing",
            "an entry in the log",
            "Whoever looks after this app must hear of it: log what you catch.",
        )

    closed = []
    opened = [Thing(name, closed, OSError(name) if name in "ac" else None) for name in "abc"]
    with _context(opened=opened) as logged:
        close_all(None)
    if closed != ["c", "b", "a"] or len(logged.texts) < 2:
        return NotYet(
            f"a and c raised; closed {', '.join(closed)}; entries in the log: {len(logged.texts)}",
            "all closed, and an entry for each of the two",
            "One try around all of them hears of one error. Let each close have a try and a log entry of its own.",
        )

    with _context(opened=[Thing("a", [], SystemExit(1))]):
        try:
            close_all(None)
        except SystemExit:
            return None
    return NotYet(
        "close() raised SystemExit, and it was caught",
        "SystemExit goes on its way",
        "An order to stop is no failure of a close. In each try catch Exception, not everything.",
    )


def _argument(prepare, act=None):
    """What the teardown is given when an app that ``prepare`` has made ready serves one request."""
    app, arguments = check_app(), []
    app.testing = False
    prepare(app)
    app.teardown_appcontext(arguments.append)
    if act:
        app.get("/")(act)
    with contextlib.suppress(KeyError, SystemExit):
        app.test_client().get("/")
    return arguments[0]


def _fails(*args):
    raise KeyError("so-what")


def _translates(error):
    raise ValueError("not in the list")


def _stops():
    raise SystemExit(1)


def _fine():
    return "fine"


def _of_another_blueprint(app):
    songs, audit = Blueprint("songs", __name__), Blueprint("audit", __name__)
    songs.get("/")(_fails)
    audit.register_error_handler(KeyError, lambda error: ("sorry", 503))
    app.register_blueprint(songs)
    app.register_blueprint(audit)


def _by_hand():
    app, arguments = check_app(), []
    app.teardown_appcontext(arguments.append)
    with contextlib.suppress(KeyError), app.app_context():
        _fails()
    return arguments[0]


# Each ending: how to run it, and what to say to a wrong answer.
ENDINGS = {
    "the view returns (..., 500)": (
        lambda: _argument(lambda app: None, lambda: ("sorry", 500)),
        "A status is not an exception: nothing was raised.",
    ),
    "before_request calls abort(401)": (
        lambda: _argument(lambda app: app.before_request(lambda: abort(401)), _fine),
        "Flask makes a response of what abort() raises, wherever it is called: it is handled.",
    ),
    "before_request raises KeyError": (
        lambda: _argument(lambda app: app.before_request(_fails), _fine),
        "Nobody handled it. That the view never ran makes no difference.",
    ),
    "after_request raises KeyError": (
        lambda: _argument(lambda app: app.after_request(_fails), _fine),
        "The view was fine, and the request was not: the KeyError came later, and nobody handled it.",
    ),
    "KeyError, whose handler raises ValueError": (
        lambda: _argument(lambda app: app.register_error_handler(KeyError, _translates), _fails),
        "The handler took the KeyError, and raised another exception, which nobody handled.",
    ),
    "KeyError, with a handler of another blueprint": (
        lambda: _argument(_of_another_blueprint),
        "A blueprint's errorhandler is for the views of that blueprint. Here nobody handled it.",
    ),
    "the view raises SystemExit": (
        lambda: _argument(lambda app: None, _stops),
        "SystemExit is no Exception, so no handler is asked; the teardown runs, and is told.",
    ),
    "a with block raises KeyError": (
        _by_hand,
        "An app context hands the exception that leaves its with block to the teardown. There are no handlers.",
    ),
}


@exercise(
    "Ask of each ending: was something raised, and did anybody handle it?",
    "A handler handles what it is registered for, where it is registered, and only if it returns.",
    "Two of the eight get None, and one gets ValueError.",
)
def predict(arguments):
    def hint(ending, answer):
        if answer == "None":
            return "None is a word of Python: write it without quotes."
        return ENDINGS[ending][1]

    if isinstance(arguments, list | tuple):
        arguments = [_class_name(answer) for answer in arguments]
    right = {ending: _class_name(run()) for ending, (run, _) in ENDINGS.items()}
    whole = "Write one answer for each ending, in the order of ENDINGS."
    return compare_predictions("arguments", arguments, right, hint, whole)


def _class_name(answer):
    """The name of an exception or of its class; anything else as it is."""
    kind = type(answer) if isinstance(answer, BaseException) else answer
    return kind.__name__ if isinstance(kind, type) else kind


@exercise(
    "Which teardown runs first? And what does g hold in a context that was no request?",
    "tell_time raises in a command, and the later teardown is skipped. What does it need that a command has not?",
    'started = g.pop("started", None), and log only if it is not None.',
)
def add_teardowns(add_teardowns):
    app = check_app(databases.rethinkdb("check_ch04"))
    app.testing = False
    closed_shop = []

    @app.before_request
    def in_front():
        return ("closed", 503) if closed_shop else None

    add_teardowns(app)
    database = databases.rethinkdb("check_ch04")
    wire = Wire(database.host, database.port)

    def view():
        g.conn = database.through(wire).connect()
        return str(r.expr(1).run(g.conn))

    app.get("/")(view)
    app.get("/dies", endpoint="dies")(lambda: (view(), wire.cut())[0])
    app.get("/about", endpoint="about")(_fine)
    app.cli.command("work")(lambda: print(view()))

    def status(path):
        try:
            return app.test_client().get(path).status_code
        except Exception:
            return 500  # an exception in a teardown leaves Flask, and a server sends this

    def watched(action):
        records, root, level = _Records(), logging.getLogger(), app.logger.level
        root.addHandler(records)
        app.logger.setLevel(logging.DEBUG)
        try:
            with Recorder(app) as recorder:
                result = action()
        finally:
            root.removeHandler(records)
            app.logger.setLevel(level)
        timeline = Timeline(recorder.events)
        timed = [text for text in [*records.texts, *records.quiet] if text.startswith("took ")]
        return result, timeline.opened - timeline.closed, timed

    got, left, timed = watched(lambda: status("/"))
    if left:
        return NotYet(
            "after GET / the connection is still open",
            "closed",
            "The connection is in g.conn, and nobody closed it.",
        )
    if got != 200:
        return NotYet(
            f"GET / got {got}",
            "200",
            "The view returned, and something after it raised. Read the log: what does your teardown miss?",
        )
    if len(timed) != 1:
        return NotYet(
            f"GET / left {len(timed)} entries that begin with 'took'",
            "one",
            "Do not mend the fault by telling nothing: the time of a request still belongs into the log.",
        )
    result, left, timed = watched(lambda: app.test_cli_runner().invoke(args=["work"]))
    if left:
        return NotYet(
            "after the command the connection is still open",
            "closed",
            "A teardown raised, and the later one was skipped; or it asks for something that only requests have.",
        )
    if result.exit_code != 0:
        return NotYet(
            f"the connection is closed, and the command failed with {type(result.exception).__name__}",
            "exit code 0",
            "Closing first hides the leak. The other teardown still raises where before_request has not run.",
        )
    if timed:
        return NotYet(
            f"the command wrote {timed[0]!r}",
            "no entry: nobody took its time",
            "A default start gives a wrong time. Where there is no start, there is nothing to tell.",
        )
    closed_shop.append(True)
    got, left, _ = watched(lambda: status("/"))
    if got != 503:
        return NotYet(
            f"a hook in front returned 503, and the client got {got}",
            "503",
            "A hook in front of yours may return a response. Then yours does not run, and the teardown does.",
        )
    closed_shop.clear()

    def kept():
        with app.test_client() as client:
            return client.get("/about")

    if len(watched(kept)[2]) != 1:
        return NotYet(
            "a test client in a with block: the time was told twice",
            "once",
            "A teardown may run twice. Take the start out of g.",
        )
    got, _, timed = watched(lambda: status("/dies"))
    wire.stop()
    if got != 200 or len(timed) != 1:
        return NotYet(
            f"the database died in mid-request: status {got}, {len(timed)} times told",
            "200, and the time is told",
            "A failing close must not cost the response, nor the other teardown. Keep its try.",
        )
    return None
