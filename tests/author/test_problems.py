import pytest

import fake_checkout
from fake_checkout import CELLS, CHECKS, STEM, cells
from workbook.author import problems


def test_the_checkout_fits(root):
    assert problems.problems() == []


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
        (cells((0, "# Exercises 1: twice")), "begin with a heading '# Solutions 1: ...'"),
        (cells((1, "not_recorded = 1")), "that calls not_recorded()"),
        (cells((6, None)), "say why 'double' is right"),
    ],
)
def test_a_malformed_solutions_notebook_is_refused(root, made, complaint):
    fake_checkout.write_solutions(root, made)
    assert complaint in "\n".join(problems.problems())


def test_a_notebook_that_is_no_notebook_is_refused(root):
    (root / "solutions" / f"{STEM}.ipynb").write_text("{}")
    assert problems.problems() == [f"solutions/{STEM}.ipynb cannot be read: it is no notebook"]


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
        ("tests/right_answers/ch01_fake/treble/one.py", "", "treble belongs to no exercise"),
        ("tests/right_answers/ch01_fake/half/one.py", "half = 2", "one.py: write what is other about it"),
    ],
)
def test_strays_are_refused(root, path, text, complaint):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)
    assert complaint in "\n".join(problems.problems())


def test_two_wrong_answers_are_too_few(root):
    (root / f"tests/wrong_answers/{STEM}/half/inverse.py").unlink()
    assert problems.problems() == [
        "ch01_fake: 'half' has 2 wrong answers: write at least three in tests/wrong_answers/ch01_fake/half/"
    ]


def test_a_start_page_without_solutions_fits(root):
    (root / "notebooks" / "ch00_start_here.ipynb").write_text("{}")
    assert problems.problems() == []


def test_the_start_page_needs_no_exercises(root):
    fake_checkout.write_solutions(root, [CELLS[0]], "ch00_start_here")
    (root / "notebooks" / "ch00_start_here.ipynb").write_text("{}")
    assert problems.problems() == []
