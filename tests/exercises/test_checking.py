import asyncio
import contextlib
import functools
import threading
import time

import fake_checkout
import pytest
from fake_checkout import STEM
from flask import Flask, g
from werkzeug.local import LocalProxy

from workbook import paths, progress
from workbook.author import proof
from workbook.exercises import checking
from workbook.exercises.checking import Card, NotYet, check, hint, solution

HEAD = "from workbook import NotYet, exercise\n"


@pytest.fixture(autouse=True)
def nothing_unsaved(root, monkeypatch):
    monkeypatch.setattr(progress, "_unsaved", {})


def write_check(body, decorator='@exercise("one", "two", seconds=0.3)'):
    """The exercise ``try_it(answer)``."""
    text = f"{HEAD}\n{decorator}\ndef try_it(answer):\n    {body}\n"
    (paths.ROOT / "checks" / f"{STEM}.py").write_text(text)


def as_learner(source):
    """The name ``answer`` of a cell, as a notebook would define it."""
    namespace = {"__name__": "__main__"}
    proof.execute(source, "<cell>", namespace, False)
    return namespace["answer"]


def try_it(source):
    return check(STEM, "try_it", as_learner(source))


def test_three_outcomes_and_their_text():
    assert repr(check(STEM, "half", ...)) == (
        "half: not attempted\n"
        "  hint      Still to write: half. Replace the dots, then run both cells again."
    )
    assert repr(check(STEM, "half", 2)) == (
        "half: not yet\n"
        "  saw       2\n"
        "  expected  0.5\n"
        "  hint      The other way round.\n"
        '  more      hint("ch01_fake", "half")'
    )
    assert repr(check(STEM, "half", 0.5)) == (
        "half: done\n  why       A half, in `floats`.\n  next      This was the last chapter."
    )


def test_html_says_the_outcome_in_words_and_escapes():
    write_check('return NotYet("<b>1 & 2</b>", "b", "first\\nsecond")')
    card = check(STEM, "try_it", 1)
    text = card._repr_html_()
    assert "<strong>try_it: not yet</strong>" in text and 'aria-label="try_it: not yet"' in text
    assert "&lt;b&gt;1 &amp; 2&lt;/b&gt;" in text and "<b>1" not in text
    assert "var(--jp-border-color2, #bbb)" in text
    assert "  hint      first\n            second" in repr(card)
    assert "<dl" not in Card(STEM, "x", "done")._repr_html_()


class Nothing:
    """Only this."""

    def one(self):
        """Only this."""

    @property
    def two(self): ...

    @classmethod
    def three(cls):
        pass

    @functools.cached_property
    def four(self):
        return None


class NothingCached:
    @functools.cached_property
    def one(self): ...


class Something(Nothing):
    def one(self):
        return 1

    def two(self): ...


class Constants:
    LIMIT = 1


class Empty(Constants):
    pass


def documented():
    """Only this."""
    ...


def passing():
    pass
    pass


def returning():
    return None


async def awaiting(): ...


@contextlib.contextmanager
def wrapped(): ...


def working():
    return 1


def raising():
    raise NotImplementedError


@pytest.mark.parametrize(
    "answer",
    [
        ..., documented, passing, returning, awaiting, wrapped,
        Nothing, Nothing.one, Nothing().one, NothingCached, Empty,
    ],  # fmt: skip
)
def test_empty_answers_are_not_attempts(answer):
    write_check("return None")
    card = check(STEM, "try_it", answer)
    assert card.outcome == "not attempted"
    assert progress.load() == {}


@pytest.mark.parametrize("answer", [None, 0, "", working, raising, Something, Constants, len])
def test_other_answers_are_attempts(answer):
    write_check("return None")
    assert check(STEM, "try_it", answer).outcome == "done"


def test_a_proxy_outside_of_its_context_is_an_attempt():
    write_check("return None")
    for proxy in [g, LocalProxy(lambda: g.conn)]:
        assert check(STEM, "try_it", proxy).outcome == "done"


def test_one_empty_object_of_two_is_named(root):
    (root / "checks" / f"{STEM}.py").write_text(
        HEAD + "@exercise()\ndef both(get_conn, close_conn):\n    raise RuntimeError"
    )
    assert "Still to write: close_conn." in check(STEM, "both", working, passing).hint


def test_a_verdict_may_be_raised_or_returned():
    for how in ["return", "raise"]:
        write_check(f'{how} NotYet(saw=1, expected=2, hint="h")')
        card = check(STEM, "try_it", 1)
        assert (card.outcome, card.saw, card.expected, card.hint) == ("not yet", "1", "2", "h")


def test_an_exception_of_the_learners_names_its_line():
    write_check("answer()")
    card = try_it("def inner():\n    return {}['key']\n\ndef answer():\n    return inner()\n")
    assert card.saw == "KeyError: 'key', at line 2 of your code: return {}['key']"
    assert (card.outcome, card.hint, card.broken) == ("not yet", checking.READ_IT, False)


