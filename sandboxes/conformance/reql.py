"""What a real RethinkDB answered, asked again of any server: a sandbox, or one of yours.

Three golden files: 206 answers, 105 more, and 40 scenes of changefeeds. An answer is *same*; *refused*, an
error that begins ``[sandbox]``; or *different*.
"""

import datetime
import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from rethinkdb import ast, r
from rethinkdb.errors import ReqlCursorEmpty, ReqlError, ReqlTimeoutError
from rethinkdb.net import DefaultCursor

from . import document

GOLDEN = Path(__file__).parents[1] / "tests/golden"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
ROWS = [{"id": 1, "age": 1, "tags": ["x"]}, {"id": 2, "age": 20}, {"id": 3, "age": 30, "tags": ["x", "y"]}]
PAUSE, MORE, PATIENCE = 0.02, 0.25, 1.5  # seconds: between writes, for one more event, for one that is due
AT_ONCE = 8  # scenes


FILES = {"first": "answers", "more": "more answers", "feeds": "scenes of changefeeds"}
# Why an answer is not the recorded one. Every one is refused by name.
REASONS = {
    "more 84": "There is no JavaScript engine here: a script that is a JSON literal is answered, any other refused.",
    "more 102": "`r.http` asks other servers: let the app do that.",
}


class Result(NamedTuple):
    """One question: where it stands, what was asked, what was recorded and what was answered now."""

    name: str
    asked: str
    recorded: object
    answered: object

    @property
    def verdict(self) -> str:
        if self.recorded == self.answered:
            return "same"
        return "refused" if "[sandbox] " in str(self.answered) else "different"


def load(name: str) -> list[dict]:
    """The cases of one golden file: ``"first"``, ``"more"`` or ``"feeds"``."""
    suffix = "" if name == "first" else f"-{name}"
    found = json.loads(GOLDEN.joinpath(f"rethinkdb-2.4.4{suffix}.json").read_text("utf-8"))
    return found if name == "first" else found["scenes" if name == "feeds" else "cases"]


def plain(value, tagged=False):
    """The value as JSON has it, uuids masked; ``tagged``: floats and times say what they are."""
    if isinstance(value, bytes):
        return repr(bytes(value))
    if isinstance(value, datetime.datetime):
        return "dt:" * tagged + value.isoformat()
    if isinstance(value, str):
        return "<uuid>" if UUID.fullmatch(value) else value
    if isinstance(value, dict):
        return {str(name): plain(item, tagged) for name, item in value.items()}
    if isinstance(value, float) and tagged:
        return f"float:{value!r}"
    return [plain(item, tagged) for item in value] if isinstance(value, list) else value


def in_any_order(value):
    """The value with every list sorted."""
    if isinstance(value, dict):
        return {name: in_any_order(item) for name, item in value.items()}
    if isinstance(value, list):
        return sorted(map(in_any_order, value), key=lambda item: json.dumps(item, sort_keys=True))
    return value


def answer(conn, reql, tagged):
    """``(kind, value)`` as the files have them."""
    try:
        value = eval(reql, {"r": r, "datetime": datetime})
        value = value.run(conn)
        kind = "cursor" if isinstance(value, DefaultCursor) else type(value).__name__
        value = plain(list(value) if kind == "cursor" else value, tagged)
    except ReqlError as error:
        return f"!{type(error).__name__}", error.message if tagged else str(error)
    return "number" if kind in ("int", "float") else kind, value


def numbered_from(case):
    """The driver numbers the variables of functions: its counter, set as it was when this was recorded."""
    found = re.search(r"\bvar_?(\d+)", str(case.get("value")))
    return int(found[1]) if found else None


def ask_answers(conn, name):
    """The results of the files ``"first"`` and ``"more"``, asked in order in a database of their own."""
    before, ast.Func.nextVarId = ast.Func.nextVarId, 1
    db_of = conn.db
    if "d" in r.db_list().run(conn):
        r.db_drop("d").run(conn)
    r.db_create("d").run(conn)
    conn.use("d")
    try:
        for number, case in enumerate(load(name), 1):
            ast.Func.nextVarId = numbered_from(case) or ast.Func.nextVarId
            asked, tagged = case["reql"], name == "more"
            recorded = [case["kind"], case["message"] if "message" in case else case["value"]]
            answered = list(answer(conn, asked, tagged))
            # Generated keys are random: so is their place in an order.
            if "order_by" not in asked or "index_wait" in asked or "<uuid>" in json.dumps(recorded):
                recorded[1], answered[1] = in_any_order(recorded[1]), in_any_order(answered[1])
            yield Result(f"{name} {case.get('n', number)}", asked, recorded, answered)
    finally:
        ast.Func.nextVarId = before
        r.db_drop("d").run(conn)
        conn.use(db_of)


