"""Checks of chapter 2: what lives as long as an app context, and who gets one."""

import inspect
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from flask import current_app, g, has_app_context, has_request_context, request, session

from workbook import NotYet, check_app, exercise

ASK_G = "Ask whether the key is in g. None is an answer too, and worth keeping."


# user_once

USERS = {1: {"name": "ada"}, 2: {"name": "grace"}}
REMOVED = 99


def _calls(app, current_user, user_id, times=1):
    """(answers, ids that find_user was asked for, g.user) of calls in one new context."""
    asked = []

    def find_user(wanted):
        asked.append(wanted)
        return USERS.get(wanted)

    with app.test_request_context():
        if user_id:
            session["user_id"] = user_id
        return [current_user(find_user) for _ in range(times)], asked, g.get("user", "nothing")


@exercise(
    "g is empty at the start of each app context and lasts exactly as long as it.",
    'Ask `"user" not in g` first; only then look at the session.',
    "Fill g.user in both cases, with an id and without, and end with `return g.user`.",
    on_error={
        KeyError: "Nobody may be logged in: session.get() returns None where there is no id.",
        AttributeError: "g.user does not exist before somebody has set it: ask first whether it is there.",
    },
)
def user_once(current_user):
    app = check_app(SECRET_KEY="check")
    answers, asked, kept = _calls(app, current_user, 1, times=2)
    if answers[0] != USERS[1]:
        return NotYet(
            f"with user_id 1 in the session, current_user(find_user) returned {answers[0]!r}",
            f"{USERS[1]!r}",
            "Give session['user_id'] to find_user and return what it returns.",
        )
    if len(asked) > 1:
        return NotYet(
            "two calls in one context asked the database twice",
            "one question",
            "Keep the answer in g.user, and look there first.",
        )
    if answers[1] != answers[0]:
        return NotYet(
            f"the second call in one context returned {answers[1]!r}",
            "the answer of the first call",
            "Follow both ways through the function: each must return the user.",
        )
    answers, _, _ = _calls(app, current_user, 2)
    if answers[0] != USERS[2]:
        return NotYet(
            f"a later context, with user_id 2 in the session, got {answers[0]!r}",
            f"{USERS[2]!r}",
            "Something that outlives the context keeps the answer. Keep it in g.",
        )
    if kept != USERS[1]:
        return NotYet(
            f"g.user was {kept!r}",
            f"{USERS[1]!r}",
            "Keep it under the name that was asked for: g.user.",
        )
    answers, asked, kept = _calls(app, current_user, None)
    if asked:
        return NotYet(
            f"with nobody logged in, find_user({asked[0]!r}) was called",
            "no question",
            "Without an id there is nothing to ask: the answer is None.",
        )
    if answers[0] is not None:
        return NotYet(
            f"with nobody logged in, current_user(find_user) returned {answers[0]!r}",
            "None",
            "Views ask whether there is a user. Nobody is None, and nothing else.",
        )
    if kept is not None:
        return NotYet(
            "with nobody logged in, there was no g.user",
            "g.user, which is None",
            "Templates read g.user itself. Set it on every way through the function, before you return.",
        )
    answers, asked, _ = _calls(app, current_user, REMOVED, times=2)
    if len(asked) > 1:
        return NotYet("a user who has been removed was asked for twice in one context", "one question", ASK_G)
    if answers != [None, None]:
        return NotYet(
            f"for a user who has been removed, current_user(find_user) returned {answers[0]!r}",
            "None, as find_user said",
            "Keep what find_user returns as it is, also when it is None.",
        )
    return _removed_meanwhile(current_user)


def _removed_meanwhile(current_user):
    """One visitor, two requests, the user gone in between."""
    app, members = check_app(SECRET_KEY="check"), dict(USERS)

    @app.get("/me")
    def me():
        user = current_user(members.get)
        return user["name"] if user else "nobody"

    client = app.test_client()
    with client.session_transaction() as kept:
        kept["user_id"] = 1
    said = [client.get("/me").text for _ in range(2)]
    if said != ["ada", "ada"]:
        return NotYet(
            f"in two requests of one visitor who is logged in, the user was {said[0]} and then {said[1]}",
            "ada, ada",
            "The session is the visitor's and goes on: read it, and leave in it what is there.",
        )
    del members[1]
    if client.get("/me").text != "nobody":
        return NotYet(
            "ada was removed between two requests, and is still logged in",
            "nobody",
            "The session lasts longer than the answer is true. Keep the id there, and the user in g.",
        )
    return None


# clean_fixture


class _Project:
    """A project for a fixture to make a client of: a login, a cached user, a list of what happened."""

    def __init__(self):
        self.filled = []
        self.apps = []

    def create_app(self):
        app = check_app(SECRET_KEY="check")
        self.apps.append(app)

        @app.post("/login/<name>")
        def login(name):
            session["name"] = name
            return name

        @app.get("/me")
        def me():
            if "user" not in g:
                g.user = session.get("name")
            return g.user or "nobody"

        return app

    def fill(self):
        # As get_db() would: it asks the current app where the database is.
        self.filled.append(current_app.config["TESTING"])


