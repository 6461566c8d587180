"""A learner's own copy of the pages: a folder of notebooks without outputs, and the glossary, that is theirs.

The learner's change wins. A file whose sources are still the ones that were written here is
brought up to date; any other is the learner's and is never written, renamed or removed. What is
new in its original comes beside it, once. So two things are remembered of each page: the digests
of all that was ever written for it ("ours"), and of the originals that the learner was given
("given"). Forgetting them is harmless: what cannot be recognised counts as the learner's.
"""

import contextlib
import functools
import hashlib
import html
import json
import os
import re
import sys
from pathlib import Path
from urllib.parse import quote

from workbook import files, notebooks, pages
from workbook.notebooks import NotebookError

HIDDEN = ".workbook"  # in the learner's folder: the state, the lock, and Lab's open tabs
LOCK_SECONDS = 30
NEW = "new version"
OLD = "before reset"
KERNEL = "kernel"  # the tag of the cell that looks at the kernel
EMPTY = {"execution_count": None, "outputs": []}  # a code cell that was not run
# A code span, or a link: [text](target).
LINK = re.compile(r"(?P<code>```.*?```|`[^`]*`)|(?<!!)\[(?P<text>[^\[\]]*)\]\((?P<target>[^()\s]+)\)", re.S)
GUARD = """\
# Does this kernel know the workbook?
try:
    import workbook.pages
except ImportError:
    import time

    class OtherKernel(Exception):
        def _render_traceback_(self):
            return [str(self)]

    time.sleep(1)  # Run All stops only for cells that have reached the kernel
    raise OtherKernel(
        "This kernel does not know the workbook: choose the one of the environment {name}, in JupyterLab "
        "with Kernel > Change Kernel (or start it with `make lab`), in VS Code with Select Kernel."
    ) from None"""


class FolderError(NotebookError):
    """The learner's folder cannot be used; the message says what to do."""


def name(page):
    """What the copy of a page is called, with slashes: the same on every system, in order.

    Chapters and exercises lie flat, so that Lab shows them all; solutions are reached by a link.
    """
    if page == pages.GLOSSARY:
        return f"{page.title}.md"
    if page.room == "notebooks":
        # Windows takes none of these in a file's name, and no dot at its end.
        title = re.sub(r'[<>"/\\|?*\x00-\x1f]', " ", page.title.replace(":", ","))
        return " ".join(f"{page.mark} {title}".split()).rstrip(". ") + ".ipynb"
    if page.room == "exercises":
        return f"{page.mark} Exercises.ipynb"
    return f"solutions/Solutions {page.mark}.ipynb"


def copy(folder, root):
    """Bring the learner's folder up to date with the checkout ``root``: sentences on what was done.

    Raises FolderError if the folder cannot be used or written to; what the learner has is whole.
    """
    with _opened(folder, root) as (folder, state):
        known = _known(root)
        new, fresh, said = [], 0, []
        made = {page: _made(page, known, state, root) for page in known.values()}
        for page, notebook in made.items():
            entry = state.entry(page)
            path, digest, essence = folder / entry["name"], _digest(notebook), _essence(notebook)
            found = _found(path)
            if found == digest:
                state.note(page, digest, essence)
            elif found == MISSING or found in entry["ours"]:
                # First the note, then the file: a file that was not noted would be the learner's.
                state.note(page, digest, essence)
                files.write(path, _dumps(path, notebook))
                fresh += 1
                if found == MISSING:
                    new.append(entry["name"])
            elif essence not in entry["given"]:
                # It counts as given only once it is there: it is offered once, but not less than that.
                state.note(page, digest)
                beside = _offer(path, entry, digest, notebook)
                state.note(page, digest, essence)
                said.append(
                    f"You changed {entry['name']}, and there is a new version of it: "
                    f"yours is as it was, the new one is beside it as {beside.name}."
                )
            if found == UNREADABLE:
                said.append(
                    f"{entry['name']} is broken, or a link, and was left as it is: "
                    f'`workbook reset "{path.stem}"` puts a new one in its place.'
                )
        if len(new) == len(made):
            count = sum(path.endswith(".ipynb") for path in new)
            return [f"Your copy is in {folder}: {count} notebooks.", *said]
        if fresh > len(new):
            said.insert(0, f"Brought up to date, since you had not changed them: {fresh - len(new)}.")
        if new:
            said.insert(0, f"New in {folder}: {', '.join(new)}.")
        return said or [f"Your copy in {folder} is up to date."]


