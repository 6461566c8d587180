"""Checks of chapter 9: the session of a process, statements prepared once, the border of a view."""

import atexit
import contextlib
import json
import os
import select
import signal
import threading
import time
import warnings
from unittest.mock import patch

from cassandra.cluster import NoHostAvailable, ResultSet
from pydantic import TypeAdapter

from workbook import NotYet, call_at_once, check_app, databases, exercise, request_at_once

CONNECTING = 0.1  # seconds
PATIENCE = 2.0


class FakeSession:
    """A session that nobody needs a server for."""

    def __init__(self):
        self.closed = False
        self.cluster = self

    def shutdown(self):
        self.closed = True


class Connect:
    """Counts what ``connect()`` makes, and how many calls run at the same time."""

    def __init__(self, failures=0):
        self.made = []
        self.at_once = 0
        self._failures = failures
        self._running = 0
        self._lock = threading.Lock()

    def __call__(self):
        with self._lock:
            if self._failures:
                self._failures -= 1
                raise NoHostAvailable("nobody there yet", {})
            self._running += 1
            self.at_once = max(self.at_once, self._running)
        time.sleep(CONNECTING)
        with self._lock:
            self._running -= 1
            self.made.append(FakeSession())
            return self.made[-1]


@exercise(
    "Three things live in make_getter: a lock, a place for sessions, and the function that you return.",
    "Under the lock: is there a session for os.getpid()? If not, make it and keep it under that number.",
    "with lock: if os.getpid() not in sessions: sessions[os.getpid()] = connect(). Then return it.",
    on_error={
        UnboundLocalError: "An inner function that assigns to an outer name needs nonlocal, or a dict.",
        NoHostAvailable: "connect() was called before anybody asked for a session.",
    },
)
def make_getter(make_getter):
    connect = Connect()
    get_session = make_getter(connect)
    if connect.made:
        return NotYet(
            "make_getter called connect()",
            "no connection before get_session() is called",
            "make_getter runs while the app is made, and so before the fork. Connect in get_session.",
        )
    if not callable(get_session):
        return NotYet(
            f"make_getter returned {'nothing' if get_session is None else type(get_session).__name__}",
            "the function get_session",
            "Return the function itself, without calling it.",
        )
    found = call_at_once(get_session)
    if None in found:
        return NotYet(
            f"get_session() returned None to {found.count(None)} of eight threads",
            "the session, to each of them",
            "Follow every way through get_session: each one must end with the session.",
        )
    return (
        _sessions(connect, get_session, found)
        or _two_apps(make_getter)
        or _failures(make_getter)
        or _forks(make_getter)
    )


def _sessions(connect, get_session, found):
    if len(connect.made) > 1:
        saw = f"eight threads at once made {len(connect.made)} sessions"
        again = len(connect.made)
        get_session()
        after = len(connect.made)
        get_session()
        if len(connect.made) == after == again + 1:
            return NotYet(
                "each thread got a session of its own",
                "one session for all threads",
                "Threads may share a session: that is what it is for. Keep it where all of them find it.",
            )
        if len(connect.made) > again:
            return NotYet(
                "each call of get_session() makes a session",
                "one session, made by the first call",
                "Keep what connect() returned, and look there first.",
            )
        if connect.at_once == 1:
            hint = "They wait for the lock, and then each makes a session. Look again under the lock."
        elif "Lock" in getattr(getattr(get_session, "__code__", None), "co_names", ()):
            hint = "Each call makes a lock that nobody else knows. One lock, made in make_getter, for all."
        else:
            hint = "Looking and setting are two steps, and all eight looked first. Do both under a lock."
        return NotYet(saw, "one session for all", hint)
    if any(session not in connect.made for session in found):
        return NotYet(
            f"get_session() returned an object of the type {type(found[0]).__name__}",
            "the session that connect() made",
            "Return what connect() returned: a plain function, without yield, async or a wrapping.",
        )


def _two_apps(make_getter):
    if make_getter(Connect())() is make_getter(Connect())():
        return NotYet(
            "two getters with two connect() functions share one session",
            "a session for each: there may be two apps in the process",
            "Something outside of make_getter keeps the session. Keep it inside.",
        )


