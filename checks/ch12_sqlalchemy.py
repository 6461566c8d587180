"""Checks of chapter 12: savepoints, statements, a fixture that rolls back, a session that ends."""

import sys
import threading
import warnings
from contextlib import contextmanager

from sqlalchemy import create_engine, event, insert, select
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InvalidRequestError,
    OperationalError,
    PendingRollbackError,
    ResourceClosedError,
    SAWarning,
)
from sqlalchemy.orm import Session

from workbook import APPS, NotYet, databases, exercise

if str(APPS) not in sys.path:
    sys.path.insert(0, str(APPS))
from ch12_sqlalchemy.db import db
from ch12_sqlalchemy.engine import prepare
from ch12_sqlalchemy.models import Artist, Record


@contextmanager
def _shop(**artists):
    """An engine on a new database that has these artists, {slug: stock of each record}, and what is checked out.

    Of its connections: {"now": number, "most": the largest number}. The pool has two.
    """
    engine = create_engine(databases.sql("ch12_check").url, pool_size=2, max_overflow=0, pool_timeout=1)
    prepare(engine)
    if engine.dialect.name == "sqlite":
        # Who waits for a lock here waits for the same thread.
        event.listen(engine, "connect", lambda connection, record: connection.execute("PRAGMA busy_timeout = 100"))
    held = {"now": 0, "most": 0}

    # The pool's own count begins anew with each dispose().
    @event.listens_for(engine, "checkout")
    def checkout(*given):
        held["now"] += 1
        held["most"] = max(held.values())

    @event.listens_for(engine, "checkin")
    def checkin(*given):
        held["now"] -= 1

    try:
        db.metadata.create_all(engine)
        with Session(engine) as session, session.begin():
            for slug, records in artists.items():
                session.add(Artist(slug=slug, name=slug.title()))
                for number, stock in enumerate(records):
                    title = f"{slug}-{number}"
                    session.add(Record(slug=title, title=title, stock=stock, artist_slug=slug))
        yield engine, held
    finally:
        engine.dispose()


def _artists(engine):
    """Those that are stored: {slug: name}."""
    with engine.connect() as connection:
        return dict(connection.execute(select(Artist.slug, Artist.name).order_by(Artist.slug)).all())


def _before_insert(engine, action):
    """Call ``action(connection)`` once, when the next INSERT is about to be sent."""
    waiting = [action]

    @event.listens_for(engine, "before_cursor_execute")
    def sent(connection, cursor, statement, *rest):
        if waiting and statement.upper().startswith("INSERT"):
            waiting.pop()(connection)


def _store(slug):
    """What somebody does who is faster."""
    return lambda connection: connection.execute(insert(Artist.__table__).values(slug=slug, name=slug))


def _disk_full(connection):
    raise OperationalError("INSERT", {}, OSError("the disk is full"))


OWN_SESSION = "A session of your own is a transaction of its own, too: work in the session that you are given."


