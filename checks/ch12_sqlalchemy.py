"""Checks of chapter 12: savepoints, statements, a fixture that rolls back, a session that ends."""

import sys
import warnings
from contextlib import contextmanager

from sqlalchemy import create_engine, event, func, select
from sqlalchemy.exc import IntegrityError, InvalidRequestError, PendingRollbackError, SAWarning
from sqlalchemy.orm import Session

from workbook import APPS, NotYet, databases, exercise

if str(APPS) not in sys.path:
    sys.path.insert(0, str(APPS))
from ch12_sqlalchemy.db import db
from ch12_sqlalchemy.engine import prepare
from ch12_sqlalchemy.models import Artist, Record


@contextmanager
def _shop(**artists):
    """An engine with a pool of two, on a new database that has these artists: {slug: stock of each record}."""
    engine = create_engine(databases.sql("ch12_check").url, pool_size=2, max_overflow=0, pool_timeout=1)
    prepare(engine)
    try:
        db.metadata.create_all(engine)
        with Session(engine) as session, session.begin():
            for slug, records in artists.items():
                session.add(Artist(slug=slug, name=slug.title()))
                for number, stock in enumerate(records):
                    title = f"{slug}-{number}"
                    session.add(Record(slug=title, title=title, stock=stock, artist_slug=slug))
        yield engine
    finally:
        engine.dispose()


def _artists(engine):
    """The slugs that are stored."""
    with engine.connect() as connection:
        return list(connection.scalars(select(Artist.slug).order_by(Artist.slug)))


SWALLOWED = "The flush has rolled back, and the session wants to be told that you know. Put each row into a savepoint."


