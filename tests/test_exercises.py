import json
import shutil
import subprocess

import fake_checkout
import nbformat
import pytest
from fake_checkout import CELLS, CHECKS, STEM

from workbook import check, exercises, notebooks, progress
from workbook.exercises import ExerciseError

# Every exercise of every chapter, proved three ways.


def words(text):
    return " ".join(text.split())


def prove(stem, name, root=None):
    """The outcomes that one exercise owes us; AssertionError says which it misses."""
    known = exercises.load(stem, root).exercise(name)
    card = exercises.run(stem, name, known.starter, root)
    assert card.outcome == "not attempted", f"the starter: {card}"
    card = exercises.run(stem, name, known.solution, root)
    assert card.outcome == "done", f"the solution: {card}"
    hints = {}
    for wrong in exercises.wrong_answers(stem, name, root):
        card = exercises.run(stem, name, wrong.code, root)
        assert card.outcome == "not yet" and not card.broken, f"{wrong.name}: {card}"
        assert words(card.hint) == words(wrong.hint), f"{wrong.name}: {card}"
        assert hints.setdefault(words(card.hint), wrong.name) == wrong.name, "one hint for two"
    assert len(hints) >= 3


EXERCISES = [(stem, x.name) for stem in exercises.stems() for x in exercises.load(stem).exercises]


@pytest.mark.parametrize(("stem", "name"), EXERCISES)
def test_exercise_is_proved_three_ways(stem, name):
    prove(stem, name)


def test_checkout_fits_together():
    assert exercises.problems() == []


def test_exercises_are_what_solutions_generate():
    assert exercises.differences() == []


# The machinery itself, on a checkout made for it.


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setattr(exercises, "ROOT", fake_checkout.make(tmp_path / "checkout"))
    monkeypatch.setenv("WORKBOOK_PROGRESS", str(tmp_path / "progress.json"))
    return exercises.ROOT


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def cells(*replacements):
    """CELLS with (number, source) replaced; None removes."""
    made = list(CELLS)
    for number, source in replacements:
        made[number] = source and (made[number][0], source, made[number][2])
    return [cell for cell in made if cell]


def test_load_finds_the_exercises(root):
    chapter = exercises.load(STEM)
    assert chapter.minutes == 5
    assert [(x.name, x.cell, x.check) for x in chapter.exercises] == [("double", 4, 5), ("half", 8, 9)]
    assert chapter.exercise("double").solution == "result = number + number\nreturn result"
    assert chapter.exercise("double").why == "Adding is enough."
    with pytest.raises(KeyError):
        chapter.exercise("treble")


def test_starter_hides_the_solution_and_keeps_the_rest(root):
    made = exercises.starter(exercises.load(STEM))
    sources = [cell["source"] for cell in made["cells"]]
    opening = sources.pop(0)
    assert opening.startswith("# Exercises 1: twice\n\nTwo exercises, 5 minutes. Write in the cells")
    assert 'hint("ch01_fake", "double")' in opening and "What is here" not in opening
    assert sources == [
        "from workbook.check import check",
        "Write `double`.",
        'def double(number):\n    """Twice the number."""\n    ...  # your turn',
        'check("ch01_fake", "double", double)',
        "half = ...  # your turn",
        'other = 1\ncheck("ch01_fake", "half", half)',
        "---\n\n- Chapter: [1. Twice, and half](../notebooks/ch01_fake.ipynb)\n"
        "- After an honest try: [Solutions 1](../solutions/ch01_fake.ipynb)",
    ]
    assert made["metadata"] == {"kernelspec": notebooks.KERNEL}
    assert [cell["id"] for cell in made["cells"]] == ["c0", "c2", "c3", "c4", "c5", "c8", "c9", "links"]
    assert made["cells"][3]["metadata"] == {"tags": ["keep-me"]}
    nbformat.validate(made)


def test_fill_indents_like_the_solution(root):
    double = exercises.load(STEM).exercise("double")
    assert double.fill("if number:\n    return 1").endswith("\n    if number:\n        return 1")


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


def test_a_solution_that_is_empty_is_found(root):
    fake_checkout.write_solutions(root, cells((8, "# BEGIN SOLUTION\nhalf = ...\n# END SOLUTION")))
    with pytest.raises(AssertionError, match="the solution"):
        prove(STEM, "half")


def test_two_wrong_answers_with_one_hint_are_found(root):
    fake_checkout.write_wrong(root, "half/again", "The other way round.", "half = 4 / 2")
    with pytest.raises(AssertionError, match="one hint for two"):
        prove(STEM, "half")


def test_run_solves_the_other_exercises_unless_it_starts(root):
    # half's solution calls double: that works only if double is solved meanwhile.
    assert exercises.run(STEM, "half", exercises.load(STEM).exercise("half").solution).outcome == "done"
    assert exercises.run(STEM, "half", "half = double(1)").hint == "The other way round."


def test_run_starts_everything_where_it_starts(root):
    # The cell tagged `solution` would fail now: it must be left out.
    card = exercises.run(STEM, "half", exercises.load(STEM).exercise("half").starter)
    assert card.outcome == "not attempted"