def find(what, root):
    """The Pages that a word of the learner's means: a stem, a number, or a file's name.

    A stem or a number means a chapter and its exercises. Raises FolderError, naming what there is.
    """
    known = _known(root)
    word = what.strip().removesuffix(".ipynb").removesuffix(".md")
    named = [page for page in known.values() if Path(name(page)).stem.lower() == Path(word).name.lower()]
    stems = [page for page in known.values() if word in (page.stem, page.stem.partition("_")[0], page.mark)]
    found = named or [page for page in stems if page.room != "solutions"]
    if not found:
        chapters = [Path(name(page)).stem for page in known.values() if page.room == "notebooks"]
        raise FolderError(
            f"There is no {what!r}. There are: {'; '.join(chapters)}. "
            'Give a chapter\'s number or stem, or the name of one file, as "3 Exercises".'
        )
    return found


def changed(chosen, folder, root):
    """Those of the Pages ``chosen`` whose copy is not what the checkout has: (Page, Path) pairs."""
    with _opened(folder, root) as (folder, state):
        known = _known(root)
        paths = {page: folder / state.entry(page)["name"] for page in chosen}
        return [
            (page, path) for page, path in paths.items() if _found(path) != _digest(_made(page, known, state, root))
        ]


def reset(chosen, folder, root):
    """Put Pages back to the way they came, keeping what was there: sentences on where it is."""
    said = []
    with _opened(folder, root) as (folder, state):
        known = _known(root)
        for page in chosen:
            notebook = _made(page, known, state, root)
            path = folder / state.entry(page)["name"]
            if _found(path) == _digest(notebook):
                continue
            kept = ""
            if _found(path) != MISSING:
                old = next(other for other in _beside(path, OLD) if not os.path.lexists(other))
                path.rename(old)
                kept = f"; what you had is in {old.name}"
            state.note(page, _digest(notebook), _essence(notebook))
            files.write(path, _dumps(path, notebook))
            said.append(f"{path.name} is as it came{kept}.")
    return said


class Links:
    """Links from the notebook that is running to other pages, in a copy or in the checkout."""

    def __init__(self, root):
        try:
            self.root, self.here = root, Path.cwd()
        except OSError:  # the folder was removed while the notebook runs
            self.root, self.here = root, Path(os.sep)
        self.folder = next((up for up in (self.here, self.here.parent) if _is_copy(up)), None)
        self.state = _State(self.folder) if self.folder else None

    def to(self, page):
        """HTML that leads to a page; its label alone where there is no such page."""
        label = html.escape(page.label)
        target = self.folder / self.state.entry(page)["name"] if self.folder else self.root / page.path
        inside = self.folder or self.here.parent == self.root
        if not inside or not target.exists():
            return label
        return f'<a href="{_relative(target, self.here)}">{label}</a>'


# A digest never is one of these.
MISSING, UNREADABLE = "missing", "unreadable"


class _State:
    """What was written into a folder: {"room/stem": {"name", "ours", "given"}}, in a hidden file."""

    def __init__(self, folder):
        self.folder, self.path = folder, folder / HIDDEN / "state.json"
        try:
            self.files = json.loads(self.path.read_text(encoding="utf-8"))["files"]
            for entry in self.files.values():
                plain = isinstance(entry["name"], str) and _is_inside(entry["name"])
                lists = all(isinstance(text, str) for key in ("ours", "given") for text in [*entry[key]])
                if not (plain and lists):
                    raise ValueError
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            self.files = {}

    def entry(self, page):
        # The first name stays: links in what the learner has changed would break.
        return self.files.get(page.path) or {"name": name(page), "ours": [], "given": []}

    def note(self, page, digest, *essences):
        """Remember a digest of what is written, and of originals that the learner has with it."""
        entry = self.entry(page)
        noted = entry | {
            "ours": [*dict.fromkeys([*entry["ours"], digest])],
            "given": [*dict.fromkeys([*entry["given"], *essences])],
        }
        if noted != self.files.get(page.path):
            self.files[page.path] = noted
            files.write(self.path, json.dumps({"files": self.files}, indent=1, sort_keys=True))


@contextlib.contextmanager
def _opened(folder, root):
    """The learner's folder, made if it is not there, for this process alone: (Path, _State)."""
    folder = Path(os.path.abspath(folder))
    try:
        real, checkout = folder.resolve(), root.resolve()
        if real.is_relative_to(checkout) and not real.is_relative_to(checkout / "work"):
            raise FolderError(
                f"{folder} belongs to the checkout: choose `work` there, or a folder outside, with --folder."
            )
        if folder.exists() and not folder.is_dir():
            raise FolderError(f"{folder} is not a folder: choose another one with --folder.")
        for inside in (folder / HIDDEN, folder / "solutions"):
            inside.mkdir(parents=True, exist_ok=True)
            if inside.resolve() != real / inside.name:
                raise FolderError(f"{inside} leads out of your folder: remove that link.")
        with files.locked(folder / HIDDEN / "lock", LOCK_SECONDS):
            yield folder, _State(folder)
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
        reason = getattr(error, "strerror", None) or error
        raise FolderError(
            f"{folder} cannot be written to ({reason}). All that is yours is as it was: "
            "mend that, or choose another folder with --folder, and try again."
        ) from error


