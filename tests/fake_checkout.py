"""A small checkout with one chapter of two exercises, for the tests of the exercise machinery."""

import json
from pathlib import Path

STEM = "ch01_fake"

CELLS = [
    ("markdown", "# Solutions 1: twice\n\nWhat is here.", []),
    ("code", "from workbook import not_recorded\n\nnot_recorded()", ["solution"]),
    ("code", "from workbook import check", []),
    ("markdown", "Write `double`.", []),
    (
        "code",
        'def double(number):\n    """Twice the number."""\n'
        "    # BEGIN SOLUTION\n    result = number + number\n    return result\n    # END SOLUTION",
        ["keep-me"],
    ),
    ("code", f'check("{STEM}", "double", double)', []),
    ("markdown", "Adding is enough.", ["solution"]),
    ("code", "assert double(4) == 8", ["solution"]),
    ("code", "# BEGIN SOLUTION\nhelp = 1\nhalf = double(help) / 4\n# END SOLUTION", []),
    ("code", f'other = 1\ncheck("{STEM}", "half", half)', []),
    ("markdown", "A half, in `floats`.", ["solution"]),
]

CHECKS = """
from workbook import NotYet, exercise


@exercise("Think of two.", "Add it to itself.", on_error={TypeError: "Give the number back."})
def double(double):
    found = double(3)
    if found is not None and found != 6:
        hint = "Twice, not squared." if found == 9 else "Use the number that you get."
        raise NotYet(saw=f"double(3) is {found}", expected="6", hint=hint)
    if found + 0 != 6:
        return NotYet("nothing", "6", "never")


@exercise("It is between 0 and 1.")
def half(half):
    hints = {2: "The other way round.", 0: "Not quite so little.", 1: "That is all of it."}
    if half != 0.5:
        return NotYet(half, 0.5, hints[half])
"""

WRONG = {
    "double/squared": ("Twice, not squared.", "return number * number"),
    "double/constant": ("Use the number\nthat you get.", "\nif number:\n    return 4\nreturn 0"),
    "double/nothing_back": ("Give the number back.", "result = number + number"),
    "half/inverse": ("The other way round.", "half = 2"),
    "half/nothing": ("Not quite so little.", "half = 0"),
    "half/everything": ("That is all of it.", "half = 1"),
}

RIGHT = {
    "double/by_two": ("A product, not a sum.", "return 2 * number"),
    "half/a_fraction": ("A number of another type.", "from fractions import Fraction\n\nhalf = Fraction(1, 2)"),
}


def notebook(cells):
    """An nbformat dict of (cell type, source, tags) triples."""
    made = []
    for number, (kind, source, tags) in enumerate(cells):
        cell = {"cell_type": kind, "id": f"c{number}", "metadata": {"tags": tags} if tags else {}}
        cell["source"] = source.splitlines(True)
        if kind == "code":
            cell |= {"execution_count": 1, "outputs": []}
        made.append(cell)
    metadata = {"language_info": {"name": "python", "version": "3.11.99"}, "workbook": {"minutes": 5}}
    return {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def write_solutions(root, cells, stem=STEM, room="solutions"):
    path = Path(root) / room / f"{stem}.ipynb"
    path.write_text(json.dumps(notebook(cells)), encoding="utf-8")


def write_chapter(root, cells, stem=STEM):
    write_solutions(root, cells, stem, "notebooks")


def write_answer(root, verdict, name, said, code, stem=STEM):
    path = Path(root) / "tests" / f"{verdict}_answers" / stem / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'"""{said}"""\n{code}\n', encoding="utf-8")


def make(root):
    """Write the checkout into the folder ``root``; returns it."""
    for room in ["solutions", "exercises", "notebooks", "checks"]:
        (root / room).mkdir(parents=True)
    write_chapter(root, [("markdown", "# 1. Twice, and half", [])])
    write_solutions(root, CELLS)
    (root / "checks" / f"{STEM}.py").write_text(CHECKS, encoding="utf-8")
    for name, (hint, code) in WRONG.items():
        write_answer(root, "wrong", name, hint, code)
    for name, (said, code) in RIGHT.items():
        write_answer(root, "right", name, said, code)
    return root


def cells(*replacements):
    """CELLS with (number, source) replaced; None removes."""
    made = list(CELLS)
    for number, source in replacements:
        made[number] = source and (made[number][0], source, made[number][2])
    return [cell for cell in made if cell]


def change(path, old, new):
    """Replace a text in a file; it must be there."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
