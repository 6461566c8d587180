"""The pages of the workbook: what they are called, and the links at the foot of each."""

import html
import os
import re
from dataclasses import dataclass

from workbook import notebooks
from workbook.notebooks import NotebookError

STEM = re.compile(r"(?:ch(\d\d)|capstone)_\w+", re.ASCII)  # what all files of a chapter are called
LINKS = "links"  # the tag of the last cell, which is generated

SOLVED = (
    "One way to do each exercise, and why it is right. Yours may look different: if its check says "
    "*done*, it is right too. Nothing that you run here counts as your progress."
)


@dataclass(frozen=True)
class Page:
    """A chapter ("notebooks"), its exercises or its solutions; ``title`` is the chapter's, plain. Or the glossary."""

    room: str
    stem: str
    title: str

    @property
    def path(self):
        """Where it is in the checkout, with slashes."""
        return f"{self.room}/{self.stem}{'.md' if self == GLOSSARY else '.ipynb'}"

    @property
    def number(self):
        """The chapter's; the capstone has none, and neither has the glossary."""
        found = STEM.fullmatch(self.stem)
        return int(found[1]) if found and found[1] else None

    @property
    def mark(self):
        """What tells a page's chapter from the others: "3", or "Capstone"; the glossary is "Glossary"."""
        return self.stem.partition("_")[0].capitalize() if self.number is None else str(self.number)

    @property
    def label(self):
        """What a link to it is called: "3. One connection", "Exercises 3", "Capstone exercises", "Start here"."""
        if self == GLOSSARY or self.number == 0:
            return self.title
        if self.room != "notebooks":
            return f"{self.mark} {self.room}" if self.number is None else f"{self.room.capitalize()} {self.number}"
        return f"{self.mark}. {self.title}"


GLOSSARY = Page("docs/book", "glossary", "Glossary")


def load(root):
    """Every page of the checkout in reading order: {(room, stem): Page}."""
    chapters = {path.stem: path for path in (root / "notebooks").glob("*.ipynb")}
    solved = {path.stem for path in (root / "solutions").glob("*.ipynb")}
    found = {}
    for stem in in_order(chapters.keys() | solved):
        title = _title(stem, chapters.get(stem))
        rooms = ["notebooks"] * (stem in chapters) + ["exercises", "solutions"] * (stem in solved)
        found |= {(room, stem): Page(room, stem, title) for room in rooms}
    return found


def place(stem):
    """The key to sort stems in reading order: the capstone last."""
    return stem.startswith("capstone_"), stem


def in_order(stems):
    """Those of ``stems`` that are a chapter's, each once, in reading order."""
    return sorted({stem for stem in stems if STEM.fullmatch(stem)}, key=place)


def links(page, pages):
    """Where a reader may want to go from ``page``: a list of (word, Page), the glossary last."""
    chapters = [other.stem for other in pages.values() if other.room == "notebooks"]
    places = {"Chapter": ("notebooks", page.stem), "Exercises": ("exercises", page.stem)}
    if page.room == "exercises":
        places["After an honest try"] = ("solutions", page.stem)
    if page.stem in chapters:
        at = chapters.index(page.stem)
        places["Next"] = ("notebooks", "".join(chapters[at + 1 : at + 2]))
        places["Previous"] = ("notebooks", chapters[at - 1] if at else "")
    found = [(word, pages[key]) for word, key in places.items() if key in pages and pages[key] != page]
    return [*found, ("Glossary", GLOSSARY)]


def foot(page, pages):
    """The last cell of a page: [an nbformat dict of links to other pages]."""
    lines = []
    for word, other in links(page, pages):
        target = os.path.relpath(other.path, page.room).replace(os.sep, "/")
        said = "" if word.lower() in other.label.lower() else f"{word}: "  # "Exercises: Exercises 3" says it twice
        lines.append(f"- {said}[{other.label}]({target})")
    source = "\n".join(["---", "", *lines])
    return [{"cell_type": "markdown", "id": LINKS, "metadata": {"tags": [LINKS]}, "source": source}]


def dress(page, pages, cells):
    """A page's ``cells`` with what is generated: the foot, and the opening of solutions."""
    cells = [cell for cell in cells if LINKS not in notebooks.tags(cell)]
    if page.room == "solutions" and cells:
        heading = notebooks.text(cells[0]).split("\n")[0]
        cells[0] = cells[0] | {"source": f"{heading}\n\n{SOLVED}"}
    return cells + foot(page, pages)


def inline(text):
    """A sentence of markdown as HTML: escaped, its `code` and *emphasis* as in the notebook."""

    def mark(match):
        code, stressed = match.groups()
        return f"<code>{code}</code>" if code else f"<em>{stressed}</em>"

    return re.sub(r"`([^`]+)`|(?<![\w(])\*(\w[^*`]*)\*(?!\w)", mark, html.escape(text))


def _title(stem, path):
    """A chapter's title without its number and backticks: from its heading, else from its name."""
    try:
        first = notebooks.text(notebooks.read(path)["cells"][0]) if path else ""
    except (NotebookError, IndexError):
        first = ""  # a chapter that is being written
    heading = re.match(r"# (?:\d+|Capstone)\. (.+)", first)
    return heading[1].replace("`", "") if heading else stem.partition("_")[2].replace("_", " ").capitalize()
