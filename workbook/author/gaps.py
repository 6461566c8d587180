"""What chapters still lack, in sentences that say what to do."""

import ast
import json
import re

from workbook import notebooks, pages, paths
from workbook.author import glossary, next_flask, shape, starters
from workbook.author.problems import problems
from workbook.notebooks import NotebookError, text

ROOMS = {  # where the files of a chapter are
    "notebooks": "notebooks/{}.ipynb",
    "apps": "apps/{}/__init__.py",
    "tests": "tests/apps/test_{}.py",
    "solutions": "solutions/{}.ipynb",
    "checks": "checks/{}.py",
}
OPENING = ("What you will do", "What you will be able to do", "What you need", "Time")
CLOSING = ("In short", "On your own", "At work", "Further reading")
SECTION = ("section", "minutes", "ask", "demo", "watch_for")
MINUTES = range(10, 46)
START = "ch00_"  # a start page has no exercises, no app and no lesson


def chapters(root=None):
    """The stems of all that is there of any chapter, in order."""
    root = root or paths.ROOT
    found = [*root.glob("apps/*"), *root.glob("checks/*.py")]
    for room in ("notebooks", "solutions", "exercises"):
        found += root.glob(f"{room}/*.ipynb")
    return pages.in_order(path.stem for path in found)


def missing(stem=None, root=None):
    """What the chapter ``stem``, or (None) all of the checkout lacks: a list of sentences, [] if nothing."""
    root = root or paths.ROOT
    found = []
    for one in [stem] if stem else chapters(root):
        found += _rooms(one, root)
        try:
            found += _chapter(one, root)
        except NotebookError as error:
            found.append(str(error))
        found += _tables(one, root)
        found += _code(one, root)
        found += _todo(one, root)
    found += [said for said in [*problems(root), *_differences(root)] if not stem or stem in said]
    return list(dict.fromkeys(found))


def _differences(root):
    try:
        return starters.differences(root)
    except NotebookError:
        return []  # problems() says it


def _paths(stem, root):
    """{room: path in the checkout} of what a chapter has, whether it is there or not."""
    rooms = ["notebooks"] if stem.startswith(START) else ROOMS
    return {room: ROOMS[room].format(stem) for room in rooms}


def _rooms(stem, root):
    for path in _paths(stem, root).values():
        if not (root / path).exists():
            yield f"{path} is missing: write it"


