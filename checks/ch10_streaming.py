"""Checks of chapter 10: JSON in pieces, a generator that owns its connection, honest ends, events."""

import json
import re
import uuid
from datetime import datetime

from rethinkdb import r
from rethinkdb.errors import ReqlDriverError

from workbook import NotYet, Wire, databases, exercise

ROWS = [{"at": datetime(2026, 1, 1, 0, number), "id": uuid.UUID(int=number)} for number in range(5)]
SECRET = "10.0.0.7 as admin"


def _dumps(value, **options):
    # In words of its own: json.dumps(row, default=str) makes something else of a time.
    return json.dumps(value, default=lambda other: f"{type(other).__name__} {other}", **options)


def _plain(rows):
    return json.loads(_dumps(rows))


def _counted(items, taken, error=None):
    """The items one after the other; ``taken`` grows with each that somebody has asked for."""
    for item in items:
        taken.append(item)
        yield item
    if error is not None:
        raise error


def _pieces(made, what):
    """Whether that can be iterated lazily, as (iterator, None), or else (None, NotYet)."""
    if isinstance(made, str | list | tuple):
        return None, NotYet(
            f"{what} returned a {type(made).__name__}",
            "a generator",
            "return hands over everything at the end. yield hands over a piece, and waits.",
        )
    if made is None or not hasattr(made, "__next__"):
        return None, NotYet(
            f"{what} returned {type(made).__name__}",
            "a generator",
            "A function with a yield in it is a generator: yield each piece as soon as it is ready.",
        )
    return made, None


def _not_text(pieces):
    wrong = [piece for piece in pieces if not isinstance(piece, str)]
    if wrong:
        return NotYet(
            f"a piece of type {type(wrong[0]).__name__}",
            "pieces of text",
            "The body of a response is text. Let dumps turn rows into JSON.",
        )


@exercise(
    "Write down by hand what comes out for no row, for one, for two. What stands before each row?",
    "Keep what comes before the next row in a variable: first a bracket, from then on a comma.",
    'before = "["; for each page that has rows: yield before + ",".join(map(dumps, page)), and before = ",". '
    "At the end a closing bracket, or both if there was no row.",
    on_error={
        TypeError: "Times and UUIDs are no JSON for json.dumps. Use the dumps that is handed in: it knows them.",
    },
)
def array(array):
    taken = []
    pages = [ROWS[:2], ROWS[2:4], ROWS[4:]]
    pieces, problem = _pieces(array(_counted(pages, taken), _dumps), "array(pages, dumps)")
    if problem:
        return problem
    got = [next(pieces, "")]
    if len(taken) > 1:
        return NotYet(
            f"{len(taken)} pages were taken before the first piece came",
            "1 at most",
            "That is a list again: the visitor waits for the last page. Yield inside the loop.",
        )
    for piece in pieces:
        rows = "".join(map(str, got)).count("-0000-0000-0000-")  # the id of each, however it is written
        # Two rows to a page. To look one row ahead, for its comma, is allowed.
        if len(taken) > 1 + (rows + 1) // 2:
            return NotYet(
                f"{rows} rows were out, and {len(taken)} pages were taken before the next one came",
                "a page at a time",
                "The bracket went out early, and the rows wait for all pages. "
                "Yield the rows of a page before you take the next one.",
            )
        got.append(piece)
    problem = _not_text(got)
    if problem:
        return problem
    r1, r2, r3 = ([row] for row in ROWS[:3])
    for pages in ([r1 + r2], [r1, r2], [], [r1, []], [[], r1], [r1, [], r2], [[]], [r1, r2, r3]):
        shape = f"pages of {[len(page) for page in pages]} rows" if pages else "no pages"
        try:
            text = "".join(array(iter(pages), _dumps))
        except RuntimeError as error:
            if not isinstance(error.__cause__, StopIteration):
                raise
            return NotYet(
                f"{shape}: StopIteration",
                "valid JSON",
                "next() found no page. A for loop ends by itself; next(pages, []) has an answer too.",
            )
        expected = _plain([row for page in pages for row in page])
        try:
            found = json.loads(text)
        except ValueError:
            return NotYet(f"{shape}: {_short(text)}", "valid JSON", _why_invalid(text, pages))
        if isinstance(found, list) and len(found) == len(expected) and found != expected:
            return NotYet(
                f"a row became {text[:80]}",
                f"{_dumps([row for page in pages for row in page])[:80]}",
                "Hand the row itself to dumps, and to no other function: dumps knows times and UUIDs.",
            )
        if found != expected:
            return NotYet(
                f"{shape}: {_short(text)}",
                f"an array of {len(expected)} objects",
                "All rows of all pages, one after the other, in one array.",
            )
    made = array(iter([r1, r2]), _dumps)
    next(made)
    try:
        made.close()
    except RuntimeError:
        return NotYet(
            "the client hung up, and the generator yielded another piece",
            "a generator that ends",
            "GeneratorExit was caught. It says that nobody will read: there is no bracket to be sent any more.",
        )
    got = []
    try:
        for piece in array(_counted([r1, r2], [], ConnectionError("the server has gone")), _dumps):
            got.append(piece)
    except ConnectionError:
        if "".join(got).rstrip().endswith("]"):
            return NotYet(
                "the pages failed after two rows, and the array was closed",
                "an array that stays open",
                "Closed, it is valid JSON, and nobody notices that the rest is missing. Do not close it in a finally.",
            )
        return None
    return NotYet(
        f"the pages failed after two rows, and the error was caught: {_short(''.join(got))}",
        "the error, out of the generator",
        "An error that is swallowed makes half of the data look like all of it. Let it through.",
    )


