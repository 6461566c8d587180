"""Run an exercise with any answer, as a notebook would and without a kernel."""

import ast
import contextlib
import linecache
import textwrap
from dataclasses import dataclass

from workbook import paths
from workbook.exercises import progress
from workbook.exercises.chapters import ExerciseError
from workbook.notebooks import tags, text


@dataclass(frozen=True)
class Answer:
    """An answer that people give: its name, its code, and ``said``.

    Of a wrong one that is the hint that it must get, of a right one what is other about it than about ours.
    """

    name: str
    said: str
    code: str


def answers(verdict, stem, name, root=None):
    """The Answers in tests/<verdict>_answers/<stem>/<name>/, "wrong" or "right"; raises ExerciseError."""
    found = []
    folder = (root or paths.ROOT) / "tests" / f"{verdict}_answers" / stem / name
    for path in sorted(folder.glob("*.py")):
        written = path.read_text(encoding="utf-8")
        try:
            tree = ast.parse(written)
        except SyntaxError as error:
            raise ExerciseError(f"{path}, line {error.lineno}: {error.msg}") from error
        said = ast.get_docstring(tree)
        code = written.splitlines()[tree.body[0].end_lineno :] if said else []
        if not said or not "".join(code).strip():
            words = {"wrong": "the hint", "right": "what is other about it"}[verdict]
            raise ExerciseError(f"{path}: write {words} as its docstring, then the {verdict} code")
        found.append(Answer(path.stem, said, textwrap.dedent("\n".join(code)).strip("\n")))
    return found


def run(chapter, name, code, root=None):
    """Run a Chapter's solutions notebook without a kernel, up to the check of one exercise.

    ``code`` is that exercise's answer; the others have their solutions, or, where ``code``
    is the starter, their starters. Returns what the check cell shows. Raises ExerciseError
    if a cell before it fails.
    """
    chosen = chapter.exercise(name)
    starting, solved = code == chosen.starter, code == chosen.solution
    sources = {x.cell: x.fill(x.starter if starting else x.solution) for x in chapter.exercises}
    sources[chosen.cell] = chosen.fill(code)
    others = {exercise.check for exercise in chapter.exercises} - {chosen.check}
    namespace = {"__name__": "__main__"}

    with contextlib.chdir((root or paths.ROOT) / "solutions"), progress.unrecorded():
        for number, cell in enumerate(chapter.cells[: chosen.check + 1]):
            if cell["cell_type"] != "code" or ("solution" in tags(cell) and not solved):
                continue
            source, where = sources.get(number, text(cell)), f"{chapter.stem}, cell {number}"
            try:
                shown = execute(source, f"<{where}>", namespace, number not in others)
            except Exception as error:
                if "raises-exception" not in tags(cell):
                    raise ExerciseError(f"{where}: {type(error).__name__}: {error}") from error
    return shown


def execute(source, filename, namespace, show):
    """Run a cell as IPython would; the value of its last expression, if that is to be shown."""
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    tree = ast.parse(source, filename)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, filename, "exec"), namespace)
    if last and show:
        return eval(compile(ast.Expression(last.value), filename, "eval"), namespace)
    return None
