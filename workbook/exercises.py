"""Derive exercises/ from solutions/, refuse what does not fit, and run an exercise with any answer.

An exercise in a solutions notebook is a code cell with one region between BEGIN SOLUTION
and END SOLUTION, and after it a cell that ends in ``check("stem", "name", ...)``. A cell
tagged ``solution`` (an explanation, a demonstration) stays out of the starter; the
explanations right after a check are also what its card says once it is done.
"""

import ast
import contextlib
import json
import linecache
import re
import subprocess
import textwrap
from dataclasses import dataclass
from pathlib import Path

from workbook import notebooks, pages
from workbook.notebooks import NotebookError, tags, text

ROOT = Path(__file__).resolve().parent.parent
MAKE = "run `make exercises`"
TURN = "...  # your turn"
COUNTS = ["No exercises", "One exercise", *(f"{n} exercises" for n in "Two Three Four Five Six".split())]
INTRO = (
    "{count}, {minutes} minutes. Write in the cells that say *your turn*, run them, then run the "
    "check below. A check says what it saw, what it expected, and why.\n\n"
    'Stuck? `hint("{stem}", "{first}")` gives a hint for the first exercise, and a clearer one each '
    "time you ask; a check that says *not yet* names the call for its own. After an honest try, "
    '`solution("{stem}", "{first}")` shows ours.'
)
SOLUTIONS = "# Solutions "
REGION = re.compile(
    r"^(?P<indent>[ ]*)# BEGIN SOLUTION[ ]*\n(?P<code>.*?)^[ ]*# END SOLUTION[ ]*$", re.M | re.S
)


class ExerciseError(NotebookError):
    """Something in the checkout does not fit together; the message says what to do."""


@dataclass(frozen=True)
class Exercise:
    """One exercise: its code cell and check cell (numbers), and the answers that are known.

    ``heading`` is that of its section, ``why`` what the solution says about itself.
    """

    name: str
    cell: int
    check: int
    source: str
    starter: str
    solution: str
    heading: str
    why: str

    def fill(self, code):
        """The code cell's source with ``code`` in the place of the solution."""
        region = REGION.search(self.source)
        body = textwrap.indent(code.strip("\n"), region["indent"])
        return self.source[: region.start()] + body + self.source[region.end() :]


@dataclass(frozen=True)
class Chapter:
    """A solutions notebook: its cells (nbformat dicts), its exercises, the minutes that they take."""

    stem: str
    cells: list
    exercises: tuple
    minutes: int | None

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
    notebook = notebooks.read((root or ROOT) / "solutions" / f"{stem}.ipynb")
    cells, found, region = notebook["cells"], {}, None
    for number, cell in enumerate(cells):
        if cell["cell_type"] != "code":
            continue
        source = text(cell)
        where = f"solutions/{stem}.ipynb, cell {number}"
        try:
            compile(source, where, "exec")
        except SyntaxError as error:
            raise ExerciseError(f"{where}: not plain Python ({error.msg}): {error.text}") from error
        marks = source.count("# BEGIN SOLUTION"), source.count("# END SOLUTION")
        call = _check_call(source)
        if (marks != (0, 0) or call) and "solution" in tags(cell):
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
            found[name] = _exercise(name, region, number, cells, call)
            region = None
    if region is not None:
        raise ExerciseError(f"solutions/{stem}.ipynb, cell {region}: no check(...) cell follows it")
    minutes = notebook.get("metadata", {}).get("workbook", {}).get("minutes")
    return Chapter(stem, cells, tuple(found.values()), minutes)


def wrong_answers(stem, name, root=None):
    """The WrongAnswers in tests/wrong_answers/<stem>/<name>/; raises ExerciseError."""
    answers = []
    folder = (root or ROOT) / "tests" / "wrong_answers" / stem / name
    for path in sorted(folder.glob("*.py")):
        written = path.read_text(encoding="utf-8")
        try:
            tree = ast.parse(written)
        except SyntaxError as error:
            raise ExerciseError(f"{path}, line {error.lineno}: {error.msg}") from error
        hint = ast.get_docstring(tree)
        code = written.splitlines()[tree.body[0].end_lineno :] if hint else []
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
        if stem not in chapters or stem.startswith("ch00"):
            continue
        if len(names) < 2:
            found.append(f"solutions/{stem}.ipynb has {len(names)} exercises: write at least two")
        attempt(starter, loaded[stem], root)
        found += _unexplained(loaded[stem])
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


def _unexplained(chapter):
    """What a solutions notebook owes its readers: a list of sentences."""
    where, found = f"solutions/{chapter.stem}.ipynb", []
    code = [cell for cell in chapter.cells if cell["cell_type"] == "code"]
    if not ("not_recorded()" in text(code[0]) and "solution" in tags(code[0])):
        found.append(f"{where}: begin with a cell tagged 'solution' that calls not_recorded()")
    for exercise in chapter.exercises:
        if not exercise.why:
            found.append(
                f"{where}: say why {exercise.name!r} is right, in a cell tagged 'solution' after its check"
            )
    return found


