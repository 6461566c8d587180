"""Checks of chapter 8: work in threads, one client for all of them, a pool with a limit."""

import threading
import time
from queue import LifoQueue

from flask import Flask, current_app, g, has_request_context
from rethinkdb import r
from rethinkdb.errors import ReqlDriverError

from workbook import NotYet, call_at_once, databases, exercise


def _outcome(function, *args, seconds=2):
    """(result, error) of a call in a thread; None if it has not ended by then."""
    outcome = []

    def run():
        try:
            outcome.append((function(*args), None))
        except BaseException as error:
            outcome.append((None, error))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    return outcome[0] if outcome else None


@exercise(
    "What does the thread need to know that it cannot look up?",
    "Get the app itself while there is a context, and push a context inside the thread.",
    "app = current_app._get_current_object(); in the thread: with app.app_context(): work(*args)",
)
def in_background(in_background):
    app, ended, seen, failed = Flask("jukebox"), [], {}, []
    started = threading.Event()
    app.teardown_appcontext(lambda exc: ended.append(threading.get_ident()))

    def work(number):
        seen["thread"] = threading.get_ident()
        seen["app"] = current_app._get_current_object()
        seen["listener"] = g.get("listener")
        seen["number"] = number
        seen["request"] = has_request_context()
        g.listener = "the thread's"
        seen["waited for"] = not started.wait(0.5)

    def start(context):
        usual = threading.excepthook
        threading.excepthook = lambda args: failed.append(args.exc_type.__name__)
        try:
            with context:
                g.listener = "ann"
                thread = in_background(work, 7)
                started.set()
                if hasattr(thread, "join") and thread.ident is not None:
                    thread.join(5)
                return thread, list(ended), g.listener
        finally:
            threading.excepthook = usual

    try:
        thread, ended_early, listener = start(app.app_context())
    except RuntimeError as error:
        if "request context" not in str(error):
            raise
        return NotYet(
            "in a command: working outside of request context",
            "the thread started, as in a view",
            "A command has no request that could be copied. The app context is enough.",
        )
    me = threading.get_ident()
    if seen.get("thread") == me:
        return NotYet(
            "work ran in the thread of the caller",
            "work in a thread of its own",
            "The caller would wait for it. Call work in the target of a Thread.",
        )
    if not isinstance(thread, threading.Thread):
        return NotYet(
            f"in_background returned {type(thread).__name__}",
            "the Thread",
            "Whoever starts it may want to join it: return the thread.",
        )
    if thread.ident is None:
        return NotYet("the thread was not started", "a thread at work", "Call its start() before you return it.")
    if "TypeError" in failed:
        return NotYet(
            "the thread ended with TypeError: the number of arguments is wrong",
            "work(7), as in_background(work, 7) says",
            "Whatever in_background was given after work is for work: work(*args).",
        )
    if failed and not seen:
        return NotYet(
            f"the thread ended with {failed[0]} before it called work",
            "work called in an app context",
            "current_app is looked up where it is used, and the thread has nothing to look in. "
            "Get the app itself before the thread starts.",
        )
    if failed:
        return NotYet(
            f"work was called, and ended with {failed[0]}",
            "work in an app context",
            "A thread starts without a context. Push one in the thread, around work.",
        )
    if seen["waited for"]:
        return NotYet(
            "in_background came back when work had ended",
            "the thread, while work is still running",
            "join() waits for the thread. Leave that to the caller, who may have better things to do.",
        )
    if seen["listener"] is not None or listener != "ann":
        return NotYet(
            "work saw the g of the caller",
            "an empty g",
            "That is the caller's context, and its teardown closes what work still uses. "
            "Push a context of the thread's own.",
        )
    if seen["app"] is not app:
        return NotYet(
            f"work ran for another app, {seen['app'].name!r}",
            "for the app that started it",
            "Another app has other settings and another database. Use the one of the caller.",
        )
    if ended_early != [seen["thread"]]:
        return NotYet(
            f"{len(ended_early)} teardowns when work had ended",
            "one, in the thread",
            "The context of the thread must end with work: use it in a with block.",
        )
    if seen["request"]:
        return NotYet(
            "work ran in a request that nobody sent",
            "an app context, and no request",
            "A test request context is a request made up: its hooks believe in a visitor. Push an app context.",
        )
    if seen["number"] != 7:
        return NotYet(
            f"work({seen['number']!r})",
            "work(7), as in_background(work, 7) says",
            "Mind the star: work(*args) passes each argument on, work(args) all of them as one.",
        )


