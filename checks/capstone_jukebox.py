"""Checks of the capstone: a write that may be sent twice, a promise, the newest for all, pages that do not shift."""

from itertools import islice
from threading import Thread
from time import monotonic

from rethinkdb import ast, r
from rethinkdb.errors import ReqlError

from workbook import NotYet, databases, exercise

PATIENCE = 1.0  # seconds until a call that should have returned counts as one that never does


@exercise(
    "Which change of a document has the same outcome when it is made a second time?",
    "Read and write the list inside the query, with r.row. A song may not have the field yet: default([]).",
    'r.table("queue").get(song_id).update({"skippers": r.row["skippers"].default([]).set_insert(name)})',
)
def skip(skip):
    query = skip("plain", "ada")
    if query is None:
        return NotYet("skip() returned None", "a query", "The query was made, and nobody got it: return it.")
    if not isinstance(query, ast.RqlQuery):
        return NotYet(
            f"skip() returned {type(query).__name__}",
            "a query",
            "Return the query without running it: begin with r.table(...), and end without .run(...).",
        )
    if hint := _in_two_steps(query):
        return NotYet("the list is read in one step and written in another", "one change of one document", hint)
    with databases.rethinkdb("exercises_capstone").connect() as conn:
        r.table_create("queue").run(conn)
        songs = r.table("queue")
        quiet = {"id": "quiet", "skippers": []}
        songs.insert([{"id": "plain", "title": "Pop"}, {"id": "asked", "skippers": ["cleo"]}, quiet]).run(conn)
        for song_id, name in [("plain", "ada"), ("plain", "ada"), ("asked", "ben"), ("asked", "ada"), ("gone", "ada")]:
            try:
                done = skip(song_id, name).run(conn)
            except ReqlError as error:
                return _refused(song_id, error)
            if isinstance(done, dict) and done.get("errors"):
                return _refused(song_id, done["first_error"])
        found = {song["id"]: song for song in songs.run(conn)}
    if "gone" in found:
        return NotYet(
            "a song that was not in the queue is in it now",
            "nothing of it",
            "insert makes a document. update changes one that is there, and nothing where there is none.",
        )
    if len(found) < 3:
        return NotYet("a song is gone", "all songs, as they were", "Who asks deletes nothing: change one field.")
    if found["quiet"] != quiet:
        return NotYet(
            "another song was changed too",
            "one song",
            "Without get(song_id), update changes every song of the table.",
        )
    if found["plain"].get("title") != "Pop":
        return NotYet(
            "the title of the song is gone",
            "the song as it was, and its skippers",
            "replace puts a whole document in the place of another. update changes one field.",
        )
    plain, asked = found["plain"].get("skippers"), found["asked"].get("skippers")
    if plain is None:
        return NotYet(
            f"the song has {', '.join(sorted(found['plain']))}",
            "skippers",
            "Those who ask are looked for under skippers: change that field of the song, which get finds by its id.",
        )
    if not isinstance(plain, list) or not isinstance(asked, list):
        return _number(f"skippers is {plain!r}")
    if not all(isinstance(name, str) for name in plain + asked):
        return _no_names(f"skippers is {plain!r}")
    if not plain:
        return NotYet(
            "sent twice: skippers is []",
            "['ada']",
            "The second time takes the name out again: then a request that is repeated undoes the first.",
        )
    if plain.count("ada") > 1:
        return NotYet(
            f"sent twice: skippers is {plain!r}",
            "['ada']",
            "append adds the name each time. Something else adds it only where it is not there yet.",
        )
    if sorted(asked) != ["ada", "ben", "cleo"] or plain != ["ada"]:
        return NotYet(
            f"skippers is {sorted(asked)!r}",
            "['ada', 'ben', 'cleo']",
            "Those who asked before are gone: take the list that is there, and add to it.",
        )


