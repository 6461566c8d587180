"""Read, run and write notebooks, the same on every machine."""

import json
import os
import tempfile
from pathlib import Path

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
    path.write_text(text, encoding="utf-8", newline="\n")
    return True


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


def main(arguments):
    """Run chapters and solutions and store their outputs; the notebooks named, or all.

    Raises NotebookError, naming the notebook, if one does not run through.
    """
    paths = [Path(argument).resolve() for argument in arguments]
    for path in paths or sorted([*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("solutions/*.ipynb")]):
        try:
            changed = write(path, execute(read(path), path.parent))
        except NotebookError as error:
            raise NotebookError(f"{path.parent.name}/{path.name} {error}") from error
        print(f"{'stored' if changed else 'same  '} {path.parent.name}/{path.name}")
    return 0


def notes(arguments):
    """The instructor's notes of the chapters named, or of all, from the notebooks' metadata."""
    stems = arguments or sorted(path.stem for path in ROOT.glob("notebooks/*.ipynb"))
    for stem in stems:
        about = read(ROOT / "notebooks" / f"{stem}.ipynb")["metadata"]["workbook"]
        print(f"{stem}: {about['minutes']} minutes")
        for objective in about["objectives"]:
            print(f"  - {objective}")
        for section in about["instructor"]:
            print(f"\n  {section['section']} ({section['minutes']} minutes)")
            print(f"    Ask: {section['ask']}\n    Demo: {section['demo']}\n    Watch for: {section['watch_for']}")
        print()
    return 0
