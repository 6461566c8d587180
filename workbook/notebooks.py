"""Read, run and write notebooks, the same on every machine."""

import json
import os
import tempfile
from pathlib import Path

from workbook import files

ROOT = Path(__file__).resolve().parent.parent
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


class NotebookError(Exception):
    """A notebook that cannot be read, or does not run through."""


def read(path):
    """The notebook at ``path`` as a dict in nbformat's form; raises NotebookError."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(notebook, dict) or "cells" not in notebook:
            raise ValueError("it is no notebook")
        return notebook
    except (OSError, ValueError) as error:
        raise NotebookError(f"{path.parent.name}/{path.name} cannot be read: {error}") from error


def write(path, text):
    """Write a notebook's text if it differs from what is there; whether it did."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    files.write(path, text)
    return True


def text(cell):
    """A cell's source: a list of lines in a file, a string in memory."""
    return "".join(cell["source"])


def tags(cell):
    return cell.get("metadata", {}).get("tags", [])


def sources(notebook, but=()):
    """What somebody wrote into a notebook: (cell type, source) pairs, no outputs, no metadata.

    Cells that are tagged with one of ``but`` are left out.
    """
    cells = [cell for cell in notebook["cells"] if not set(but) & set(tags(cell))]
    return [(cell["cell_type"], text(cell)) for cell in cells]


def dumps(notebook):
    """The text of a notebook (an nbformat dict), as Jupyter would write it."""
    cells = [cell | {"source": text(cell).splitlines(True)} for cell in notebook["cells"]]
    return json.dumps(notebook | {"cells": cells}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def execute(notebook, folder):
    """Run a notebook (an nbformat dict) in a kernel of its own, in ``folder``.

    Returns its text with outputs, the same on every machine. The learner's progress is not
    touched. Raises NotebookError if a cell fails that is not tagged ``raises-exception``.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    # The checkout that the notebook is in, even if another one is installed.
    paths = [str(folder.parent), os.environ.get("PYTHONPATH")]
    with tempfile.TemporaryDirectory() as own:
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "WORKBOOK_PROGRESS": os.path.join(own, "progress.json"),
        }
        client = NotebookClient(
            nbformat.reads(json.dumps(notebook), as_version=4),
            timeout=60,
            kernel_name="python3",
            record_timing=False,
            extra_arguments=["--IPKernelApp.log_level=ERROR"],  # progress lines would drown in warnings
            resources={"metadata": {"path": str(folder)}},
        )
        try:
            done = client.execute(env=environment)
        except CellExecutionError as error:
            raise NotebookError(f"does not run through: {error.ename}: {error.evalue}") from error
    for cell in done.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                # The frames above are paths of this machine; the error itself is what is taught.
                output.traceback = [f"{output.ename}: {output.evalue}"]
    done.metadata = notebook["metadata"] | {"kernelspec": KERNEL}
    return nbformat.writes(done) + "\n"


def store(paths=()):
    """Run chapters and solutions, those at ``paths`` or all, and store their outputs.

    Yields (path, whether it changed) as each is done. Raises NotebookError, naming the notebook,
    if one does not run through.
    """
    for path in paths or sorted([*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("solutions/*.ipynb")]):
        path = path.resolve()
        notebook = read(path)
        try:
            yield path, write(path, execute(notebook, path.parent))
        except NotebookError as error:
            raise NotebookError(f"{path.parent.name}/{path.name} {error}") from error


def notes(stems=()):
    """The instructor's notes of the chapters named, or of all, from the notebooks' metadata: a text."""
    lines = []
    for stem in stems or sorted(path.stem for path in ROOT.glob("notebooks/*.ipynb")):
        about = read(ROOT / "notebooks" / f"{stem}.ipynb")["metadata"]["workbook"]
        lines.append(f"{stem}: {about['minutes']} minutes")
        lines += [f"  - {objective}" for objective in about["objectives"]]
        for section in about["instructor"]:
            lines += ["", f"  {section['section']} ({section['minutes']} minutes)", f"    Ask: {section['ask']}"]
            lines += [f"    Demo: {section['demo']}", f"    Watch for: {section['watch_for']}"]
        lines.append("")
    return "\n".join(lines)