def _refused(song_id, error):
    said = str(error).splitlines()[0]
    if "NUMBER" in said:
        return _number(said)
    if "deterministic" in said:
        return NotYet(
            f"RethinkDB: {said}",
            "one change of one document",
            "The new value comes from another read of the table. Take it from the song that is changed: r.row.",
        )
    if song_id == "gone":
        return NotYet(
            f"a song that is not there: {said}",
            "no change and no error",
            "For a song that is not there, update calls no function. replace calls it with null: give that back.",
        )
    if "found STRING" in said:
        return _no_names(f"RethinkDB: {said}")
    if song_id == "plain" and ("No attribute" in said or "Expected type" in said):
        return NotYet(
            f"RethinkDB: {said}",
            "the first skipper of a song",
            "A song that nobody wants to be skipped has no skippers yet: say what stands in for the field.",
        )
    return NotYet(
        f"RethinkDB: {said}",
        "a query that runs",
        "Look at what the error names, and try the query on a table of your own.",
    )


def _in_two_steps(query):
    """What to say of a query that reads the table apart from the write; None where it does not."""
    terms = list(_terms(query))
    if any("non_atomic" in term.optargs for term in terms):
        return "With non_atomic another write may come in between, and its name is lost. r.row needs no non_atomic."
    for term in terms:
        if isinstance(term, ast.FunCall):
            function, *given = term._args
            if _has(ast.Table, given) and _has(ast.Update | ast.Replace | ast.Insert, [function]):
                return (
                    "Another write may come in between, and its name is lost. Read the list where it is changed: r.row."
                )
        if isinstance(term, ast.Branch):
            condition, *chosen = term._args
            if _has(ast.Table, [condition]) and _has(ast.Append | ast.Prepend, chosen):
                return "Two who ask find the name missing, and both append it. Ask inside the update, or use a set."
    return None


def _has(kind, queries):
    return any(isinstance(term, kind) for query in queries for term in _terms(query))


def _terms(query):
    """A query and all that it is made of."""
    yield query
    for part in [*query._args, *query.optargs.values()]:
        yield from _terms(part)


def _no_names(saw):
    return NotYet(saw, "['ada']", "set_insert takes one name. What takes a list of names is set_union.")


def _number(saw):
    return NotYet(saw, "['ada']", "A number says how often somebody asked, and not who. Keep the names, in a list.")


class Stove:
    """What accept() is given: notes what is called, and fails where it is told to."""

    def __init__(self, **errors):
        self.errors, self.called = errors, []

    def __getattr__(self, name):
        def step(order):
            self.called.append(name)
            if self.called.count(name) > 5:
                raise KeyboardInterrupt  # an answer that never gives up
            if name in self.errors:
                raise self.errors[name]

        return step


def _accept(accept, **errors):
    """(what it returned or raised, what was called)."""
    stove = Stove(**errors)
    try:
        return accept("soup", stove.store, stove.send, stove.mark), stove.called
    except BaseException as error:
        return error, stove.called


