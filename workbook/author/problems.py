"""What of a chapter is missing or does not fit together, in sentences that say what to do."""

import ast

from workbook import paths
from workbook.author.proof import answers
from workbook.author.starters import starter
from workbook.exercises.chapters import ExerciseError, load, stems
from workbook.notebooks import NotebookError, tags, text


def checked_names(stem, root=None):
    """The names of the functions in checks/<stem>.py that carry ``@exercise``, without running it.

    Raises ExerciseError if that is not Python.
    """
    path = (root or paths.ROOT) / "checks" / f"{stem}.py"
    try:
        tree = ast.parse(path.read_text(encoding="utf-8") if path.exists() else "")
    except SyntaxError as error:
        raise ExerciseError(f"checks/{stem}.py, line {error.lineno}: {error.msg}") from error
    return [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any(ast.unparse(mark).split("(")[0] == "exercise" for mark in node.decorator_list)
    ]


def problems(root=None):
    """What does not fit together: a list of sentences, each saying what to do."""
    root = root or paths.ROOT
    found = []

    def attempt(function, *arguments):
        try:
            return function(*arguments)
        except NotebookError as error:
            found.append(str(error))

    loaded = {stem: attempt(load, stem, root) for stem in stems(root)}
    chapters = {stem: {x.name for x in loaded[stem].exercises} for stem in loaded if loaded[stem]}
    files = (root / "checks").glob("*.py")
    checks = {path.stem: attempt(checked_names, path.stem, root) for path in files}
    for path in sorted((root / "exercises").glob("*")):
        if path.stem not in loaded and not path.name.startswith("."):
            found.append(f"exercises/{path.name} comes from no solutions/: delete it")
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        if path.stem not in loaded and not path.stem.startswith("ch00"):
            found.append(f"notebooks/{path.name} has no exercises: add solutions/{path.name}")
    for stem in sorted(chapters.keys() | checks.keys() - loaded.keys()):
        names, checked = chapters.get(stem, set()), set(checks.get(stem) or ())
        for name in sorted(names - checked):
            found.append(f"{stem}: {name!r} has no check: write it in checks/{stem}.py")
        for name in sorted(checked - names):
            found.append(f"checks/{stem}.py: {name!r} checks no exercise: remove it")
        if stem not in chapters or stem.startswith("ch00"):
            continue
        if len(names) < 2:
            found.append(f"solutions/{stem}.ipynb has {len(names)} exercises: write at least two")
        attempt(starter, loaded[stem], root)
        found += _unexplained(loaded[stem])
    given = [*root.glob("tests/wrong_answers/*/*"), *root.glob("tests/right_answers/*/*")]
    for folder in sorted(path for path in given if path.name != "__pycache__"):
        stem = folder.parent.name
        if (stem in chapters or stem not in loaded) and folder.name not in chapters.get(stem, ()):
            found.append(f"{folder.relative_to(root)} belongs to no exercise: rename or delete it")
    for stem, name in sorted((stem, name) for stem, names in chapters.items() for name in names):
        attempt(answers, "right", stem, name, root)
        wrong = attempt(answers, "wrong", stem, name, root)
        if wrong is not None and len(wrong) < 3:
            found.append(
                f"{stem}: {name!r} has {len(wrong)} wrong answers: write at least three in "
                f"tests/wrong_answers/{stem}/{name}/"
            )
    return found


def _unexplained(chapter):
    """What a solutions notebook owes its readers: a list of sentences."""
    where, found = f"solutions/{chapter.stem}.ipynb", []
    code = [cell for cell in chapter.cells if cell["cell_type"] == "code"]
    if not ("not_recorded()" in text(code[0]) and "solution" in tags(code[0])):
        found.append(f"{where}: begin with a cell tagged 'solution' that calls not_recorded()")
    for exercise in chapter.exercises:
        if not exercise.why:
            found.append(f"{where}: say why {exercise.name!r} is right, in a cell tagged 'solution' after its check")
    return found
