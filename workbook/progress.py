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
import re
import tempfile
import time
from pathlib import Path

import platformdirs

from workbook import exercises

OUTCOMES = ["not attempted", "not yet", "done"]
EMPTY = {"outcome": "not attempted", "attempts": 0, "hints": 0, "solution": False}
LOCK_SECONDS = 2
_unsaved = {}  # what could not be written, for as long as this kernel lives


def location():
    """The Path of the progress file; ``WORKBOOK_PROGRESS`` chooses another one."""
    chosen = os.environ.get("WORKBOOK_PROGRESS")
    if chosen:
        return (exercises.ROOT / Path(chosen).expanduser()).resolve()
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


def trouble():
    """What is wrong with the progress file, "" if it can be read and written."""
    try:
        load()
        with _locked():
            with tempfile.TemporaryFile(dir=location().parent):
                return ""
    except (OSError, ValueError) as error:
        return str(error)


class Table:
    """All exercises and their outcomes; shows itself in a terminal and in a notebook.

    ``chapters`` is a list of (stem, title, [(name, record), ...]).
    """

    def __init__(self, chapters, note=""):
        self.chapters, self.note = chapters, note
        outcomes = [record["outcome"] for *_, rows in chapters for _, record in rows]
        self.total = f"{outcomes.count('done')} of {len(outcomes)} exercises done"

    def __repr__(self):
        lines = []
        for stem, title, rows in self.chapters:
            lines.append(f"{stem}  {title}")
            width = max((len(name) for name, _ in rows), default=0)
            for name, record in rows:
                line = f"  {name:{width}}  {record['outcome']:13}  {_effort(record)}"
                lines.append(line.rstrip())
        return "\n".join([*lines, self.total, *filter(None, [self.note])])

    def _repr_html_(self):
        e, parts = html.escape, []
        for stem, title, rows in self.chapters:
            parts.append(
                '<tr><th scope="rowgroup" colspan="3" style="text-align: left">'
                f"{_code(e(title))} <code>{e(stem)}</code></th></tr>"
            )
            for name, record in rows:
                parts.append(
                    f'<tr><th scope="row" style="text-align: left; font-weight: normal">{e(name)}'
                    f'</th><td style="text-align: left">{e(record["outcome"])}</td>'
                    f'<td style="text-align: left">{e(_effort(record))}</td></tr>'
                )
        note = f"<p>{e(self.note)}</p>" if self.note else ""
        columns = ("exercise", "outcome", "effort")
        head = "".join(f'<th scope="col" style="text-align: left">{column}</th>' for column in columns)
        return (
            f"<table><thead><tr>{head}</tr></thead><tbody>"
            f"{''.join(parts)}</tbody></table><p>{e(self.total)}</p>{note}"
        )


def _code(title):
    """A heading's HTML with its `code` as in the notebook."""
    return re.sub(r"`(.+?)`", r"<code>\1</code>", title)


def show(root=None):
    """The Table of every exercise that solutions/ holds. Never raises for a bad progress file."""
    note = ""
    try:
        load()
    except (OSError, ValueError) as error:
        note = f"Your progress could not be read: {error}"
    chapters = []
    for stem in exercises.stems(root):
        chapter = exercises.load(stem, root)
        rows = [(exercise.name, get(stem, exercise.name)) for exercise in chapter.exercises]
        chapters.append((stem, chapter.title, rows))
    return Table(chapters, note)


def _merged(one, other):
    """Both records in one: the best outcome, the most of everything."""
    return {
        "outcome": max(one["outcome"], other["outcome"], key=OUTCOMES.index),
        "attempts": max(one["attempts"], other["attempts"]),
        "hints": max(one["hints"], other["hints"]),
        "solution": one["solution"] or other["solution"],
    }


def _effort(record):
    def count(number, one, many):
        return f"{number} {one if number == 1 else many}" if number else ""

    parts = [
        count(record["attempts"], "try", "tries"),
        count(record["hints"], "hint", "hints"),
        "solution shown" if record["solution"] else "",
    ]
    return ", ".join(filter(None, parts))


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
    handle, name = tempfile.mkstemp(dir=location().parent, prefix="progress-")
    try:
        with open(handle, "w", encoding="utf-8") as file:
            json.dump(data, file, indent=1, sort_keys=True)
        os.replace(name, location())
    except BaseException:
        os.unlink(name)
        raise


@contextlib.contextmanager
def _locked():
    """Keep other kernels out; TimeoutError (an OSError) if one holds on for too long."""
    location().parent.mkdir(parents=True, exist_ok=True)
    with open(f"{location()}.lock", "a+b") as file:
        deadline = time.monotonic() + LOCK_SECONDS
        while not _try_lock(file):
            if time.monotonic() > deadline:
                raise TimeoutError("another notebook keeps it locked")
            time.sleep(0.01)
        yield  # closing the file unlocks it


try:
    import fcntl
except ImportError:  # Windows
    import msvcrt

    def _try_lock(file):
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            return True
        except OSError:
            return False
else:

    def _try_lock(file):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False
        except OSError:
            return True  # no locks on this file system: better to write than not to