@exercise(
    "Which of the three errors may the customer see? Which steps may be made twice?",
    "store stands before the try, the two other steps in it, in that order.",
    "store(order); try: send(order), mark(order); except Exception: return 'pending'; return 'sent'",
)
def accept(accept):
    full = ["store", "send", "mark"]
    result, called = _accept(accept)
    if result is None and called == full:
        return NotYet("accept() returned None", "'sent'", "Say what became of the order: return 'sent' or 'pending'.")
    if called[:1] != ["store"]:
        return NotYet(
            f"called: {', '.join(called) or 'nothing'}",
            "store first",
            "If the process dies after the first step, the order must be written down: store it first.",
        )
    if called != full:
        if called == ["store", "mark", "send"]:
            return NotYet(
                "mark was called before send",
                "send, then mark",
                "If the process dies between the two, an order that is marked is never sent.",
            )
        hint = "Each step once: store, then send, then mark."
        if called == ["store"]:
            hint = "Nothing came after store. A try also hides a call that is wrong: each step is given the order."
        return NotYet(f"called: {', '.join(called)}", "store, send, mark", hint)
    if result != "sent":
        return NotYet(f"accept() gave {result!r}", "'sent'", "All went well: return 'sent'.")
    lost = OSError("the disk is full")
    result, called = _accept(accept, store=lost)
    if result is not lost:
        return NotYet(
            f"the order could not be stored, and accept() gave {result!r}",
            "the error of store",
            "What was not stored is not accepted: leave store out of the try.",
        )
    for step, error in [("send", ConnectionError("away")), ("send", KeyError("table 4")), ("mark", OSError("no ink"))]:
        result, called = _accept(accept, **{step: error})
        if called.count("store") > 1 or called.count(step) > 1:
            return NotYet(
                f"called: {', '.join(called)}",
                "each step once",
                "Do not try again here: the customer waits. Somebody else goes on with what is pending.",
            )
        if isinstance(result, BaseException):
            hint = {
                "away": "The order is stored, so it is accepted: no error of a later step may undo that.",
                "table 4": "A stove fails in many ways, and not only when it is away. Catch Exception.",
                "no ink": "mark may fail like send, and the order is accepted all the same: put both into the try.",
            }[error.args[0]]
            return NotYet(f"{step} failed with {type(error).__name__}, and so did accept()", "'pending'", hint)
        if step == "send" and "mark" in called:
            return NotYet(
                "send failed, and the order was marked",
                "no mark",
                "Nobody sends what is marked: mark only what was sent.",
            )
        if result != "pending":
            return NotYet(
                f"{step} failed, and accept() returned {result!r}",
                "'pending'",
                "An order is sent when it was sent and marked. Until then it is pending.",
            )
    hints = {
        "send": "except: and except BaseException catch Ctrl-C too. Catch Exception.",
        "mark": "Ctrl-C may come while the order is marked, too: the try around mark catches Exception and no more.",
        "store": "Ctrl-C may come while the order is stored, too: then nothing is accepted, and it goes through.",
    }
    for step, hint in hints.items():
        result, _ = _accept(accept, **{step: KeyboardInterrupt()})
        if not isinstance(result, KeyboardInterrupt):
            return NotYet(f"Ctrl-C in {step}, and accept() went on", "KeyboardInterrupt", hint)


def _in_time(call):
    """What the call returned, as a list of one, or [] if it has not returned in time; raises what it raised."""
    returned, raised = [], []

    def run():
        try:
            returned.append(call())
        except Exception as error:
            raised.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    for error in raised:
        raise error
    return returned


