"""Derive exercises/ from solutions/, refuse what does not fit, and run an exercise with any answer.

An exercise in a solutions notebook is a code cell with one region between BEGIN SOLUTION
and END SOLUTION, and after it a cell that ends in ``check("stem", "name", ...)``. A cell
tagged ``solution`` (an explanation, a demonstration) stays out of the starter.
"""

import argparse
import ast
import contextlib
import linecache
import re
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

from workbook import notebooks
from workbook.notebooks import NotebookError

ROOT = Path(__file__).resolve().parent.parent
MAKE = "run `make exercises`"
TURN = "...  # your turn"
REGION = re.compile(
    r"^(?P<indent>[ ]*)# BEGIN SOLUTION[ ]*\n(?P<code>.*?)^[ ]*# END SOLUTION[ ]*$", re.M | re.S
)


class ExerciseError(NotebookError):
    """Something in the checkout does not fit together; the message says what to do."""


@dataclass(frozen=True)
class Exercise:
    """One exercise: its code cell and check cell (numbers), and the answers that are known."""

    name: str
    cell: int
    check: int
    source: str
    starter: str
    solution: str

    def fill(self, code):
        """The code cell's source with ``code`` in the place of the solution."""
        region = REGION.search(self.source)
        body = textwrap.indent(code.strip("\n"), region["indent"])
        return self.source[: region.start()] + body + self.source[region.end() :]


@dataclass(frozen=True)
class Chapter:
    """A solutions notebook: its first heading, its cells (nbformat dicts), its exercises."""

    stem: str
    title: str
    cells: list
    exercises: tuple

    def exercise(self, name):
        """The exercise of that name; raises KeyError."""
        return {exercise.name: exercise for exercise in self.exercises}[name]


@dataclass(frozen=True)
class WrongAnswer:
    """A mistake that people make: its name, the hint it must get, its code."""

    name: str
    hint: str
    code: str


def stems(root=None):
    """The chapters that have exercises: the stems of solutions/, in order."""
    return sorted(path.stem for path in ((root or ROOT) / "solutions").glob("*.ipynb"))


def load(stem, root=None):
    """Read solutions/<stem>.ipynb into a Chapter; raises ExerciseError."""
    cells = notebooks.read((root or ROOT) / "solutions" / f"{stem}.ipynb")["cells"]
    found, region = {}, None
    for number, cell in enumerate(cells):
        if cell["cell_type"] != "code":
            continue
        source = _source(cell)
        where = f"solutions/{stem}.ipynb, cell {number}"
        try:
            compile(source, where, "exec")
        except SyntaxError as error:
            raise ExerciseError(f"{where}: not plain Python ({error.msg}): {error.text}") from error
        marks = source.count("# BEGIN SOLUTION"), source.count("# END SOLUTION")
        call = _check_call(source)
        if (marks != (0, 0) or call) and "solution" in _tags(cell):
            raise ExerciseError(f"{where}: an exercise cannot be tagged 'solution': remove the tag")
        if marks != (0, 0):
            if marks != (1, 1) or not REGION.search(source):
                lines = "'# BEGIN SOLUTION' line and after it one '# END SOLUTION' line"
                raise ExerciseError(f"{where}: write one {lines}")
            if region is not None or call:
                raise ExerciseError(f"{where}: put one check(...) cell after each solution")
            region = number
        if call:
            named, name = (ast.literal_eval(argument) for argument in call.args[:2])
            if named != stem:
                raise ExerciseError(f"{where}: check({named!r}, ...) must name {stem!r}")
            if region is None or name in found:
                raise ExerciseError(f"{where}: give {name!r} a solution cell of its own")
            found[name] = _exercise(name, region, number, _source(cells[region]), call)
            region = None
    if region is not None:
        raise ExerciseError(f"solutions/{stem}.ipynb, cell {region}: no check(...) cell follows it")
    return Chapter(stem, _title(cells) or stem, cells, tuple(found.values()))


