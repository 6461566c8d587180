"""Lay out a new chapter: every file that one has, with TODO where its author is to write.

All of it runs. Its app's test fails until the chapter claims something.
"""

import re

from nbformat import v4

from workbook import files, notebooks, paths
from workbook.notebooks import NotebookError

STEM = re.compile(r"ch(\d\d)_[a-z]\w*", re.ASCII)
# Rows of the two tables of chapters.
README_ROW = r"^\| `ch(\d\d)_\w+` \|.*\|$"
START_ROW = r"^\| \[(\d+)\. .*\|$"

OPENING = """\
# {number}. {title}

**What you will do.** TODO: two sentences.

**What you will be able to do.** TODO: the objectives, as in the metadata.

**What you need.** TODO: the chapters before, and the server, if there is one.

**Time.** 30 minutes, and 20 for the exercises."""
PUZZLE = "## The puzzle\n\nTODO: what surprises the reader.\n\n**Predict first.** TODO: the question."
CLOSING = """\
## In short

- TODO: one line for each objective.

## On your own

[Exercises {number}](../exercises/{stem}.ipynb): TODO: what they are about.

## At work

TODO: how this looks in a project.

## Further reading

- TODO: the official documentation first."""
# What a chapter says about itself: minutes in all, and by section for the instructor.
ABOUT = {
    "minutes": 30,
    "objectives": ["TODO: a verb and what a reader can do afterwards"],
    "instructor": [
        {
            "section": "The puzzle",
            "minutes": 30,
            "ask": "TODO: the question to the room",
            "demo": "TODO: what to show",
            "watch_for": "TODO: the mistake that people make",
        }
    ],
}

APP = '''\
"""TODO: what the app does."""

from flask import Flask


def create_app(config="{stem}.config.Config"):
    app = Flask(__name__)
    app.config.from_object(config)
    app.config.from_prefixed_env()

    @app.get("/")
    def index():
        return {{"service": "{stem}"}}

    return app
'''
CONFIG = "class Config:\n    pass\n"
TEST = '''\
"""The claims of chapter {number}, in-process."""

import pytest

from {stem} import create_app


@pytest.fixture
def app():
    return create_app()


def test_what_the_chapter_claims(client):
    assert client.get("/").json == "TODO: what the chapter says of this response"
'''

TASK = "## {number}. The {name} exercise\n\nTODO: what `{name}` is to do, as a case that the chapter does not show."
ANSWER = 'def {name}():\n    """TODO: what it returns."""\n    # BEGIN SOLUTION\n    return "right"\n    # END SOLUTION'
CHECKS = '''\
"""Checks of chapter {number}: TODO."""

from workbook import NotYet, exercise
'''
CHECK = """

@exercise("TODO: a gentle hint.", "TODO: nearly the answer.")
def {name}({name}):
    found = {name}()
    if found != "right":
        return NotYet(
            f"{name}() returned {{found!r}}",
            "TODO: what was expected",
            "TODO: the hint for this mistake in {name}.",
        )
"""
WRONG = '"""TODO: the hint for this mistake in {name}."""\n\nreturn "wrong"\n'
NAMES = ("first", "second")


def lay_out(stem, root=None):
    """Write every file of the chapter ``stem``; a list of paths in the checkout, new ones first.

    Runs nothing. Raises NotebookError, and writes nothing, if the stem is malformed or anything of the chapter exists.
    """
    root = root or paths.ROOT
    if not STEM.fullmatch(stem):
        raise NotebookError(f"{stem!r} is no name of a chapter: give it a number and words, as in ch04_teardown")
    made = _files(stem)
    there = [path for path in made if (root / path).exists()]
    there += [path.relative_to(root).as_posix() for path in root.glob(f"notebooks/{stem[:4]}_*")]
    if there:
        raise NotebookError(f"{', '.join(dict.fromkeys(there))}: exists already. Choose another name or number")
    changed = {"README.md": _readme(stem, root), **_start_page(stem, root)}
    for path, text in {**made, **changed}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        files.write(root / path, text)
    return [*made, *changed]