@exercise(
    "What does a reader have to remember, so that nobody has to keep anything for it?",
    "Keep a number and a value, and a threading.Condition around both. tell wakes all who wait.",
    "after: with the condition, wait_for(lambda: self.number > number, seconds), then the number and the value.",
    on_error={
        RuntimeError: "A Condition is used inside its own `with`: it is the lock around the number and the value.",
        TimeoutError: "Wait no longer than the seconds. That nothing new came is no error: return None.",
    },
)
def newest(newest):
    news, other = newest(), newest()
    if (found := _in_time(lambda: news.after(0, 0.01))) != [None]:
        hint = "Look at what wait_for returned: where the seconds are over there is nothing newer, so return None."
        if not found:
            hint = "Nobody may ever tell anything: hand the seconds on to the condition."
        return NotYet(f"nothing was told, and after(0, 0.01) gave {_said(found)}", "None", hint)
    for value in ("one", "two", "three"):
        news.tell(value)
    found = _in_time(lambda: news.after(0, 2 * PATIENCE))
    if not found or found == [None]:
        return NotYet(
            f"three values were told, and after(0, 2) gave {_said(found)}",
            "(3, 'three') at once",
            "What was told already is there: tell counts, and after looks at the number before it waits.",
        )
    if found[0] == ("three", 3) or found in (["three"], [[3, "three"]]):
        return NotYet(
            f"after(0, ...) gave {_said(found)}", "(3, 'three')", "A tuple of two: the number first, then the value."
        )
    if found[0] != (3, "three") and "three" in found[0]:
        return NotYet(
            f"after three values, after(0, ...) gave {_said(found)}",
            "(3, 'three')",
            "The first value has the number 1, each tell adds one, and after returns that number.",
        )
    if found != [(3, "three")]:
        return NotYet(
            f"after three values, after(0, ...) gave {_said(found)}",
            "(3, 'three')",
            "A slow reader gets the newest value and its number, and none of those before. Keep only one.",
        )
    if _in_time(lambda: news.after(0, 0.01)) != found:
        return NotYet(
            "a second reader did not get the value",
            "the same for every reader",
            "Reading takes nothing away: what one reader has seen, another has not.",
        )
    if (again := _in_time(lambda: news.after(3, 0.01))) != [None]:
        return NotYet(
            f"nothing new, and after(3, 0.01) gave {_said(again)}",
            "None",
            "A reader names the number that it has seen: only what is newer is news.",
        )
    news.tell("three")
    if (again := _in_time(lambda: news.after(3, 0.01))) != [(4, "three")]:
        return NotYet(
            f"the same value was told again, and after(3, ...) gave {_said(again)}",
            "(4, 'three')",
            "Compare the numbers, and not the values.",
        )
    news.tell(None)
    if (nothing := _in_time(lambda: news.after(4, 0.01))) != [(5, None)]:
        return NotYet(
            f"None was told, and after(4, ...) gave {_said(nothing)}",
            "(5, None)",
            "Any value may be told, None too: the number alone says whether there is something newer.",
        )
    other.tell("other")
    if (apart := _in_time(lambda: other.after(0, 0.01))) != [(1, "other")]:
        return NotYet(
            f"another Newest was told its first value, and gave {_said(apart)}",
            "(1, 'other')",
            "Each Newest has a number and a value of its own: make them in __init__, on self.",
        )
    waiting, woken = [], []
    for _ in range(2):
        waiting.append(Thread(target=lambda: woken.append(news.after(5, 3 * PATIENCE)), daemon=True))
        waiting[-1].start()
    # Both have begun to wait, or will find the value when they come: right either way.
    waiting[0].join(0.05)
    if woken:
        return NotYet(
            f"after(5, 3) returned {woken[0]!r} at once",
            "a reader that waits",
            "Wait for the condition until there is something newer, or the seconds are over.",
        )
    if not _in_time(lambda: news.tell("six")):
        return NotYet(
            "two readers waited, and tell() could not come in",
            "tell() returns at once",
            "Who waits gives the lock back: wait and wait_for do so, sleep does not.",
        )
    deadline = monotonic() + PATIENCE
    for thread in waiting:
        thread.join(max(0, deadline - monotonic()))
    if len(woken) == 2 and woken != [(6, "six")] * 2:
        return NotYet(
            f"two readers waited, and got {woken[0]!r}",
            "(6, 'six')",
            "Read the number and the value after the wait, not before.",
        )
    if len(woken) < 2:
        hint = "notify wakes one of those who wait. All of them want the value."
        if not woken:
            hint = "Whoever waits sleeps until somebody wakes it: tell does."
        return NotYet(f"two readers waited, and {len(woken)} got the value", "both", hint)


def _said(found):
    return repr(found[0]) if found else "nothing: it still waits"


def _where_it_went(asked):
    """What is wrong with a walk through the pages, by what was asked for."""
    begins = [before for before, _ in asked]
    if len(begins) == 1:
        return "That was the first page. Go on as long as pages are full."
    if begins == [None, 5, 2]:
        return "Those were the right pages: yield all of their rows, as they come, of the last page too."
    if None in begins[1:]:
        return "New rows came in between: begin each page after the last row of the one before, not after a number."
    if begins == [None, 5]:
        return "Go on as long as pages are full, and not for two pages only."
    if begins[1] == 7:
        return "A page goes from the newest row to the oldest: the next one begins after the last of them."
    return "page(before, ...) leaves out the row with that id: hand over the id of the last row as it is."


