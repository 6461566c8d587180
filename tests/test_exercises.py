import pytest

import fake_checkout
from fake_checkout import CELLS, STEM, cells, change
from workbook import check, progress
from workbook.author import problems, proof, starters
from workbook.exercises import chapters
from workbook.exercises.chapters import ExerciseError

# Every exercise of every chapter, proved three ways; a solution may be written in other styles than ours.


def words(text):
    return " ".join(text.split())


def prove(stem, name, root=None):
    """The outcomes that one exercise owes us; AssertionError says which it misses."""
    chapter = chapters.load(stem, root)
    known = chapter.exercise(name)
    card = proof.run(chapter, name, known.starter, root)
    assert card.outcome == "not attempted", f"the starter: {card}"
    card = proof.run(chapter, name, known.solution, root)
    assert card.outcome == "done", f"the solution: {card}"
    for right in proof.answers("right", stem, name, root):
        card = proof.run(chapter, name, right.code, root)
        assert card.outcome == "done", f"{right.name}: {card}"
    hints = {}
    for wrong in proof.answers("wrong", stem, name, root):
        card = proof.run(chapter, name, wrong.code, root)
        assert card.outcome == "not yet" and not card.broken, f"{wrong.name}: {card}"
        assert words(card.hint) == words(wrong.said), f"{wrong.name}: {card}"
        assert hints.setdefault(words(card.hint), wrong.name) == wrong.name, "one hint for two"
    assert len(hints) >= 3


EXERCISES = [(stem, x.name) for stem in chapters.stems() for x in chapters.load(stem).exercises]


@pytest.mark.parametrize(("stem", "name"), EXERCISES)
def test_exercise_is_proved_three_ways(stem, name):
    prove(stem, name)


def test_checkout_fits_together():
    assert problems.problems() == []


def test_exercises_are_what_solutions_generate():
    assert starters.differences() == []


# The machinery itself, on a checkout made for it.


@pytest.mark.parametrize("name", ["double", "half"])
def test_the_fake_exercises_are_proved(root, name):
    prove(STEM, name)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("found = double(3)", "return None", "squared|constant|nothing_back"),
        ("found = double(3)", "return NotYet(1, 2, 'Use the number that you get.')", "the solution"),
        ("Twice, not squared.", "Something else.", "squared"),
        ("Use the number that you get.", "Twice, not squared.", "constant"),
        ("{TypeError: ", "{KeyError: ", "nothing_back"),
        ("found != 6", "found != 9", "squared|the solution"),
        ("found = double(3)", "found = dbl(3)", "the solution"),
        ("def double(double)", "def double(double, other)", "the starter"),
        ('if found == 9 else "', 'if found else "', "constant"),
    ],
)
def test_a_broken_check_is_found(root, old, new, complaint):
    change(root / "checks" / f"{STEM}.py", old, new)
    with pytest.raises(AssertionError, match=complaint):
        prove(STEM, "double")


@pytest.mark.parametrize("code", ["half = 1", "half = 2"])
def test_a_right_answer_that_is_refused_is_found(root, code):
    fake_checkout.write_answer(root, "right", "half/mine", "In one step.", code)
    with pytest.raises(AssertionError, match="mine"):
        prove(STEM, "half")


def test_a_solution_that_is_empty_is_found(root):
    fake_checkout.write_solutions(root, cells((8, "# BEGIN SOLUTION\nhalf = ...\n# END SOLUTION")))
    with pytest.raises(AssertionError, match="the solution"):
        prove(STEM, "half")


def test_two_wrong_answers_with_one_hint_are_found(root):
    fake_checkout.write_answer(root, "wrong", "half/again", "The other way round.", "half = 4 / 2")
    with pytest.raises(AssertionError, match="one hint for two"):
        prove(STEM, "half")


def run(name, code=None):
    """What the check of a fake exercise shows for ``code``, or for the solution."""
    chapter = chapters.load(STEM)
    return proof.run(chapter, name, code or chapter.exercise(name).solution)


def test_run_solves_the_other_exercises_unless_it_starts(root):
    # half's solution calls double: that works only if double is solved meanwhile.
    assert run("half").outcome == "done"
    assert run("half", "half = double(1)").hint == "The other way round."


def test_run_starts_everything_where_it_starts(root):
    # The cell tagged `solution` would fail now: it must be left out.
    card = run("half", chapters.load(STEM).exercise("half").starter)
    assert card.outcome == "not attempted"


def test_run_is_like_a_notebook_and_nobodys_progress(root):
    card = run("double", "import inspect\nraise ValueError(len(inspect.getsource(double)))")
    assert card.saw.startswith("ValueError: ") and ", at line 4 of your code: raise Value" in card.saw
    assert not (root.parent / "progress.json").exists()


def test_run_asks_one_check_only(root, monkeypatch):
    asked = []
    monkeypatch.setattr("workbook.check", lambda *given: asked.append(given[1]))
    run("half", "half = 2")
    assert asked == ["half"]


def test_run_leaves_recording_as_it_was(root):
    run("half")
    assert check(STEM, "half", 0.5).outcome == "done"
    assert progress.get(STEM, "half")["attempts"] == 1


def test_run_names_the_cell_that_fails(root):
    with pytest.raises(ExerciseError, match=r"ch01_fake, cell 8: NameError"):
        run("half", "half = nowhere")


def test_run_goes_on_after_a_cell_that_is_meant_to_raise(root):
    fake_checkout.write_solutions(root, [("code", "1 / 0", ["raises-exception"]), *CELLS])
    assert run("double", "return number * number").hint == "Twice, not squared."
