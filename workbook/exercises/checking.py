"""Check a learner's answer: not attempted, not yet, or done.

The checks of a chapter are the functions in checks/<stem>.py that carry ``@exercise``.
Nothing here raises: whatever happens becomes a card, and Run All goes on.
"""

import contextlib
import contextvars
import ctypes
import dis
import functools
import importlib.util
import inspect
import io
import linecache
import re
import sys
import threading
import traceback
import types
from dataclasses import replace

from workbook import pages, paths
from workbook.exercises import chapters, progress
from workbook.exercises.cards import Card, Note

PRINTED = 2000  # characters of the learner's own output that are shown
STUCK = (
    "Look for a loop that never ends, a lock that is not released, "
    "or a wait for something that never comes."
)
READ_IT = "Read the message first, then the line that it names."


class _Unknown(Exception):
    """There is no exercise of that name; the message says which there are."""


class NotYet(Exception):
    """A check's verdict on an answer that is not right yet; raise it or return it."""

    def __init__(self, saw, expected, hint):
        super().__init__(saw, expected, hint)
        self.saw, self.expected, self.hint = str(saw), str(expected), str(hint)


def exercise(*hints, seconds=10, on_error=None):
    """Mark a function of checks/<stem>.py as the check of the exercise of its name.

    ``hints`` go from gentle to nearly the answer. ``on_error`` maps exception types to the
    hint that an answer gets which raises one; TimeoutError also stands for ``seconds`` gone by.
    The function takes the learner's objects and returns None (done), or a NotYet.
    """

    def mark(function):
        function.hints, function.seconds, function.on_error = hints, seconds, on_error or {}
        return function

    return mark


def check(stem="", name="", *answers):
    """Check the learner's ``answers`` to one exercise; returns a Card, never raises."""
    try:
        function = _find(stem, name)
        card = _judge(stem, name, function, answers)
        if card.outcome != "not attempted" and not card.broken:
            note = progress.record(stem, name, card.outcome)
            card = replace(card, note=note, **_lesson(card))
        return card
    except _Unknown as error:
        hint = "Compare the two names in check(...) with those of the exercise."
        return Card(str(stem), str(name), "not yet", error.args[0], "", hint, broken=True)
    except Exception as error:
        return _report(str(stem), str(name), error)


def hint(stem, name):
    """The next hint for an exercise, a little clearer each time; returns a Note."""
    try:
        hints = _find(stem, name).hints
        number = progress.get(stem, name)["hints"] + 1
        if number > len(hints):
            every = "\n".join(f"{n}. {text}" for n, text in enumerate(hints, 1))
            return Note(f"{name}: these are all the hints", every or "This exercise has no hints.")
        note = progress.record(stem, name, hints=number)
        text = "\n".join(filter(None, [hints[number - 1], note]))
        return Note(f"{name}: hint {number} of {len(hints)}", text)
    except Exception as error:
        return Note(f"{name}: no hint", str(error.args[0] if error.args else error))


def solution(stem, name):
    """The solution of an exercise, once it has been tried; returns a Note."""
    try:
        _find(stem, name)
        if not progress.get(stem, name)["attempts"]:
            return Note(
                f"{name}: try it first",
                "Write an answer and run its check once, even if you are not sure of it. "
                "Then the solution is here for you.",
            )
        answer = chapters.load(stem).exercise(name).solution
        note = progress.record(stem, name, solution=True)
        return Note(f"{name}: one solution", "\n\n".join(filter(None, [answer, note])))
    except Exception as error:
        return Note(f"{name}: no solution", str(error.args[0] if error.args else error))


