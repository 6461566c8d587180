"""How long a chapter takes: one model, to which all that is said of minutes is held.

A reader takes 200 words of prose or 10 lines of code or output in a minute, half a minute for a
prediction (whose cell counts as no other one), and waits for the cells. Of an output longer than 15
lines the rest is looked over; a picture counts as 5 lines; a listing of an app's source is code and
counts in full.
"""

import re
from dataclasses import dataclass

from workbook import files, notebooks
from workbook.author.parts import DEEPER, FENCED, FOLDED, is_prediction, parts
from workbook.figures.table import Table
from workbook.notebooks import text

WORDS = 200  # a minute
LINES = 10  # a minute
PREDICTION = 0.5  # minutes
LONGEST = 15  # lines of an output that are read
PICTURE = 5  # lines
TOLERANCE = 0.15
# Where a chapter's minutes are said.
OPENING = re.compile(r"(\*\*Time\.\*\* ).*?((?:, and \d+ for the exercises)?\.)$", re.M)
README_ROW = r"^(\| `{}` \|.*\| )\d+( \|)$"
START_ROW = r"(\]\({}\.ipynb\) \|.*\| )\d+( \|)"
LONG_WAIT = 3  # whole seconds: a cell of more than two is announced


@dataclass(frozen=True)
class Load:
    """What a reader of some cells has to do; ``lines`` are of code and output, ``seconds`` are waited for."""

    words: int = 0
    cells: int = 0
    lines: int = 0
    predictions: int = 0
    seconds: int = 0

    @property
    def minutes(self):
        return self.words / WORDS + self.lines / LINES + self.predictions * PREDICTION + self.seconds / 60

    def fits(self, minutes):
        """Whether ``minutes`` say it within 15 %, or to the nearest minute."""
        return abs(minutes - self.minutes) <= TOLERANCE * self.minutes or minutes == whole(self.minutes)


def load(part, seconds):
    """The Load of a Part; ``seconds`` has those of the cells that take long, by their ids."""
    prose = [text(cell) for _, cell in part.cells if cell["cell_type"] == "markdown"]
    code = [cell for _, cell in part.cells if cell["cell_type"] == "code"]
    asked = [cell for cell in code if is_prediction(cell)]
    fenced = [match[0] for said in prose for match in FENCED.finditer(said)]
    lines = sum(_lines(block.partition("\n")[2]) for block in fenced)
    lines += sum(_lines(text(cell)) for cell in code if cell not in asked)
    lines += sum(_output(output) for cell in code for output in cell["outputs"])
    waited = sum(seconds.get(cell.get("id"), 0) for cell in code)
    return Load(sum(map(words, prose)), len(code) - len(asked), lines, len(asked), waited)


def loads(notebook):
    """[(Part, Load), ...] of a chapter, its main path first."""
    seconds = notebook["metadata"].get("workbook", {}).get("seconds", {})
    return [(part, load(part, seconds)) for part in parts(notebook)]


def table(stems, root):
    """A Table of what the chapters ``stems`` ask of a reader, part by part."""
    rows = []
    for stem in stems:
        notebook = notebooks.read(root / "notebooks" / f"{stem}.ipynb")
        for part, load in loads(notebook):
            said = "-" if part.minutes is None else part.minutes
            said = said if part.minutes is not None and load.fits(part.minutes) else f"{said} (!)"
            name = f"  {part.title}" if part.title else stem
            counts = [load.words, load.cells, load.lines, load.predictions, load.seconds]
            rows.append([name, *counts, f"{load.minutes:.1f}", said])
    return Table(["chapter", "words", "cells", "lines", "predictions", "seconds", "minutes", "says"], rows)


def write(stem, root):
    """Let a chapter, the README and the start page say what the model finds: the paths that changed.

    Written are the chapter's metadata and its notes for the instructor (in their old proportions),
    its opening, its headings of Deeper sections, which are folded, and the two tables of chapters.
    """
    path = root / "notebooks" / f"{stem}.ipynb"
    notebook = notebooks.read(path)
    about = notebook["metadata"].setdefault("workbook", {})
    [(_, load), *deeper] = loads(notebook)
    about["minutes"] = total = whole(load.minutes)
    sections = about.get("instructor") or []
    for section, share in zip(sections, shares([one.get("minutes") or 1 for one in sections], total), strict=True):
        section["minutes"] = share
    for part, load in deeper:
        _, cell = part.heading
        first, *rest = text(cell).split("\n")
        begun = DEEPER.match(first)
        cell["source"] = "\n".join([f"{begun['level']} Deeper: {part.title} ({in_words(load.minutes)})", *rest])
        cell["metadata"][FOLDED] = True
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown" and OPENING.search(text(cell)):
            cell["source"] = OPENING.sub(_opening(total, [load for _, load in deeper]), text(cell))
    changed = [path] if notebooks.write(path, notebooks.dumps(notebook)) else []
    rows = {root / "README.md": README_ROW, **dict.fromkeys(root.glob("notebooks/ch00_*.ipynb"), START_ROW)}
    for path, row in rows.items():
        written = path.read_text(encoding="utf-8")
        new = re.sub(row.format(stem), rf"\g<1>{total}\g<2>", written, flags=re.M)
        if new != written:
            files.write(path, new)
            changed.append(path)
    return changed


def shares(parts, total):
    """``total`` in whole numbers of at least 1, in the proportions of ``parts``."""
    exact = [max(1, part * total / sum(parts)) for part in parts]
    found = [int(share) for share in exact]
    # What rounding down has left goes to those that lost most.
    order = sorted(range(len(parts)), key=lambda n: found[n] - exact[n])
    for n in order[: max(0, total - sum(found))]:
        found[n] += 1
    return found


def _opening(total, deeper):
    more = round(sum(load.minutes for load in deeper))
    deeper = f", {in_words(more)} more for the sections headed *Deeper*" if deeper else ""
    return rf"\g<1>{in_words(total)}{deeper}\g<2>"


def whole(number):
    """Minutes as they are said: to the nearest whole one, at least one."""
    return max(1, round(number))


def in_words(number):
    return "1 minute" if whole(number) == 1 else f"{whole(number)} minutes"


def words(prose):
    """How many words of markdown are read: no code blocks, no targets of links, no markup."""
    said = FENCED.sub("", prose)
    said = re.sub(r"!\[[^\]]*\]\([^)]*\)|<[^>]+>", " ", said)
    said = re.sub(r"\]\([^)]*\)", "]", said)
    return sum(bool(re.search(r"\w", word)) for word in said.replace("|", " ").split())


def _lines(said):
    return sum(bool(re.search(r"\w", line)) for line in said.splitlines())


def _output(output):
    data = output.get("data", {})
    shown = {kind: "".join(said) for kind, said in data.items() if isinstance(said, (str, list))}
    if re.search("<(img|svg)", shown.get("text/html", "")):
        return PICTURE
    if "text/markdown" in shown:
        return _lines(shown["text/markdown"].partition("\n")[2])
    said = shown.get("text/plain") or "".join(output.get("text", "")) or "\n".join(output.get("traceback", []))
    return min(_lines(said), LONGEST)
