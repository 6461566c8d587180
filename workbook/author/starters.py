"""Derive exercises/ from solutions/: what the learner gets to fill in."""

import json
import subprocess

from workbook import notebooks, pages, paths
from workbook.author import outputs
from workbook.exercises.chapters import ExerciseError, load, stems
from workbook.notebooks import NotebookError, tags, text

MAKE = "run `workbook author starters`"
COUNTS = ["No exercises", "One exercise", *(f"{n} exercises" for n in "Two Three Four Five Six".split())]
INTRO = (
    "{count}, {minutes} minutes. Write in the cells that say *your turn*, run them, then run the "
    "check below. A check says what it saw, what it expected, and why.\n\n"
    'Stuck? `hint("{stem}", "{first}")` gives a hint for the first exercise, and a clearer one each '
    "time you ask; a check that says *not yet* names the call for its own. After an honest try, "
    '`solution("{stem}", "{first}")` shows ours.'
)


def starter(chapter, root=None):
    """The learner's notebook of a Chapter, not executed: an nbformat 4.5 dict.

    Raises ExerciseError if the solutions notebook does not say what its opening needs.
    """
    known = pages.load(root or paths.ROOT)
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
    root, found = root or paths.ROOT, []
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
    root = root or paths.ROOT
    made = {stem: starter(load(stem, root), root) for stem in chosen or stems(root)}
    targets = {stem: root / "exercises" / f"{stem}.ipynb" for stem in made}
    edited = [targets[stem] for stem in made if not force and _edited(targets[stem], made[stem])]
    if edited:
        names = ", ".join(f"exercises/{path.name}" for path in edited)
        raise ExerciseError(
            f"{names}: somebody has written here, and git does not keep it. See `git diff`; "
            "`workbook author starters --force` writes over it"
        )
    for stem, notebook in made.items():
        try:
            done = outputs.execute(notebook, targets[stem].parent)
        except NotebookError as error:
            raise ExerciseError(f"the starter exercises/{stem}.ipynb {error}") from error
        yield targets[stem], notebooks.write(targets[stem], done)


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
    ours, theirs = (f"# {pages.Page(room, chapter.stem, '').label}: " for room in ("solutions", "exercises"))
    heading = heading.splitlines()[0]
    if not heading.startswith(ours) or not chapter.minutes or not chapter.exercises:
        raise ExerciseError(
            f"solutions/{chapter.stem}.ipynb: begin with a heading '{ours}...', write "
            'exercises, and say their time in its metadata: "workbook": {"minutes": 20}'
        )
    about = INTRO.format(
        count=COUNTS[len(chapter.exercises)],
        minutes=chapter.minutes,
        stem=chapter.stem,
        first=chapter.exercises[0].name,
    )
    return f"{heading.replace(ours, theirs)}\n\n{about}"