def _files(stem):
    """{path: text} of what is only this chapter's."""
    about = {"stem": stem, "number": int(stem[2:4]), "title": _title(stem)}
    checks = "".join(CHECK.format(name=name) for name in NAMES)
    wrong = {f"tests/wrong_answers/{stem}/{name}/other.py": WRONG.format(name=name) for name in NAMES}
    return {
        f"notebooks/{stem}.ipynb": _chapter(about),
        f"apps/{stem}/__init__.py": APP.format(**about),
        f"apps/{stem}/config.py": CONFIG,
        f"tests/apps/test_{stem}.py": TEST.format(**about),
        f"solutions/{stem}.ipynb": _solutions(about),
        f"checks/{stem}.py": CHECKS.format(**about) + checks,
        **wrong,
    }


def _title(stem):
    return stem[5:].replace("_", " ").capitalize()


def _chapter(about):
    cells = [
        v4.new_markdown_cell(OPENING.format(**about)),
        v4.new_code_cell("from workbook import launch, predict"),
        v4.new_markdown_cell(PUZZLE),
        v4.new_code_cell("predict(...)"),
        v4.new_code_cell(f'app = launch("{about["stem"]}")\napp.get("/")\napp.timeline()'),
        v4.new_markdown_cell(CLOSING.format(**about)),
    ]
    return _dump(cells, ABOUT)


def _solutions(about):
    tagged = {"metadata": {"tags": ["solution"]}}
    cells = [
        v4.new_markdown_cell(f"# Solutions {about['number']}: {about['title'].lower()}"),
        v4.new_code_cell(
            "from workbook import not_recorded\n\nnot_recorded()  # these answers are nobody's progress", **tagged
        ),
        v4.new_code_cell("from workbook import check, hint, solution"),
    ]
    for number, name in enumerate(NAMES, 1):
        cells += [
            v4.new_markdown_cell(TASK.format(number=number, name=name)),
            v4.new_code_cell(ANSWER.format(name=name)),
            v4.new_code_cell(f'check("{about["stem"]}", "{name}", {name})'),
            v4.new_markdown_cell("TODO: why this is right.", **tagged),
        ]
    return _dump(cells, {"minutes": 20})


def _dump(cells, about):
    metadata = {"kernelspec": notebooks.KERNEL, "workbook": about}
    return notebooks.dumps(v4.new_notebook(cells=cells, metadata=metadata) | {"nbformat_minor": 5})


def _readme(stem, root):
    """The README's text with a row for the chapter."""
    row = f"| `{stem}` | TODO: what it is about | {ABOUT['minutes']} |"
    return _with_row((root / "README.md").read_text(encoding="utf-8"), README_ROW, stem, row, "README.md")


def _start_page(stem, root):
    """{path: text} of the start page, with a row for the chapter."""
    [path] = root.glob("notebooks/ch00_*.ipynb")
    notebook = notebooks.read(path)
    label = f"[{int(stem[2:4])}. {_title(stem)}]({stem}.ipynb)"
    row = f"| {label} | TODO: the puzzle that it starts from | {ABOUT['minutes']} |"
    [cell] = [cell for cell in notebook["cells"] if re.search(START_ROW, notebooks.text(cell), re.M)]
    cell["source"] = _with_row(notebooks.text(cell), START_ROW, stem, row, path.name)
    return {path.relative_to(root).as_posix(): notebooks.dumps(notebook)}


def _with_row(text, pattern, stem, row, where):
    """``text`` with ``row`` after the last row of a chapter that comes before ``stem``."""
    before = [match for match in re.finditer(pattern, text, re.M) if int(match[1]) < int(stem[2:4])]
    if not before:
        raise NotebookError(f"{where} has no table of chapters to add {stem} to")
    end = before[-1].end()
    return f"{text[:end]}\n{row}{text[end:]}"