def _in_time(function):
    """(finished in time, what it returned, what it raised), run in a thread."""
    result = []

    def work():
        try:
            result.append((True, function(), None))
        except Exception as error:
            result.append((True, None, error))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return result[0] if result else (False, None, None)


def _failures(make_getter):
    connect = Connect(failures=1)
    get_session = make_getter(connect)
    _, found, error = _in_time(get_session)
    if error is not None and not isinstance(error, NoHostAvailable):
        return NotYet(
            f"connect() raised NoHostAvailable, and get_session() raised {type(error).__name__}",
            "the error of connect(), as it is",
            "The app has a handler for the driver's errors, a 503. Another type is a 500: let it through.",
        )
    if connect.made:
        return NotYet(
            "connect() failed, and was called again at once",
            "the error, to the caller",
            "Do not try again by yourself: the visitor gets a 503, and the next request tries.",
        )
    if error is None:
        return NotYet(
            f"connect() raised, and get_session() returned {'a session' if found else found}",
            "the error, to the caller",
            "Let the error through: the app answers it with a 503.",
        )
    finished, found, error = _in_time(get_session)
    if not finished:
        return NotYet(
            "after connect() had raised once, the next call waited for ever",
            "another try",
            "The lock is still locked. `with lock:` also unlocks it when something raises.",
        )
    if error is not None or found not in connect.made:
        return NotYet(
            "after connect() had raised once, the next call did not return a session",
            "another try",
            "A failure must leave nothing behind: note the session, and the number of the process, "
            "when connect() has returned.",
        )


def _forks(make_getter):
    get_session = make_getter(Connect())
    parents = get_session()
    seen = _in_a_child(parents, get_session)
    if seen == "hangs":
        return NotYet(
            "in a child process, get_session() never returned",
            "a session of the child's own",
            "It waits for something that only the parent has: a lock that is held, or a thread.",
        )
    if seen == "fails":
        return NotYet(
            "in a child process, get_session() raised",
            "a session of the child's own",
            "What was kept for the parent is of no use there: connect, as the first call does.",
        )
    childs, again, closed = seen
    if closed:
        return NotYet(
            "the child closed the session of its parent",
            "that session, left alone",
            "Nothing is gained by that, and with many a driver it would end the parent's connection. "
            "Leave it alone, and make one.",
        )
    if childs:
        return NotYet(
            "in a child process, get_session() returned the session of the parent",
            "a session of its own",
            "The thread that serves it has stayed in the parent. Keep the session together with os.getpid().",
        )
    if not again:
        return NotYet(
            "in a child process, each call made a session",
            "one, made by the child's first call",
            "The number of the process that made the session must be noted anew in the child.",
        )


def _in_a_child(parents, get_session):
    """(is it the parent's, is a second one the same, is the parent's closed) in a child; or "hangs", "fails"."""

    def look():
        childs, again = get_session(), get_session()
        return childs is parents, again is childs, parents.closed

    if not hasattr(os, "fork"):
        # The same for whoever asks for the number.
        with patch("os.getpid", return_value=-1):
            return look()
    read, write = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a kernel has threads, and this child needs none of them
        pid = os.fork()
    if pid == 0:
        try:
            os.write(write, bytes(look()))
        finally:
            os._exit(0)
    os.close(write)
    hangs = not select.select([read], [], [], PATIENCE)[0]
    if hangs:
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    seen = os.read(read, 3)
    os.close(read)
    if hangs:
        return "hangs"
    return tuple(map(bool, seen)) if seen else "fails"


class Counting:
    """A session that notes what it is asked to prepare and to execute."""

    def __init__(self, session):
        self._session = session
        self.prepared = []
        self.executed = []

    def __getattr__(self, name):
        return getattr(self._session, name)

    def prepare(self, text, *args, **kwargs):
        self.prepared.append(text)
        return self._session.prepare(text, *args, **kwargs)

    def execute(self, statement, *args, **kwargs):
        self.executed.append(statement)
        return self._session.execute(statement, *args, **kwargs)


