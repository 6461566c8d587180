"""Read what a solutions notebook says about its exercises.

An exercise there is a code cell with one region between BEGIN SOLUTION and END SOLUTION,
and after it a cell that ends in ``check("stem", "name", ...)``. A cell tagged ``solution``
(an explanation, a demonstration) stays out of the starter; the explanations right after a
check are also what its card says once it is done.
"""

import ast
import re
import textwrap
from dataclasses import dataclass

from workbook import notebooks, pages, paths
from workbook.notebooks import NotebookError, tags, text

TURN = "...  # your turn"
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


def stems(root=None):
    """The chapters that have exercises: the stems of solutions/, in order."""
    found = [path.stem for path in ((root or paths.ROOT) / "solutions").glob("*.ipynb")]
    return sorted(found, key=pages.place)


def load(stem, root=None):
    """Read solutions/<stem>.ipynb into a Chapter; raises ExerciseError."""
    notebook = notebooks.read((root or paths.ROOT) / "solutions" / f"{stem}.ipynb")
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