class _Client:
    """Stands for a driver's client."""


@exercise(
    "Between looking and setting, another thread may look too.",
    "Hold the lock while you look and until you have set. Where is the client kept, if each app has its own?",
    'with lock: if "client" not in app.extensions: app.extensions["client"] = make()',
    seconds=5,
    on_error={TimeoutError: "An earlier call kept the lock. `with lock:` lets go of it on every way out."},
)
def one_client(get_client):
    def make():
        with counting:
            counts["now"] += 1
            counts["most"] = max(counts["most"], counts["now"])
            counts["made"] += 1
        time.sleep(0.1)
        with counting:
            counts["now"] -= 1
        return _Client()

    def fail():
        raise ConnectionError("nobody there")

    counting, counts = threading.Lock(), {"now": 0, "most": 0, "made": 0}
    app = Flask("one")
    first, second = get_client(app, make), get_client(app, make)
    if not (isinstance(first, _Client) and isinstance(second, _Client)):
        which, client = ("first", first) if not isinstance(first, _Client) else ("second", second)
        return NotYet(
            f"the {which} call returned {type(client).__name__}",
            "the client",
            "Return the client, whoever made it: what make() returned, now or earlier.",
        )
    if first is not second:
        return NotYet(
            "a second call made a second client",
            "the first one again",
            'Keep the client as app.extensions["client"], and look there before you make one.',
        )
    if counts["made"] > 1:
        return NotYet(
            "the second call returned the first client, and called make() all the same",
            "make() called once",
            "An argument is computed before the call: setdefault(key, make()) makes a client each time.",
        )
    if get_client(Flask("one"), make) is first or get_client(Flask("two"), make) is first:
        return NotYet(
            "a second app got the client of the first",
            "a client of its own for each app",
            "A global is shared by all apps of the process, and two apps may have one name. Keep the client with its "
            "app.",
        )
    if app.extensions.get("client") is not first:
        return NotYet(
            'app.extensions["client"] is something else',
            "the client",
            "Others look for it there: keep it under that name.",
        )

    counts.update(now=0, most=0, made=0)
    app = Flask("eight")
    clients = call_at_once(lambda: get_client(app, make))
    if counts["most"] > 1:
        return NotYet(
            f"8 threads made {counts['made']} clients, several at the same time",
            "1",
            "They all looked before one of them had set. Hold the one lock that all share while you do both.",
        )
    if counts["made"] > 1:
        return NotYet(
            f"8 threads made {counts['made']} clients, one after the other",
            "1",
            "They looked first and waited for the lock then. Look when you have the lock.",
        )

    if set(clients) != {app.extensions["client"]}:
        others = sum(client is not app.extensions["client"] for client in clients)
        return NotYet(
            f"{others} of 8 threads did not get the client",
            "the one client for each of them",
            "Who comes while the client is made waits for it: hold the lock until it is there. `with lock:` waits.",
        )

    app = Flask("fails")
    failed = _outcome(get_client, app, fail)
    again = _outcome(get_client, app, make)
    if again is None:
        return NotYet(
            "after a make() that raised, the next call never came back",
            "a second try",
            "The lock was not released when make() raised. `with lock:` releases it always.",
        )
    if failed is None or not isinstance(failed[1], ConnectionError) or again[1] is not None or again[0] is None:
        return NotYet(
            "make() raised, and the next call did not try again",
            "the error for the first caller, a client for the second",
            "Set the client only when make() has returned, and let its error go on.",
        )


class _Connection:
    """Stands for a driver's connection."""

    def close(self):
        pass


def _places(number):
    places = LifoQueue()
    for _ in range(number):
        places.put(None)
    return places


def _refuse(kind):
    def refuse():
        raise kind("nobody there")

    return refuse