@exercise(
    "Two steps: get the prepared statement of this text, then execute it with the values.",
    "Is the text in prepared? If not: session.prepare(text), and keep what it returns.",
    "if text not in prepared: prepared[text] = session.prepare(text); "
    "then return session.execute(prepared[text], values)",
    on_error={
        KeyError: "The text is not in the dict the first time: look first, with `in`.",
    },
)
def execute(execute):
    database = databases.cassandra("check_ch09")
    table = f"{database.keyspace}.animals"
    with database.connect() as session:
        session.execute(f"CREATE TABLE {table} (genus text PRIMARY KEY, sightings int)")
        for genus, sightings in (("Lynx", 1), ("Felis", 2)):
            session.execute(f"INSERT INTO {table} (genus, sightings) VALUES ('{genus}', {sightings})")
        return _execute(execute, session, table)


def _execute(execute, real, table):
    session, prepared = Counting(real), {}
    select = f"SELECT sightings FROM {table} WHERE genus = ?"
    update = f"UPDATE {table} SET sightings = ? WHERE genus = ?"

    def ask(*values, text=select, session=session, prepared=prepared):
        return [row.sightings for row in execute(session, prepared, text, values)]

    unprepared = NotYet(
        "the text was executed, and nothing was prepared",
        "session.prepare(text), once",
        "Values pasted into the text are the door for an injection. Prepare the text, bind the values.",
    )
    try:
        first = execute(session, prepared, select, ("Lynx",))
    except Exception as error:
        if session.executed and not session.prepared:
            return unprepared
        if session.executed:
            return NotYet(
                f"{type(error).__name__} when the prepared statement was executed",
                "an execution with its values",
                "The statement has a ? in it: hand values to session.execute as well, in one piece.",
            )
        raise
    if first is None:
        return NotYet("execute returned None", "the driver's result", "Return what session.execute returns.")
    if not isinstance(first, ResultSet):
        return NotYet(
            f"execute returned an object of the type {type(first).__name__}",
            "the driver's result, a ResultSet",
            "Leave the rows to the caller. A list has read them all, and does not know was_applied.",
        )
    if not session.prepared:
        return unprepared
    rows = [row.sightings for row in first]
    if rows != [1]:
        return NotYet(f"the rows {rows}", "[1]", "Return what session.execute returns, as it is.")
    if ask("Felis") != [2]:
        return NotYet(
            "asked for Felis, the statement answered for Lynx",
            "the values of this call",
            "Values were kept along with the statement. Keep what prepare() returned, bind anew each time.",
        )
    real.execute(f"UPDATE {table} SET sightings = 5 WHERE genus = 'Lynx'")
    if ask("Lynx") != [5]:
        return NotYet(
            "the same question was answered from memory, after the row had changed",
            "the row as it is now",
            "Keep statements, not answers.",
        )
    if session.prepared.count(select) == 3:
        return NotYet(
            "three calls with one text sent PREPARE three times",
            "once",
            "Look into the dict first, and put the statement there.",
        )
    if len(session.prepared) > 1:
        return NotYet(
            f"one text with two different values sent PREPARE {len(session.prepared)} times",
            "once",
            "The values are not a part of the statement: the text alone is the key.",
        )
    return _other_texts(execute, ask, real, session, prepared, select, update, table)


def _other_texts(execute, ask, real, session, prepared, select, update, table):
    wrong_statement = NotYet(
        "a second text ran the statement of the first one",
        "a statement for each text",
        "The dict has one place for all. Keep each statement under its own text.",
    )
    try:
        ask(7, "Lynx", text=update)
    except Exception:
        if update not in session.prepared:
            return wrong_statement
        raise
    if [row.sightings for row in real.execute(f"SELECT sightings FROM {table} WHERE genus = 'Lynx'")] != [7]:
        return wrong_statement
    similar = f"{select} LIMIT 1"
    ask("Lynx", text=similar)
    if similar not in session.prepared:
        return wrong_statement
    before = len(session.prepared)
    ask("Lynx")
    if prepared and len(session.prepared) > before:
        return NotYet(
            "a statement was prepared again after two other texts had come",
            "each text prepared once",
            "A new text threw the others away. The dict may have as many statements as the app has.",
        )
    if len(prepared) < 3:
        return NotYet(
            f"after three texts, the number of statements in the dict is {len(prepared)}",
            "one for each text",
            "Keep it in the dict that you are given, under the text: it lives as long as the session.",
        )
    refused = f"SELECT nothing FROM {table}"
    with contextlib.suppress(Exception):
        found = execute(session, prepared, refused, ())
        return NotYet(
            f"the server refused a text, and execute returned {found!r}",
            "the server's error, to the caller",
            "A failure must not look like a result. Let the error through: the app knows what to answer.",
        )
    if refused in prepared:
        return NotYet(
            "the server refused a text, and the dict has an entry for it",
            "a dict of statements that are prepared",
            "A failure must leave nothing behind: put the statement into the dict when prepare() has returned.",
        )
    second = Counting(real)
    ask("Lynx", session=second, prepared={})
    if not second.prepared:
        return NotYet(
            "a new session with an empty dict was given the statement of another session",
            "a PREPARE for the new session",
            "A second place outside of the dict remembers statements. The dict alone is enough.",
        )