def _why_invalid(text, pages):
    squeezed = "".join(text.split())
    if squeezed.count("[") > 1:
        return (
            "There is more than one array in it. dumps(page) brings brackets of its own: "
            "take its rows, or cut them off."
        )
    if "'" in text:
        return "Single quotes are Python's. dumps(row) writes JSON, str(row) does not."
    if squeezed.endswith(",]"):
        if pages and not pages[-1] and len(pages[0]) == 1:
            return "The last page is empty, and a comma was written for it. Only pages with rows get one."
        return "A comma stands after the last row. Write it before each row but the first."
    if squeezed.startswith("[,") or ",," in squeezed:
        return "An empty page got a comma. Remember whether a row was written, not how many pages there were."
    if pages and "[" not in squeezed:
        return "The brackets of the array are missing: one before the first row, one after the last."
    if not squeezed.startswith("[") or not squeezed.endswith("]"):
        return "Both brackets belong there for no rows as well: an empty array is []."
    return "Between two rows stands one comma, also between the last row of a page and the first of the next."


def _short(text):
    text = re.sub(r"\{[^}]*\}", "{...}", str(text))
    return text if len(text) < 60 else text[:57] + "..."


@exercise(
    "Who owns the connection: the function that is called, or the generator that runs later?",
    "Open it inside the generator, before the first yield. Which statement runs however a block is left?",
    "conn = connect(), then try: yield from query(conn), finally: conn.close().",
    seconds=20,
    on_error={
        RuntimeError: "There is no context when the generator runs, so no g and no current_app. "
        "Keep the connection in a variable of the generator.",
    },
)
def own_connection(export):
    database = databases.rethinkdb("check_ch10")
    with database.connect() as conn:
        r.table_create("warnings").run(conn)
        r.table("warnings").insert([{"id": number} for number in range(1, 6)]).run(conn)
    with Wire(database.host, database.port) as wire:
        opened = []
        try:
            return _own_connection(export, database.through(wire), wire, opened)
        finally:
            for conn in opened:
                conn.close(noreply_wait=False)


