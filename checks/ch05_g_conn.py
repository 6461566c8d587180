"""Checks of chapter 5: a connection that is reached like an attribute."""

import contextlib
import inspect
import weakref
from functools import cached_property
from unittest.mock import patch

from flask import appcontext_pushed, g
from flask.ctx import _AppCtxGlobals
from werkzeug.local import LocalProxy

from workbook import NotYet, Recorder, Timeline, check_app, compare_predictions, databases, exercise


def _close(exc):
    conn = g.pop("conn", None)
    if conn is not None:
        conn.close()


def _recorded(app, action):
    """(the Timeline, the hooks in which connections were opened) of what action does."""
    with Recorder(app) as recorder:
        action()
    events = recorder.events
    hooks = {event["step"]: event["hook"] for event in events if event["kind"] == "enter"}
    opens = [hooks.get(event["step"]) for event in events if event["kind"] == "open"]
    return Timeline(events), opens


@exercise(
    "Flask makes each g from the class that app.app_ctx_globals_class names. Make that a class of yours.",
    "In the class, functools.cached_property over a method conn. In the teardown, g.pop.",
    "class Lazy(app.app_ctx_globals_class), with conn as a cached_property that returns connect().",
    on_error={
        AttributeError: "The g of this app has no conn. Which class is it made from?",
        TypeError: "A cached_property calls its function with self. connect takes no argument: "
        "write a method around it.",
    },
)
def lazy_g(init_app):
    app, connect = check_app(), databases.rethinkdb("check_ch05").connect
    seen, kept = [], []  # what is kept is not collected: what the collector closes, nobody closed

    @app.get("/unused")
    def unused():
        return ""

    @app.get("/twice")
    def twice():
        seen.extend([g.conn, g.conn])
        kept.append(g._get_current_object())
        return str("conn" in g)

    @app.get("/fails")
    def fails():
        seen.append(g.conn)
        raise KeyError("a view that fails")

    init_app(app, connect)
    if "conn" in vars(_AppCtxGlobals):
        del _AppCtxGlobals.conn
        return NotYet(
            "every app in this process has a g.conn now",
            "only this app has one",
            "You changed Flask's own class. Make a subclass of it, and give that to this app.",
        )
    client = app.test_client()
    timeline, hooks = _recorded(app, lambda: client.get("/unused"))
    if timeline.opened and hooks[0] == "teardown_appcontext":
        return NotYet(
            "a request that used no connection opened one in its teardown",
            "none",
            "getattr, hasattr and g.conn all open it. g.pop takes out what is there, and opens nothing.",
        )
    if timeline.opened:
        return NotYet(
            "a request that used no connection opened one",
            "none",
            "A hook that connects is not lazy. Connect where somebody accesses g.conn.",
        )
    timeline, _ = _recorded(app, lambda: seen.append(client.get("/twice").text))
    first, second, found = seen[:3]
    if isinstance(first, property | cached_property):
        return NotYet(
            f"g.conn is a {type(first).__name__} object",
            "a connection",
            "Python runs a property that it finds on a class. On g itself it is a value like any other.",
        )
    if not hasattr(first, "is_open"):
        return NotYet(
            f"g.conn is of type {type(first).__name__}",
            "a connection",
            "Views say g.conn, without parentheses: mark the method as a cached_property.",
        )
    if first is not second:
        return NotYet(
            "two accesses of g.conn opened two connections",
            "one connection, found twice",
            "A property runs at each access and keeps nothing. Which decorator keeps the result?",
        )
    timeline_of_next, _ = _recorded(app, lambda: client.get("/twice"))
    if seen[3] is first:
        return NotYet(
            "a second request got the connection of the first",
            "a connection of its own for each context",
            "The class is as old as the app. Keep the connection on self, which is this context's g.",
        )
    if kept[0] is kept[1]:
        return NotYet(
            "two requests had the same g",
            "a new g for each context",
            "Flask calls app_ctx_globals_class for each context: give it the class, not one object of it.",
        )
    if found != "True":
        return NotYet(
            "g.conn was open, but 'conn' in g said no",
            "'conn' in g says yes, and g.pop('conn') takes it out",
            "It is kept in another place. cached_property keeps it in g under the name conn.",
        )
    if timeline.closed < 1 and hasattr(app.app_ctx_globals_class, "__del__"):
        return NotYet(
            "after the request somebody still held its g, and the connection stayed open",
            "closed at the end of the context",
            "__del__ runs when the last reference is gone, whenever that is. Collection is not teardown.",
        )
    if timeline.closed < 1 or timeline_of_next.closed < 1:
        return NotYet(
            "after the request its connection is still open",
            "none",
            "Opening is half of the work. What runs at the end of each app context?",
        )

    app.testing = False
    if _recorded(app, lambda: client.get("/fails"))[0].closed < 1:
        return NotYet(
            "after a view that raised the connection is still open",
            "closed, whatever the argument is",
            "The argument of a teardown does not matter here: what was opened is closed.",
        )

    def without_request():
        with app.app_context():
            seen.append(g.conn)

    if _recorded(app, without_request)[0].closed < 1:
        return NotYet(
            "after a context without a request the connection is still open",
            "none",
            "Commands have no request. Close in the teardown of the app context.",
        )
    return None