def wrong_answers(stem, name, root=None):
    """The WrongAnswers in tests/wrong_answers/<stem>/<name>/; raises ExerciseError."""
    answers = []
    folder = (root or ROOT) / "tests" / "wrong_answers" / stem / name
    for path in sorted(folder.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        try:
            tree = ast.parse(text)
        except SyntaxError as error:
            raise ExerciseError(f"{path}, line {error.lineno}: {error.msg}") from error
        hint = ast.get_docstring(tree)
        code = text.splitlines()[tree.body[0].end_lineno :] if hint else []
        if not hint or not "".join(code).strip():
            raise ExerciseError(f"{path}: write the hint as its docstring, then the wrong code")
        answers.append(WrongAnswer(path.stem, hint, textwrap.dedent("\n".join(code)).strip("\n")))
    return answers


def checked_names(stem, root=None):
    """The names of the functions in checks/<stem>.py that carry ``@exercise``, without running it.

    Raises ExerciseError if that is not Python.
    """
    path = (root or ROOT) / "checks" / f"{stem}.py"
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
    root = root or ROOT
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
        if stem in chapters and len(names) < 2 and not stem.startswith("ch00"):
            found.append(f"solutions/{stem}.ipynb has {len(names)} exercises: write at least two")
    wrong = root / "tests" / "wrong_answers"
    for folder in sorted(path for path in wrong.glob("*/*") if path.name != "__pycache__"):
        stem = folder.parent.name
        if (stem in chapters or stem not in loaded) and folder.name not in chapters.get(stem, ()):
            found.append(f"{folder.relative_to(root)} belongs to no exercise: rename or delete it")
    for stem, name in sorted((stem, name) for stem, names in chapters.items() for name in names):
        answers = attempt(wrong_answers, stem, name, root)
        if answers is not None and len(answers) < 3:
            found.append(
                f"{stem}: {name!r} has {len(answers)} wrong answers: write at least three in "
                f"tests/wrong_answers/{stem}/{name}/"
            )
    return found


def starter(chapter):
    """The learner's notebook of a Chapter, not executed: an nbformat 4.5 dict."""
    region = {exercise.cell: exercise for exercise in chapter.exercises}
    cells = []
    for number, cell in enumerate(chapter.cells):
        tags = _tags(cell)
        if "solution" in tags:
            continue
        source = region[number].fill(region[number].starter) if number in region else _source(cell)
        new = {"cell_type": cell["cell_type"], "id": cell.get("id", f"cell-{number}")}
        new |= {"metadata": {"tags": tags} if tags else {}, "source": source}
        if cell["cell_type"] == "code":
            new |= {"execution_count": None, "outputs": []}
        cells.append(new)
    return {"cells": cells, "metadata": {"kernelspec": notebooks.KERNEL}, "nbformat": 4, "nbformat_minor": 5}


def differences(root=None):
    """Which exercises/ notebooks are not what solutions/ generate: a list of sentences.

    Outputs are not compared (nbval does that), but each code cell must have been run.
    """
    root, found = root or ROOT, []
    for stem in stems(root):
        path = root / "exercises" / f"{stem}.ipynb"
        expected = starter(load(stem, root))
        actual = notebooks.read(path) if path.exists() else {"cells": []}
        code = [cell for cell in actual["cells"] if cell["cell_type"] == "code"]
        if not all(cell.get("execution_count") for cell in code):
            found.append(f"exercises/{stem}.ipynb has cells that were not run: {MAKE}")
        for cell in actual["cells"]:
            cell["source"] = _source(cell)
        for cell in code:
            cell |= {"execution_count": None, "outputs": []}
        if actual != expected:
            found.append(f"exercises/{stem}.ipynb differs from solutions/{stem}.ipynb: {MAKE}")
    return found


def write(root=None):
    """Generate and run every exercises/ notebook; the paths of those that changed.

    Raises ExerciseError if a solutions notebook is malformed or a starter does not run through.
    """
    root, changed = root or ROOT, []
    for stem in stems(root):
        path = root / "exercises" / f"{stem}.ipynb"
        try:
            text = notebooks.execute(starter(load(stem, root)), path.parent)
        except NotebookError as error:
            raise ExerciseError(f"the starter exercises/{path.name} {error}") from error
        if notebooks.write(path, text):
            changed.append(path)
    return changed


def run(stem, name, code, root=None):
    """Run a solutions notebook without a kernel, up to the check of one exercise.

    ``code`` is that exercise's answer; the others have their solutions, or, where ``code``
    is the starter, their starters. Returns what the check cell shows. Raises ExerciseError
    if a cell before it fails.
    """
    chapter = load(stem, root)
    chosen = chapter.exercise(name)
    starting, solved = code == chosen.starter, code == chosen.solution
    sources = {x.cell: x.fill(x.starter if starting else x.solution) for x in chapter.exercises}
    sources[chosen.cell] = chosen.fill(code)
    others = {exercise.check for exercise in chapter.exercises} - {chosen.check}
    namespace = {"__name__": "__main__"}
    with contextlib.chdir((root or ROOT) / "solutions"):
        for number, cell in enumerate(chapter.cells[: chosen.check + 1]):
            tags = _tags(cell)
            if cell["cell_type"] != "code" or ("solution" in tags and not solved):
                continue
            source, where = sources.get(number, _source(cell)), f"{stem}, cell {number}"
            try:
                shown = _execute(source, f"<{where}>", namespace, number not in others)
            except Exception as error:
                if "raises-exception" not in tags:
                    raise ExerciseError(f"{where}: {type(error).__name__}: {error}") from error
    return shown


def main(arguments=None):
    """``python -m workbook.exercises [--check]``: write exercises/, or say what differs."""
    parser = argparse.ArgumentParser(prog="workbook exercises", description="Generate exercises/.")
    parser.add_argument("--check", action="store_true", help="change nothing, fail if it would")
    if parser.parse_args(arguments).check:
        found = problems() or differences()
        print("\n".join(found) or "exercises/ is what solutions/ generate")
        return 1 if found else 0
    try:
        changed, found = write(), problems()
    except NotebookError as error:
        changed, found = [], [str(error)]
    if changed or not found:
        print("\n".join(f"wrote exercises/{path.name}" for path in changed) or "nothing changed")
    if found:
        print("\n".join(found), file=sys.stderr)
    return 1 if found else 0


def _source(cell):
    return "".join(cell["source"])  # a list of lines in a file, a string in memory


def _tags(cell):
    return cell["metadata"].get("tags", [])


def _title(cells):
    text = "\n".join(_source(cell) for cell in cells if cell["cell_type"] == "markdown")
    heading = re.search(r"^#+ +(.+?)\s*$", text, re.M)
    return heading and heading[1]


def _check_call(source):
    """The ast.Call of a cell that ends in ``check("stem", "name", ...)``, else None."""
    last = (ast.parse(source).body or [None])[-1]
    call = getattr(last, "value", None)
    if (
        isinstance(last, ast.Expr)
        and isinstance(call, ast.Call)
        and getattr(call.func, "id", "") == "check"
        and len(call.args) >= 2
        and all(isinstance(argument, ast.Constant) for argument in call.args[:2])
    ):
        return call
    return None


def _exercise(name, cell, check, source, call):
    region = REGION.search(source)
    solution = textwrap.dedent(region["code"]).strip("\n")
    turns = []
    if not region["indent"]:
        # At the top level a name that is checked must exist in the starter too.
        asked = {argument.id for argument in call.args if isinstance(argument, ast.Name)}
        turns = [bound for bound in _bound(solution) if bound in asked]
    starter = "\n".join(f"{bound} = {TURN}" for bound in turns) or TURN
    return Exercise(name, cell, check, source, starter, solution)


def _bound(code):
    """The names that a piece of code binds at its top level, in order, once each."""
    names = []
    for node in ast.parse(code).body:
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        names += [target.id for target in targets if isinstance(target, ast.Name)]
        names += [node.name] if hasattr(node, "name") else []
    return list(dict.fromkeys(names))


def _execute(source, filename, namespace, show):
    """Run a cell as IPython would; the value of its last expression, if that is to be shown."""
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    tree = ast.parse(source, filename)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, filename, "exec"), namespace)
    if last and show:
        return eval(compile(ast.Expression(last.value), filename, "eval"), namespace)
    return None


if __name__ == "__main__":
    sys.exit(main())