def test_an_exception_inside_a_library_names_the_learners_line():
    write_check("answer()")
    card = try_it("import json\ndef answer():\n    json.loads('{')\n")
    assert card.saw.startswith("JSONDecodeError: ")
    assert card.saw.endswith(", at line 3 of your code: json.loads('{')")


def test_a_check_maps_exceptions_to_hints():
    write_check("answer()", "@exercise(on_error={LookupError: 'Look it up.', Exception: 'Hm.'})")
    assert try_it("def answer(): return {}[1]").hint == "Look it up."
    assert try_it("def answer(): return 1 / 0").hint == "Hm."


def test_a_group_of_one_exception_is_that_exception():
    write_check("answer()", "@exercise(on_error={KeyError: 'Look it up.'})")
    group = "def answer():\n    try:\n        {}['key']\n    except KeyError as error:\n        "
    card = try_it(f"{group}raise ExceptionGroup('outer', [ExceptionGroup('inner', [error])])")
    assert (card.saw, card.hint) == ("KeyError: 'key', at line 3 of your code: {}['key']", "Look it up.")
    card = try_it(f"{group}raise ExceptionGroup('both', [error, error])")
    assert card.saw.startswith("ExceptionGroup: both (2 sub-exceptions), at line 5")


def test_an_answer_that_the_check_cannot_use():
    write_check("answer.split()")
    card = check(STEM, "try_it", 5)
    assert card.saw == "AttributeError: 'int' object has no attribute 'split'"
    assert card.outcome == "not yet" and "what your code returns" in card.hint


@pytest.mark.parametrize("kind", ["SystemExit", "KeyboardInterrupt", "GeneratorExit"])
def test_exits_do_not_end_the_kernel(kind):
    write_check("answer()")
    card = try_it(f"def answer():\n    raise {kind}")
    assert card.saw == f"{kind}, at line 2 of your code: raise {kind}"


def test_messages_are_the_same_on_every_run():
    write_check("answer()")
    made = "class Odd(Exception):\n    def __str__(self): raise ValueError\n"
    assert try_it("def answer(): raise ValueError(object())").saw.startswith("ValueError: <object object>,")
    assert try_it(f"{made}def answer(): raise Odd").saw.startswith("Odd, at line 3")
    assert try_it("def answer(): raise ValueError('one\\n\\ntwo')").saw.startswith("ValueError: one, at")


def test_an_answer_that_never_comes_back_is_given_up_and_stopped():
    write_check("answer()")
    before = threading.enumerate()
    started = time.monotonic()
    card = try_it("def answer():\n    while True: pass")
    assert time.monotonic() - started < 3
    assert card.saw == "did not come back within 0.3 seconds, at line 2 of your code: while True: pass"
    assert (card.expected, card.hint) == ("an answer within 0.3 seconds", checking.STUCK)
    left = [thread for thread in threading.enumerate() if thread not in before]
    for thread in left:
        thread.join(2)
    assert not any(thread.is_alive() for thread in left)


def test_an_answer_that_waits_is_given_up(root):
    write_check("answer()", "@exercise(seconds=0.2, on_error={TimeoutError: 'Set it first.'})")
    card = try_it("import threading\ndef answer(): threading.Event().wait(3)")
    assert card.hint == "Set it first."


def test_after_an_answer_that_waits_another_may_be_profiled(root):
    write_check("answer()", "@exercise(seconds=0.5)")
    assert try_it("import threading\ndef answer(): threading.Event().wait(3)").outcome == "not yet"
    profiled = "import sys\ndef inner(): pass\ndef answer():\n    sys.setprofile(lambda *given: None)\n"
    assert try_it(profiled + "    try:\n        inner()\n    finally:\n        sys.setprofile(None)").outcome == "done"


def test_the_deadline_is_ten_seconds_unless_said(root):
    write_check("return None", "@exercise()")
    assert checking._find(STEM, "try_it").seconds == 10


def test_contexts_of_the_notebook_do_not_leak_in():
    write_check("answer()", "@exercise(on_error={RuntimeError: 'outside'})")
    with Flask("notebook").app_context():
        assert try_it("from flask import current_app\ndef answer(): current_app.name").hint == "outside"


def test_what_the_learner_prints_is_shown_and_the_log_is_not(capsys):
    write_check("answer()")
    try_it("import sys\ndef answer():\n    print('here', 1)\n    print('log', file=sys.stderr)")
    assert capsys.readouterr() == ("here 1\n", "")


def test_output_without_end_is_cut(capsys):
    write_check("answer()")
    try_it("def answer(): print('x' * 100_000)")
    assert len(capsys.readouterr().out) == checking.PRINTED


def test_it_works_where_an_event_loop_runs():
    async def cell():
        write_check("import asyncio; asyncio.run(answer())")
        return try_it("async def answer(): return 1")

    assert asyncio.run(cell()).outcome == "done"