@exercise(
    "Which part of the work should a name that is taken undo?",
    "begin_nested() begins a savepoint. At the end of its block the row is sent, and may fail.",
    "for name in names: try: with session.begin_nested(): session.add(...); except IntegrityError: pass",
    on_error={
        PendingRollbackError: "The flush has rolled back, and the session wants to be told that you know. "
        "Put each row into a savepoint of the session.",
        InvalidRequestError: "The session is in a transaction already, the caller's. "
        "What may fail alone goes into a savepoint: session.begin_nested().",
        IntegrityError: "A name that is there already ended the whole import. Catch the error of that one row.",
        OperationalError: OWN_SESSION,
    },
)
def import_artists(import_artists):
    with _shop(bird=[]) as (engine, held):
        refused = []
        event.listen(engine, "handle_error", lambda context: refused.append(str(context.original_exception)))
        with Session(engine) as session:
            session.add(Artist(slug="before", name="before"))
            session.flush()
            added = import_artists(session, ["dizzy", "bird", "monk", "dizzy", "bird"])
            if held["most"] > 1:
                return NotYet("a second connection was checked out", "the caller's alone", OWN_SESSION)
            committed = list(_artists(engine)) != ["bird"]
            session.commit()
        stored = _artists(engine)
        if committed:
            return NotYet(
                "rows were stored before the caller committed",
                "a transaction that is the caller's",
                "Leave commit() to the caller, who may want all of it undone.",
            )
        if "before" not in stored:
            return NotYet(
                "what the caller had added before is gone",
                "it stays",
                "rollback() and close() undo the whole transaction, the caller's part too. Undo the one row.",
            )
        if not {"dizzy", "monk"} <= set(stored):
            lacking = [message for message in refused if "null" in message.lower()]
            if lacking:
                return NotYet(
                    f"the database said: {lacking[0].splitlines()[0]}",
                    "rows with all of their columns",
                    "The except took this error for a name that is there already. The slug is the name, too.",
                )
            return NotYet(
                f"stored: {', '.join(stored)}",
                "dizzy and monk beside them",
                "One name is taken, the others are not: go on with the next one.",
            )
        if stored["bird"] != "Bird":
            return NotYet(
                f"bird, who was there, is called {stored['bird']!r} now",
                "'Bird', as before",
                "Add the artists that are new, and leave alone those that are there: no merge(), no DO UPDATE.",
            )
        if stored["dizzy"] != "dizzy":
            return NotYet(f"dizzy is called {stored['dizzy']!r}", "'dizzy'", "The slug is the name, too, as it came.")
        if added != 2:
            return NotYet(
                f"import_artists returned {added!r}",
                "2: dizzy and monk",
                "Count the rows that were added: not those that failed, nor those that were there.",
            )
        with Session(engine) as session:
            _before_insert(engine, _store("ornette"))
            try:
                import_artists(session, ["ornette", "sonny"])
                session.commit()
            except IntegrityError:
                return NotYet(
                    "a name that appeared between the look and the INSERT ended the import",
                    "an import that goes on",
                    "To look first is not enough: somebody else may be faster. Catch what the database says.",
                )
        if "sonny" not in _artists(engine):
            return NotYet(
                "a name that appeared between the look and the INSERT, and the other name was not added",
                "the other name in the table",
                "Who looked first may fail all the same, and then with one row: give each a savepoint, or look again.",
            )
        with Session(engine) as session:
            _before_insert(engine, _disk_full)
            try:
                added = import_artists(session, ["mingus"])
            except Exception:
                pass
            else:
                return NotYet(
                    f"an import while the disk was full returned {added!r}",
                    "an exception, for the caller",
                    "An IntegrityError says that a name is there already. No other error says so: let it go on.",
                )
        with Session(engine) as session, warnings.catch_warnings():
            # Of an INSERT without values.
            warnings.simplefilter("ignore", SAWarning)
            try:
                added = import_artists(session, [])
            except DBAPIError as error:
                added = type(error).__name__
            if added != 0:
                return NotYet(
                    f"for an empty list: {added}",
                    "0",
                    "An INSERT that is given no rows is an INSERT of one row without values. Return before it.",
                )


@exercise(
    "How many statements does one look at artist.records send?",
    "Either say beforehand that you will look at the records, or let the database add.",
    "select(Artist.name, func.coalesce(func.sum(Record.stock), 0)).outerjoin(Artist.records).group_by(Artist.name)",
    on_error={
        InvalidRequestError: "A joined collection gives an artist once for each record: call unique() on the result.",
        TypeError: "The sum of no rows is NULL, which is None in Python: func.coalesce(..., 0) makes it 0.",
    },
)
def copies(copies):
    with _shop(bird=[1, 2], dizzy=[4], monk=[], ornette=[5, 5], sonny=[]) as (engine, held):
        sent = []
        event.listen(engine, "before_cursor_execute", lambda c, cursor, statement, *rest: sent.append(statement))
        with Session(engine) as session:
            session.connection()
            sent.clear()
            found = copies(session)
            going_on = session.in_transaction()
    right = {"Bird": 3, "Dizzy": 4, "Monk": 0, "Ornette": 10, "Sonny": 0}
    if held["most"] > 1:
        return NotYet(
            "a second connection was checked out", "the caller's alone", "Ask the session that you are given."
        )
    if not isinstance(found, dict):
        return NotYet(f"copies returned {type(found).__name__}", "a dict", "Return {name: number} for all artists.")
    if found == {name: number for name, number in right.items() if number}:
        return NotYet(
            "Monk and Sonny, who have no records, are missing",
            "0 for each of them",
            "An inner join leaves out who has no match. Use an outer join.",
        )
    if None in found.values() and {name: number or 0 for name, number in found.items()} == right:
        return NotYet(
            "Monk: None, Sonny: None",
            "0 for each of them",
            "The sum of no rows is NULL, which is None in Python: func.coalesce(..., 0) makes it 0.",
        )
    if found == {"Bird": 2, "Dizzy": 1, "Monk": 0, "Ornette": 2, "Sonny": 0}:
        return NotYet("the number of titles", "the number of copies", "Add up the stock; do not count the records.")
    missing = ", ".join(name for name in right if name not in found)
    if missing and set(found) < set(right):
        return NotYet(
            f"{missing} missing, {', '.join(found)} there",
            "all artists",
            "Each artist is a group of its own: group by a column of the artists, not of the records.",
        )
    if found != right:
        return NotYet(
            f"{found}", f"{right}", "The names are those of the artists, the numbers the sums of their stock."
        )
    if len(sent) > 2:
        return NotYet(
            f"{len(sent)} statements for {len(right)} artists",
            "at most 2",
            "One for the artists and one for the records of each. Load the records of all artists at once.",
        )
    if not going_on:
        return NotYet(
            "the transaction of the caller has ended",
            "it goes on",
            "The session is the caller's, who has more to do with it: no with block around it, no close() or commit().",
        )


