"""Run notebooks and store their outputs, the same on every machine."""

import json
import os
import tempfile

from workbook import notebooks, pages
from workbook.notebooks import KERNEL, NotebookError


def execute(notebook, folder):
    """Run a notebook (an nbformat dict) in a kernel of its own, in ``folder``.

    Returns its text with outputs, the same on every machine. The learner's progress is not
    touched. Raises NotebookError if a cell fails that is not tagged ``raises-exception``.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    # The checkout that the notebook is in, even if another one is installed.
    search = [str(folder.parent), os.environ.get("PYTHONPATH")]
    with tempfile.TemporaryDirectory() as own:
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, search)),
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


def store(path):
    """Run the notebook at ``path`` and store its outputs; whether they changed.

    Raises NotebookError, naming the notebook, if it does not run through.
    """
    notebook = notebooks.read(path)
    try:
        return notebooks.write(path, execute(notebook, path.parent))
    except NotebookError as error:
        raise NotebookError(f"{path.parent.name}/{path.name} {error}") from error


def refresh(root):
    """Write what is generated into chapters and solutions, running nothing; the Pages that changed."""
    known, changed = pages.load(root), []
    for page in known.values():
        if page.room == "exercises":
            continue  # all of it is generated
        notebook = notebooks.read(root / page.path)
        notebook["cells"] = pages.dress(page, known, notebook["cells"])
        if notebooks.write(root / page.path, notebooks.dumps(notebook)):
            changed.append(page)
    return changed