GOOD = {"genus": "Panthera", "species": "leo"}
BAD = {"genus": "big cat", "species": "leo", "sightings": "secret-3"}
WRONG_BODIES = [b'{"genus": ', b"[]", b"[1]", b"null", b""]


@exercise(
    "One line may fail because of the visitor: the one that makes the model out of the body.",
    "Animal.model_validate_json(request.get_data()) raises ValidationError; error.errors() takes options.",
    "422 with error.errors(include_url=False, include_input=False, include_context=False); "
    "save(animal.model_dump()); 409 if that is False; otherwise animal.model_dump(), 201.",
)
def add_animal(add_animal):
    app = check_app(TESTING=False)
    saved = []
    raised = []

    def save(animal):
        saved.append(animal)
        if animal.get("species") == "broken":
            raise TypeError("a mistake of ours")
        if animal.get("species") == "misread":
            TypeAdapter(int).validate_python("a row that is not what a model says")
        return animal.get("species") != "known"

    def view():
        try:
            return app.make_response(add_animal(save))
        except Exception as error:
            raised.append(error)
            raise

    app.add_url_rule("/animals", "add", view, methods=["POST"])

    def post(body):
        data = body if isinstance(body, bytes) else json.dumps(body)
        raised.clear()
        return app.test_client().post("/animals", data=data, content_type="application/json")

    return _stored(post, saved, raised) or _refused(post, saved, raised) or _edges(post, saved, raised)


def _what(response, raised):
    if raised and response.status_code == 500:
        message = (str(raised[0]).splitlines() or [""])[0][:150]
        return f"500, after {type(raised[0]).__name__}: {message}"
    return f"{response.status_code} and {response.get_data(as_text=True).strip()[:150]}"


def _stored(post, saved, raised):
    response = post(GOOD)
    full = {**GOOD, "sightings": 0}
    if response.status_code == 500 and raised and saved:
        return NotYet(
            _what(response, raised),
            f"201 and {full}",
            "Flask can send a dict, and a model is none: model_dump() makes one.",
        )
    if saved and saved[0] != full:
        return NotYet(
            f"save was given {saved[0]!r}",
            repr(full),
            "Save what the model has made of the body: it has checked it and filled in the defaults.",
        )
    if len(saved) > 1:
        return NotYet(
            f"one request, and save was called {len(saved)} times",
            "once",
            "Each call of save stores: call it once, and look at what it returned.",
        )
    if response.status_code == 200:
        return NotYet("200", "201", "Something new was made: 201 says so.")
    if response.status_code == 201 and response.mimetype != "application/json":
        return NotYet(
            f"201, and a body that calls itself {response.mimetype}",
            "a body that calls itself application/json",
            "Flask takes text for HTML, also when it is JSON. Return the dict: Flask makes JSON of it and says so.",
        )
    if response.status_code != 201 or not saved or response.get_json(silent=True) != full:
        return NotYet(
            _what(response, raised), f"201 and {full}", "A good body is saved and sent back, with status 201."
        )