class Rows:
    """Rows with these ids, the newest first, read in pages; a new one comes after each page."""

    def __init__(self, ids):
        self.ids = list(ids)
        self.asked = []

    def page(self, before, limit):
        self.asked.append((before, limit))
        if len(self.asked) > 20:
            raise RuntimeError("more than twenty pages were asked for")
        if before is not None and before not in self.ids:
            raise LookupError(f"no row has the id {before!r}")
        begin = 0 if before is None else self.ids.index(before) + 1
        rows = [{"id": number} for number in self.ids[begin : begin + limit]]
        self.ids.insert(0, max(self.ids, default=0) + 1)
        return rows


@exercise(
    "What does a page need to know of the one before it? How does the last page look?",
    "Keep the id of the last row that was yielded, and ask for what is older.",
    "before = None; loop: rows = page(before, size); yield from rows; stop if there are fewer than size; before = the "
    "id of the last row",
    on_error={
        IndexError: "A full page may be followed by an empty one, which has no last row.",
        LookupError: "page() is given the id of a row that it returned, or None.",
        RuntimeError: "It never ends: a page that is not full is the last one, an empty one too.",
    },
)
def everything(everything):
    table = Rows(range(7, 0, -1))
    rows = everything(table.page, 3)
    if isinstance(rows, list | tuple) or not hasattr(rows, "__next__"):
        return NotYet(
            f"everything() returned {type(rows).__name__}",
            "a generator",
            "yield each row when it is asked for; a list is there only when all pages were read.",
        )
    if table.asked:
        return NotYet(
            "a page was fetched before anybody wanted a row", "none", "Ask for the first page inside the generator."
        )
    first = []
    for row in islice(rows, 3):
        if not isinstance(row, dict):
            hint = "A row is a dict: yield it as it is."
            if isinstance(row, list):
                hint = "yield gives the whole page at once. yield from gives its rows, one after the other."
            return NotYet(f"the first that came is {row!r}", "{'id': 7}", hint)
        first.append(row["id"])
    if {limit for _, limit in table.asked} != {3}:
        return NotYet(
            f"page() was asked for {[limit for _, limit in table.asked]} rows",
            "3 each time",
            "Ask for size rows at a time: that is what the database was told to expect.",
        )
    if len(table.asked) > 1:
        return NotYet(
            f"three rows were read, and {len(table.asked)} pages of three fetched",
            "one page",
            "Yield the rows of a page before you ask for the next one.",
        )
    found = [*first, *(row["id"] for row in rows)]
    if found != list(range(7, 0, -1)):
        return NotYet(f"the rows {', '.join(map(str, found))}", "7, 6, 5, 4, 3, 2, 1", _where_it_went(table.asked))
    if len(table.asked) != 3:
        return NotYet(
            f"{len(table.asked)} pages for seven rows, three at a time",
            "3 pages",
            "The third page had one row: a page that is not full is the last one.",
        )
    for count in (6, 0):
        if [row["id"] for row in everything(Rows(range(count, 0, -1)).page, 3)] != list(range(count, 0, -1)):
            return NotYet(
                f"not all of {count} rows came",
                f"{count} rows",
                "A full page need not be the last one, and the first one may be empty.",
            )
    ids = [4, 9, 6, 1, 8, 0, 3]
    table = Rows(ids)
    found = [row["id"] for row in islice(everything(table.page, 2), 10)]
    if {limit for _, limit in table.asked} != {2}:
        return NotYet(
            f"two rows at a time, and page() was asked for {[limit for _, limit in table.asked]}",
            "2 each time",
            "The caller says how many rows make a page: hand its size on.",
        )
    if found != ids:
        return NotYet(
            f"the rows {', '.join(map(str, found))}",
            "4, 9, 6, 1, 8, 0, 3",
            "An id may be any value, 0 too, and says nothing about the order: take that of the last row, as it is.",
        )
