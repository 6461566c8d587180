"""Checks of chapter 1: the order of hooks, and hooks that see every request."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from flask import current_app, got_request_exception

from workbook import NotYet, check_app, exercise, request_at_once

END = ["label", "cors", "close", "report", "free"]
ORDER = {
    "found": ["opening", "listener", "shelf", "row", "song", "stamp", "version", *END],
    "missing": ["opening", "listener", *END],
    "refused": ["opening", "listener", "shelf", "stamp", "version", *END],
}
APP_FIRST = "Before the view, the hooks of the app come before those of a blueprint."
APP_LAST = "After the view, the hooks of a blueprint come before those of the app."
# Who is out of order -> why. The first pair that stands the wrong way round gets its hint.
PAIRS = [
    (("opening", "listener"), "before_request functions run as they were registered."),
    (("opening", "shelf"), APP_FIRST),
    (("listener", "shelf"), APP_FIRST),
    (("listener", "row"), APP_FIRST),
    (("shelf", "row"), "Before the view, the outer blueprint comes before the inner one."),
    (("stamp", "label"), APP_LAST),
    (("version", "label"), APP_LAST),
    (("version", "cors"), APP_LAST),
    (("stamp", "version"), "After the view, the inner blueprint comes before the outer one: layers around the view."),
    (("label", "cors"), "after_request functions run in reverse: last registered, first run."),
    (("close", "report"), "Teardown functions run in reverse, too: last registered, first run."),
    (("report", "free"), "The request ends before the app context that it stands in."),
]


@exercise(
    "Layers around the view: the app outside, then the outer blueprint, then the inner one.",
    "after_request and the teardowns run in reverse. Without a route there is no blueprint.",
    "found starts with opening, listener, shelf, row, song and ends with label, cors, close, report, free.",
)
def order(found, missing, refused):
    for case, answer in (("found", found), ("missing", missing), ("refused", refused)):
        expected = ORDER[case]
        saw = f"{case} = {answer!r}"
        if not isinstance(answer, list | tuple) or not all(isinstance(name, str) for name in answer):
            return NotYet(saw, "a list of names", 'Write a list of strings: ["opening", ...].')
        answer = list(answer)
        if len(set(answer)) < len(answer):
            return NotYet(saw, "each name once", "Each of these functions runs at most once in a request.")
        unknown = [name for name in answer if name not in ORDER["found"]]
        if unknown:
            return NotYet(f"{unknown[0]!r} in {case}", "names that the app writes down", "Copy the names from the app.")
        if set(answer) != set(expected):
            wanted = f"{len(expected)} names in {case}"
            return NotYet(saw, wanted, _why_not_these(case, set(answer), set(expected)))
        for (first, second), why in PAIRS:
            if {first, second} <= set(answer) and answer.index(first) > answer.index(second):
                return NotYet(f"{second} before {first} in {case}", f"{first} before {second}", why)
        if answer != expected:
            return NotYet(
                saw,
                "hooks before the view, the view, hooks after it",
                "Sort by kind of hook first, then within each kind.",
            )


def _why_not_these(case, answer, expected):
    if case == "missing" and answer - expected:
        return "Without a route there is no blueprint, and none of its hooks."
    if case == "refused" and answer & {"row", "song"}:
        return "abort() in a before_request function skips the later ones and the view."
    if "shelf" not in answer and case == "refused":
        return "shelf writes down its name first, and only then it calls abort()."
    if case == "refused" and "version" not in answer:
        return "The URL has a route, so it has its blueprints, and what comes after the view is not skipped."
    if case == "refused" and "stamp" not in answer:
        return "Hooks are not pairs: stamp does not ask whether row has run."
    if not {"opening", "listener"} <= answer:
        return "A before_request function of the app runs for every request, with or without a route."
    if case == "found" and not {"shelf", "row", "song", "stamp", "version"} <= answer:
        return "This request has a route: the hooks of both blueprints run for it, and the view."
    return "A function is missing. after_request and the teardowns run for every request, whatever its end."


def _app(**config):
    app = check_app(TESTING=False, **config)
    app.get("/", endpoint="index")(lambda: "hello")
    return app


HEADER = "X-Milliseconds"
NAP = 0.05
PAUSE = 0.3


@exercise(
    "Two hooks: one starts the clock, one reads it. Which of the hooks gets the response?",
    "Keep the start in g, which each request has for itself, and ask whether it is there.",
    '`seconds = perf_counter() - g.started if "started" in g else 0` in an after_request function.',
)
def time_answers(time_answers):
    app = _app(PROPAGATE_EXCEPTIONS=False)
    app.get("/nap", endpoint="nap")(lambda: time.sleep(NAP) or "slept")
    app.get("/bug", endpoint="bug")(lambda: 1 / 0)
    time_answers(app)

    raised = []
    with got_request_exception.connected_to(lambda sender, exception: raised.append(exception), app):
        plain = _milliseconds(app, "/")
    if raised and not isinstance(raised[0], TypeError | AttributeError):
        raise raised[0]
    if plain is None:
        advice = "Only one kind of hook gets the response, and changes it before it is sent: after_request."
        if app.after_request_funcs and None not in app.after_request_funcs:
            advice = "The hooks of a blueprint run for its own routes only. Register yours on the app."
        return NotYet(f"GET / has no header {HEADER}", "the header on every response", advice)
    for path, status in (("/no-such-page", 404), ("/bug", 500)):
        if _milliseconds(app, path) is None:
            return NotYet(
                f"the response {status} has no header {HEADER}",
                "the header on every response",
                "after_request runs for errors too: do not look at the status.",
            )
    text = app.test_client().get("/").text
    if text != "hello":
        return NotYet(
            "GET / has lost the view's response",
            "'hello', which the view returns",
            "What a before_request function returns becomes the response. Return nothing there.",
        )
    since = time.perf_counter()
    nap = _milliseconds(app, "/nap")
    lasted = (time.perf_counter() - since) * 1000
    if NAP * 0.9 <= nap < lasted / 1000 + 0.01:
        return NotYet(
            f"{nap:.3f} for a view that sleeps {NAP * 1000:.0f} ms",
            f"{NAP * 1000:.0f} or more",
            "That is in seconds. A second has 1000 milliseconds.",
        )
    if nap < 0:
        return NotYet(
            f"{nap:.3f} for a view that sleeps {NAP * 1000:.0f} ms",
            f"{NAP * 1000:.0f} or more",
            "Time is what the clock says now minus what it said at the start.",
        )
    if nap < NAP * 900:
        return NotYet(
            f"{nap:.3f} for a view that sleeps {NAP * 1000:.0f} ms",
            f"{NAP * 1000:.0f} or more",
            "A part of a second is lost here: multiply first, then round."
            if nap == 0
            else "Start the clock before the view, in a before_request function, and with perf_counter: "
            "process_time() does not count while a view waits.",
        )
    if nap > lasted + 10:
        return NotYet(
            f"{nap:.3f} for a request that took {lasted:.0f} ms",
            "no more than the request took",
            "That is too much. perf_counter() counts seconds, and a second has 1000 milliseconds: multiply once.",
        )
    return (
        _together(
            time_answers,
            "/",
            "Requests run at the same time, and share that variable. g belongs to one request.",
        )
        or _never_started(time_answers)
        or _together(
            time_answers,
            "/long",
            "Two requests for one URL at the same time share that entry. g belongs to one request.",
        )
    )


def _milliseconds(app, path):
    """What the header of one response says, a float, or None without it."""
    try:
        response = app.test_client().get(path)
    except (TypeError, AttributeError) as error:
        # Flask calls the response, or looks at it, and finds None.
        raise NotYet(
            f"{type(error).__name__} when the response was to be sent",
            "a response",
            "An after_request function must return the response.",
        ) from error
    text = response.headers.get(HEADER)
    try:
        return None if text is None else float(text)
    except ValueError:
        raise NotYet(f"{HEADER}: {text}", "a number", "Write the number only, without a unit.") from None


def _never_started(time_answers):
    app = _app(PROPAGATE_EXCEPTIONS=False)
    closed = []
    app.before_request(lambda: ("closed", 503) if closed else None)
    time_answers(app)
    # On this thread, and of this URL: what is kept by either would be found again.
    begun = time.perf_counter()
    app.test_client().get("/")
    time.sleep(NAP)
    closed.append(True)
    since = time.perf_counter()
    response = app.test_client().get("/")
    lasted = (time.perf_counter() - since) * 1000
    if response.status_code != 503:
        return NotYet(
            f"another hook responded with 503, the client got {response.status_code}",
            f"503, and {HEADER}: 0",
            "The other hook responded first, so your clock was never started. Ask before you read it.",
        )
    if HEADER not in response.headers:
        return NotYet(
            f"another hook responded with 503, and that response has no header {HEADER}",
            f"{HEADER}: 0",
            "Your before_request function did not run here, so what it would have registered is missing. "
            "Register the second hook on the app.",
        )
    found = float(response.headers[HEADER])
    # A clock that is started before every hook has measured this request, and that is right as well.
    if not 0 <= found <= lasted:
        kept = "That is the start of an earlier request, which this thread or URL has kept. g is new in each request."
        nothing = "Without a start there is nothing to subtract from: then the header says 0."
        return NotYet(
            f"{HEADER}: {found:.3f} for a request of {lasted:.3f} ms to which another hook responded",
            f"{HEADER}: 0",
            kept if 0 < found <= (time.perf_counter() - begun) * 1000 else nothing,
        )
    return None


def _together(time_answers, path, advice):
    """A second request, for ``path``, comes and goes while the first is in its view."""
    app = _app(PROPAGATE_EXCEPTIONS=False)
    entered, leave = threading.Event(), threading.Event()

    @app.get("/long")
    def long():
        if not entered.is_set():
            entered.set()
            leave.wait(5)
        return "long"

    time_answers(app)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(_milliseconds, app, "/long")
        entered.wait(5)
        since = time.perf_counter()
        time.sleep(2 * NAP)
        _milliseconds(app, path)
        lasted = (time.perf_counter() - since) * 1000
        leave.set()
        if answer.result() < lasted - 10:
            return NotYet(
                "a request that another one overtook counts from the start of the other",
                "its own start for each request",
                advice,
            )
    return None


@exercise(
    "A before_request function, a flag, and something that lets only one thread in.",
    "threading.Lock, made once, outside of the hook; the flag is set when the work is done.",
    "`with lock:` and in it `if not done:`, then prepare(), then done = True.",
    on_error={
        AssertionError: "The first request has begun: it is too late to register. "
        "Register one hook now, and let it decide when it runs."
    },
)
def run_first(run_first):
    ran = []

    def prepare():
        ran.append("prepare")
        return f"prepared {current_app.name}"

    app = check_app()
    app.get("/", endpoint="index")(lambda: ran.append("view") or "hello")
    asked = []

    try:
        run_first(app, prepare)
    except RuntimeError:
        # prepare asks for current_app, and there is none yet.
        ran.append("too early")
    app.before_request(lambda: asked.append("next hook"))
    if ran:
        return NotYet(
            "prepare() ran when it was handed over",
            "not before the first request",
            "Do not call it yet: register a function that will.",
        )
    text = app.test_client().get("/").text
    if text != "hello":
        return NotYet(
            f"the first response is {text!r}",
            "the view's response, 'hello'",
            "What a before_request function returns becomes the response. Return nothing.",
        )
    if ran != ["prepare", "view"]:
        return NotYet(
            " then ".join(ran), "prepare then view", "It has to run before the view: choose a hook that does."
        )
    if not asked:
        return NotYet(
            "in the first request the before_request function after yours was skipped",
            "every hook in every request",
            "Flask is walking along that list while you take something out of it. "
            "Leave your hook where it is, and let it ask.",
        )
    app.test_client().get("/")
    if ran != ["prepare", "view", "view"]:
        return NotYet(
            f"after two requests prepare() ran {ran.count('prepare')} times",
            "once",
            "Remember that it has run: a flag that outlives the request.",
        )
    return _another_app(run_first) or _eight_at_once(run_first) or _a_second_try(run_first)


def _another_app(run_first):
    """In the same process, after an app that is prepared already."""
    app, ran = check_app(), []
    app.get("/", endpoint="index")(lambda: "hello")
    run_first(app, lambda: ran.append("prepare"))
    app.test_client().get("/")
    if ran:
        return None
    return NotYet(
        "a second app in the same process was never prepared",
        "once in each app",
        "The flag of the first app was still up. Make the flag inside of run_first, for each app anew.",
    )


def _eight_at_once(run_first):
    app = check_app()
    everybody = threading.Event()
    calls, finished, unprepared, inside, most = [], [], [], [], []

    @app.get("/")
    def index():
        if not finished:
            unprepared.append("view")
        return "hello"

    def prepare():
        calls.append("prepare")
        inside.append("prepare")
        everybody.wait(5)
        time.sleep(PAUSE if len(calls) == 1 else 0.01)
        most.append(len(inside))
        inside.pop()
        finished.append("prepare")

    run_first(app, prepare)
    request_at_once(app, "/", everybody)
    if len(calls) > 1:
        return NotYet(
            "eight requests at once: prepare() ran more than once",
            "once",
            _why_again(app, max(most)),
        )
    if unprepared:
        return NotYet(
            "a view ran while prepare() was still busy",
            "views that wait until it has finished",
            "The flag is up before the work is done, and the others walk past. They have to wait.",
        )
    return None


def _why_again(app, most):
    """The hint for more than one call of prepare(), ``most`` of them at the same time."""
    if most == 1:
        return (
            "They came one after the other: your lock works, but the question is asked before it. "
            "Ask while you hold it."
        )
    # What functools.cache returns has no code of its own.
    codes = [hook.__code__ for hook in app.before_request_funcs[None] if hasattr(hook, "__code__")]
    if any("Lock" in name for code in codes for name in code.co_names):
        return "A lock that is made in the hook is another one in each call. Make one, outside of it, that all share."
    return "Between the question and the flag another thread asks the same. Hold a lock."


def _a_second_try(run_first):
    app = check_app(TESTING=False)
    app.get("/", endpoint="index")(lambda: "hello")
    calls = []

    def prepare():
        calls.append("prepare")
        if len(calls) == 1:
            raise OSError("not reachable yet")

    run_first(app, prepare)
    statuses = [app.test_client().get("/").status_code for _ in range(3)]
    if statuses == [200, 200, 200]:
        return NotYet(
            "prepare() raised in the first request, and the view ran all the same",
            "a first request that fails, and a second one that tries again",
            "Do not catch it: nothing is prepared. The exception ends the request before the view.",
        )
    if len(calls) != 2:
        return NotYet(
            f"prepare() raised in the first request, and ran {len(calls)} times in three requests",
            "twice: it raised, then it succeeded",
            "Set the flag after the work: an exception then leaves it as it was.",
        )
    if statuses != [500, 200, 200]:
        return NotYet(
            statuses,
            [500, 200, 200],
            "A failed start is a failed request; the next one tries again.",
        )
    return None


@exercise(
    "Which of enter and leave ran in the request of the picture? Which would run if the view raised in a test?",
    "after_request is no partner of before_request. A teardown always runs, and it can ask g whether enter has run.",
    '`g.entered = True` in a before_request function, `if g.pop("entered", False):` in a teardown_request function.',
)
def count_busy(count_busy):
    # As in create_shop: the hook in front is there already, and the routes come later.
    app, closed, seen = check_app(TESTING=False, CLOSED=False), [], []
    app.extensions["busy"] = 0
    app.before_request(lambda: ("closed", 503) if closed else None)
    count_busy(app)
    app.get("/look", endpoint="look")(lambda: seen.append(app.extensions["busy"]) or "looked")
    app.get("/bug", endpoint="bug")(lambda: 1 / 0)
    entered, leave = threading.Event(), threading.Event()
    app.get("/long", endpoint="long")(lambda: entered.set() or (leave.wait(5) and "long"))

    def busy():
        return app.extensions["busy"]

    text = app.test_client().get("/look").text
    if text != "looked":
        return NotYet(
            f"GET /look: {text!r}",
            "the view's response, 'looked'",
            "What a before_request function returns becomes the response. Return nothing there.",
        )
    if seen != [1]:
        return NotYet(
            f"in the view of the only request, busy was {seen[0]}",
            1,
            "Count up before the view: in a before_request function.",
        )
    twice = "It was counted out twice. Take the mark out of g when you have counted: g.pop."
    if busy() != 0:
        once = "Who has entered must leave: count down at the end."
        return NotYet(f"after one request, busy was {busy()}", 0, twice if busy() < 0 else once)
    app.test_client().get("/bug")
    if busy() != 0:
        once = "A failed request has an end, too."
        return NotYet(f"after a view that failed, busy was {busy()}", 0, twice if busy() < 0 else once)
    app.testing = True
    try:
        app.test_client().get("/bug")
    except ZeroDivisionError:
        pass
    app.testing = False
    if busy() != 0:
        return NotYet(
            f"after a view that failed in a test, busy was {busy()}",
            0,
            "With TESTING the exception leaves the app, and after_request is left out. A teardown is not.",
        )
    return _refused_and_twice(app, closed, busy) or _at_once(app, closed, seen, busy, entered, leave)


def _refused_and_twice(app, closed, busy):
    closed.append(True)
    app.test_client().get("/look")
    closed.clear()
    if busy() < 0:
        return NotYet(
            f"after a request to which another hook responded, busy was {busy()}",
            0,
            "It never entered, so it must not leave. Remember in g who has entered.",
        )
    if busy() > 0:
        return NotYet(
            f"after a request to which another hook responded, busy was {busy()}",
            0,
            "It entered and did not leave: the end that you chose does not come for this request.",
        )
    with app.test_client() as client:
        client.get("/look")
    if busy() != 0:
        return NotYet(
            f"after one request of a test client in a with block, busy was {busy()}",
            0,
            "There the teardown runs twice with one g. Take the mark out of g when you have counted: g.pop.",
        )
    return None


def _at_once(app, closed, seen, busy, entered, leave):
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(app.test_client().get, "/long")
        entered.wait(5)
        seen.clear()
        app.test_client().get("/look")
        beside, alone = seen[0], busy()
        closed.append(True)
        app.test_client().get("/look")
        found = busy()
        leave.set()
        working.result()
    if (beside, alone) != (2, 1):
        return NotYet(
            f"with two requests in their views busy was {beside}, and when one had left, {alone}",
            "2, then 1",
            "Each request counts up by one and down by one. A number that is set, or a flag that "
            "all requests share, knows of one request only.",
        )
    if found != 1:
        return NotYet(
            f"with one request in its view, while another one was refused, busy was {found}",
            1,
            "Never going below 0 hides the fault: the one that was refused has counted the other one out.",
        )
    if busy() != 0:
        return NotYet(f"after all of them, busy was {busy()}", 0, "Each request counts itself out, and nobody else.")
    return None
