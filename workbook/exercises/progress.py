"""What a learner has done so far, kept in a JSON file of their own.

The file is ``{"exercises": {stem: {name: record}}}``, where a record is
``{"outcome": ..., "attempts": n, "hints": n, "solution": bool}``. Two notebooks may
write at once, a broken file is put aside, and a place that cannot be written to
costs the learner a note, never an exercise.
"""

import contextlib
import html
import json
import os
import tempfile
from pathlib import Path

import platformdirs

from workbook import files, learner, pages, paths
from workbook.exercises import chapters

OUTCOMES = ["not attempted", "not yet", "done"]
EMPTY = {"outcome": "not attempted", "attempts": 0, "hints": 0, "solution": False}
LOCK_SECONDS = 2
_unsaved = {}  # what could not be written, for as long as this kernel lives
_recording = True


def location():
    """The Path of the progress file; ``WORKBOOK_PROGRESS`` chooses another one."""
    chosen = os.environ.get("WORKBOOK_PROGRESS")
    if chosen:
        return (paths.ROOT / Path(chosen).expanduser()).resolve()
    folder = platformdirs.user_data_path("flask-lifetimes-workbook", appauthor=False)
    return folder / "progress.json"


def load():
    """``{stem: {name: record}}`` as it stands in the file, {} if there is none.

    Raises ValueError if the file is broken, OSError if it cannot be read.
    """
    try:
        text = location().read_bytes()
    except FileNotFoundError:
        return {}
    try:
        stored = json.loads(text)["exercises"]
        for records in stored.values():
            for name, record in records.items():
                records[name] = {key: type(plain)(record[key]) for key, plain in EMPTY.items()}
                OUTCOMES.index(records[name]["outcome"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{location()} is not a progress file") from error
    return stored


def get(stem, name):
    """The record of one exercise: a dict with the keys of EMPTY. Never raises."""
    try:
        stored = load().get(stem, {}).get(name, EMPTY)
    except (OSError, ValueError):
        stored = EMPTY
    return _merged(stored, _unsaved.get((stem, name), EMPTY))


def record(stem, name, outcome=None, hints=0, solution=False):
    """Note an attempt with its ``outcome``, the number of ``hints`` shown, the ``solution`` shown.

    Returns "" or a sentence for the learner if something is wrong with the file. Never raises.
    """
    if not _recording:
        return ""
    news = {
        "outcome": outcome or "not attempted",
        "attempts": 1 if outcome else 0,
        "hints": hints,
        "solution": solution,
    }
    waiting = _unsaved.pop((stem, name), EMPTY)
    changed = _merged(waiting, news) | {"attempts": waiting["attempts"] + news["attempts"]}
    try:
        with _locked():
            note = _put_aside_if_broken()
            stored = load()
            old = stored.setdefault(stem, {}).get(name, EMPTY)
            attempts = old["attempts"] + changed["attempts"]
            stored[stem][name] = _merged(old, changed) | {"attempts": attempts}
            _write({"exercises": stored})
        return note
    except (OSError, ValueError) as error:
        _unsaved[stem, name] = changed
        reason = getattr(error, "strerror", None) or error
        return (
            f"Your progress could not be saved in {location()} ({reason}). "
            "Everything else works; `workbook doctor` says what to do."
        )


def not_recorded():
    """From now on nothing is recorded in this process: what is solved here, nobody has solved."""
    global _recording
    _recording = False


@contextlib.contextmanager
def unrecorded():
    """The same, until the end of a ``with`` statement."""
    global _recording
    before = _recording
    not_recorded()
    try:
        yield
    finally:
        _recording = before


def is_recorded():
    """Whether answers count in this process."""
    return _recording


def trouble():
    """What is wrong with the progress file, "" if it can be read and written."""
    try:
        load()
        with _locked():
            with tempfile.TemporaryFile(dir=location().parent):
                return ""
    except (OSError, ValueError) as error:
        return str(error)


class Progress:
    """What is done, a row for each chapter, or, with ``details``, for each exercise.

    ``rows`` is a list of (Page of the chapter, [(name, record), ...]). Shows itself in a
    terminal and in a notebook.
    """

    def __init__(self, rows, details=False, note=""):
        self.rows, self.details, self.note = rows, details, note
        outcomes = [record["outcome"] for _, records in rows for _, record in records]
        self.total = f"{outcomes.count('done')} of {_count(len(outcomes), 'exercise')} done"

    def __repr__(self):
        lines = []
        width = max((len(page.label) for page, _ in self.rows), default=0)
        bars = max((len(records) for _, records in self.rows), default=0) + 2
        for page, records in self.rows:
            lines.append(f"{page.label:{width}}  {_bar(records):{bars}}  {_done(records)}")
            names = max((len(name) for name, _ in records), default=0)
            for name, record in records if self.details else ():
                line = f"  {name:{names}}  {record['outcome']:13}  {_effort(record)}"
                lines.append(line.rstrip())
        return "\n".join([*lines, self.total, *filter(None, [self.note])])

    def _repr_html_(self):
        lines, here = [], learner.Links(paths.ROOT)
        for page, records in self.rows:
            practice = pages.Page("exercises", page.stem, page.title)
            done = sum(record["outcome"] == "done" for _, record in records)
            bar = f'<progress value="{done}" max="{len(records)}" aria-hidden="true"></progress>'
            lines.append(_row("row", here.to(page), bar, _done(records), here.to(practice)))
            for name, record in records if self.details else ():
                lines.append(_row("row", _text(name), "", _text(record["outcome"]), _text(_effort(record))))
        head = _row("col", "chapter", "", "done", "practise")
        note = f"<p>{_text(self.note)}</p>" if self.note else ""
        return (
            f"<table><thead>{head}</thead><tbody>{''.join(lines)}</tbody></table>"
            f"<p>{self.total}</p>{note}"
        )


_text = html.escape


def _row(scope, first, *others):
    """A row of HTML; JupyterLab would align it to the right, as numbers are."""
    left = 'style="text-align: left; font-weight: normal"'
    cell = "th" if scope == "col" else "td"
    also = "".join(f"<{cell} {left}>{other}</{cell}>" for other in others)
    return f'<tr><th scope="{scope}" {left}>{first}</th>{also}</tr>'


def _bar(rows):
    """One mark for each exercise: # is done."""
    done = sum(record["outcome"] == "done" for _, record in rows)
    return f"[{'#' * done}{'-' * (len(rows) - done)}]"


def _done(rows):
    return f"{sum(record['outcome'] == 'done' for _, record in rows)} of {len(rows)}"


def show(stems=(), details=False, root=None):
    """The Progress in every chapter that has exercises, or in those of ``stems``.

    Never raises for a bad progress file.
    """
    note = ""
    try:
        load()
    except (OSError, ValueError) as error:
        note = f"Your progress could not be read: {error}"
    rows = []
    known = pages.load(root or paths.ROOT)
    for stem in stems or chapters.stems(root):
        chapter = chapters.load(stem, root)
        records = [(exercise.name, get(stem, exercise.name)) for exercise in chapter.exercises]
        rows.append((known.get(("notebooks", stem)) or known["exercises", stem], records))
    return Progress(rows, details, note)


def _merged(one, other):
    """Both records in one: the best outcome, the most of everything."""
    return {
        "outcome": max(one["outcome"], other["outcome"], key=OUTCOMES.index),
        "attempts": max(one["attempts"], other["attempts"]),
        "hints": max(one["hints"], other["hints"]),
        "solution": one["solution"] or other["solution"],
    }


def _effort(record):
    parts = [
        _count(record["attempts"], "try", "tries") if record["attempts"] else "",
        _count(record["hints"], "hint") if record["hints"] else "",
        "solution shown" if record["solution"] else "",
    ]
    return ", ".join(filter(None, parts))


def _count(number, one, many=None):
    return f"{number} {one if number == 1 else many or one + 's'}"


def _put_aside_if_broken():
    """Rename a file that is not a progress file; the sentence that says so, or ""."""
    try:
        load()
        return ""
    except ValueError:
        number = 1
        while (aside := Path(f"{location()}.broken-{number}")).exists():
            number += 1
        location().rename(aside)
        return f"Your progress file could not be read. It was put aside as {aside}."


def _write(data):
    files.write(location(), json.dumps(data, indent=1, sort_keys=True))


@contextlib.contextmanager
def _locked():
    """Keep other kernels out; TimeoutError (an OSError) if one holds on for too long."""
    location().parent.mkdir(parents=True, exist_ok=True)
    with files.locked(Path(f"{location()}.lock"), LOCK_SECONDS):
        yield
