"""Run notebooks and store their outputs, the same on every machine.

What differs from run to run is stored once and kept: the figures of a Claim, and how many seconds a
cell takes, in the metadata of the notebook. `git diff` then shows what has changed.
"""

import copy
import json
import math
import os
import tempfile
from datetime import datetime

from workbook import notebooks, pages
from workbook.author import glossary
from workbook.figures.claim import HOLDS, OWN
from workbook.notebooks import KERNEL, NotebookError


def execute(notebook, folder, allow_errors=False):
    """Run a notebook (an nbformat dict) in a kernel of its own, in ``folder``.

    Returns its text with outputs, the same on every machine; a notebook that has metadata of ours also
    gets what its cells take. The learner's progress is not touched. Raises NotebookError if a cell
    fails that is not tagged ``raises-exception`` or a Claim does not hold, unless ``allow_errors``.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError
    from traitlets.config import Config

    # The checkout that the notebook is in, even if another one is installed.
    search = [str(folder.parent), os.environ.get("PYTHONPATH")]
    before = nbformat.reads(json.dumps(notebook), as_version=4)
    with tempfile.TemporaryDirectory() as own:
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, search)),
            "WORKBOOK_PROGRESS": os.path.join(own, "progress.json"),
        }
        client = NotebookClient(
            copy.deepcopy(before),
            timeout=60,
            allow_errors=allow_errors,
            interrupt_on_timeout=allow_errors,
            kernel_name="python3",
            record_timing=True,
            coalesce_streams=True,  # what is printed comes in as many parts as the machine was busy
            extra_arguments=["--IPKernelApp.log_level=ERROR"],  # progress lines would drown in warnings
            resources={"metadata": {"path": str(folder)}},
            config=Config({"KernelManager": notebooks.without_ports(own)}),
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
            shown = output.get("data", {}).get("text/plain", "")
            if shown.startswith(HOLDS[False]) and not allow_errors:
                # Stored, it would be what every later run is compared with.
                raise NotebookError(f"claims what does not hold here: {shown}")
    took = {cell.id: _seconds(cell) for cell in done.cells if cell.cell_type == "code"}
    for old, new in zip(before.cells, done.cells, strict=True):
        for was, shown in zip(old.get("outputs", []), new.get("outputs", []), strict=False):
            _keep_figures(was.get("data", {}), shown.get("data", {}))
    done.metadata = notebook["metadata"] | {"kernelspec": KERNEL}
    if "workbook" in done.metadata:
        known = done.metadata["workbook"].get("seconds", {})
        seconds = {id: _lasting(known.get(id, 0), found) for id, found in took.items()}
        done.metadata["workbook"]["seconds"] = {id: found for id, found in seconds.items() if found}
    return nbformat.writes(done) + "\n"


def _seconds(cell):
    """How long a cell took, in whole seconds; 0 for less than one. Its record of times is removed."""
    times = cell.metadata.pop("execution", None)
    if times is None:
        return 0  # a cell without code
    began, ended = (datetime.fromisoformat(times[f"iopub.status.{what}"]) for what in ("busy", "idle"))
    took = (ended - began).total_seconds()
    return math.ceil(took) if took >= 1 else 0


def _lasting(known, found):
    """What to store of the seconds that were ``known`` and were ``found`` now.

    The least that was seen, since a machine may be busy, unless the cell takes more than twice that.
    """
    return found if found < known or found > 2 * known + 1 else known


def _keep_figures(was, shown):
    """Let what a cell shows have the figures that were stored, if they are all that differs."""
    kind = "text/html"
    if kind in was and kind in shown and OWN.sub("", was[kind]) == OWN.sub("", shown[kind]):
        shown[kind] = was[kind]


def store(path):
    """Run the notebook at ``path`` and store its outputs; whether they changed.

    Raises NotebookError, naming the notebook, if it does not run through.
    """
    notebook = notebooks.read(path)
    try:
        return notebooks.write(path, execute(notebook, path.parent))
    except NotebookError as error:
        raise NotebookError(f"{path.parent.name}/{path.name} {error}") from error


def refresh(stems, root):
    """Write what is generated into chapters and solutions, running nothing; the Pages that changed.

    That is the foot of every page, and in the chapters ``stems`` the links to the glossary.
    """
    known, words, changed = pages.load(root), glossary.terms(root), []
    for page in known.values():
        if page.room == "exercises":
            continue  # all of it is generated
        notebook = notebooks.read(root / page.path)
        if page.room == "notebooks" and page.stem in stems:
            notebook["cells"] = glossary.link(page.stem, notebook, words)
        notebook["cells"] = pages.dress(page, known, notebook["cells"])
        if notebooks.write(root / page.path, notebooks.dumps(notebook)):
            changed.append(page)
    return changed