def _chapter(stem, root):
    """What the notebooks of a chapter owe their readers."""
    path = root / ROOMS["notebooks"].format(stem)
    if not path.exists():
        return
    where, notebook = f"notebooks/{stem}.ipynb", notebooks.read(path)
    about = notebook["metadata"].get("workbook", {})
    prose = "\n".join(text(cell) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    yield from (f"{where}: {said}" for said in _about(about, stem))
    if not stem.startswith(START):
        yield from (f"{where}: {said}" for said in _lesson(stem, notebook, prose))
        solved = root / ROOMS["solutions"].format(stem)
        minutes = notebooks.read(solved)["metadata"].get("workbook", {}).get("minutes") if solved.exists() else 0
        if minutes is None:
            yield f"solutions/{stem}.ipynb: say in its metadata how many minutes the exercises take"
        elif minutes and f"and {minutes} for the exercises." not in prose:
            yield f"{where}: say in its opening 'and {minutes} for the exercises.', as solutions/ has it"
        if about.get("minutes") and f"**Time.** {about['minutes']} minutes" not in prose:
            yield f"{where}: say in its opening '**Time.** {about['minutes']} minutes', as its metadata has it"
    yield from unshapely(stem, root)
    known = pages.load(root)
    for page in [page for page in known.values() if page.stem == stem and page.room != "exercises"]:
        cells = notebooks.read(root / page.path)["cells"]
        if not all(cell.get("execution_count") for cell in cells if cell["cell_type"] == "code"):
            yield f"{page.path} has cells that were not run: run `workbook author outputs {stem}`"
        cells = [cell | {"source": text(cell)} for cell in cells]
        if pages.dress(page, known, cells) != cells:
            yield f"{page.path} has other links than it should: run `workbook author outputs {stem}`"


def unshapely(stem, root=None):
    """What the notebook of a chapter lacks of its shape and of links to the glossary: a list of sentences."""
    path = (root or paths.ROOT) / ROOMS["notebooks"].format(stem)
    notebook = notebooks.read(path)
    found = shape.findings(notebook)
    if not glossary.is_linked(stem, notebook, glossary.terms(root or paths.ROOT)):
        found.append(f"first uses of words are not linked to the glossary: run `workbook author links {stem}`")
    if stem in next_flask.untold(root or paths.ROOT):
        found.append(f"tell what changes in the next release, as {next_flask.PAGE} has it")
    return [f"notebooks/{path.name}: {said}" for said in found]


def _about(about, stem):
    """What is wrong with a chapter's metadata."""
    minutes, sections = about.get("minutes"), about.get("instructor") or []
    if not isinstance(minutes, int) or (minutes not in MINUTES and not stem.startswith(START)):
        yield f"say in its metadata how many minutes it takes, {MINUTES[0]} to {MINUTES[-1]} (workbook.minutes)"
    if not about.get("objectives"):
        yield "say in its metadata what a reader can do afterwards (workbook.objectives)"
    if not sections:
        yield f"write notes for the instructor into its metadata (workbook.instructor: {', '.join(SECTION)})"
    for number, section in enumerate(sections, 1):
        lacks = [key for key in SECTION if not section.get(key)]
        if lacks:
            yield f"section {number} of the notes for the instructor lacks {', '.join(lacks)}"
    total = sum(section.get("minutes") or 0 for section in sections)
    if sections and total != minutes:
        yield f"the sections of its notes take {total} minutes, the chapter {minutes}: make them agree"


def _lesson(stem, notebook, prose):
    """What a chapter's text lacks."""
    mark = pages.Page("notebooks", stem, "").mark
    if not re.match(rf"# {mark}\. .", prose):
        yield f"begin with the heading '# {mark}. Title'"
    yield from (f"write '**{words}.** ...' into its opening" for words in OPENING if f"**{words}" not in prose)
    yield from (f"write a section '## {words}'" for words in CLOSING if f"## {words}" not in prose)
    cells = [(cell["cell_type"], text(cell)) for cell in notebook["cells"]]
    prompts = [kind == "markdown" and "predict first" in said.lower() for kind, said in cells]
    asked = [number for number, is_prompt in enumerate(prompts) if is_prompt]
    if not asked:
        yield "let the reader guess: '**Predict first.** ...', then a cell that is predict(...)"
    for number in asked:
        if not "".join(said for _, said in cells[number + 1 : number + 2]).startswith("predict("):
            yield f"cell {number} asks to predict: write a cell predict(...) after it"


def _tables(stem, root):
    """The rows of the README and the start page, with the chapter's minutes."""
    path = root / ROOMS["notebooks"].format(stem)
    if not path.exists():
        return
    try:
        minutes = notebooks.read(path)["metadata"].get("workbook", {}).get("minutes")
    except NotebookError:
        return
    readme = (root / "README.md").read_text(encoding="utf-8")
    if not re.search(rf"^\| `{stem}` \|.*\| {minutes} \|$", readme, re.M):
        yield f"README.md: write a row | `{stem}` | ... | {minutes} | into the table of chapters"
    for start in root.glob(f"notebooks/{START}*.ipynb"):
        map_ = "\n".join(text(cell) for cell in notebooks.read(start)["cells"])
        if start.stem != stem and not re.search(rf"^\| \[.*\]\({stem}\.ipynb\) \|.*\| {minutes} \|$", map_, re.M):
            row = f"| [{pages.Page('notebooks', stem, 'Title').label}]({stem}.ipynb) | ... | {minutes} |"
            yield f"notebooks/{start.name}: write a row {row} into the map"


def _code(stem, root):
    """What the app and its tests must define."""
    wanted = {"apps": ("create_app", "define create_app()"), "tests": ("test_", "write a test of what is claimed")}
    for room, (begin, said) in wanted.items():
        path = root / ROOMS[room].format(stem)
        if not path.exists():
            continue
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except SyntaxError as error:
            yield f"{ROOMS[room].format(stem)}, line {error.lineno}: {error.msg}"
            continue
        names = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        if not any(name.startswith(begin) for name in names):
            yield f"{ROOMS[room].format(stem)}: {said}"


def _todo(stem, root):
    """Where TODO still stands: the file, the place in it, the text from there to the end of the line."""
    for path in _own(stem, root):
        name = path.relative_to(root).as_posix()
        for where, lines in _places(path):
            for line in lines:
                if "TODO" in line:
                    said = re.search(r'TODO[^"]*', line)[0].rstrip(".")
                    yield f"{name}, {where}: {said}"
    for path in [root / "README.md", *root.glob(f"notebooks/{START}*.ipynb")]:
        for where, lines in _places(path):
            if any(stem in line and "TODO" in line for line in lines):
                yield f"{path.relative_to(root).as_posix()}, {where}: say what {stem} is about in place of TODO"


def _own(stem, root):
    """The files that only this chapter has and that somebody writes."""
    files = [root / path for room, path in _paths(stem, root).items() if room != "apps"]
    files += [*root.glob(f"apps/{stem}/**/*.py"), *root.glob(f"tests/*_answers/{stem}/**/*.py")]
    return sorted(path for path in files if path.exists())


def _places(path):
    """(what to call the place, its lines): cells and metadata of a notebook, the lines of another file."""
    if path.suffix != ".ipynb":
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield f"line {number}", [line]
        return
    try:
        notebook = notebooks.read(path)
    except NotebookError:
        return
    for number, cell in enumerate(notebook["cells"]):
        yield f"cell {number}", text(cell).splitlines()
    yield "metadata", json.dumps(notebook["metadata"], indent=1, ensure_ascii=False).splitlines()