@exercise(
    "Which lines of the fixture need a context? Which run while the test runs?",
    "The test runs at the yield. At that moment no context may be current.",
    "Take `yield app.test_client()` out of the with block.",
)
def clean_fixture(fixture):
    project = _Project()
    function = inspect.unwrap(fixture)
    if not inspect.isgeneratorfunction(function):
        return NotYet(
            "a function without a yield",
            "a fixture: prepare, yield the client, clean up",
            "Hand the client to the test with yield, not with return.",
        )
    try:
        with contextmanager(function)(project.create_app, project.fill) as client:
            verdict = _while_open(project, client)
    except RuntimeError as error:
        if "application context" not in str(error):
            raise
        return NotYet(
            "fill() raised RuntimeError: Working outside of application context.",
            "fill() in an app context",
            "fill() needs a context for itself: wrap that one line in a with block.",
        )
    if len(project.filled) > 1 and not isinstance(verdict, NotYet):
        return NotYet("fill() ran again when the test was over", "fill() once", "What is after the yield cleans up.")
    if has_app_context():
        return NotYet(
            "a context is still pushed when the test is over",
            "none",
            "push() begins a context and nothing ends it. A with block around fill() has an end.",
        )
    return verdict


def _while_open(project, client):
    if not hasattr(client, "application"):
        return NotYet(
            f"the fixture yielded {type(client).__name__}",
            "a test client",
            "What is yielded is what the test gets: app.test_client().",
        )
    if len(project.filled) != 1 or len(project.apps) != 1:
        return NotYet(
            f"{len(project.apps)} apps made, fill() called {len(project.filled)} times",
            "one app, filled once",
            "Make one app and fill its database once, before the yield.",
        )
    held = has_app_context()
    client.post("/login/ada")
    client.get("/me")
    kept = has_app_context() and not held
    stranger = client.application.test_client().get("/me").text
    if stranger == "nobody" and not held:
        return None
    saw, expected = f"a second client, which has no cookie, was told that it is {stranger}", "nobody"
    if not held and kept:
        advice = (
            "A client in a with block keeps the context of its last request, and the second client's "
            "request moves in. Yield a plain client."
        )
    else:
        advice = "A context is held while the test runs. Let it end before the yield."
    if stranger == "nobody":
        saw, expected = f"while the test runs, a context of {current_app.name!r} is current", "none"
        advice = "It is not the client's app whose context you hold, and the next request of that app would share it."
    return NotYet(saw, expected, advice)


# background


@exercise(
    "Which lines run in the view's thread, and which in the pool's?",
    "The pool's thread has no context until a function that runs there pushes one.",
    "Fetch the real app with current_app._get_current_object() in the view; open its app_context() in the task.",
)
def background(submit):
    app = check_app(SECRET_KEY="check")
    seen, ends, orders = [], [], []
    responded = threading.Event()

    def work(text):
        found = current_app._get_current_object() if has_app_context() else None
        made_up = has_request_context() and request.path != "/order"
        seen.append((threading.get_ident(), found, found and "order" in g, made_up, responded.wait(1)))
        return text.upper()

    @app.teardown_appcontext
    def end(exc):
        ends.append(threading.get_ident())

    with ThreadPoolExecutor(1) as pool:

        @app.post("/order")
        def order():
            g.order = "a request is going on"
            orders.append(submit(pool, work, "catch the moth"))
            return "accepted", 202

        app.test_client().post("/order")
        responded.set()
    return _verdict(app, orders[0], seen, ends) or _failing(submit)


def _failing(submit):
    """A task that raises, and what it leaves on its thread."""
    app, ends, orders = check_app(SECRET_KEY="check"), [], []
    app.teardown_appcontext(lambda exc: ends.append(threading.get_ident()))

    def work():
        raise KeyError("moth")

    with ThreadPoolExecutor(1) as pool:

        @app.post("/order")
        def order():
            orders.append(submit(pool, work))
            return "accepted", 202

        app.test_client().post("/order")
        thread, left = pool.submit(lambda: (threading.get_ident(), has_app_context())).result()
    if left or thread not in ends:
        return NotYet(
            "a task that raised left its context on the thread",
            "no context, and one teardown",
            "What comes after the call is skipped when it raises. A with block ends the context in any case.",
        )
    if not isinstance(orders[0].exception(), KeyError):
        return NotYet(
            f"function raised KeyError, the future has {orders[0].exception()!r}",
            "the future has the exception of function(*args)",
            "Do not catch it: whoever asks the future is told.",
        )
    return None