@exercise(
    "Werkzeug's LocalProxy calls a function for each operation on it.",
    "make_conn runs while the app is made: nobody may connect yet.",
    "LocalProxy(get_conn): the function itself, without parentheses.",
    on_error={
        RuntimeError: "make_conn runs before there is a context. Hand the function over; do not call it.",
        AttributeError: "g.conn is there only after get_conn() has been called. Who calls it here?",
        TypeError: "LocalProxy wants a function that it can call for every operation. Which one opens when needed?",
    },
)
def stand_in(make_conn):
    app, connect = check_app(), databases.rethinkdb("check_ch05").connect
    app.teardown_appcontext(_close)

    def get_conn():
        if "conn" not in g:
            g.conn = connect()
        return g.conn

    conn = make_conn(get_conn)
    if type(conn) is not LocalProxy:
        return NotYet(
            f"make_conn returned a {type(conn).__name__}",
            "a LocalProxy",
            "Views will write conn.is_open(), without a call before the dot. Return something that stands in for it.",
        )

    own, is_open = [], []

    def unused_and_twice():
        with app.app_context():
            pass
        for _ in range(2):
            with app.app_context():
                is_open.append(conn.is_open())
                own.append(conn == get_conn())

    timeline, _ = _recorded(app, unused_and_twice)
    if (timeline.opened, timeline.closed) != (2, 2):
        return NotYet(
            f"two contexts that use conn, and one that does not: opened {timeline.opened}, closed {timeline.closed}",
            "opened 2, closed 2",
            "Leave g alone: get_conn opens at the first use, keeps it there, and the teardown closes what it kept.",
        )
    if not all(own):
        return NotYet(
            "in a second context conn stands for the connection of the first",
            "the connection of the context in which it is used",
            "Something remembers the first answer. LocalProxy asks anew each time: let it ask get_conn.",
        )
    if not all(is_open):
        return NotYet(
            "conn.is_open() said no, in a context whose connection was open",
            "an open connection for as long as the context lasts",
            "The teardown closes. What you return hands on what get_conn() returns, and does nothing to it.",
        )
    return None


# Each expression, and what to say to a wrong number.
WHY = {
    "list(g)": "That lists the names in the dictionary of g. It accesses no attribute.",
    "dir(g)": "dir lists names, those of the class too, and fetches none of them.",
    "inspect.getmembers(g)": "getmembers fetches each name that dir lists, and fetching conn opens it.",
    'g.setdefault("conn", "a fake")': "g.setdefault is dict.setdefault: it stores the fake and asks nobody.",
    '(setattr(g, "conn", "a fake"), g.conn)': "The fake is in the dictionary by then, so the property gives way to it.",
    'g.conn if "conn" in g else None': "Nothing is in the dictionary yet, so g.conn is never reached.",
    '(g.conn, g.pop("conn"), g.conn)': "What is taken out is forgotten, and not closed: the next access opens another.",
}


def _opened_by(expression):
    """How many connections one expression opens on a fresh lazy g."""
    opened = []

    class Lazy(_AppCtxGlobals):
        @cached_property
        def conn(self):
            opened.append(expression)

    app = check_app()
    app.app_ctx_globals_class = Lazy
    with app.app_context():
        eval(expression, {"g": g, "inspect": inspect})
    return len(opened)


@exercise(
    "Which of these access the attribute, and which read the dictionary of g?",
    "list, dir, setdefault and in fetch no attribute. What does getmembers do with each name?",
    "One of the seven opens one connection, and one opens two.",
)
def predict(opens):
    right = {expression: _opened_by(expression) for expression in WHY}
    whole = "Write one number for each expression, in the order of EXPRESSIONS."
    return compare_predictions("opens", opens, right, lambda expression, _: WHY[expression], whole, int)


class _Fake:
    db = "a fake"

    def close(self):
        pass


