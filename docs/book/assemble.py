"""Lay out what Sphinx reads: the chapters, the exercises with their solutions, the pages of docs/.

The tracked files stay the only source. They are true where they are, in JupyterLab and on the web;
here their links are turned to the pages of the book.
"""

import json
import os
import re
import sys
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent.parent
# Cells that are about running a notebook: the links at its foot, the look at its kernel.
NOT_FOR_READING = {"links", "kernel", "remove-cell"}
FENCED = r"^(?P<mark>`{3,}|~{3,}).*?^(?P=mark)"
PIECE = re.compile(
    rf"{FENCED}|(?P<image>!)?\[(?P<label>[^\[\]]*)\]\((?P<target>[^()\s]+)\)"
    r"|(?P<code>`+)(?P<text>[^`]+)(?P=code)",
    re.M | re.S,
)
ANCHOR = re.compile(r'<a\b[^>]*\bhref="(?P<target>[^"]*)"[^>]*>(?P<label>.*?)</a>', re.S)
WEB = re.compile(r"[a-z]+:|#")
READING = """\
This page is for reading: to write your own answers, run `make lab` and open the exercises of this chapter there.
Here each exercise ends with its solution, folded.
"""


class AssembleError(Exception):
    """A page of the book cannot be made; the message says of which file and why."""


def contents(root):
    """What the book is made of: {path in the checkout: path in the book}, with slashes."""
    pages = {f"docs/book/{path.name}": path.name for path in root.glob("docs/book/*.md")}
    pages |= {f"docs/{path.name}": path.name for path in root.glob("docs/*.svg")}
    for room, place in {"notebooks": "notebooks", "exercises": "exercises", "solutions": "exercises"}.items():
        pages |= {f"{room}/{path.name}": f"{place}/{path.name}" for path in root.glob(f"{room}/*.ipynb")}
    return pages


def assemble(root, folder):
    """Write every page of the book into ``folder``, and remove from it what is no page."""
    pages = contents(root)
    for path, page in pages.items():
        source, target = root / path, folder / page
        if path.startswith("solutions/"):
            continue  # in the page of the exercises
        if path.startswith("notebooks/"):
            text = _dump(chapter(root, path, pages))
        elif path.startswith("exercises/"):
            text = _dump(exercises(root, path, pages))
        elif path.endswith(".md"):
            text = relink(source.read_text(encoding="utf-8"), path, pages, root)
        else:
            text = source.read_text(encoding="utf-8")
        _write(target, text)
    for found in folder.rglob("*.*"):
        if found.relative_to(folder).as_posix() not in pages.values():
            found.unlink()


def chapter(root, path, pages):
    """The notebook of a chapter as the book shows it; its exercises come after it."""
    notebook = _read(root / path)
    cells = _relinked(notebook["cells"], path, pages, root)
    solved = path.replace("notebooks/", "exercises/")
    if solved in pages:
        cells.append(_markdown(f"```{{toctree}}\n:hidden:\n\n/{pages[solved].removesuffix('.ipynb')}\n```"))
    return notebook | {"cells": cells}


def exercises(root, path, pages):
    """The starter notebook of a chapter with the solution of each exercise folded at its end."""
    starter = _read(root / path)
    solved = path.replace("exercises/", "solutions/")
    if solved not in pages:
        raise AssembleError(f"{path} has no {solved}")
    written = {cell["id"]: cell for cell in starter["cells"]}
    opening, *rest = _sections(_read(root / solved)["cells"])
    cells = [written[cell["id"]] for cell in opening if cell["id"] in written]
    for section in rest:
        section = [cell for cell in section if not _text(cell).startswith("check(")]
        cells += [written[cell["id"]] for cell in section if cell["id"] in written]
        ours = [cell for cell in section if _text(cell) != _text(written.get(cell["id"], {}))]
        cells.append(_fold(ours, f"{solved}: {_text(section[0]).splitlines()[0]}"))
    cells = _relinked(cells, path, pages, root)
    cells.insert(1, _markdown(READING))
    return starter | {"cells": cells}