def _refused(post, saved, raised):
    saved.clear()
    response = post(BAD)
    if saved:
        return NotYet(
            "a bad body was saved",
            "422, and nothing saved",
            "Check before you save, and leave the view after a 422.",
        )
    if response.status_code == 500 and raised and "JSON" in str(raised[0]):
        return NotYet(
            _what(response, raised),
            "422 and the errors as JSON",
            "The context of an error holds an exception object: leave it out, include_context=False.",
        )
    if response.status_code == 500:
        return NotYet(
            _what(response, raised),
            "422 and the errors",
            "The body is the visitor's mistake, and 500 says that it is yours: catch ValidationError.",
        )
    if response.status_code != 422:
        return NotYet(
            _what(response, raised),
            "422",
            "This body is good JSON, so 400 misleads. 422 says: understood, and not acceptable.",
        )
    errors = (response.get_json(silent=True) or {}).get("errors")
    said = [json.dumps(error) for error in errors] if isinstance(errors, list) else []
    named = all(isinstance(error, dict) for error in errors or [""]) if isinstance(errors, list) else False
    if not named or len(said) != 2 or "genus" not in said[0] or "sightings" not in said[1]:
        return NotYet(
            _what(response, raised),
            'an "errors" list that names genus and sightings',
            "A program reads this answer. error.errors() is a list with the field and the reason of each.",
        )
    if "secret" in response.get_data(as_text=True):
        return NotYet(
            "the answer repeats what was sent",
            "field and reason only",
            "What was sent may be secret, or huge: include_input=False.",
        )


def _edges(post, saved, raised):
    saved.clear()
    response = post({**GOOD, "colour": "red"})
    if response.status_code != 422:
        return NotYet(
            f"a body with a field that no animal has: {_what(response, raised)}",
            "422",
            "The model forbids other fields, and was not asked about them. Give it the whole body.",
        )
    response = post({**GOOD, "species": "known"})
    if response.status_code != 409:
        return NotYet(
            f"save returned False, and the answer was {_what(response, raised)}",
            "409",
            "save says whether the animal was new. If not: abort(409).",
        )
    for body in WRONG_BODIES:
        response = post(body)
        if response.status_code >= 500 or response.status_code < 400:
            return NotYet(
                f"the body {body[:12].decode()!r}: {_what(response, raised)}",
                "422 (or 400)",
                "A body may be anything, also no object at all: let pydantic read it, model_validate_json.",
            )
    response = post({**GOOD, "species": "broken"})
    if response.status_code != 500:
        return NotYet(
            f"save raised a TypeError, and the answer was {response.status_code}",
            "500: that mistake is ours",
            "Too much stands in the try, or after except. Only the line that reads the body belongs there.",
        )
    response = post({**GOOD, "species": "misread"})
    if response.status_code != 500:
        return NotYet(
            f"save raised a ValidationError, and the answer was {response.status_code}",
            "500: it is not about the body",
            "save stands in the try too: a ValidationError from there would be blamed on the visitor.",
        )


class Cluster:
    """What the faulty app is given: connects when ``everybody`` is there, counts sessions, and those closed."""

    def __init__(self):
        self.made = []
        self.everybody = threading.Event()
        self.everybody.set()
        self.failures = 0
        self._lock = threading.Lock()

    def connect(self):
        with self._lock:
            if self.failures:
                self.failures -= 1
                raise NoHostAvailable("nobody there yet", {})
        self.everybody.wait(5)
        time.sleep(CONNECTING / 2)
        with self._lock:
            self.made.append(ZooSession())
            return self.made[-1]

    @property
    def closed(self):
        return sum(session.closed for session in self.made)


class ZooSession(FakeSession):
    """Executes while it is open, and then raises what the driver raises."""

    def execute(self, statement, values=None, *args, **kwargs):
        if self.closed:
            raise NoHostAvailable("Unable to complete the operation against any hosts", {})
        if values and values[0] == "broken":
            raise TypeError("a mistake of ours")
        return []


@exercise(
    "Look at the picture: where is the session opened, and where is it closed? Who comes afterwards?",
    "The end of a context is the end of a request. What lives as long as the process is closed when the process ends.",
    "No teardown. Where the session was made, or where the app is: atexit.register(a function that closes it).",
    seconds=20,
    on_error={
        TypeError: "atexit.register takes a function. With parentheses it is called at once: write its name alone.",
    },
)
def mended(mended):
    at_the_end = []

    def register(function, *args, **kwargs):
        if not callable(function):
            raise TypeError("the first argument must be callable")
        at_the_end.append(lambda: function(*args, **kwargs))
        return function

    with patch.object(atexit, "register", register):
        return _mended(mended, at_the_end)