@exercise(
    "places.get() takes a place and waits for one. What else can you tell it?",
    "Three things can come of it: a connection, None, and nothing in time (queue.Empty).",
    "place = places.get(timeout=wait). If connect() fails: places.put(None), then raise.",
)
def take(take):
    def connect():
        opened.append(_Connection())
        return opened[-1]

    opened, places = [], _places(2)
    first, second = take(places, connect, 0.05), take(places, connect, 0.05)
    if not isinstance(first, _Connection) or not isinstance(second, _Connection):
        return NotYet(
            f"take returned {type(first).__name__}",
            "a connection",
            "None is a place that was not opened yet: open a connection for it.",
        )
    if places.qsize():
        return NotYet(
            f"2 connections are lent, and {places.qsize()} of 2 places are free",
            "none, until a connection is given back",
            "Who has the connection has its place. Put the place back only where connect() failed.",
        )
    began = time.monotonic()
    outcome = _outcome(take, places, connect, 0.05)
    took = time.monotonic() - began
    if outcome is None:
        return NotYet(
            "all places were taken, and take was still waiting after 2 s",
            "TimeoutError after wait (here 0.05 s)",
            "Tell the queue how long to wait: timeout=wait.",
        )
    result, error = outcome
    if isinstance(result, _Connection):
        return NotYet(
            "a pool of 2 places lent 3 connections",
            "TimeoutError",
            "No place, no connection: without a limit it is no pool.",
        )
    if error is None:
        return NotYet(
            f"all places were taken, and take returned {type(result).__name__}",
            "TimeoutError raised",
            "The caller would use it as a connection. Raise the error, so that it cannot be overlooked.",
        )
    if not isinstance(error, TimeoutError):
        return NotYet(
            f"all places were taken, and take raised {type(error).__name__}",
            "TimeoutError",
            "The caller knows the pool, not its queue: turn queue.Empty into TimeoutError.",
        )
    if took > 0.6:
        return NotYet(
            f"all places were taken, and take waited {took:.1f} s",
            "wait seconds: here 0.05",
            "How long is for the caller to say. Use `wait`, and no number of your own.",
        )
    if places.qsize():
        return NotYet(
            "waiting came to nothing, and there is a place more than before",
            "as many places as before",
            "A place is put back by whoever took one, and here nobody did: queue.Empty is not connect()'s error.",
        )
    threading.Timer(0.1, places.put, [first]).start()
    outcome = _outcome(take, places, connect, 1)
    if outcome is None or isinstance(outcome[1], TimeoutError):
        return NotYet(
            "a connection came back after 0.1 s, and take with wait=1 did not get it",
            "that connection",
            "Look and wait are one call: places.get(timeout=wait). Whoever looks first gives up too early.",
        )
    if outcome[0] is not first:
        return NotYet(
            "a connection was given back, and take opened another",
            "the one that was given back",
            "Use the connection in the place, if there is one.",
        )
    if places.qsize():
        return NotYet(
            "a connection was lent a second time, and its place is free",
            "no free place: two connections are lent",
            "A place that stays in the queue is lent to somebody else, and the pool grows. Who has the connection "
            "has its place, whether it was opened now or earlier.",
        )
    if len(opened) > 2:
        return NotYet(
            f"2 places, and {len(opened)} connections were opened",
            "2",
            "Nobody closes the others. Open a connection only when you have a place, and it is empty.",
        )

    losses = {
        ReqlDriverError: "The place was lost with the error: put it back before the error goes on, whatever its class. "
        "Drivers have errors of their own.",
        # What neither the driver nor the queue calls its own.
        LookupError: "You catch the errors that you know, and this one took the place with it. Catch every error "
        "there, and raise it again.",
    }
    for kind, advice in losses.items():
        places = _places(1)
        result, error = _outcome(take, places, _refuse(kind), 0.05) or (None, None)
        if not isinstance(error, kind):
            return NotYet(
                f"connect() failed, and take {f'raised {type(error).__name__}' if error else 'kept it to itself'}",
                "the error of connect()",
                'Let that error go on to the caller: "busy" and "nobody there" are two answers.',
            )
        if places.qsize() != 1:
            return NotYet(
                f"connect() raised {kind.__name__}, and {places.qsize()} of 1 places are free",
                "1 of 1: the next call tries again",
                advice,
            )


SONG, NO_SONG, NO_KEY = "/songs/so-what", "/songs/nobody", "/songs/" + "x" * 200


@exercise(
    "Follow one connection through a request for a song that is not there. Who puts it back into the queue?",
    "Which ways lead out of a view? A return is one of them. What runs on all of them?",
    "Keep the connection in g and put it back in a teardown, or put it back in a `finally`.",
)
def mended(mended):
    database = databases.rethinkdb("check_ch08")
    with database.connect() as conn:
        r.table_create("songs").run(conn)
        r.table("songs").insert({"id": "so-what"}).run(conn)
    conns = [database.connect() for _ in range(2)]
    try:
        return _lends(mended, conns)
    finally:
        for conn in conns:
            conn.close(noreply_wait=False)