@exercise(
    "Which part of the work should a name that is taken undo?",
    "begin_nested() begins a savepoint. At the end of its block the row is sent, and may fail.",
    "for name in names: try: with session.begin_nested(): session.add(...); except IntegrityError: pass",
    on_error={
        PendingRollbackError: SWALLOWED,
        IntegrityError: "A name that is there already ended the whole import. Catch the error of that one row.",
    },
)
def import_artists(import_artists):
    with _shop(bird=[]) as engine:
        with Session(engine) as session:
            session.add(Artist(slug="before", name="before"))
            session.flush()
            added = import_artists(session, ["dizzy", "bird", "monk", "dizzy"])
            committed = _artists(engine) != ["bird"]
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
                "rollback() undoes the whole transaction, the caller's part too. Undo the one row.",
            )
        if not {"dizzy", "monk"} <= set(stored):
            return NotYet(
                f"stored: {', '.join(stored)}",
                "dizzy and monk beside them",
                "One name is taken, the others are not: go on with the next one.",
            )
        if added != 2:
            return NotYet(
                f"import_artists returned {added!r}",
                "2: dizzy and monk",
                "Count those that were added, when their savepoint has ended well.",
            )
        with Session(engine) as session:
            # Somebody else adds a name when the import has looked.
            @event.listens_for(session, "before_flush", once=True)
            def be_faster(*given):
                session.connection().execute(Artist.__table__.insert().values(slug="ornette", name="ornette"))

            try:
                import_artists(session, ["ornette"])
            except IntegrityError:
                return NotYet(
                    "a name that appeared between the look and the INSERT ended the import",
                    "an import that goes on",
                    "To look first is not enough: somebody else may be faster. Catch what the database says.",
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
    with _shop(bird=[1, 2], dizzy=[4], monk=[], ornette=[5, 5]) as engine:
        sent = []
        event.listen(engine, "before_cursor_execute", lambda c, cursor, statement, *rest: sent.append(statement))
        with Session(engine) as session:
            found = copies(session)
        statements = [statement for statement in sent if statement != "BEGIN"]
    right = {"Bird": 3, "Dizzy": 4, "Monk": 0, "Ornette": 10}
    if not isinstance(found, dict):
        return NotYet(f"copies returned {type(found).__name__}", "a dict", "Return {name: number} for all artists.")
    if found == {name: number for name, number in right.items() if number}:
        return NotYet(
            "Monk, who has no records, is missing",
            "0 for Monk",
            "An inner join leaves out who has no match. Use an outer join.",
        )
    if {**found, "Monk": 0} == right and found.get("Monk", 0) is None:
        return NotYet(
            "Monk: None",
            "0 for Monk",
            "The sum of no rows is NULL, which is None in Python: func.coalesce(..., 0) makes it 0.",
        )
    if found == {"Bird": 2, "Dizzy": 1, "Monk": 0, "Ornette": 2}:
        return NotYet("the number of titles", "the number of copies", "Add up the stock; do not count the records.")
    if found != right:
        return NotYet(
            f"{found}", f"{right}", "The names are those of the artists, the numbers the sums of their stock."
        )
    if len(statements) > 2:
        return NotYet(
            f"{len(statements)} statements for 4 artists",
            "at most 2",
            "One for the artists and one for the records of each. Load the records of all artists at once.",
        )


@exercise(
    "Who may end the transaction, the test or the fixture?",
    "Begin a transaction on a connection, bind the session to that connection, and choose how it joins in.",
    'Session(connection, join_transaction_mode="create_savepoint"); after the yield, in a finally: the rollback',
)
def session_for_a_test(session_for_a_test):
    with warnings.catch_warnings(), _shop(bird=[]) as engine:
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
        session.add(Artist(slug="kept", name="kept"))
        session.commit()
        session.add(Artist(slug="undone", name="undone"))
        session.flush()
        session.rollback()
        within = list(session.scalars(select(Artist.slug).order_by(Artist.slug)))
        session.commit()
        outside = engine.pool.checkedout() and _artists(engine)
        next(fixture, None)
        stored = _artists(engine)
        if within == ["bird"]:
            return NotYet(
                "the test's rollback() undid what the test had committed before",
                "bird and kept",
                "The rollback ended your outer transaction. Let the session join with a savepoint: "
                "join_transaction_mode.",
            )
        if stored != ["bird"] or outside == ["bird", "kept"]:
            return NotYet(
                f"after the test the table has: {', '.join(stored)}",
                "bird alone",
                "The test's commit() was a real one. Bind the session to a connection with a transaction that you have "
                "begun, and roll that back.",
            )
        if engine.pool.checkedout():
            return NotYet(
                "after the test a connection is still checked out",
                "all of them in the pool",
                "Close the connection at the end, or use it in a with block.",
            )
        failing = session_for_a_test(engine)
        next(failing).scalar(select(func.count()).select_from(Artist))
        failing.close()
        if engine.pool.checkedout():
            return NotYet(
                "after a test that failed a connection is still checked out",
                "all of them in the pool",
                "pytest closes the generator where it waits, at the yield. What must happen all the same stands in a "
                "finally, or at the end of a with block.",
            )


@exercise(
    "Whose session is it that everybody gets?",
    "The scope of this scoped_session is the thread. Who ends a session when the request ends?",
    "@app.teardown_appcontext: db_session.remove(); and except IntegrityError: abort(409) in the view",
)
def mended(mended):
    with _shop(bird=[]) as engine:
        app = mended(engine)
        if not hasattr(app, "test_client"):
            return NotYet(f"mended returned {type(app).__name__}", "the app", "Return the app at the end.")
        app.log_exception = lambda *given: None
        asked = [("POST", "dizzy", 201), ("GET", "dizzy", 200), ("POST", "dizzy", 409), ("GET", "bird", 200)]
        for method, slug, expected in [*asked, ("GET", "nobody", 404), ("POST", "monk", 201)]:
            status = app.test_client().open(f"/artists/{slug}", method=method).status_code
            what = f"{method} /artists/{slug}"
            if status != expected and expected == 409:
                return NotYet(
                    f"{what}, who is there already: {status}",
                    "409",
                    "The error of the database is no fault of the app: catch IntegrityError, and abort(409).",
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
            if engine.pool.checkedout() and expected != 409:
                out = f"after {what} a connection is checked out"
                if expected == 404:
                    return NotYet(
                        out,
                        "all of them in the pool",
                        "abort() leaves the view at once. End the session where it ends whatever happens: in a "
                        "teardown.",
                    )
                return NotYet(
                    out, "all of them in the pool", "A session that only reads holds a connection, too. End it as well."
                )
        if _artists(engine) != ["bird", "dizzy", "monk"]:
            return NotYet(
                f"stored: {', '.join(_artists(engine))}",
                "bird, dizzy, monk",
                "What is added must be committed, and only that.",
            )