def test_run_is_like_a_notebook_and_nobodys_progress(root):
    card = exercises.run(STEM, "double", "import inspect\nraise ValueError(len(inspect.getsource(double)))")
    assert card.saw.startswith("ValueError: ") and ", at line 4 of your code: raise Value" in card.saw
    assert not (root.parent / "progress.json").exists()


def test_run_asks_one_check_only(root, monkeypatch):
    asked = []
    monkeypatch.setattr(check, "check", lambda *given: asked.append(given[1]))
    exercises.run(STEM, "half", "half = 2")
    assert asked == ["half"]


def test_run_leaves_recording_as_it_was(root):
    exercises.run(STEM, "half", exercises.load(STEM).exercise("half").solution)
    assert check.check(STEM, "half", 0.5).outcome == "done"
    assert progress.get(STEM, "half")["attempts"] == 1


def test_run_names_the_cell_that_fails(root):
    with pytest.raises(ExerciseError, match=r"ch01_fake, cell 8: NameError"):
        exercises.run(STEM, "half", "half = nowhere")


def test_run_goes_on_after_a_cell_that_is_meant_to_raise(root):
    fake_checkout.write_solutions(root, [("code", "1 / 0", ["raises-exception"]), *CELLS])
    assert exercises.run(STEM, "double", "return number * number").hint == "Twice, not squared."


def test_the_checkout_fits(root):
    assert exercises.problems() == []


@pytest.mark.parametrize(
    ("made", "complaint"),
    [
        (cells((4, "%%writefile x.py\nx = 1")), "cell 4: not plain Python"),
        (cells((4, "await x")), "cell 4: not plain Python"),
        (cells((4, "# BEGIN SOLUTION\nx = 1")), "cell 4: write one '# BEGIN SOLUTION'"),
        (cells((4, "# END SOLUTION\n# BEGIN SOLUTION")), "cell 4: write one '# BEGIN SOLUTION'"),
        (cells((4, "# BEGIN SOLUTION\n# END SOLUTION\n" * 2)), "cell 4: write one '# BEGIN SOLUTION'"),
        (cells((5, None)), "put one check"),
        (cells((9, "half")), "cell 8: no check"),
        (cells((4, "double = abs")), "give 'double' a solution cell"),
        (cells((9, f'check("{STEM}", "double", half)')), "give 'double' a solution cell"),
        (cells((9, 'check("ch02_other", "half", half)')), "must name 'ch01_fake'"),
        (cells((7, "# BEGIN SOLUTION\n# END SOLUTION")), "remove the tag"),
        (cells((8, None), (9, None)), "has 1 exercises: write at least two"),
        (cells((0, "# Exercises 1: twice")), "begin with a heading '# Solutions N: ...'"),
        (cells((1, "not_recorded = 1")), "that calls not_recorded()"),
        (cells((6, None)), "say why 'double' is right"),
    ],
)
def test_a_malformed_solutions_notebook_is_refused(root, made, complaint):
    fake_checkout.write_solutions(root, made)
    assert complaint in "\n".join(exercises.problems())


def test_a_notebook_that_is_no_notebook_is_refused(root):
    (root / "solutions" / f"{STEM}.ipynb").write_text("{}")
    assert exercises.problems() == [f"solutions/{STEM}.ipynb cannot be read: it is no notebook"]


@pytest.mark.parametrize(
    ("path", "text", "complaint"),
    [
        ("exercises/ch02_gone.ipynb", "{}", "exercises/ch02_gone.ipynb comes from no solutions/"),
        ("notebooks/ch02_new.ipynb", "{}", "notebooks/ch02_new.ipynb has no exercises"),
        ("checks/ch02_gone.py", CHECKS, "checks/ch02_gone.py: 'double' checks no exercise"),
        ("checks/ch01_fake.py", CHECKS.replace("def half", "def third"), "'third' checks no exercise"),
        ("checks/ch01_fake.py", CHECKS.replace("def half", "def third"), "'half' has no check"),
        ("checks/ch01_fake.py", "def", "checks/ch01_fake.py, line 1: invalid syntax"),
        ("tests/wrong_answers/ch01_fake/treble/one.py", "", "treble belongs to no exercise"),
        ("tests/wrong_answers/ch02_gone/half/one.py", "", "ch02_gone/half belongs to no exercise"),
        ("tests/wrong_answers/ch01_fake/half/inverse.py", "half = 2", "inverse.py: write the hint"),
        ("tests/wrong_answers/ch01_fake/half/inverse.py", '"""Hint."""\n', "inverse.py: write the hint"),
        ("tests/wrong_answers/ch01_fake/half/inverse.py", '"""Hint."""\nx =', "inverse.py, line 2"),
    ],
)
def test_strays_are_refused(root, path, text, complaint):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)
    assert complaint in "\n".join(exercises.problems())


def test_two_wrong_answers_are_too_few(root):
    (root / f"tests/wrong_answers/{STEM}/half/inverse.py").unlink()
    assert exercises.problems() == [
        "ch01_fake: 'half' has 2 wrong answers: write at least three in tests/wrong_answers/ch01_fake/half/"
    ]