def starter(chapter, root=None):
    """The learner's notebook of a Chapter, not executed: an nbformat 4.5 dict.

    Raises ExerciseError if the solutions notebook does not say what its opening needs.
    """
    known = pages.load(root or ROOT)
    page = known["exercises", chapter.stem]
    region = {exercise.cell: exercise for exercise in chapter.exercises}
    cells = []
    for number, cell in enumerate(chapter.cells):
        if "solution" in tags(cell) or pages.LINKS in tags(cell):
            continue
        source = region[number].fill(region[number].starter) if number in region else text(cell)
        if not cells:
            source = _opening(chapter, source)
        new = {"cell_type": cell["cell_type"], "id": cell.get("id", f"cell-{number}")}
        new |= {"metadata": {"tags": tags(cell)} if tags(cell) else {}, "source": source}
        if cell["cell_type"] == "code":
            new |= {"execution_count": None, "outputs": []}
        cells.append(new)
    metadata = {"kernelspec": notebooks.KERNEL}
    cells = pages.dress(page, known, cells)
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def differences(root=None):
    """Which exercises/ notebooks are not what solutions/ generate: a list of sentences.

    Outputs are not compared (nbval does that), but each code cell must have been run. What
    Jupyter adds when it saves a notebook is no difference.
    """
    root, found = root or ROOT, []
    for stem in stems(root):
        path = root / "exercises" / f"{stem}.ipynb"
        expected = starter(load(stem, root), root)
        actual = notebooks.read(path) if path.exists() else {"cells": [], "metadata": {}}
        actual["metadata"].pop("language_info", None)
        code = [cell for cell in actual["cells"] if cell["cell_type"] == "code"]
        if not all(cell.get("execution_count") for cell in code):
            found.append(f"exercises/{stem}.ipynb has cells that were not run: {MAKE}")
        for cell in actual["cells"]:
            cell["source"] = text(cell)
        for cell in code:
            cell |= {"execution_count": None, "outputs": []}
        if actual != expected:
            found.append(f"exercises/{stem}.ipynb differs from solutions/{stem}.ipynb: {MAKE}")
    return found


def write(chosen=None, force=False, root=None):
    """Generate and run exercises/ notebooks, of the stems ``chosen`` or all.

    Yields (path, whether it changed) as each is done. Raises ExerciseError if a solutions notebook
    is malformed, if a starter does not run through, or, unless ``force``, if somebody has
    written into one of the notebooks: then none is touched.
    """
    root = root or ROOT
    made = {stem: starter(load(stem, root), root) for stem in chosen or stems(root)}
    paths = {stem: root / "exercises" / f"{stem}.ipynb" for stem in made}
    edited = [paths[stem] for stem in made if not force and _edited(paths[stem], made[stem])]
    if edited:
        names = ", ".join(f"exercises/{path.name}" for path in edited)
        raise ExerciseError(
            f"{names}: somebody has written here, and git does not keep it. See `git diff`; "
            "`workbook exercises --force` writes over it"
        )
    for stem, notebook in made.items():
        try:
            done = notebooks.execute(notebook, paths[stem].parent)
        except NotebookError as error:
            raise ExerciseError(f"the starter exercises/{stem}.ipynb {error}") from error
        yield paths[stem], notebooks.write(paths[stem], done)


def _edited(path, made):
    """Whether a notebook holds what neither solutions/ generate nor git's index keeps."""
    if not path.exists():
        return False
    try:
        written = _written(notebooks.read(path))
    except (NotebookError, KeyError, TypeError, AttributeError):
        return True
    return written not in (_written(made), _indexed(path))


def _written(notebook):
    return notebooks.sources(notebook, but=[pages.LINKS])


def _indexed(path):
    """The sources of a notebook as git's index has it, None where it has none."""
    command = ["git", "show", f":./{path.name}"]
    try:
        found = subprocess.run(command, cwd=path.parent, capture_output=True, check=True)
        return _written(json.loads(found.stdout))
    except (OSError, subprocess.CalledProcessError, ValueError, KeyError, TypeError):
        return None


def _opening(chapter, heading):
    """The first cell of the starter, of that of the solutions."""
    heading = heading.splitlines()[0]
    if not heading.startswith(SOLUTIONS) or not chapter.minutes or not chapter.exercises:
        raise ExerciseError(
            f"solutions/{chapter.stem}.ipynb: begin with a heading '{SOLUTIONS}N: ...', write "
            'exercises, and say their time in its metadata: "workbook": {"minutes": 20}'
        )
    about = INTRO.format(
        count=COUNTS[len(chapter.exercises)],
        minutes=chapter.minutes,
        stem=chapter.stem,
        first=chapter.exercises[0].name,
    )
    return f"{heading.replace(SOLUTIONS, '# Exercises ')}\n\n{about}"


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
    from workbook import progress  # which reads this module

    with contextlib.chdir((root or ROOT) / "solutions"), progress.unrecorded():
        for number, cell in enumerate(chapter.cells[: chosen.check + 1]):
            if cell["cell_type"] != "code" or ("solution" in tags(cell) and not solved):
                continue
            source, where = sources.get(number, text(cell)), f"{stem}, cell {number}"
            try:
                shown = _execute(source, f"<{where}>", namespace, number not in others)
            except Exception as error:
                if "raises-exception" not in tags(cell):
                    raise ExerciseError(f"{where}: {type(error).__name__}: {error}") from error
    return shown


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


def _exercise(name, cell, check, cells, call):
    source = text(cells[cell])
    region = REGION.search(source)
    solution = textwrap.dedent(region["code"]).strip("\n")
    turns = []
    if not region["indent"]:
        # At the top level a name that is checked must exist in the starter too.
        asked = {argument.id for argument in call.args if isinstance(argument, ast.Name)}
        turns = [bound for bound in _bound(solution) if bound in asked]
    starter = "\n".join(f"{bound} = {TURN}" for bound in turns) or TURN
    above = "\n".join(text(one) for one in cells[:cell] if one["cell_type"] == "markdown")
    headings = re.findall(r"^#+ +(.+?)\s*$", above, re.M)
    why = []
    for one in cells[check + 1 :]:
        if "solution" not in tags(one):
            break
        if one["cell_type"] == "markdown":
            why.append(text(one))
    return Exercise(name, cell, check, source, starter, solution, "".join(headings[-1:]), "\n\n".join(why))


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