def _own_connection(export, database, wire, opened):
    def connect():
        opened.append(database.connect())
        return opened[-1]

    def query(conn, taken, error=None):
        return _counted(iter(r.table("warnings").order_by(index="id").run(conn)), taken, error)

    def start(error=None):
        taken = []
        return export(connect, lambda conn: query(conn, taken, error)), taken

    rows, _ = start()
    rows, problem = _pieces(rows, "export(connect, query)")
    if not problem and (problem := _no_server(export)):
        return problem
    if opened:
        return NotYet(
            "export(connect, query) was called, nothing was read, and a connection is open",
            "none, until the first row is asked for",
            "That happened in the function, not in the generator. A HEAD request would leave it open for ever.",
        )
    if problem:
        return problem
    rows.close()
    # Given up in the middle.
    rows, taken = start()
    first = next(rows, None)
    if first != {"id": 1}:
        return NotYet(f"the first item is {first!r}", "the first row, {'id': 1}", "Yield the rows, one by one.")
    if len(taken) > 2:
        return NotYet(
            f"{len(taken)} rows were read before the first one was yielded",
            "one at a time",
            "list(...) takes the whole table. Yield each row as it comes.",
        )
    if not wire.open:
        return NotYet(
            "the first row is out, and the connection is closed already",
            "a connection that is open while rows are read",
            "The rows come through it. Close it when there are no more.",
        )
    try:
        rows.close()
    except RuntimeError:
        return NotYet(
            "the client hung up, and the generator yielded once more",
            "a generator that ends",
            "GeneratorExit was caught. It says that nobody will read: clean up, and let it through.",
        )
    given_up = wire.open
    # Failed in the middle.
    rows, _ = start(ConnectionError("the query has failed"))
    try:
        for _ in rows:
            pass
    except ConnectionError:
        failed = None
    else:
        failed = "swallowed"
    failed_open = wire.open - given_up
    # Read to its end.
    rows, _ = start()
    read = list(rows)
    read_open = wire.open - given_up - failed_open
    if given_up and failed_open and read_open:
        return NotYet(
            "three exports, and three connections are open",
            "none",
            "Nobody else closes them: no teardown knows this connection. Close it in a finally.",
        )
    if read_open:
        return NotYet(
            "an export was read to its end, and its connection is open",
            "closed in every case",
            "The end without any error is an end too. finally covers all of them.",
        )
    if given_up and not failed_open:
        return NotYet(
            "the client hung up after one row, and the connection is open",
            "closed",
            "A client that hangs up raises GeneratorExit at the yield, and that is no Exception. finally covers both.",
        )
    if given_up:
        return NotYet(
            "the client hung up after one row, and the connection is open",
            "closed",
            "What stands behind the loop runs only if the loop gets to its end. Put it into a finally.",
        )
    if failed_open:
        return NotYet(
            "the query failed, and the connection is open",
            "closed",
            "GeneratorExit is one way out of three. finally covers errors as well.",
        )
    if failed:
        return NotYet(
            "the query failed, and the export ended as if all had been read",
            "the error, out of the generator",
            "An export that ends early without an error looks whole. Close the connection, and let the error through.",
        )
    if read != [{"id": number} for number in range(1, 6)]:
        return NotYet(f"{len(read)} rows", "all 5 rows", "Every row of the query is yielded, once.")


def _no_server(export):
    """What is wrong when connect() raises."""

    def refused():
        raise ConnectionError("nobody listens")

    try:
        next(export(refused, lambda conn: iter(())), None)
    except (ConnectionError, RuntimeError):
        return None  # without a context there is a RuntimeError, which has a hint of its own
    except Exception as error:
        found = type(error).__name__
    else:
        found = "nothing"
    return NotYet(
        f"connect() raised ConnectionError, and the generator raised {found}",
        "the error of connect(), as it is",
        "Where there is no connection, there is none to be closed: connect before the try.",
    )


