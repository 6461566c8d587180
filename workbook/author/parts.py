"""A chapter's parts: its main path, and the sections headed "Deeper: ...", folded when it opens."""

import re
from dataclasses import dataclass, field

from workbook import pages
from workbook.notebooks import tags, text

FOLDED = "jp-MarkdownHeadingCollapsed"  # JupyterLab's name for it, in the metadata of the heading's cell
DEEPER = re.compile(r"(?P<level>#{2,}) Deeper: (?P<title>.*?)(?: \((?P<minutes>\d+) minutes?\))?$")
HEADING = re.compile(r"^(#+) ", re.M)
FENCED = re.compile(r"^(?P<fence>`{3,}|~{3,}).*?^(?P=fence)", re.M | re.S)


@dataclass
class Part:
    """Cells of a chapter, with their numbers in it: of its main path, or of one Deeper section.

    ``minutes`` is what it says that it takes, None if it does not say.
    """

    title: str = ""  # of the main path
    minutes: int | None = None
    cells: list = field(default_factory=list)

    @property
    def heading(self):
        """(number, cell) of the heading of a Deeper section."""
        return self.cells[0]


def parts(notebook):
    """[the main path, Deeper section, ...]; the foot, which is generated, is in none of them.

    A Deeper section reaches to the next heading of its level or a higher one, as in JupyterLab.
    """
    main = Part(minutes=notebook["metadata"].get("workbook", {}).get("minutes"))
    found, inside, level = [main], main, 0
    for number, cell in enumerate(notebook["cells"]):
        if pages.LINKS in tags(cell):
            continue
        highest = min(levels(cell), default=9)
        if inside is main or highest <= level:
            begun = DEEPER.match(text(cell).split("\n")[0]) if cell["cell_type"] == "markdown" else None
            inside = main
            if begun:
                level = len(begun["level"])
                inside = Part(begun["title"], begun["minutes"] and int(begun["minutes"]))
                found.append(inside)
        inside.cells.append((number, cell))
    return found


def levels(cell):
    """The levels of the headings in a cell of markdown, in order."""
    if cell["cell_type"] != "markdown":
        return []
    return [len(marks) for marks in HEADING.findall(FENCED.sub("", text(cell)))]


def is_prediction(cell):
    return cell["cell_type"] == "code" and text(cell).startswith("predict(")