@exercise(
    "A new g is made for each context. The fake has to be put in after that, and before the view runs.",
    "Flask sends the signal appcontext_pushed at that moment: let a function of yours answer it.",
    "with appcontext_pushed.connected_to(give_fake, app): and send the request in there.",
    on_error={
        RuntimeError: "There is no g outside of a context. Put the fake in when a context has been pushed.",
        AttributeError: "The view found something that is not the fake. Put the fake itself into g.conn.",
    },
)
def with_fake(get_with_fake):
    app, other, database = check_app(), check_app(), databases.rethinkdb("check_ch05")
    app.teardown_appcontext(_close)
    receivers, given, kept, elsewhere, classes = [], [], [], [], []

    class Lazy(_AppCtxGlobals):
        @cached_property
        def conn(self):
            return database.connect()

    app.app_ctx_globals_class = Lazy

    @app.get("/db")
    def db():
        # Held, so that none is disconnected only because nobody holds it any more.
        kept.extend(appcontext_pushed.receivers_for(app))
        classes.append(app.app_ctx_globals_class)
        given.extend(receiver() is not None for receiver in receivers)
        with other.app_context():
            elsewhere.append("conn" in g)
        return g.conn.db

    connect = appcontext_pushed.connect

    def remember(receiver, *args, **kwargs):
        receivers.append(weakref.ref(receiver))
        return connect(receiver, *args, **kwargs)

    with Recorder(app) as recorder, patch.object(appcontext_pushed, "connect", remember):
        answer = get_with_fake(app, _Fake(), "/db")
    connected = list(appcontext_pushed.receivers_for(app))
    for receiver in connected:
        appcontext_pushed.disconnect(receiver)
    if not hasattr(answer, "get_data"):
        return NotYet(
            f"get_with_fake returned {answer!r}",
            "the response",
            "Send the request with app.test_client().get(path) and return what comes back.",
        )
    if given and not any(given):
        return NotYet(
            "the function that was connected to the signal was gone before the request came",
            "a function that somebody holds",
            "A signal holds its receivers by weak references. Give the function a name that lives long enough.",
        )
    if answer.status_code != 200:
        return NotYet(
            f"the response has the status {answer.status_code}",
            "200",
            "Send one GET request to the path that you are given.",
        )
    if answer.get_data(as_text=True) != _Fake.db or Timeline(recorder.events).opened:
        return NotYet(
            "the view used a real connection",
            "the fake",
            "The request has a g of its own. Put the fake into that one, not into an earlier one.",
        )
    if len(classes) > 1:
        return NotYet(
            f"the view ran {len(classes)} times",
            "one GET request",
            "A second request may find what the first has changed. Send one, and return its response.",
        )
    if any(elsewhere):
        return NotYet(
            "a context of another app got the fake too",
            "only this app's",
            "Without a sender the signal of every app is answered. Name the app: connected_to(give_fake, app).",
        )
    # A client in a with block pushes its request's context again: that one is the request's own.
    pushes = [event for event in recorder.events if event["kind"] == "push" and event["of"] == "app"]
    own = {event["context"] for event in pushes if event["request"] is not None}
    # Without a client, test_request_context pushes the one context there is.
    if any(event["kind"] == "request" for event in recorder.events) and any(
        event["context"] not in own for event in pushes
    ):
        return NotYet(
            "the request shared a context that was pushed by hand",
            "a context of its own, as in production",
            "The next Flask gives each request its own g, and then this fake is not seen. Wait for the push.",
        )
    if connected:
        return NotYet(
            "after the request your function is still connected to the signal",
            "disconnected",
            "connect() goes on until disconnect(). Send the request inside of a with block of connected_to().",
        )
    if app.test_client().get("/db").text != database.name:
        return NotYet(
            "the request after it still got the fake",
            "a real connection, as before",
            "A test cleans up after itself: make the change end with the request.",
        )
    if classes[0] is not Lazy:
        return NotYet(
            "while the request was running, the app had another class for g",
            "the app as it is",
            "That changes the app for everybody who uses it meanwhile. Put the fake into the g of this request.",
        )
    return None