def relink(text, path, pages, root=ROOT):
    """Markdown of the file ``path`` whose links lead to pages of the book.

    A link to another file of the checkout becomes plain text; to none, an AssembleError.
    """

    def replace(match):
        if match["mark"]:
            return match[0]
        if match["code"]:
            # What a chapter calls by its path is a page here: MyST fills in the title.
            page = pages.get(match["text"], "")
            return f"[]({_relative(page, path, pages)})" if page.endswith(".ipynb") else match[0]
        found = _find(match["target"], path, pages, root)
        return f"{match['image'] or ''}[{match['label']}]({found})" if found else match["label"]

    return PIECE.sub(replace, text)


def _relinked(cells, path, pages, root):
    def replace(match):
        found = _find(match["target"], path, pages, root)
        if not found:
            return match["label"]
        # Sphinx does not look into the HTML of an output.
        return match[0].replace(match["target"], found.replace(".ipynb", ".html"))

    shown = []
    for cell in cells:
        if cell["cell_type"] == "markdown":
            cell = cell | {"source": relink(_text(cell), path, pages, root)}
        for output in cell.get("outputs", []):
            if "text/html" in output.get("data", {}):
                output["data"]["text/html"] = ANCHOR.sub(replace, "".join(output["data"]["text/html"]))
        shown.append(cell)
    return shown


def _find(target, path, pages, root):
    """Where a link in the file ``path`` leads in the book, None if to a file that is not in it."""
    if WEB.match(target):
        return target
    file, hash_, anchor = target.partition("#")
    named = os.path.normpath(os.path.join(os.path.dirname(path), file)).replace(os.sep, "/")
    if named in pages:
        # JupyterLab keeps the capitals of a heading in its anchor, MyST does not.
        return _relative(pages[named], path, pages) + hash_ + (anchor.lower() if named.endswith(".md") else anchor)
    if not (root / unquote(named)).exists():
        raise AssembleError(f"{path}: the link to {target} leads nowhere")
    return None


def _relative(page, path, pages):
    return os.path.relpath(page, os.path.dirname(pages[path]) or ".").replace(os.sep, "/")


def _sections(cells):
    """The cells before the first exercise, then those of each exercise."""
    sections = [[]]
    for cell in cells:
        if cell["cell_type"] == "markdown" and _text(cell).startswith("## "):
            sections.append([])
        sections[-1].append(cell)
    return sections


def _fold(cells, where):
    """One folded cell: code that was written for an exercise, and why it is right."""
    if not any(cell["cell_type"] == "code" for cell in cells):
        raise AssembleError(f"{where} has no solution")
    parts = []
    for cell in cells:
        text = _text(cell).strip()
        if cell["cell_type"] == "code":
            code = re.sub(r"^ *# (BEGIN|END) SOLUTION *\n?", "", text, flags=re.M)
            text = f"```python\n{code.rstrip()}\n```"
        parts.append(text)
    inside = "\n\n".join(parts)
    mark = "`" * (1 + max(map(len, re.findall("`+", inside))))
    return _markdown(f"{mark}{{admonition}} Solution\n:collapsible: closed\n:class: tip\n\n{inside}\n{mark}")


def _markdown(source):
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def _text(cell):
    return "".join(cell.get("source", ""))


def _read(path):
    """A notebook without the cells that are not for reading."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"] = [
        cell for cell in notebook["cells"] if not NOT_FOR_READING & set(cell["metadata"].get("tags", []))
    ]
    notebook["metadata"]["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    return notebook


def _dump(notebook):
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = f"cell-{number}"
    return json.dumps(notebook, ensure_ascii=False, indent=1)


def _write(path, text):
    # Sphinx reads anew what is newer than its last build.
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    try:
        assemble(ROOT, Path(sys.argv[1]))
    except AssembleError as error:
        sys.exit(str(error))