def _verdict(app, future, seen, ends):
    if seen and seen[0][0] == threading.get_ident():
        return NotYet(
            "function was called in the view's own thread",
            "a call in a thread of the pool",
            "Hand the function to pool.submit without calling it: no parentheses after it.",
        )
    if not isinstance(future, Future):
        return NotYet(
            f"background returned {type(future).__name__}",
            "the future",
            "The view does not wait: return what pool.submit(...) returned.",
        )
    error = None if seen else future.exception()
    if error:
        advice = (
            "The task failed before it came to function. What pool.submit is given after the task, the task must take."
        )
        if "application context" in str(error):
            advice = "In the pool's thread current_app stands for nothing. Fetch the real app before you submit."
        return NotYet(
            f"in the pool's thread: {type(error).__name__}: {str(error).splitlines()[0]}",
            "function(*args) called in an app context",
            advice,
        )
    if not seen:
        return NotYet("function was not called", "one call", "Call function(*args) in the task that you submit.")
    _, found, shared, made_up, responded = seen[0]
    if found is None:
        return NotYet(
            "function was called without an app context",
            "a call in an app context of its own",
            "A context that the view has, or opens, is no use to another thread. Push one in the task.",
        )
    if found is not app:
        return NotYet(
            f"function was called in a context of another app, {found.name!r}",
            "a context of the view's app",
            "A new app has none of the settings. Ask current_app, in the view, which app this is.",
        )
    if shared:
        return NotYet(
            "function found the view's g",
            "an empty g",
            "A copy of the view's context is the same context: its g is shared, and torn down by the view.",
        )
    if made_up:
        return NotYet(
            "function found a request that nobody has sent",
            "an app context",
            "There is no such request: it is made up. A task needs an app context and nothing more.",
        )
    if not responded:
        return NotYet(
            "the view responded only when function had come back",
            "a view that does not wait",
            "result() and exception() wait until the task is done. Return the future without asking it.",
        )
    if seen[0][0] not in ends:
        return NotYet(
            "after the task, no teardown had run in its thread",
            "one teardown",
            "The context has no end in the task. Use a with block around the call.",
        )
    if future.result() != "CATCH THE MOTH":
        return NotYet(
            f"the future's result was {future.result()!r}",
            "what function(*args) returned",
            "Return the value of function(*args) from the task.",
        )
    return None


# switch_user

MEMBERS = {name: {"name": name} for name in ("ada", "grace", "nobody")}


def _find(name):
    return MEMBERS.get(name) if isinstance(name, str) else None


def _club(switch_user, hook):
    """An app whose ``current_user`` is asked by a hook of its own or, without ``hook``, only after the login."""
    app = check_app(SECRET_KEY="check")

    def current_user():
        if "user" not in g:
            g.user = _find(session.get("name"))
        return g.user

    @app.before_request
    def greet():
        g.opened = "a connection"
        if hook:
            current_user()

    @app.post("/switch/", defaults={"name": None})
    @app.post("/switch/<name>")
    def switch(name):
        switch_user(_find, name)
        return {"user": current_user(), "opened": g.get("opened")}

    app.get("/me", endpoint="me")(lambda: {"user": current_user()})
    return app


@exercise(
    "Look at the picture: which function asked for the user first, and where is its answer now?",
    "session and g must agree. What g.user holds was true before the login.",
    'Write or remove session["name"], then `g.pop("user", None)`: the next question finds the user anew.',
    on_error={
        AttributeError: "Nobody need have asked before: then there is no g.user. g.pop takes a default.",
        KeyError: "Nobody need have been logged in: then there is nothing to remove. session.pop takes a default.",
    },
)
def switch_user(switch_user):
    for hook in (True, False):
        client = _club(switch_user, hook).test_client()
        said = client.post("/switch/ada").json
        later = client.get("/me").json["user"]
        if later != MEMBERS["ada"]:
            return NotYet(
                f"in the request after switch_user(find_user, 'ada') the user was {later!r}",
                MEMBERS["ada"],
                "g ends with the request. What lasts is the session: write the name there.",
            )
        if said["user"] != MEMBERS["ada"]:
            advice = "current_user() returns a user, as find_user gives it, and not a name."
            if said["user"] is None:
                advice = "g.user still has the answer from before the login. Let the next question be asked anew."
            return NotYet(f"in the request of the login itself the user was {said['user']!r}", MEMBERS["ada"], advice)
        if said["opened"] != "a connection":
            return NotYet(
                "what another hook had left in g was gone",
                "a g that has lost g.user at most",
                "Only g.user is out of date. Leave the rest of g as it is.",
            )
        said = client.post("/switch/").json["user"]
        later = client.get("/me").json["user"]
        if later is not None:
            return NotYet(
                f"in the request after switch_user(find_user, None) the user was {later!r}",
                None,
                "With None somebody logs out: the session must forget the name, too.",
            )
        if said is not None:
            return NotYet(
                f"in the request of the logout itself the user was {said!r}",
                None,
                "Logging out has two halves as well: the session has forgotten, g has not.",
            )
        client.post("/switch/")
    return None