@exercise(
    "Which exceptions does the database raise, and which one does a client that hangs up?",
    "Count the rows as they go out. try around the loop, and except Exception yields the last line.",
    'except Exception: yield dumps({"error": "the rest is missing", "rows": rows}) + "\\n"',
    on_error={
        ConnectionError: "The error got out. The try goes around the whole loop over pages, "
        "and its except does not raise again.",
    },
)
def lines(lines):
    pages = [ROWS[:2], [], ROWS[2:5]]
    taken = []
    made, problem = _pieces(lines(_counted(pages, taken), _dumps), "lines(pages, dumps)")
    if problem:
        return problem
    got = [next(made, "")]
    if len(taken) > 1:
        return NotYet(
            f"{len(taken)} pages were taken before the first piece came",
            "1",
            "A line can go out as soon as its row is here. Yield inside the loop.",
        )
    got += made
    problem = _not_text(got)
    if problem:
        return problem
    text = "".join(got)
    if "" in text.splitlines():
        return NotYet(
            "an empty line",
            "5 lines for 5 rows",
            "An empty page has no lines. The line break belongs to the row, not to the page.",
        )
    if text.count("\n") > len(ROWS) and _objects(text) is None:
        return NotYet(
            f"5 rows became {text.count(chr(10))} lines",
            "5 lines",
            "A reader takes a line for a whole object: no indent, one line for each row.",
        )
    if not text.endswith("\n"):
        return NotYet(
            f"the text ends with {text[-1:]!r}",
            "a line break after each line, also the last one",
            "A line is complete when its line break is there. Write it after each row.",
        )
    found = _objects(text)
    if found is None:
        line = _short(text.splitlines()[0])
        return NotYet(f"lines such as {line}", "lines of JSON", "dumps(row), and a line break.")
    if found[:-1] == _plain(ROWS):
        return NotYet(
            f"nothing failed, and after the last row came {_dumps(found[-1])}"[:200],
            "5 lines for 5 rows",
            "Only an error adds a line. finally, and what stands behind the loop, run when all went well, too.",
        )
    if found and isinstance(found[-1], dict) and "error" in found[-1]:
        return NotYet(
            "the pages did not fail, and the last line tells of an error",
            "5 lines for 5 rows",
            "Something else failed in the try. Times and UUIDs are no JSON for json.dumps: "
            "use the dumps that is handed in.",
        )
    if found != _plain(ROWS):
        return NotYet(
            f"{len(found)} lines", "5 lines, the rows of all pages", "A line for each row, not for each page."
        )
    # Given up in the middle.
    made = lines(_counted(pages, []), _dumps)
    next(made)
    try:
        made.close()
    except RuntimeError:
        return NotYet(
            "the client hung up, and the generator yielded another line",
            "a generator that ends",
            "GeneratorExit was caught along with the errors. except Exception lets it through.",
        )
    # Failed in the middle.
    text = "".join(lines(_counted(pages, [], ConnectionError(SECRET)), _dumps))
    found = _objects(text)
    if not text.endswith("\n") or found is None:
        return NotYet(
            f"the pages failed, and the text ends with {_short(text[-40:])!r}",
            "a last line of JSON with its line break",
            "The last line is a line like the others: dumps(...), and a line break.",
        )
    if found == _plain(ROWS):
        return NotYet(
            "the pages failed, and the lines ended as if all had been read",
            "one more line, with the error",
            "Half of the lines are valid lines. Without a word at the end, nobody notices.",
        )
    last = found[-1]
    if SECRET in text or any(part in text for part in SECRET.split(" as ")):
        return NotYet(
            f"the last line says {SECRET!r}",
            "a text of yours",
            "What an exception says is for your log: here it names a server and a login.",
        )
    if not isinstance(last, dict) or set(last) != {"error", "rows"}:
        return NotYet(
            f"the last line is {_dumps(last)}"[:200],
            'an object with "error", a text, and "rows", a number',
            "Readers look for these two keys: write both, and no others.",
        )
    if not isinstance(last["error"], str) or not last["error"].strip() or type(last["rows"]) is not int:
        return NotYet(
            f"the last line is {_dumps(last)}"[:200],
            'an object with "error", a text, and "rows", a number',
            "The reader compares the number with the lines that came, and reads the text: "
            "it says something, and the number is no text.",
        )
    if last["rows"] in (4, 6) and found[:-1] == _plain(ROWS):
        return NotYet(
            f"the last line says {last['rows']} rows, after 5 lines",
            "5",
            "One off: count a row once, when it has gone out.",
        )
    if last["rows"] != 5 or found[:-1] != _plain(ROWS):
        return NotYet(
            f"the last line says {last['rows']} rows, after {len(found) - 1} lines",
            "5, as many as there are lines before it",
            "Count rows that went out: not pages, and not the error's own line.",
        )
    # Failed with something else, before the first row.
    try:
        found = _objects("".join(lines(_counted([], [], ValueError(SECRET)), _dumps)))
    except ValueError:
        return NotYet(
            "the pages failed with a ValueError, and it came out of the generator",
            "a last line, whatever the error was",
            "A driver has many errors, and so has a row. The reader needs the last line for each of them.",
        )
    except NameError as error:
        return NotYet(
            f"the pages failed before the first row: {type(error).__name__}",
            "a last line that says 0 rows",
            "The loop never ran, so its variable is not there. Set the number to 0 before the loop.",
        )
    if not found or not isinstance(found[-1], dict) or found[-1].get("rows") != 0:
        return NotYet(
            f"the pages failed before the first row, and the lines are {_dumps(found)}"[:200],
            'one line with "rows": 0',
            "No row went out: the last line is the only one, and says 0.",
        )