CLEARED = "What was there before the test must be there after it, tables and rows: do not clear up, roll back."


@exercise(
    "Who may end the transaction, the test or the fixture?",
    "Begin a transaction on a connection, bind the session to that connection, and choose how it joins in.",
    'Session(connection, join_transaction_mode="create_savepoint"); after the yield, in a finally: the rollback',
    on_error={
        ResourceClosedError: "The test runs while the generator waits at the yield. Close nothing before that.",
        InvalidRequestError: "The test must be able to commit and to roll back, and in a block of session.begin() "
        "it is not: begin the transaction on the connection.",
        DBAPIError: CLEARED,
    },
)
def session_for_a_test(session_for_a_test):
    with warnings.catch_warnings(), _shop(bird=[]) as (engine, held):
        # Of a transaction that ended before the fixture ends it.
        warnings.simplefilter("ignore", SAWarning)
        fixture = session_for_a_test(engine)
        if not hasattr(fixture, "send"):
            return NotYet(
                f"session_for_a_test returned {type(fixture).__name__}",
                "a generator",
                "Write yield where the test is to run; after it comes what the end of the test does.",
            )
        session = next(fixture)
        if not isinstance(session, Session):
            return NotYet(f"it yielded {type(session).__name__}", "a Session", "Yield the session: a test adds to it.")
        bird = session.get(Artist, "bird")
        if bird is None:
            return NotYet("bird is not there", "the database of the engine", "Bind the session to the engine given.")
        bird.name = "Charlie"
        session.add(Artist(slug="kept", name="kept"))
        session.commit()
        session.add(Artist(slug="undone", name="undone"))
        session.flush()
        session.rollback()
        within = list(session.scalars(select(Artist.slug).order_by(Artist.slug)))
        session.commit()
        outside = held["now"] and list(_artists(engine))
        if next(fixture, None) is not None:
            return NotYet("it yielded twice", "once", "A test runs once: no loop around the yield.")
        stored = _artists(engine)
        if within == ["bird"]:
            return NotYet(
                "the test's rollback() undid what the test had committed before",
                "bird and kept",
                "A rollback() goes back to the last commit(), here too. Let the session join your transaction with a "
                "savepoint: join_transaction_mode.",
            )
        if not stored:
            return NotYet("after the test the table is empty", "bird alone", CLEARED)
        if stored == {"bird": "Charlie"}:
            return NotYet(
                "after the test bird is called 'Charlie'",
                "'Bird', as before",
                "A test changes and deletes rows, too. Do not look for what it did, roll all of it back.",
            )
        if stored != {"bird": "Bird"} or outside == ["bird", "kept"]:
            return NotYet(
                f"after the test the table has: {', '.join(stored)}",
                "bird alone",
                "The test's commit() was a real one. Bind the session to a connection with a transaction that you have "
                "begun, and roll that back.",
            )
        if held["now"]:
            return NotYet(
                "after the test a connection is still checked out",
                "all of them in the pool",
                "Close the connection at the end, or use it in a with block.",
            )
        failing = session_for_a_test(engine)
        session = next(failing)
        session.add(Artist(slug="failed", name="failed"))
        session.commit()
        failing.close()
        if held["now"] or list(_artists(engine)) != ["bird"]:
            return NotYet(
                "after a test that failed a connection is still checked out, or a row is there",
                "all connections in the pool, and bird alone",
                "pytest closes the generator where it waits, at the yield. What must happen all the same stands in a "
                "finally, or at the end of a with block.",
            )


POOL = "all of them in the pool"


