"""What chapters show on another Flask than the one that they were written on: a page of the book, measured.

It runs in an environment that has that Flask. Cells are run, their outputs are compared with the
stored ones, and those that differ are shown with both, shortened to the lines that do.
"""

import difflib
import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from importlib import metadata

from packaging.version import Version

from workbook import notebooks, pages
from workbook.author import outputs
from workbook.author.parts import FENCED
from workbook.figures import recorded
from workbook.notebooks import text

PAGE = "docs/book/next_flask.md"
# Looks at what an app relies on; what it finds on the next release is chapter 13's table.
LOOK = "apps/ch13_testing_shipping/next_release.py"
RECORD = "ch13"
# What a chapter calls that release, where it tells of it.
NOTE = re.compile(r"next release|Flask 3\.2|main branch", re.I)
NAMED = re.compile(r"^## \[.*\]\(\.\./\.\./notebooks/(\w+)\.ipynb\)$", re.M)
LINES = 6  # of an output, at most
# Of a picture's text: the lines for contexts, and the ends of lines that were too long.
CONTEXT = re.compile(r"^ *(?:app|request) context\b.*\n?", re.M)
WRAPPED = re.compile(r"\n {6,}(?! |\d+\. )")
# Of a traceback that was printed: what was raised, and no frames, which are of one machine.
RAISED = re.compile(r"^[ |+-]*((?:\w+\.)*[A-Z]\w+: .*)$", re.M)
INTRO = """\
# What the next Flask changes

`make next` writes this page: it runs every chapter on the next release of Flask and Werkzeug, and compares what the
cells show with what is stored. Here that was {there},
and the book is about {here}.

{cells} of {all} cells show something else there. In {told} of them it is more than a word or the shape of a picture:
these stand below, with the lines that differ, first those of the book, then those of the next release. Cells that
fail there: {failed}.

| what is as small as this | where |
|---|---|
| The words of a status are cased otherwise: "503 SERVICE UNAVAILABLE" is "503 Service Unavailable". | {cased} |
| A picture has one context for a request, where Flask 3.1 pushes two. All else in it is the same. | {pictures} |
"""
PACKAGES = ("flask", "werkzeug")
TRACEBACK = "Traceback (most recent call last)"
KINDS = ("told", "cased", "pictures")


@dataclass(frozen=True)
class Difference:
    """A cell that shows something else: the heading above it, its code, both outputs as text, one of KINDS."""

    heading: str
    code: str
    before: str
    after: str
    kind: str
    failed: bool
    picture: bool = False


def measure(root):
    """Run all chapters here: the text of the page."""
    known, found, count = pages.load(root), {}, 0
    for page in known.values():
        # The start page looks at the machine, and finds another Flask.
        if page.room == "notebooks" and page.number != 0:
            stored = notebooks.read(root / page.path)
            count += sum(cell["cell_type"] == "code" for cell in stored["cells"])
            done = json.loads(outputs.execute(stored, (root / page.path).parent, allow_errors=True))
            found[page] = differences(stored["cells"], done["cells"])
    here = {name: metadata.version(name) for name in PACKAGES}
    return render(found, count, _said(pins(root)), _said(here))


def record(root):
    """Write what the script LOOK finds here to docs/measured/, where chapter 13 reads it."""
    done = subprocess.run([sys.executable, root / LOOK], stdout=subprocess.PIPE, encoding="utf-8", check=True)
    rows = [{"what": what, "found": found} for what, found in json.loads(done.stdout).items()]
    recorded.write(RECORD, "what an app relies on", PACKAGES, rows, root / "docs" / "measured")


def is_newer(root):
    """Whether the Flask of this environment is a later one than that of the book."""
    return Version(metadata.version("flask")) > Version(pins(root)["flask"])