def _objects(text):
    """The lines of a text as objects; None if one of them is no JSON."""
    try:
        return [json.loads(line) for line in text.splitlines()]
    except ValueError:
        return None


@exercise(
    "Read the format once more: what does each line begin with, and what comes last?",
    're.split(r"\\r\\n|\\r|\\n", text) gives the lines of the text, whatever system wrote it.',
    'f"id: {number}\\n", then f"data: {line}\\n" for each line of the text, then "\\n".',
)
def event(event):
    texts = ("Gale", "Gale\nin the north", "Fog\r\nbank\rat sea", "", " Calm", "Ice\n\nfrom 9:00")
    texts += ("Storm\n", "Storm \n\n", "Wind\u2028and\x0bwaves", "Haze ")
    for number, text in enumerate(texts, 7):
        sent = event(number, text)
        if not isinstance(sent, str):
            return NotYet(
                f"event({number}, {text!r}) returned {type(sent).__name__}",
                "text",
                "Return the whole event as one string.",
            )
        heard, left, kinds = _browser(sent)
        if kinds:
            return NotYet(
                f"the event is of the kind {kinds[0]!r}",
                "an event without a line event:",
                "A browser hands events of other kinds to other listeners: onmessage never hears this one.",
            )
        if not heard:
            return _unheard(number, text, sent, left)
        if len(heard) > 1:
            return NotYet(
                f"a browser hears {len(heard)} events: {heard}",
                "one",
                "A blank line ends an event. There is one before the end: the id and all data belong together.",
            )
        found, data = heard[0]
        if data != text and data != re.sub(r"\r\n|\r", "\n", text):
            return NotYet(f"a browser hears {data!r}", repr(re.sub(r"\r\n|\r", "\n", text)), _why_other(data, text))
        if found != str(number):
            return NotYet(
                f"a browser hears the id {found!r}",
                repr(str(number)),
                "Without the id a browser that comes back cannot say what it has seen. The line is id: and the number.",
            )


def _unheard(number, text, sent, left):
    if left:
        return NotYet(
            f"event({number}, {text!r}) returned {sent!r}, and a browser waits for more",
            "an event that ends",
            "A blank line sends the event off: two line breaks at the end.",
        )
    return NotYet(
        f"event({number}, {text!r}) returned {sent!r}, and a browser hears nothing",
        "an event with data",
        "An event without a line data: is no event, even if the text is empty.",
    )


def _why_other(data, text):
    if data == re.sub(r" +(?=\n|$)", "", text):
        return "What stands at the end of the text belongs to it, also a space: do not strip it."
    if "\u2028" in text:
        return "Only \\r\\n, \\r and \\n end a line of the format. splitlines() splits at seven other characters too."
    if text.endswith("\n") and data == re.sub(r"(\r\n|\r|\n)$", "", text):
        return "The line break at the end of the text is lost: behind it is one more line, with a data: of its own."
    if text.startswith(" "):
        return "A browser takes one space after the colon. Write one of your own: the text may begin with a space."
    if "\n\n" in text:
        return "An empty line of the text is a line as well: it gets a data: of its own."
    if "\r" in text and "\n" in text:
        return "A carriage return is a line break too. Split at all three: \\r\\n, \\r and \\n."
    if "\n" in text and data == text.split("\n")[0]:
        return "The second line of the text has no data: before it, and a browser drops it."
    if "\n" in text:
        return "The lines come back as lines: each gets a data: of its own, and the browser joins them again."
    return "The text goes behind data: as it is."


def _browser(sent):
    """What an EventSource makes of it -> ([(id, data)], whether an event is still under way, its kinds)."""
    heard, seen, data, kinds = [], "", None, []
    for line in re.split(r"\r\n|\r|\n", sent)[:-1]:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data is not None:
                heard.append((seen, "\n".join(data)))
            data = None
        elif field == "id":
            seen = value
        elif field == "data":
            data = [*(data or []), value]
        elif field == "event" and value != "message":
            kinds.append(value)
    return heard, data is not None, kinds