@exercise(
    "Whose session is it that everybody gets?",
    "The scope of this scoped_session is the thread. Who ends a session when the request ends?",
    "@app.teardown_appcontext: db_session.remove(); and except IntegrityError: abort(409) in the view",
)
def mended(mended):
    with _shop(bird=[]) as (engine, held):
        app = mended(engine)
        if not hasattr(app, "test_client"):
            return NotYet(f"mended returned {type(app).__name__}", "the app", "Return the app at the end.")
        app.testing, app.log_exception = False, lambda *given: None
        asked = [("POST", "dizzy", 201), ("GET", "dizzy", 200), ("POST", "dizzy", 409), ("GET", "bird", 200)]
        asked += [("GET", "monk", 404), ("POST", "monk", 201), ("GET", "monk", 200), ("POST", "bird", 409)]
        for method, slug, expected in [*asked, ("GET", "monk/records", 404)]:
            status, what = _visit(app, method, slug), f"{method} /artists/{slug}"
            if isinstance(status, str):
                return NotYet(
                    f"{what}: {status}",
                    str(expected),
                    "An exception in a teardown takes the response with it. Flask calls a teardown with one argument, "
                    "an exception or None.",
                )
            if status == 500 and expected == 409:
                return NotYet(
                    f"{what}, who is there already: 500",
                    "409",
                    "The error of the database is no fault of the app: catch IntegrityError, and abort(409).",
                )
            if status != expected and expected == 409:
                return NotYet(
                    f"{what}, who is there already: {status}",
                    "409",
                    "Nothing was added, and the status has to say so: add() the artist, catch IntegrityError, and "
                    "abort(409). merge() raises none.",
                )
            if status != expected and (method, slug) == ("GET", "bird"):
                return NotYet(
                    f"the next visitor, {what}: {status}",
                    "200",
                    "The session still waits for its rollback, and the next request of the thread gets it.",
                )
            if status != expected:
                return NotYet(f"{what}: {status}", str(expected), f"What worked before must work: {what}.")
            # After the 409 the next visitor shows it better.
            if held["now"] and expected != 409:
                out = f"after {what} a connection is checked out"
                if expected == 404:
                    return NotYet(
                        out,
                        POOL,
                        "abort() leaves the view at once. End the session where it ends whatever happens: in a "
                        "teardown.",
                    )
                return NotYet(out, POOL, "A session that only reads holds a connection, too. End it as well.")
        stored = _artists(engine)
        if list(stored) != ["bird", "dizzy", "monk"]:
            return NotYet(
                f"stored: {', '.join(stored)}",
                "bird, dizzy, monk",
                "What is added must be committed, and only that.",
            )
        if stored["bird"] != "Bird":
            return NotYet(
                f"after POST /artists/bird, who is there already, the name is {stored['bird']!r}",
                "'Bird', as before",
                "Who is there stays as it is: add() the artist, where merge() changes the row.",
            )
        shown = app.test_client().get("/artists/bird").get_json(silent=True)
        if shown != {"name": "Bird"}:
            return NotYet(f"GET /artists/bird: {shown}", "{'name': 'Bird'}", "What the views return stays as it was.")
        return _in_bad_company(app, engine, held)


def _visit(app, method, slug):
    """The status, or what was raised."""
    try:
        return app.test_client().open(f"/artists/{slug}", method=method).status_code
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:100]}"


def _in_bad_company(app, engine, held):
    """The NotYet of an app that works as long as its visitors come one by one, and nothing fails."""
    _before_insert(engine, _store("sun-ra"))
    status = _visit(app, "POST", "sun-ra")
    if status != 409:
        return NotYet(
            f"POST /artists/sun-ra, where somebody else is a moment faster: {status}",
            "409",
            "Between a look and the INSERT another visitor may add the same artist. Let the database decide.",
        )

    seen = []
    reader = threading.Thread(target=lambda: seen.append(_visit(app, "GET", "bird")), daemon=True)

    def meanwhile(connection):
        reader.start()
        reader.join(1)

    _before_insert(engine, meanwhile)
    seen.append(_visit(app, "POST", "alice"))
    reader.join(1)
    if sorted(map(str, seen)) != ["200", "201"] or held["now"]:
        return NotYet(
            f"POST /artists/alice, and a GET in another thread meanwhile: {' and '.join(map(str, seen))}",
            f"201 and 200, and then {POOL}",
            "A session is not for two threads: each request needs its own.",
        )

    for testing in (False, True):
        # Where an app is tested, an exception that nobody handles goes on to the test.
        app.testing = testing
        _before_insert(engine, _disk_full)
        status = _visit(app, "POST", "mingus")
        if status == 409:
            return NotYet(
                "a POST while the disk is full: 409",
                "an error of the server",
                "Not every error is a conflict: catch IntegrityError alone.",
            )
    if held["now"]:
        return NotYet(
            "after an exception that nobody handled (app.testing is True) a connection is checked out",
            POOL,
            "Where an exception goes on to a test or a server, after_request is left out, and so is the rest of the "
            "view. A teardown runs always.",
        )
