"""Checks of chapter 5: a connection that is reached like an attribute."""

from functools import cached_property

from flask import g
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
    hooks = {event["step"]: event["hook"] for event in recorder.events if event["kind"] == "enter"}
    opens = [hooks.get(event["step"]) for event in recorder.events if event["kind"] == "open"]
    return Timeline(recorder.events), opens


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
    seen = []

    @app.get("/unused")
    def unused():
        return ""

    @app.get("/twice")
    def twice():
        seen.extend([g.conn, g.conn])
        return str("conn" in g)

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
            "A hook that connects is not lazy. Connect where somebody looks at g.conn.",
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
            "two looks at g.conn opened two connections",
            "one connection, seen twice",
            "A property runs at each look and keeps nothing. Which decorator keeps the result?",
        )
    timeline_of_next, _ = _recorded(app, lambda: client.get("/twice"))
    if seen[3] is first:
        return NotYet(
            "a second request got the connection of the first",
            "a connection of its own for each context",
            "The class is as old as the app. Keep the connection on self, which is this context's g.",
        )
    if found != "True":
        return NotYet(
            "g.conn was open, but 'conn' in g said no",
            "'conn' in g says yes, and g.pop('conn') takes it out",
            "It is kept in another place. cached_property keeps it in g under the name conn.",
        )
    if any(shown.closed < shown.opened for shown in (timeline, timeline_of_next)):
        return NotYet(
            "after the request its connection is still open",
            "none",
            "Opening is half of the work. What runs at the end of each app context?",
        )

    def without_request():
        with app.app_context():
            g.conn.is_open()

    timeline, _ = _recorded(app, without_request)
    if timeline.closed < timeline.opened:
        return NotYet(
            "after a context without a request the connection is still open",
            "none",
            "Commands have no request. Close in the teardown of the app context.",
        )


@exercise(
    "Werkzeug's LocalProxy calls a function each time somebody looks at it.",
    "make_conn runs while the app is made: nobody may connect yet.",
    "LocalProxy(get_conn): the function itself, without parentheses.",
    on_error={
        RuntimeError: "make_conn runs before there is a context. Hand the function over; do not call it.",
        AttributeError: "g.conn is there only after get_conn() has been called. Who calls it here?",
        TypeError: "LocalProxy wants a function that it can call at every look. Which one opens when needed?",
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

    own = []

    def unused_and_twice():
        with app.app_context():
            pass
        for _ in range(2):
            with app.app_context():
                conn.is_open()
                own.append(conn == get_conn())

    timeline, _ = _recorded(app, unused_and_twice)
    if (timeline.opened, timeline.closed) != (2, 2):
        return NotYet(
            f"two contexts that look at conn, and one that does not: {timeline.summary}",
            "opened 2, closed 2",
            "Leave g alone: get_conn opens at the first look, keeps it there, and the teardown closes what it kept.",
        )
    if not all(own):
        return NotYet(
            "in a second context conn stands for the connection of the first",
            "the connection of the context in which it is looked at",
            "Something remembers the first answer. LocalProxy asks anew each time: let it ask get_conn.",
        )


LOOKS = [
    '"conn" in g',
    'g.get("conn")',
    'hasattr(g, "conn")',
    'getattr(g, "conn", None)',
    'g.pop("conn", None)',
    "(g.conn, g.conn)",
    'g.setdefault("conn", "a fake")',
]

WHY = {
    '"conn" in g': "in asks the dictionary of g. It does not run a property.",
    'g.get("conn")': "g.get is dict.get: it reads the dictionary of g, past the class.",
    'hasattr(g, "conn")': "hasattr tries the attribute to see whether that works, and trying opens it.",
    'getattr(g, "conn", None)': "The default is for an attribute that is not there. This one is: it opens.",
    'g.pop("conn", None)': "g.pop is dict.pop: nothing is in the dictionary yet, so it returns None.",
    "(g.conn, g.conn)": "A cached_property runs once, and the second look finds what it kept.",
    'g.setdefault("conn", "a fake")': "g.setdefault is dict.setdefault: it stores the fake and asks nobody.",
}


def _opened_by(look):
    """How many connections one look at a fresh lazy g opens."""
    opened = []

    class Lazy(_AppCtxGlobals):
        @cached_property
        def conn(self):
            opened.append(look)

    app = check_app()
    app.app_ctx_globals_class = Lazy
    with app.app_context():
        eval(look, {"g": g})
    return len(opened)


@exercise(
    "Which of these read an attribute, and which read the dictionary of g?",
    "get, pop, setdefault and in read the dictionary only. The class is not asked.",
    "Three of the seven open a connection, and each of the three opens one.",
)
def predict(opens):
    right = {look: _opened_by(look) for look in LOOKS}
    whole = "Write one number for each look, in the order of LOOKS."
    return compare_predictions("opens", opens, right, lambda look, _: WHY[look], whole, int)


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
    app, database = check_app(), databases.rethinkdb("check_ch05")
    app.teardown_appcontext(_close)

    class Lazy(_AppCtxGlobals):
        @cached_property
        def conn(self):
            return database.connect()

    app.app_ctx_globals_class = Lazy
    app.add_url_rule("/db", view_func=lambda: g.conn.db)
    answers = []
    with Recorder(app) as recorder:
        answers.append(get_with_fake(app, _Fake(), "/db"))
    if not hasattr(answers[0], "text"):
        return NotYet(
            f"get_with_fake returned {answers[0]!r}",
            "the response",
            "Send the request with app.test_client().get(path) and return what comes back.",
        )
    if answers[0].text != _Fake.db or Timeline(recorder.events).opened:
        return NotYet(
            "the view used a real connection",
            "the fake",
            "The request has a g of its own. Put the fake into that one, not into an earlier one.",
        )
    pushes = [event for event in recorder.events if event["kind"] == "push" and event["of"] == "app"]
    # A client in a with block pushes its request's context again: that one is the request's own.
    own = {event["context"] for event in pushes if event["request"] is not None}
    if any(event["context"] not in own for event in pushes):
        return NotYet(
            "the request shared a context that was pushed by hand",
            "a context of its own, as in production",
            "The next Flask gives each request its own g, and then this fake is not seen. Wait for the push.",
        )
    if app.test_client().get("/db").text != database.name:
        return NotYet(
            "the request after it still got the fake",
            "a real connection, as before",
            "A test cleans up after itself: make the change end with the request.",
        )
