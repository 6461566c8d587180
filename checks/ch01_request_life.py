"""Checks of chapter 1: the order of hooks, and hooks that see every request."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from flask import current_app

from workbook import NotYet, check_app, exercise

ORDER = {
    "found": ["opening", "listener", "shelf", "song", "version", "label", "cors", "close", "report", "free"],
    "missing": ["opening", "listener", "label", "cors", "close", "report", "free"],
    "refused": ["opening", "listener", "version", "label", "cors", "close", "report", "free"],
}
# Who is out of order -> why. The first pair that stands the wrong way round gets its hint.
PAIRS = [
    (("opening", "listener"), "before_request functions run as they were registered."),
    (("opening", "shelf"), "On the way in, the hooks of the app come before those of the blueprint."),
    (("listener", "shelf"), "On the way in, the hooks of the app come before those of the blueprint."),
    (("version", "label"), "On the way out, the hooks of the blueprint come before those of the app."),
    (("version", "cors"), "On the way out, the hooks of the blueprint come before those of the app."),
    (("label", "cors"), "after_request functions run in reverse: last registered, first run."),
    (("close", "report"), "Teardown functions run in reverse, too: last registered, first run."),
    (("report", "free"), "The request ends before the app context that it stands in."),
]


@exercise(
    "The way in: app, then blueprint. The way out: blueprint, then app.",
    "after_request and the teardowns run in reverse. Without a route there is no blueprint.",
    "found starts with opening, listener, shelf, song and ends with label, cors, close, report, free.",
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
    if case == "refused" and answer & {"shelf", "song"}:
        return "abort() in a before_request function skips the later ones and the view."
    if case == "refused" and "version" not in answer:
        return "The address has a route, so it has a blueprint, and what comes after the view is not skipped."
    if "opening" not in answer:
        return "A before_request function of the app runs for every request, with or without a route."
    if "listener" not in answer:
        return "listener writes down its name first, and only then it may call abort()."
    if case == "found" and not {"shelf", "song"} <= answer:
        return "This request has a route: the hooks of the blueprint run for it, and the view."
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

    plain = _milliseconds(app, "/")
    if plain is None:
        return NotYet(
            f"GET / has no header {HEADER}",
            "the header on every answer",
            "Only one kind of hook gets the response, and changes it before it is sent: after_request.",
        )
    for path, status in (("/no-such-page", 404), ("/bug", 500)):
        if _milliseconds(app, path) is None:
            return NotYet(
                f"the answer {status} has no header {HEADER}",
                "the header on every answer",
                "after_request runs for errors too: do not look at the status.",
            )
    text = app.test_client().get("/").text
    if text != "hello":
        return NotYet(
            "GET / has lost the view's answer",
            "'hello', which the view returns",
            "What a before_request function returns becomes the answer. Return nothing there.",
        )
    since = time.perf_counter()
    nap = _milliseconds(app, "/nap")
    lasted = (time.perf_counter() - since) * 1000
    if NAP * 0.9 <= nap < NAP * 900:
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
            "Start the clock before the view, in a before_request function.",
        )
    if nap > lasted + 10:
        return NotYet(
            f"{nap:.3f} for a request that took {lasted:.0f} ms",
            "no more than the request took",
            "That is too much. perf_counter() counts seconds, and a second has 1000 milliseconds: multiply once.",
        )
    return _never_started(time_answers) or _together(time_answers)


def _milliseconds(app, path):
    """What the header of one answer says, a float, or None without it."""
    try:
        response = app.test_client().get(path)
    except (TypeError, AttributeError) as error:
        # Flask calls the response, or looks at it, and finds None.
        raise NotYet(
            f"{type(error).__name__} when the answer was to be sent",
            "an answer",
            "An after_request function must return the response.",
        ) from error
    text = response.headers.get(HEADER)
    try:
        return None if text is None else float(text)
    except ValueError:
        raise NotYet(f"{HEADER}: {text}", "a number", "Write the number only, without a unit.") from None


def _never_started(time_answers):
    app = _app(PROPAGATE_EXCEPTIONS=False)
    app.before_request(lambda: ("closed", 503))
    time_answers(app)
    response = app.test_client().get("/")
    if response.status_code != 503:
        return NotYet(
            f"another hook answered 503, the client got {response.status_code}",
            f"503, and {HEADER}: 0",
            "The other hook answered first, so your clock was never started. Ask before you read it.",
        )
    if _milliseconds(app, "/") is None:
        return NotYet(
            f"another hook answered 503, and that answer has no header {HEADER}",
            f"{HEADER}: 0",
            "Your before_request function did not run here, so what it would have registered is missing. "
            "Register the second hook on the app.",
        )
    if _milliseconds(app, "/") != 0:
        return NotYet(
            f"{HEADER}: {response.headers.get(HEADER)} although the clock was never started",
            f"{HEADER}: 0",
            "Without a start there is nothing to subtract from: the answer is 0.",
        )
    return None


def _together(time_answers):
    """A second request comes and goes while the first is in its view."""
    app = _app(PROPAGATE_EXCEPTIONS=False)
    entered, leave = threading.Event(), threading.Event()

    @app.get("/long")
    def long():
        entered.set()
        leave.wait(5)
        return "long"

    time_answers(app)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(_milliseconds, app, "/long")
        entered.wait(5)
        since = time.perf_counter()
        time.sleep(PAUSE)
        _milliseconds(app, "/")
        lasted = (time.perf_counter() - since) * 1000
        leave.set()
        if answer.result() < lasted - 10:
            return NotYet(
                "a request that another one overtook counts from the start of the other",
                "its own start for each request",
                "Requests run at the same time, and share that variable. g belongs to one request.",
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

    try:
        run_first(app, prepare)
    except RuntimeError:
        # prepare asks for current_app, and there is none yet.
        ran.append("too early")
    if ran:
        return NotYet(
            "prepare() ran when it was handed over",
            "not before the first request",
            "Do not call it yet: register a function that will.",
        )
    text = app.test_client().get("/").text
    if text != "hello":
        return NotYet(
            f"the first answer is {text!r}",
            "the view's answer, 'hello'",
            "What a before_request function returns becomes the answer. Return nothing.",
        )
    if ran != ["prepare", "view"]:
        return NotYet(
            " then ".join(ran), "prepare then view", "It has to run before the view: choose a hook that does."
        )
    app.test_client().get("/")
    if ran != ["prepare", "view", "view"]:
        return NotYet(
            f"after two requests prepare() ran {ran.count('prepare')} times",
            "once",
            "Remember that it has run: a flag that outlives the request.",
        )
    return _eight_at_once(run_first) or _a_second_try(run_first)


def _eight_at_once(run_first):
    app = check_app()
    arrived = threading.Semaphore(0)
    everybody = threading.Event()
    calls, finished, unprepared = [], [], []

    @app.before_request
    def arrive():
        arrived.release()

    @app.get("/")
    def index():
        if not finished:
            unprepared.append("view")
        return "hello"

    def prepare():
        calls.append("prepare")
        everybody.wait(5)
        time.sleep(PAUSE)
        finished.append("prepare")

    run_first(app, prepare)
    with ThreadPoolExecutor(8) as pool:
        requests = [pool.submit(app.test_client().get, "/") for _ in range(8)]
        for _ in requests:
            arrived.acquire(timeout=5)
        everybody.set()
        for request in requests:
            request.result()
    if len(calls) > 1:
        return NotYet(
            "eight requests at once: prepare() ran more than once",
            "once",
            "Between the question and the flag another thread asks the same. Hold a lock.",
        )
    if unprepared:
        return NotYet(
            "a view ran while prepare() was still busy",
            "views that wait until it has finished",
            "The flag is up before the work is done, and the others walk past. They have to wait.",
        )
    return None


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