def test_unknown_names_say_which_there_are():
    card = check(STEM, "treble", 1)
    assert card.saw == "ch01_fake has no exercise 'treble'. It has: double, half."
    assert card.outcome == "not yet" and card.broken
    assert check("ch99", "x").saw == "There is no chapter 'ch99'. There are: ch01_fake."
    assert check(working).outcome == check().outcome == check([], {}, 1).outcome == "not yet"
    assert progress.load() == {}


def test_a_wrong_number_of_objects_says_how_to_call():
    card = check(STEM, "half")
    assert card.saw == "0 objects to check" and card.broken
    assert card.expected == 'check("ch01_fake", "half", half)'


@pytest.mark.parametrize(
    ("text", "saw"),
    [
        ("def", "SyntaxError: invalid syntax (ch01_fake.py, line 1)"),
        ("import nowhere", "ModuleNotFoundError: No module named 'nowhere'"),
        ("{}[1]", "KeyError: 1"),
        (HEAD + "@exercise()\ndef half(half): return False", "TypeError: it returned False"),
    ],
)
def test_a_broken_check_asks_to_be_reported(root, text, saw):
    (root / "checks" / f"{STEM}.py").write_text(text)
    card = check(STEM, "half", 0.5)
    assert card.saw == saw and card.broken and "please report" in card.hint
    assert repr(hint(STEM, "half")) and repr(solution(STEM, "half"))
    assert progress.load() == {}


def test_checks_may_import_context_locals(root):
    path = root / "checks" / f"{STEM}.py"
    path.write_text("from flask import g, current_app\n" + path.read_text())
    assert check(STEM, "half", 0.5).outcome == "done"


def test_attempts_are_recorded():
    check(STEM, "half", ...)
    check(STEM, "half", 2)
    check(STEM, "half", 0.5)
    check(STEM, "half", 2)
    assert progress.get(STEM, "half") == {"outcome": "done", "attempts": 3, "hints": 0, "solution": False}


def test_solved_notebooks_are_nobodys_progress_wherever_they_are(monkeypatch):
    monkeypatch.setattr(progress, "_recording", True)
    assert progress.not_recorded() is None
    # The explanation stands in the next cell there: the card need not say it.
    assert repr(check(STEM, "half", 0.5)) == "half: done"
    check(STEM, "half", 2)
    hint(STEM, "half")
    solution(STEM, "half")
    assert progress.load() == {}


def test_a_copy_in_a_folder_called_solutions_counts(root, monkeypatch):
    monkeypatch.chdir(root / "solutions")
    assert check(STEM, "half", 0.5).outcome == "done"
    assert progress.get(STEM, "half")["attempts"] == 1


def test_what_is_done_says_why_and_where_to_go_on(root, monkeypatch):
    assert check(STEM, "double", lambda number: 2 * number).why == "Adding is enough."
    assert check(STEM, "double", lambda number: 2 * number).next == "Solutions 1: twice"
    fake_checkout.write_chapter(root, [("markdown", "# 2. More", [])], "ch02_more")
    monkeypatch.chdir(root / "exercises")
    card = check(STEM, "half", 0.5)
    assert "  next      2. More" in repr(card)
    page = card._repr_html_()
    assert '<a href="../notebooks/ch02_more.ipynb">2. More</a>' in page
    assert "A half, in <code>floats</code>." in page
    assert check(STEM, "half", 2).next == check(STEM, "half", ...).why == ""


def test_an_unwritable_progress_file_costs_a_note_only(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WORKBOOK_PROGRESS", str(tmp_path / "file" / "progress.json"))
    card = check(STEM, "half", 2)
    assert card.hint == "The other way round." and "could not be saved" in card.note
    assert "  note      Your progress could not be saved" in repr(card)
    assert "half: one solution" in repr(solution(STEM, "half"))


def test_hints_come_one_at_a_time():
    assert repr(hint(STEM, "double")) == "double: hint 1 of 2\nThink of two."
    assert repr(hint(STEM, "double")) == "double: hint 2 of 2\nAdd it to itself."
    every = "double: these are all the hints\n1. Think of two.\n2. Add it to itself."
    assert repr(hint(STEM, "double")) == repr(hint(STEM, "double")) == every
    assert repr(hint(STEM, "half")).startswith("half: hint 1 of 1")
    assert "It has: double, half." in repr(hint(STEM, "treble"))


def test_the_solution_comes_after_a_try():
    assert repr(solution(STEM, "half")).startswith("half: try it first")
    check(STEM, "half", ...)
    assert repr(solution(STEM, "half")).startswith("half: try it first")
    assert progress.get(STEM, "half")["solution"] is False
    check(STEM, "half", 2)
    shown = solution(STEM, "half")
    assert repr(shown) == "half: one solution\nhelp = 1\nhalf = double(help) / 4"
    assert "<pre" in shown._repr_html_()
    assert progress.get(STEM, "half")["solution"] is True
    assert "It has: double, half." in repr(solution(STEM, "treble"))


def test_not_yet_is_an_exception_with_three_texts():
    verdict = NotYet(1, expected=2, hint=3)
    assert (verdict.saw, verdict.expected, verdict.hint) == ("1", "2", "3")