@exercise(
    "In which step are the connections opened? The picture says it. And when does a lambda look up connect?",
    "hasattr accesses the attribute, and an access opens. After the loop connect is the last of the two.",
    "Write two methods with def, songs and audit, each under @cached_property; in the teardown use g.pop.",
    on_error={AttributeError: "The g of this app lacks songs or audit. Which class is it made from?"},
)
def add_connections(add_connections):
    app, database = check_app(), databases.rethinkdb("check_ch05")
    held = []  # what only the garbage collector closes, nobody closed

    def connect_songs():
        held.append(database.connect())
        return held[-1]

    def connect_audit():
        held.append(database.connect())
        held[-1].use("audit")
        return held[-1]

    add_connections(app, connect_songs, connect_audit)
    shared = [name for name in ("songs", "audit") if name in vars(_AppCtxGlobals)]
    for name in shared:
        delattr(_AppCtxGlobals, name)
    if shared:
        return NotYet(
            f"every app in this process has a g.{shared[0]} now",
            "only this app has one",
            "You changed Flask's own class. Make a subclass of it, and give that to this app.",
        )
    app.get("/", endpoint="none")(lambda: "")
    app.get("/songs", endpoint="songs")(lambda: g.songs.db + g.songs.db[:0])
    app.get("/both", endpoint="both")(lambda: f"{g.songs.db} {g.audit.db} {'songs' in g} {'audit' in g}")
    app.get("/fails", endpoint="fails")(lambda: (g.audit, 1 / 0))

    def get(path):
        texts = []
        timeline, hooks = _recorded(app, lambda: texts.append(app.test_client().get(path).text))
        return texts[0], timeline, hooks

    _, timeline, hooks = get("/")
    if timeline.opened and hooks[0] == "teardown_appcontext":
        return NotYet(
            f"a request that used neither opened {timeline.opened} in its teardown",
            "none",
            "hasattr and getattr access the attribute, and that opens. g.pop takes out what is there.",
        )
    if timeline.opened:
        return NotYet(
            "a request that used neither opened a connection",
            "none",
            "Connect at the first access, not in a hook.",
        )
    text, timeline, _ = get("/both")
    songs, audit, *in_g = text.split() if text.count(" ") == 3 else ("", "", "")
    if songs and audit == songs:
        return NotYet(
            f"g.songs and g.audit both lead to {songs!r}",
            "one to each server",
            "Both keep their connection under one name, the one that their function has: a lambda is called "
            "<lambda>. Give each cached_property its name."
            if songs == database.name
            else "A lambda looks up its names when it is called. "
            "The loop is over by then: both call the last function.",
        )
    if (songs, audit) != (database.name, "audit"):
        return NotYet(
            f"g.songs and g.audit name the databases {songs!r} and {audit!r}",
            f"{database.name!r} and 'audit'",
            "Each attribute calls its own function: songs connect_songs, audit connect_audit.",
        )
    text, timeline, hooks = get("/songs")
    if timeline.opened > 1:
        return NotYet(
            f"a request that accessed g.songs twice opened {timeline.opened} connections",
            "one connection",
            "A property keeps nothing. Which decorator keeps the result?",
        )
    for path, expected in [("/songs", 1), ("/both", 2)]:
        _, timeline, _ = get(path)
        if timeline.closed < expected:
            return NotYet(
                f"GET {path}: opened {timeline.opened}, closed {timeline.closed}",
                f"closed {expected}",
                "The teardown looks for songs and audit in g. Is each kept there under that name, and popped?",
            )
    if in_g != ["True", "True"]:
        return NotYet(
            f"both are open, and '\"songs\" in g' and '\"audit\" in g' say {' and '.join(in_g)}",
            "True and True",
            "The connections are kept in another place. A fake in g.songs would not be closed, or not be found.",
        )
    app.testing = False
    if get("/fails")[1].closed < 1:
        return NotYet(
            "after a view that raised, the connection to the audit is still open",
            "closed",
            "The argument of a teardown does not matter: close what is there.",
        )

    def without_request():
        with app.app_context():
            return g.songs

    if _recorded(app, without_request)[0].closed < 1:
        return NotYet(
            "after a context without a request the connection is still open",
            "closed",
            "Commands have no request. Close in the teardown of the app context.",
        )
    for failing in ("songs", "audit"):
        closed = _closed_although(add_connections, failing)
        if len(closed) < 2:
            return NotYet(
                f"the close of g.{failing} raised, and the other connection is still open",
                "both are closed, as far as that can be",
                "An exception ends the loop that it is in. Give each close a try of its own, as in chapter 4.",
            )
    return None


def _closed_although(add_connections, failing):
    """The names of the connections whose close is called, in a context in which one of them raises."""
    app, closed = check_app(), []

    class Conn:
        def __init__(self, name):
            self.name = name

        def close(self):
            closed.append(self.name)
            if self.name == failing:
                raise OSError("the server is gone")

    add_connections(app, lambda: Conn("songs"), lambda: Conn("audit"))
    app.logger.disabled = True
    with contextlib.suppress(OSError), app.app_context():
        _ = g.songs, g.audit
    app.logger.disabled = False
    return closed