def _known(root):
    """The pages that there are, and the glossary: exercises may not have been generated yet."""
    every = [*pages.load(root).values(), pages.GLOSSARY]
    return {(page.room, page.stem): page for page in every if (root / page.path).exists()}


def _made(page, known, state, root):
    """The learner's notebook of a page: no outputs, links that fit, as Lab itself would save it."""
    cells = []
    for cell in _read(root / page.path)["cells"]:
        cell = cell | {"source": notebooks.text(cell)}
        if cell["cell_type"] == "code":
            cell |= EMPTY
        if cell["cell_type"] == "markdown":
            cell["source"] = _relinked(cell["source"], page, known, state)
        cells.append(cell)
    if page == pages.GLOSSARY:
        return {"cells": cells}
    cells[1:1] = [_guard()]
    return {"cells": cells, "metadata": _kernel(), "nbformat": 4, "nbformat_minor": 5}


def _guard():
    source = GUARD.format(name=Path(sys.prefix).name)
    metadata = {"jupyter": {"source_hidden": True}, "tags": [KERNEL]}
    return {"cell_type": "code", "id": KERNEL, "metadata": metadata, "source": source} | EMPTY


@functools.cache
def _kernel():
    """The metadata that Lab would write on this machine, or opening a notebook would change it."""
    from ipykernel.ipkernel import IPythonKernel
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec(notebooks.KERNEL["name"])
        kernel = notebooks.KERNEL | {"display_name": spec.display_name, "language": spec.language}
    except NoSuchKernel:
        kernel = notebooks.KERNEL
    return {"kernelspec": kernel, "language_info": IPythonKernel.language_info}


def _relinked(source, page, known, state):
    """Markdown whose links lead to the copies of the pages; other files of the checkout have none."""
    here = Path(state.entry(page)["name"]).parent

    copies = {other.path: Path(state.entry(other)["name"]) for other in known.values()}

    def replace(match):
        if match["code"]:
            return match[0]
        # JupyterLab shows a link whose text is code as code, not as a link.
        shown, target = match["text"].replace("`", ""), match["target"]
        if re.match(r"[a-z]+:|#", target):
            return f"[{shown}]({target})"
        file, hash_, anchor = target.partition("#")
        other = copies.get(os.path.normpath(Path(page.room) / file).replace(os.sep, "/"))
        return f"[{shown}]({_relative(other, here)}{hash_}{anchor})" if other else shown

    return LINK.sub(replace, source)


def _relative(target, here):
    return quote(os.path.relpath(target, here).replace(os.sep, "/"))


def _offer(path, entry, digest, notebook):
    """Put a new version beside a file of the learner's; its Path."""
    for beside in _beside(path, NEW):
        found = _found(beside)
        if found == MISSING or found in entry["ours"]:
            files.write(beside, _dumps(beside, notebook))
        elif found != digest:
            continue
        return beside


def _beside(path, word):
    """Names for another version of a file: "3 Exercises (new version).ipynb" and so on."""
    yield path.with_name(f"{path.stem} ({word}){path.suffix}")
    number = 2
    while True:
        yield path.with_name(f"{path.stem} ({word} {number}){path.suffix}")
        number += 1


def _found(path):
    """The digest of the notebook at ``path``, or MISSING, or UNREADABLE (the learner's, whatever it is)."""
    if not os.path.lexists(path):
        return MISSING
    if path.is_symlink():
        return UNREADABLE
    try:
        return _digest(_read(path))
    except (NotebookError, OSError, ValueError, KeyError, TypeError, AttributeError):
        return UNREADABLE


def _read(path):
    """What is in a file of a copy or the checkout: a page of markdown is like a notebook of one cell."""
    if path.suffix == ".md":
        return {"cells": [{"cell_type": "markdown", "source": path.read_text(encoding="utf-8")}]}
    return notebooks.read(path)


def _dumps(path, notebook):
    """The text of the file ``path``, as ``_read`` would find it there."""
    return notebook["cells"][0]["source"] if path.suffix == ".md" else notebooks.dumps(notebook)


def _digest(notebook):
    return _hash(notebooks.sources(notebook))


def _essence(notebook):
    """The digest of what is taught: a link to a new next chapter is no new version."""
    return _hash(notebooks.sources(notebook, but=[pages.LINKS, KERNEL]))


def _hash(value):
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()


def _is_inside(path):
    return not os.path.isabs(path) and ".." not in Path(path).parts


def _is_copy(folder):
    return (folder / HIDDEN / "state.json").is_file()
