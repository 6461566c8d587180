"""Read and write notebooks."""

import json
import os

from workbook import files

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


def without_ports(folder):
    """Traits of a KernelManager whose kernel is reached by files in ``folder``, where the system has such sockets.

    A port that is free when Jupyter looks for one may be taken when its kernel wants it: then the
    kernel ends, or is silent. Among many programs on one machine that happens.
    """
    return {"transport": "ipc", "ip": os.path.join(folder, "kernel")} if os.name == "posix" else {}


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