def _mended(mended, at_the_end):
    cluster = Cluster()
    app = mended(cluster.connect)
    if not hasattr(app, "test_client"):
        return NotYet(f"mended returned {type(app).__name__}", "the app", "Return the app, as the faulty one does.")
    if cluster.made:
        return NotYet(
            "the app connected while it was made",
            "no connection before the first request",
            "A fork comes after that, and the session does not outlive it. Connect when a request asks.",
        )
    with _quiet(app) as client:
        wrong = _zoo(client, cluster)
    if not wrong and len(at_the_end) >= len(REQUESTS):
        return NotYet(
            f"{len(REQUESTS)} requests, and {len(at_the_end)} functions wait for the end of the process",
            "one",
            "Each request has registered another one. Register where the session is made, or where the app is.",
        )
    return wrong or _at_once(mended) or _end(mended, cluster, at_the_end)


@contextlib.contextmanager
def _quiet(app):
    """An app whose errors are responses, whatever the environment says, and not told on the screen."""
    app.debug, app.testing, app.logger.disabled = False, False, True
    try:
        yield app.test_client()
    finally:
        app.logger.disabled = False


REQUESTS = ["Lynx", "Lynx", "Lynx", "broken", "Lynx"]


def _zoo(client, cluster):
    def get(genus):
        return client.get(f"/animals/{genus}").status_code

    statuses = [get(genus) for genus in REQUESTS[:3]]
    if statuses != [200] * 3:
        return NotYet(
            f"three requests: {statuses}",
            "200, three times",
            "The second request found a session that the end of the first one had closed. Who closes it, and when?",
        )
    if len(cluster.made) > 1:
        return NotYet(
            f"three requests made {len(cluster.made)} sessions",
            "one session for all",
            "Each request connects, which takes longer than its query. Let the session live as long as the process.",
        )
    statuses = [get(genus) for genus in REQUESTS[3:]]
    if statuses != [500, 200]:
        return NotYet(
            f"a view that fails, and the next request: {statuses}",
            "500, and then 200",
            "What fails in one request is nothing to the session. Do not close it for that either.",
        )
    if cluster.closed:
        return NotYet(
            "the session was closed while the app goes on",
            "a session that stays open",
            "Close it when the process ends, and not before.",
        )


def _at_once(mended):
    cluster = Cluster()
    app = mended(cluster.connect)
    cluster.everybody.clear()
    with _quiet(app):
        request_at_once(app, "/animals/Lynx", cluster.everybody)
    if len(cluster.made) > 1:
        return NotYet(
            f"eight first requests at once made {len(cluster.made)} sessions",
            "one",
            "The faulty app had a lock, and with it this was right. Keep looking and setting under the lock.",
        )
    cluster = Cluster()
    cluster.failures = 1
    with _quiet(mended(cluster.connect)) as client:
        statuses = [client.get("/animals/Lynx").status_code for _ in range(2)]
    if statuses != [500, 200]:
        return NotYet(
            f"the first try to connect failed, and two requests got {statuses}",
            "500 and then 200",
            "A try that failed must leave nothing behind: the next request connects.",
        )


def _end(mended, cluster, at_the_end):
    idle = Cluster()
    mended(idle.connect)
    try:
        for function in reversed(at_the_end):
            function()
    except Exception as error:
        return NotYet(
            f"an app that nobody has asked ended with {type(error).__name__}",
            "an end without an error",
            "There may be no session to close: no request has come, or connecting has failed. Ask before you close.",
        )
    if idle.made:
        return NotYet(
            "an app that nobody has asked made a session when the process ended",
            "no session",
            "The getter makes what is not there. Close what is there, and make nothing for it.",
        )
    if cluster.closed < len(cluster.made):
        return NotYet(
            "the process has ended, and nobody has closed the session",
            "closed when the process ends",
            "Without the teardown nobody closes it. atexit.register takes a function that is called at the end.",
        )