def test_a_start_page_without_solutions_fits(root):
    (root / "notebooks" / "ch00_start_here.ipynb").write_text("{}")
    assert exercises.problems() == []


def test_execute_leaves_the_learners_progress_alone(root, monkeypatch):
    code = "from workbook import progress\nprogress.record('ch', 'x', 'done')\nprogress.get('ch', 'x')['attempts']"
    text = notebooks.execute(fake_checkout.notebook([("code", code, [])]), root / "exercises")
    [output] = json.loads(text)["cells"][0]["outputs"]
    assert output["data"] == {"text/plain": ["1"]}
    assert not (root.parent / "progress.json").exists()


def test_the_start_page_needs_no_exercises(root):
    fake_checkout.write_solutions(root, [CELLS[0]], "ch00_start_here")
    (root / "notebooks" / "ch00_start_here.ipynb").write_text("{}")
    assert exercises.problems() == []


@pytest.fixture
def own_package(root):
    """The kernel is to import this package and look for checks beside it."""
    shutil.copytree(exercises.Path(check.__file__).parent, root / "workbook")


def write(*stems, force=False):
    """What ``exercises.write`` changed."""
    return [path.name for path, changed in exercises.write(stems, force) if changed]


def test_write_runs_the_starter_and_a_second_time_changes_nothing(root, own_package):
    path = root / "exercises" / f"{STEM}.ipynb"
    assert write() == [path.name]
    first = path.read_bytes()
    made = json.loads(first)
    shown = [cell["outputs"][0]["data"] for cell in made["cells"] if cell.get("outputs")]
    assert ["".join(data["text/plain"]).splitlines()[0] for data in shown] == [
        "double: not attempted",
        "half: not attempted",
    ]
    counts = [cell["execution_count"] for cell in made["cells"] if cell["cell_type"] == "code"]
    assert counts == [1, 2, 3, 4, 5]
    assert made["metadata"] == {"kernelspec": notebooks.KERNEL}
    assert not (root.parent / "progress.json").exists()
    assert exercises.differences() == []
    assert write() == []
    assert path.read_bytes() == first

    for old, new in [("your turn", "my turn"), ('"c0"', '"d0"'), ("python3", "python4"), ("keep-me", "x")]:
        path.write_bytes(first)
        change(path, old, new)
        assert "differs from" in exercises.differences()[0]
    made["metadata"]["language_info"] = {"name": "python"}  # as Jupyter does when it saves
    path.write_text(json.dumps(made))
    assert exercises.differences() == []
    path.write_bytes(first)
    change(path, '"execution_count": 3', '"execution_count": null')
    assert "not run" in exercises.differences()[0]
    path.unlink()
    assert "differs from" in exercises.differences()[0]


def test_write_spares_what_somebody_wrote(root, monkeypatch):
    """Unless git keeps it: its index is what can be brought back."""
    monkeypatch.setattr(notebooks, "execute", lambda notebook, folder: notebooks.dumps(notebook))

    def git(*arguments):
        subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *arguments], cwd=root, check=True)

    path = root / "exercises" / f"{STEM}.ipynb"
    write()
    generated = path.read_text()
    git("init", "--quiet")
    change(path, "...  # your turn", "return 2 * number")
    answered = path.read_text()
    with pytest.raises(ExerciseError, match=rf"exercises/{STEM}.ipynb: somebody.*git diff.*--force"):
        write()
    assert path.read_text() == answered
    git("add", ".")
    assert write() == [path.name] and path.read_text() == generated
    path.write_text("{")
    with pytest.raises(ExerciseError, match="somebody has written"):
        write(STEM)
    assert write(STEM, force=True) == [path.name]
    # Saved by Jupyter, which adds to the metadata: nobody has written anything.
    git("add", ".")
    notebook = json.loads(generated)
    notebook["metadata"]["language_info"] = {"name": "python"}
    path.write_text(json.dumps(notebook))
    change(root / "solutions" / f"{STEM}.ipynb", "other = 1", "other = 2")
    assert write() == [path.name]


def test_write_touches_none_if_it_must_not_touch_one(root):
    fake_checkout.write_chapter(root, [CELLS[0]], "ch02_more")
    fake_checkout.write_solutions(root, json.loads(json.dumps(CELLS).replace(STEM, "ch02_more")), "ch02_more")
    path = root / "exercises" / "ch02_more.ipynb"
    path.write_text("mine")
    with pytest.raises(ExerciseError, match="exercises/ch02_more.ipynb: somebody"):
        write()
    assert path.read_text() == "mine" and not (root / "exercises" / f"{STEM}.ipynb").exists()


def test_write_refuses_a_starter_that_does_not_run(root, own_package):
    fake_checkout.write_solutions(root, cells((9, f'half + 1\ncheck("{STEM}", "half", half)')))
    with pytest.raises(ExerciseError, match="ch01_fake.ipynb does not run through: TypeError"):
        write()