def pins(root):
    """The versions that the chapters are written on: {package: version}."""
    lines = (root / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return {name: version for name, _, version in (line.partition("==") for line in lines) if name in PACKAGES}


def _said(versions):
    return " and ".join(f"{name.capitalize()} {version}" for name, version in versions.items())


def differences(stored, done):
    """The Differences between the cells of a notebook as it is stored and as it was run now."""
    found, heading = [], ""
    for old, new in zip(stored, done, strict=True):
        if old["cell_type"] == "markdown":
            heading = next(iter(reversed(re.findall(r"^#+ (.+)$", FENCED.sub("", text(old)), re.M))), heading)
        elif old["cell_type"] == "code" and _shown(old) != _shown(new):
            failed = _failed(new) and not _failed(old)
            kind, picture = _kind(old, new), _is_picture(old) and _is_picture(new)
            found.append(Difference(heading, text(old), _shown(old), _shown(new), kind, failed, picture))
    return found


def render(found, count, here, there):
    """The page for {Page: [Difference]}, ``count`` cells in all, and the names of both releases."""
    every = [(page, one) for page, differences in found.items() for one in differences]
    small = {
        kind: ", ".join(f"{_link(page, page.mark)}: {number}" for page, number in _number(every, kind).items())
        for kind in KINDS
    }
    told = [one for _, one in every if one.kind == "told"]
    about = {"cells": len(every), "all": count, "told": len(told), "failed": sum(one.failed for one in told)}
    lines = [INTRO.format(here=here, there=there, cased=small["cased"], pictures=small["pictures"], **about)]
    for page in _number(every, "told"):
        lines.append(f"## {_link(page, page.label)}\n")
        for one in [one for one in found[page] if one.kind == "told"]:
            before, after = map(_events, (one.before, one.after)) if one.picture else (one.before, one.after)
            before, after = _short(before, after)
            lines.append(f"In *{one.heading}*" + (", where the cell fails:\n" if one.failed else ":\n"))
            lines += [_block("python", _cut(one.code.splitlines())), _block("text", before), _block("text", after)]
    return "\n".join(lines)


def _number(every, kind):
    """{Page: how many of its Differences are of that kind}, without those that have none."""
    return Counter(page for page, one in every if one.kind == kind)


def _link(page, label):
    return f"[{label}](../../{page.path})"


def _block(language, said):
    return f"```{language}\n{said}\n```\n"


def untold(root):
    """The stems of the chapters that the page names and that do not tell of the next release."""
    path = root / PAGE
    named = NAMED.findall(path.read_text(encoding="utf-8")) if path.exists() else []
    return [stem for stem in named if not NOTE.search(_prose(root / "notebooks" / f"{stem}.ipynb"))]


def _prose(path):
    return "\n".join(text(cell) for cell in notebooks.read(path)["cells"] if cell["cell_type"] == "markdown")


def _shown(cell):
    """What a cell shows, as text."""
    parts = []
    for output in cell["outputs"]:
        said = "".join(output.get("data", {}).get("text/plain") or output.get("text") or "")
        if output["output_type"] == "error":
            said = f"{output['ename']}: {output['evalue']}"
        elif TRACEBACK in said:
            said = "\n".join(RAISED.findall(said))
        parts.append(said)
    return "\n".join(parts)


def _failed(cell):
    # IPython prints what an ExceptionGroup holds, and reports no error.
    return any(
        output["output_type"] == "error" or TRACEBACK in "".join(output.get("text", "")) for output in cell["outputs"]
    )


def _html(cell):
    return "".join("".join(output.get("data", {}).get("text/html", "")) for output in cell["outputs"])


def _kind(old, new):
    before, after = _shown(old), _shown(new)
    if not _failed(new) and before.casefold() == after.casefold():
        return "cased"
    same = _is_picture(old) and _is_picture(new) and _events(before) == _events(after)
    return "pictures" if same else "told"


def _is_picture(cell):
    return "<img" in _html(cell) or "<svg" in _html(cell)


def _events(picture):
    """The text of a picture without its contexts, however deep its lines lie."""
    lines = WRAPPED.sub(" ", CONTEXT.sub("", picture)).splitlines()
    return "\n".join(" ".join(line.split()) for line in lines)


def _short(before, after):
    """The lines of two texts that differ, at most LINES of each."""
    old, new = before.splitlines(), after.splitlines()
    codes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    changed = [(old[a:b], new[c:d]) for code, a, b, c, d in codes if code != "equal"]
    return [_cut([line for pair in changed for line in pair[side]]) or "(nothing)" for side in (0, 1)]


def _cut(lines):
    return "\n".join(lines[:LINES] + ["..."] * (len(lines) > LINES))