class Stage:
    """A table ``t`` for scenes of feeds, in a database of its own, and the two connections that play them."""

    def __init__(self, connect, db):
        self.connect, self.db, self.writer = connect, db, connect()
        if db in r.db_list().run(self.writer):
            r.db_drop(db).run(self.writer)
        r.db_create(db).run(self.writer)
        self.writer.use(db)
        self.table = r.table("t")
        r.table_create("t").run(self.writer)
        self.table.index_create("age").run(self.writer)
        self.table.index_create("tags", multi=True).run(self.writer)
        self.table.index_create("ab", [r.row["a"], r.row["b"]]).run(self.writer)
        self.table.index_wait().run(self.writer)

    def close(self):
        r.db_drop(self.db).run(self.writer)
        self.writer.close()

    def play(self, scene):
        """The events of a scene, as the file has them."""
        self.table.delete().run(self.writer)
        self.table.insert(ROWS).run(self.writer)
        reader, names = self.connect(), {"r": r, "t": self.table}
        reader.use(self.db)
        try:
            try:
                feed = eval(scene["feed"], names).run(reader, **scene["run_options"])
            except ReqlError as error:
                return [f"{type(error).__name__}: {error.message}"]
            events = [type(feed).__name__]
            due = len(wanted(scene)) - 1
            first = scene["first_in_any_order"]
            events += [self.next(feed, PATIENCE) for _ in range(first)]
            events[1:] = in_any_order(events[1:])
            writing = threading.Thread(target=self.write, args=(eval(scene["writes"], names),))
            writing.start()
            while len(events) < due + 1 and events[-1] not in ("TIMEOUT", "END"):
                events.append(self.next(feed, PATIENCE))
            if events[-1] not in ("TIMEOUT", "END"):
                extra = self.next(feed, MORE)
                events += [["EXTRA", extra]] if extra != "TIMEOUT" else []
            writing.join()  # the next scene has the same table
            return events
        finally:
            reader.close(noreply_wait=False)

    def write(self, writes):
        with self.connect() as conn:
            conn.use(self.db)
            for query in writes:
                query.run(conn)
                time.sleep(PAUSE)

    @staticmethod
    def next(feed, patience):
        try:
            return plain(feed.next(wait=patience), True)
        except ReqlTimeoutError:
            return "TIMEOUT"
        except ReqlCursorEmpty:
            return "END"
        except ReqlError as error:
            return f"{type(error).__name__}: {error.message}"


def wanted(scene):
    """The events as recorded, without EXTRA: one more that came in time."""
    events = [event for event in scene["events"] if not isinstance(event, (int, list))]
    if len(events) < len(scene["events"]) and isinstance(scene["connection_afterwards"], dict):
        events.append(scene["connection_afterwards"])  # recorded in one sorted row, the ping of the connection too
    return events


def settled(events, scene):
    """Events that may be compared: where they were sorted when they were recorded, they are again."""
    if wanted(scene) != scene["events"]:  # one too many was recorded too, or what the connection said afterwards
        events = [event for event in events if not (isinstance(event, list) and event[0] == "EXTRA")]
    first = scene["first_in_any_order"]
    if any(type(event) is int for event in scene["events"][:2]):
        return in_any_order(events)
    return events[:1] + in_any_order(events[1 : first + 1]) + events[first + 1 :]


def ask_feeds(connect):
    """The results of the file ``"feeds"``; ``connect()``: a new connection."""
    scenes, played = load("feeds"), {}
    # Those of the server's own tables show what the others do.
    alone = [number for number, scene in enumerate(scenes) if "rethinkdb" in scene["feed"]]
    others = [number for number in range(len(scenes)) if number not in alone]

    def play(db, numbers):
        stage = Stage(connect, db)
        try:
            for number in numbers:
                played[number] = stage.play(scenes[number])
        finally:
            stage.close()

    # Scenes mostly wait.
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(lambda n: play(f"feeds_{n}", others[n::AT_ONCE]), range(AT_ONCE)))
    play("feeds_0", alone)
    for number, scene in enumerate(scenes):
        asked = f"{scene['feed']}, then {scene['writes']}"
        yield Result(f"feeds {number + 1}", asked, settled(wanted(scene), scene), settled(played[number], scene))


def ask_all(connect):
    """All results; ``connect()``: a new connection."""
    with connect() as conn:
        found = [*ask_answers(conn, "first"), *ask_answers(conn, "more")]
    return found + list(ask_feeds(connect))


# The table in docs/conformance.md, and the line in the README


def claim(results):
    verdicts = [result.verdict for result in results]
    counts = map(verdicts.count, ("same", "refused", "different"))
    return document.claim("RethinkDB 2.4.4", len(results), *counts)


def brief(value):
    """A recorded or given answer in a few words."""
    kind, value = value
    text = value.splitlines()[0].rstrip(":") if isinstance(value, str) else json.dumps(value)
    return f"{kind.lstrip('!')}: {text}" if kind.startswith("!") else f"`{text}`"


def table(results):
    """The generated part of the document."""
    lines = ["| recorded | asked | same | refused | different |", "|---|---|---|---|---|"]
    for name, words in FILES.items():
        verdicts = [result.verdict for result in results if result.name.split()[0] == name]
        counts = [str(verdicts.count(verdict)) for verdict in ("same", "refused", "different")]
        lines.append(f"| {words} | {len(verdicts)} | {' | '.join(counts)} |")
    lines += ["", "| answer | asked | RethinkDB | sandbox | why |", "|---|---|---|---|---|"]
    for result in results:
        if result.verdict != "same":
            cells = [result.name, f"`{result.asked}`", brief(result.recorded), brief(result.answered)]
            why = REASONS.get(result.name, "Not known yet.")
            lines.append("| " + " | ".join(cell.replace("|", r"\|") for cell in [*cells, why]) + " |")
    return "\n".join(lines)