class Conn:
    """A connection that knows whether it was closed; ``rows`` are read over it."""

    def __init__(self):
        self.closed = False

    def close(self, *args, **kwargs):
        self.closed = True

    def use(self):
        if self.closed:
            raise ReqlDriverError("Connection is closed.")


class Stations:
    """What the faulty app is given: ``connect``, ``find`` and ``readings``, and what was done with them."""

    def __init__(self):
        self.opened = []
        self.read = 0

    def connect(self):
        self.opened.append(Conn())
        return self.opened[-1]

    def find(self, conn, name):
        conn.use()
        return {"id": name} if name == "bell-rock" else None

    def readings(self, conn, name):
        for number in range(5):
            conn.use()
            self.read += 1
            yield {"at": number}

    @property
    def open(self):
        return sum(not conn.closed for conn in self.opened)


@exercise(
    "Read the picture from left to right: where is the connection closed, and what is in g afterwards?",
    "The teardown runs when the view is over, and again when the stream is. What does a getter find in g in between?",
    'In the teardown: conn = g.pop("conn", None), and close it if there is one. Then the generator opens its own.',
    seconds=20,
)
def mended(mended):
    stations = Stations()
    app = mended(stations.connect, stations.find, stations.readings)
    if not hasattr(app, "test_client"):
        return NotYet(f"mended returned {type(app).__name__}", "the app", "Return the app, as the faulty one does.")
    app.debug, app.testing, app.logger.disabled = False, False, True
    try:
        return _stations(app.test_client(), stations)
    finally:
        app.logger.disabled = False


def _stations(client, stations):
    def get(name, method="GET"):
        """(status, lines or the error's type) of a response that is read to its end, and closed."""
        with client.open(f"/stations/{name}", method=method) as response:
            try:
                return response.status_code, response.get_data(as_text=True).splitlines()
            except Exception as error:
                return response.status_code, error

    try:
        status, lines = get("bell-rock")
    except Exception as error:
        status, lines = 500, error
    if isinstance(lines, RuntimeError):
        return NotYet(
            f"the body: {str(lines).splitlines()[0]}",
            "five lines",
            "The generator runs when the context is gone: without stream_with_context there is no g for a getter.",
        )
    if isinstance(lines, ReqlDriverError):
        return NotYet(
            f"the body: {lines}",
            "five lines",
            "The generator reads over a connection that the end of the view has closed: is it the one from the view?",
        )
    if isinstance(lines, Exception) or status != 200 or len(lines) != 5:
        found = type(lines).__name__ if isinstance(lines, Exception) else f"{len(lines)} lines"
        return NotYet(
            f"{status} and {found}", "200 and five lines", "A line for each reading, as the faulty app had it."
        )
    if stations.open:
        return NotYet(
            f"one export, and of {len(stations.opened)} connections {stations.open} stayed open",
            "none",
            "Somebody has to close what the view opened, and what the generator opened: two teardowns, or a finally.",
        )
    status, _ = get("nowhere")
    if status != 404:
        return NotYet(
            f"a station that nobody knows: {status}",
            "404",
            "The query before the stream was no mistake: after the first byte there is no 404 any more.",
        )
    return _given_up(client, stations, get)


def _given_up(client, stations, get):
    stations.read = 0
    with client.get("/stations/bell-rock") as response:
        next(response.iter_encoded())
        read = stations.read
    if read > 2:
        return NotYet(
            f"{read} readings were read before the first line went out",
            "one at a time",
            "With a list in the view it is no stream any more: all rows are held before the first byte.",
        )
    if stations.open:
        return NotYet(
            "the client hung up after one line, and a connection stayed open",
            "none",
            "What stands behind the loop runs only if the loop gets to its end. Use finally, or a teardown.",
        )
    get("bell-rock", "HEAD")
    if stations.open:
        return NotYet(
            "a HEAD, whose body is never begun, and a connection stayed open",
            "none",
            "Nobody runs the finally of a generator that was not begun: open its connection inside of it.",
        )
    if len(stations.opened) > 7:
        return NotYet(
            f"four requests opened {len(stations.opened)} connections",
            "two for an export at most",
            "One for the first query and one for the rows are enough: keep it in g, or in a variable.",
        )