def _find(stem, name):
    """The check of an exercise; _Unknown if there is none, else whatever its module raises."""
    folder = paths.ROOT / "checks"
    known = sorted(path.stem for path in folder.glob("*.py"))
    if stem not in known:
        raise _Unknown(f"There is no chapter {stem!r}. There are: {', '.join(known)}.")
    spec = importlib.util.spec_from_file_location(f"checks.{stem}", folder / f"{stem}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    functions = dict(inspect.getmembers(module, inspect.isfunction))
    checks = {key: value for key, value in functions.items() if hasattr(value, "on_error")}
    if name not in checks:
        raise _Unknown(f"{stem} has no exercise {name!r}. It has: {', '.join(sorted(checks))}.")
    return checks[name]


def _judge(stem, name, function, answers):
    card = functools.partial(Card, stem, name)
    parameters = list(inspect.signature(function).parameters)
    if len(parameters) != len(answers):
        wanted = ", ".join([f'"{stem}"', f'"{name}"', *parameters])
        restore = "Restore the check cell to the way it came."
        saw = f"{len(answers)} objects to check"
        return card("not yet", saw, f"check({wanted})", restore, broken=True)
    empty = [label for label, answer in zip(parameters, answers) if _is_empty(answer)]
    if empty:
        todo = f"Still to write: {', '.join(empty)}."
        return card("not attempted", hint=f"{todo} Replace the dots, then run both cells again.")
    more = f'hint("{stem}", "{name}")'
    try:
        verdict, where = _run(function, answers)
    except TimeoutError as error:
        limit = f"within {function.seconds} seconds"
        saw, expected = f"did not come back {limit}{error}", f"an answer {limit}"
        return card("not yet", saw, expected, function.on_error.get(TimeoutError, STUCK), more)
    if verdict is None:
        return card("done")
    if isinstance(verdict, NotYet):
        return card("not yet", verdict.saw, verdict.expected, verdict.hint, more)
    if not isinstance(verdict, BaseException):
        return _report(stem, name, TypeError(f"it returned {verdict!r}"))
    mapped = function.on_error.items()
    advice = next((text for kind, text in mapped if isinstance(verdict, kind)), None)
    if where:
        expected = "code that runs without an exception"
        return card("not yet", _message(verdict) + where, expected, advice or READ_IT, more)
    expected = "an answer that the check can work with"
    doubt = "Look at what your code returns. If you are sure of it, please report this check."
    return card("not yet", _message(verdict), expected, advice or doubt, more)


def _run(function, answers):
    """Call the check on a thread of its own; returns (verdict or exception, where it was raised).

    A thread, because a context that a notebook has pushed must not leak in, and because
    an answer may never come back: then TimeoutError is raised.
    """
    results = []

    def work():
        try:
            results.append((function(*answers), ""))
        except BaseException as raised:
            error = _alone(raised)
            results.append((error, _where(reversed(list(traceback.walk_tb(error.__traceback__))))))

    thread = threading.Thread(target=contextvars.Context().run, args=(work,), daemon=True)
    printed = io.StringIO()
    try:
        # Threads print to nowhere in particular: what the learner printed is shown from here.
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            thread.start()
            try:
                thread.join(function.seconds)
                frame = sys._current_frames().get(thread.ident)
                stuck = _where(traceback.walk_stack(frame)) if frame else ""
                result = results[0] if results else None
            finally:
                _stop(thread)
    finally:
        if printed.getvalue():
            print(printed.getvalue()[-PRINTED:], end="")
    if result is None:
        raise TimeoutError(stuck)
    return result


def _alone(error):
    """What a group of one exception holds: the next Flask raises groups from teardowns, a TaskGroup does too."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def _stop(thread):
    """End a thread that is still busy, if it can be ended: it would slow the notebook down."""
    if thread.is_alive():
        _raise_in(thread.ident, SystemExit)
        thread.join(0.5)
    if thread.is_alive():
        # It waits, and will hear of it when it wakes. Until some thread has raised, Python 3.11 looks for what is to
        # be raised at every step of all threads, and under a profile function gets no further than that.
        with contextlib.suppress(_Heard):
            _raise_in(threading.get_ident(), _Heard)
            for _ in range(1000):
                pass


class _Heard(BaseException):
    """Raised in the thread that asks for it, so that nothing is left to be raised."""


def _raise_in(ident, error):
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(error))


def _where(frames):
    """The end of a sentence: the first of ``frames`` that is a line of the notebook's code."""
    for frame, number in frames:
        if frame.f_globals.get("__name__") == "__main__":
            line = linecache.getline(frame.f_code.co_filename, number, frame.f_globals).strip()
            return f", at line {number} of your code: {line}"
    return ""


def _message(error):
    """An exception in one line, the same on every run."""
    try:
        first = (str(error).splitlines() or [""])[0][:300]
    except Exception:
        first = ""
    first = re.sub(r" at 0x[0-9a-fA-F]+", "", first)
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def _report(stem, name, error):
    """The card of a check that is itself at fault."""
    expected = "a verdict of this check"
    advice = "This check is broken: please report it. Your answer may well be right."
    return Card(stem, name, "not yet", _message(error), expected, advice, broken=True)


def _lesson(card):
    """What the card of a solved exercise says besides; not where our own solutions say it anyway."""
    if card.outcome != "done" or not progress.is_recorded():
        return {}
    chapter = chapters.load(card.stem)
    names = [exercise.name for exercise in chapter.exercises]
    if card.name not in names:  # not in solutions/ yet
        return {}
    after = chapter.exercises[names.index(card.name) + 1 :]
    known = pages.load(paths.ROOT)
    leads = dict(pages.links(known["exercises", card.stem], known))
    return {
        "why": chapter.exercise(card.name).why,
        "next": after[0].heading if after else leads.get("Next", "This was the last chapter."),
    }


def _is_empty(answer):
    """Whether an answer is ``...``, or a function or class without anything in it."""
    if answer is ...:
        return True
    if issubclass(type(answer), type):
        members = vars(answer)
        functions = [value for value in members.values() if _code(value)]
        if functions:
            return all(map(_is_empty, functions))
        return all(key.startswith("__") for key in members)
    code = _code(answer)
    return code is not None and _steps(code) in EMPTY


def _code(answer):
    """The code object of a function, also of a wrapped or bound one, or None."""
    # By type, not by attribute: a LocalProxy outside of its context has no attributes at all.
    inner = {property: "fget", functools.cached_property: "func", staticmethod: "__func__",
             classmethod: "__func__", types.MethodType: "__func__"}.get(type(answer))  # fmt: skip
    answer = inspect.unwrap(getattr(answer, inner)) if inner else answer
    return inspect.unwrap(answer).__code__ if type(answer) is types.FunctionType else None


def _steps(code):
    steps = [(step.opname, step.argval) for step in dis.get_instructions(code)]
    return [step for step in steps if step[0] != "NOP"]


def _nothing(): ...


async def _nothing_async(): ...


EMPTY = [_steps(_nothing.__code__), _steps(_nothing_async.__code__)]
