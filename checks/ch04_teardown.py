"""Checks of chapter 4: a teardown that closes everything, never raises and leaves a trace."""

import contextlib
import logging
import threading

from flask import Flask, abort, g
from rethinkdb import r
from rethinkdb.errors import ReqlDriverError

from workbook import NotYet, Wire, compare_predictions, databases, exercise


class Thing:
    """Something to close; writes its name into ``closed`` each time."""

    def __init__(self, name, closed, error=None):
        self.name, self.closed, self.error = name, closed, error
        self.options = {}

    def is_open(self):
        return self.name not in self.closed

    def close(self, **options):
        self.options = options
        self.closed.append(self.name)
        if self.error:
            raise self.error


class _Records(logging.Handler):
    def __init__(self):
        super().__init__()
        self.texts, self.here = [], threading.get_ident()

    def emit(self, record):
        # A driver's own remarks are not the learner's, nor is what it logs on a thread of its own.
        if not record.name.startswith("rethinkdb") and record.thread == self.here:
            self.texts.append(record.getMessage() + str(record.exc_info or ""))


@contextlib.contextmanager
def _context(**things):
    """An app context with ``things`` in g -> the texts that are logged meanwhile."""
    records, root = _Records(), logging.getLogger()
    root.addHandler(records)
    try:
        with Flask("check").app_context():
            for name, thing in things.items():
                setattr(g, name, thing)
            yield records.texts
    finally:
        root.removeHandler(records)


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
            logged.append(type(error).__name__)
    if logged:
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
    if conn.options.get("noreply_wait", True) is not True:
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
                if len(logged) > len(healthy):
                    return NotYet(
                        "the error is in the log, and it came out of close_conn all the same",
                        "no exception, although the server is dead",
                        "Logged is dealt with. Do not raise it again: the client waits for its answer.",
                    )
                return NotYet(
                    "ReqlDriverError came out of close_conn: the client's answer is lost",
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
                    "is_open() asks nobody. Say goodbye and expect that it may fail.",
                )
    if len(logged) <= len(healthy):
        return NotYet(
            "the server was dead, and the log says nothing of it",
            "one entry in the log",
            "A failure that leaves no trace is found too late: use current_app.logger.",
        )


@exercise(
    "What happens to the third thing when the second raises? Try it with paper and pencil.",
    "Let an ExitStack collect the closes; it calls all of them when its with block ends.",
    "try: with ExitStack() as stack: stack.callback(thing.close) for each; except Exception: log it.",
)
def close_all(close_all):
    with _context():
        try:
            close_all(None)
        except (AttributeError, KeyError) as error:
            return NotYet(
                f"{type(error).__name__} in a context that opened nothing",
                "nothing to close",
                "There may be no g.opened. Ask g for it with a default.",
            )

    closed = []
    with _context(opened=[Thing(name, closed) for name in "abc"]) as logged:
        with contextlib.suppress(TypeError):
            close_all(None)
        first = list(closed)
        with contextlib.suppress(TypeError):
            close_all(None)
    if any("TypeError" in text for text in logged) and first == ["a", "b", "c"]:
        return NotYet(
            "TypeError: 'NoneType' object is not callable",
            "callback() is given a function to call later",
            "Write thing.close without parentheses: with them it is called at once.",
        )
    if logged and not first:
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
        except RuntimeError:
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
    if not logged:
        return NotYet(
            "b raised, and the log says nothing",
            "an entry in the log",
            "Whoever looks after this app must hear of it: log what you catch.",
        )


def _view(act, *handled):
    app, arguments = Flask("check"), []
    app.log_exception = lambda exc_info: None  # of this app; its logger is that of every "check"
    app.get("/")(act)
    app.teardown_appcontext(arguments.append)
    for error in handled:
        app.register_error_handler(error, lambda error: ("sorry", 503))
    app.test_client().get("/")
    return arguments[0]


def _command(act):
    app, arguments = Flask("check"), []
    app.cli.command("work")(act)
    app.teardown_appcontext(arguments.append)
    app.test_cli_runner().invoke(args=["work"])
    return arguments[0]


def _fails():
    raise KeyError("so-what")


ABORTED = "Flask makes an answer of what abort() raises: it is handled."
# Each ending: how to run it, and what to say to a wrong answer.
ENDINGS = {
    "the view returns": (lambda: _view(lambda: "fine"), "Nothing was raised."),
    "abort(404)": (lambda: _view(lambda: abort(404)), ABORTED),
    "abort(500)": (lambda: _view(lambda: abort(500)), ABORTED),
    "KeyError": (lambda: _view(_fails), "Nobody handled this one, so the teardown is told."),
    "KeyError, errorhandler(KeyError)": (
        lambda: _view(_fails, KeyError),
        "A handler for the class has handled it. What was handled is over.",
    ),
    "KeyError, errorhandler(LookupError)": (
        lambda: _view(_fails, LookupError),
        "KeyError is a kind of LookupError: its handler handles both.",
    ),
    "KeyError, errorhandler(500)": (
        lambda: _view(_fails, 500),
        "errorhandler(500) makes the page for an error that nobody handled; the error stays unhandled.",
    ),
    "a command raises KeyError": (
        lambda: _command(_fails),
        "A command has an app context and a teardown, and no error handlers.",
    ),
}


@exercise(
    "Ask of each ending: was something raised, and did anybody handle it?",
    "abort() is handled by Flask, a class by its handler. What does errorhandler(500) handle?",
    "Three of the eight get the KeyError.",
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