def _lends(mended, conns):
    places = LifoQueue()
    for conn in conns:
        places.put(conn)
    app = mended(places)
    if not isinstance(app, Flask):
        return NotYet(f"mended returned {type(app).__name__}", "the app", "Return the app, as the faulty one does.")
    if places.qsize() != 2:
        return NotYet(
            f"the app is made, nobody has come, and {places.qsize()} of 2 connections are free",
            "2",
            "A connection that the app keeps is shared by all visitors. Lend one to each request.",
        )
    app.logger.disabled = True

    def ask(path, testing=False):
        app.config["PROPAGATE_EXCEPTIONS"] = testing
        try:
            return app.test_client().get(path).status_code
        except Exception as error:
            if not testing:
                raise
            return type(error).__name__

    def free(after, advice, twice):
        if any(conn is not None and not conn.is_open() for conn in places.queue):
            return NotYet(
                f"after {after} a connection in the queue is closed",
                "two that are open",
                "The next visitor needs it. Give it back as you got it: neither close() nor a `with` block.",
            )
        if places.qsize() > 2:
            return NotYet(f"after {after} {places.qsize()} of 2 connections are free", "2", twice)
        if places.qsize() != 2:
            return NotYet(f"after {after} {places.qsize()} of 2 connections are free", "2", advice)

    status = ask(SONG)
    if status != 200:
        return NotYet(
            f"GET {SONG}: {status}", "200, and the song", "It worked before: mend one thing and leave the rest."
        )
    early = "It worked before: the connection came back when the song was found."
    twice = "One connection stands in the queue twice, and two visitors may get it at once. Put it back in one place."
    missing = free(f"GET {SONG}", early, twice)
    if missing:
        return missing
    visits = [
        (NO_SONG, False, 404, "abort() raises: what stands below it in the view is not reached."),
        (
            NO_KEY,
            False,
            500,
            "The query itself raised. There are more ways out of a view than the one you have closed: use what runs "
            "on all of them.",
        ),
        (
            NO_KEY,
            True,
            "ReqlQueryLogicError",
            "after_request is not called when an exception goes through to the test or the debugger. A teardown is.",
        ),
    ]
    for path, testing, expected, advice in visits:
        for _ in range(2):
            status = ask(path, testing)
            where = f"GET {path[:20]}" + (" with PROPAGATE_EXCEPTIONS" if testing else "")
            if status == 503:
                return NotYet(f"{where}: 503, busy", expected, "A connection for each visitor was there. " + advice)
            if status != expected:
                return NotYet(
                    f"{where}: {status}", expected, "What went wrong is still to be told: give back, and let it go on."
                )
        missing = free(f"two times {where}", advice, twice)
        if missing:
            return missing
    with app.test_client() as client:
        for _ in range(2):
            client.get(SONG)
    in_g = "There the teardown runs twice. Take the connection out of g when you give it back: g.pop()."
    missing = free("requests in a `with` block of the test client", in_g, in_g)
    if missing:
        return missing
    if {id(place) for place in (places.get(), places.get())} != {id(conn) for conn in conns}:
        return NotYet(
            "the queue holds other connections than at the start",
            "the two that were lent",
            "Give back what was lent. Who opens another one has no limit any more.",
        )
    began = time.monotonic()
    outcome = _outcome(ask, SONG)
    took = time.monotonic() - began
    if outcome is None or took > 1:
        return NotYet(
            "with both connections lent, a visitor waited for more than a second",
            "503 after 0.2 s",
            "Patience does not bring back what is lost: leave the time-out as it was.",
        )
    if outcome[0] == 500:
        return NotYet(
            "with both connections lent: 500",
            "503, busy",
            "queue.Empty has its handler: leave it. And take the connection before the `try`, or `finally` has nothing "
            "to give back.",
        )
    if outcome[0] != 503:
        return NotYet(
            f"with both connections lent: {outcome[0]}",
            "503, busy",
            "Now both are in use, and there is no third: the limit must stay.",
        )
    if took < 0.15:
        return NotYet(
            f"with both connections lent, a visitor was sent away after {took:.2f} s",
            "503 after 0.2 s",
            "A connection often comes back in a moment. Wait for one as long as before.",
        )
    if places.qsize():
        return NotYet(
            "a visitor who got no connection has put something into the queue",
            "an empty queue: both connections are lent",
            "Who got none has none to give back. None in the queue is lent to the next visitor.",
        )
