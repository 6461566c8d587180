"""What the rendered book is made of, and what its check finds; `make book` itself runs in .ci/run."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import assemble
import check
from workbook import pages

ROOT = Path(__file__).parent.parent
BOOK = ROOT / "docs" / "book"
STEMS = pages.in_order(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
PAGES = assemble.contents(ROOT)
CHAPTER = "notebooks/ch03_one_connection.ipynb"


def text(cell):
    return "".join(cell["source"])


def cell(source, cell_type="markdown", id="one", **metadata):
    return {"id": id, "cell_type": cell_type, "metadata": metadata, "source": source, "outputs": []}


@pytest.fixture
def checkout(tmp_path):
    """A function that writes notebooks, {path: cells}, into a checkout; its folder."""

    def write(**rooms):
        for room, cells in rooms.items():
            path = tmp_path / room / "ch01_small.ipynb"
            path.parent.mkdir()
            notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
            path.write_text(json.dumps(notebook), encoding="utf-8")
        return tmp_path

    return write


def test_every_chapter_and_every_exercise_is_a_page(tmp_path):
    assemble.assemble(ROOT, tmp_path)
    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    assert found == set(PAGES.values())
    assert found >= {f"notebooks/{stem}.ipynb" for stem in STEMS}
    assert found >= {f"exercises/{stem}.ipynb" for stem in STEMS[1:]}
    assert found >= {"index.md", "lifetimes.md", "glossary.md"}


def test_what_is_no_page_any_more_goes(tmp_path):
    old = tmp_path / "notebooks" / "ch99_gone.ipynb"
    old.parent.mkdir()
    old.write_text("{}")
    assemble.assemble(ROOT, tmp_path)
    assert not old.exists()


@pytest.mark.parametrize("stem", STEMS[1:])
def test_exercises_come_after_their_chapter(stem):
    last = text(assemble.chapter(ROOT, f"notebooks/{stem}.ipynb", PAGES)["cells"][-1])
    assert last == f"```{{toctree}}\n:hidden:\n\n/exercises/{stem}\n```"


@pytest.mark.parametrize("stem", STEMS[1:])
def test_solutions_are_folded_and_nowhere_else(stem):
    cells = assemble.exercises(ROOT, f"exercises/{stem}.ipynb", PAGES)["cells"]
    solved = assemble._read(ROOT / "solutions" / f"{stem}.ipynb")["cells"]
    fold = re.compile("`{3,}{admonition} Solution\n:collapsible: closed\n")
    folds = [text(cell) for cell in cells if fold.match(text(cell))]
    assert len(folds) == sum(text(cell).startswith("## ") for cell in solved)
    assert "# your turn" in "".join(text(cell) for cell in cells if cell["cell_type"] == "code")
    for solution in solved:
        if "# BEGIN SOLUTION" in text(solution):
            region = re.search(r"# BEGIN SOLUTION\n(.*?)\n *# END SOLUTION", text(solution), re.S)[1]
            assert sum(region in fold for fold in folds) == 1
            assert not any(region in text(cell) for cell in cells if cell["cell_type"] == "code")
    everything = "\n".join(map(text, cells))
    assert "BEGIN SOLUTION" not in everything and "\ncheck(" not in everything


def test_an_exercise_without_a_solution_is_refused(checkout):
    cells = [cell("# Exercises 1"), cell("## 1. Write it", id="two"), cell("x = ...", "code", id="three")]
    root = checkout(exercises=cells, solutions=cells)
    with pytest.raises(assemble.AssembleError, match="solutions/ch01_small.ipynb: ## 1. Write it has no solution"):
        assemble.assemble(root, root / "pages")


def test_exercises_without_solutions_are_refused(checkout):
    root = checkout(exercises=[cell("# Exercises 1")])
    with pytest.raises(assemble.AssembleError, match="has no solutions/ch01_small.ipynb"):
        assemble.assemble(root, root / "pages")


@pytest.mark.parametrize("tag", ["links", "kernel", "remove-cell"])
def test_cells_about_running_are_left_out(checkout, tag):
    root = checkout(notebooks=[cell("# 1. Small"), cell("do not read", "code", id="two", tags=[tag])])
    cells = assemble.chapter(root, "notebooks/ch01_small.ipynb", assemble.contents(root))["cells"]
    assert [text(cell) for cell in cells] == ["# 1. Small"]


def test_a_foot_is_no_part_of_a_solution(checkout):
    foot = cell("---\n\n- Chapter: ...", id="links", tags=["links"])
    code = {"cell_type": "code", "id": "two"}
    starter, solved = cell("x = ...", **code), cell("# BEGIN SOLUTION\nx = 1\n# END SOLUTION", **code)
    top = [cell("# Exercises 1"), cell("## 1. Write it", id="three")]
    root = checkout(exercises=[*top, starter], solutions=[*top, solved, foot])
    last = assemble.exercises(root, "exercises/ch01_small.ipynb", assemble.contents(root))["cells"][-1]
    assert text(last).endswith("\n```python\nx = 1\n```\n````")


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("[next](ch04_teardown.ipynb)", "[next](ch04_teardown.ipynb)"),
        ("[next](ch04_teardown.ipynb#in-short)", "[next](ch04_teardown.ipynb#in-short)"),
        ("[do](../exercises/ch03_one_connection.ipynb)", "[do](../exercises/ch03_one_connection.ipynb)"),
        ("[ours](../solutions/ch03_one_connection.ipynb)", "[ours](../exercises/ch03_one_connection.ipynb)"),
        ("[words](../docs/book/glossary.md#JSON-provider)", "[words](../glossary.md#json-provider)"),
        ("![a picture](../docs/timeline.svg)", "![a picture](../timeline.svg)"),
        ("`exercises/ch03_one_connection.ipynb`: write", "[](../exercises/ch03_one_connection.ipynb): write"),
        ("[the app](../apps/ch03_one_connection/db.py)", "the app"),
        ("`apps/ch03_one_connection/db.py`", "`apps/ch03_one_connection/db.py`"),
        ("[Flask](https://flask.palletsprojects.com/)", "[Flask](https://flask.palletsprojects.com/)"),
        ("[above](#the-puzzle)", "[above](#the-puzzle)"),
        ("`[no](link.ipynb)`", "`[no](link.ipynb)`"),
        ("```python\n[no](link.ipynb)\n```\n[yes](../README.md)", "```python\n[no](link.ipynb)\n```\nyes"),
    ],
)
def test_links_lead_to_pages_of_the_book(here, there):
    assert assemble.relink(here, CHAPTER, PAGES) == there


def test_a_link_to_nothing_is_refused():
    with pytest.raises(assemble.AssembleError, match="the link to ch99.ipynb leads nowhere"):
        assemble.relink("[gone](ch99.ipynb)", CHAPTER, PAGES)


def test_links_in_outputs_too(checkout):
    shown = cell("progress.show()", "code")
    html = '<a class="x" href="ch01_small.ipynb">one</a> <a href="../notebooks">two</a>'
    shown["outputs"] = [{"output_type": "execute_result", "data": {"text/html": [html]}}]
    root = checkout(notebooks=[shown])
    [shown] = assemble.chapter(root, "notebooks/ch01_small.ipynb", assemble.contents(root))["cells"]
    assert shown["outputs"][0]["data"]["text/html"] == '<a class="x" href="ch01_small.html">one</a> two'


GOOD = {
    "index.html": '<nav class="bd-links"><ul><li><a href="#">Here</a></li>'
    '<li><a href="notebooks/a.html">A</a></li><li><a href="notebooks/b.html">B</a></li></ul></nav>',
    "search.html": '<script src="_static/search.js"></script>',
    "notebooks/a.html": '<h1 id="top">A</h1> <a href="b.html"></a> <img alt="a timeline" src="data:">',
    "notebooks/b.html": '<a href="a.html#top"></a> <a href="https://flask.palletsprojects.com/"></a>',
}
CHAPTERS = ["notebooks/a.html", "notebooks/b.html"]


def problems(folder, pages, chapters=CHAPTERS):
    for name, html in pages.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(html, encoding="utf-8")
    return check.problems(folder, chapters)


def test_a_good_book_has_no_problems(tmp_path):
    found, figures = problems(tmp_path, GOOD)
    assert found == []
    assert figures == {"pages": 4, "links": 5, "web links": 1, "images": 1}


@pytest.mark.parametrize(
    ("page", "html", "problem"),
    [
        ("notebooks/a.html", '<a href="c.html">', "notebooks/a.html: c.html leads nowhere"),
        ("notebooks/a.html", '<a href="b.html#x">', "notebooks/a.html: b.html#x: no such place on that page"),
        ("notebooks/a.html", '<a href="#x">', "notebooks/a.html: #x: no such place on that page"),
        ("notebooks/a.html", '<a href="http://a.org/">', "notebooks/a.html: http://a.org/ is no https:// address"),
        ("notebooks/a.html", '<img src="a.png">', "notebooks/a.html: an image has no alt text"),
        ("notebooks/a.html", '<img alt=" " src="a.png">', "notebooks/a.html: an image has no alt text"),
        ("notebooks/a.html", '<script src="https://a.org/x">', "https://a.org/x is loaded from the network"),
        ("notebooks/a.html", '<link rel="stylesheet" href="//a.org/x">', "//a.org/x is loaded from"),
        ("notebooks/c.html", "", "index.html: notebooks/c.html is in the table of contents 0 times"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, page, html, problem):
    found, _ = problems(tmp_path, GOOD | {page: GOOD.get(page, "") + html})
    assert len(found) == 1 and problem in found[0]


def test_a_chapter_that_is_missing_or_out_of_order_is_told(tmp_path):
    for chapters in ([*CHAPTERS, "notebooks/c.html"], CHAPTERS[::-1]):
        assert problems(tmp_path, GOOD, chapters)[0] == ["index.html: the chapters are not in their order"]


def test_pins_of_the_book():
    def pins(name):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        return [Requirement(line) for line in lines if line and not line.startswith("#")]

    def here(pins):
        return {pin.name: pin for pin in pins if pin.marker is None or pin.marker.evaluate()}

    every = pins("requirements-book.txt")
    assert all(re.fullmatch(r"==[\w.+!]+", str(pin.specifier)) and pin.url is None for pin in every)
    # One environment: what the workbook pins too, the book pins alike.
    book = here(every)
    for name, pin in here(pins("requirements.txt")).items():
        if name in book:
            assert book[name].specifier == pin.specifier, name
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    for wanted in map(Requirement, groups["book"]):
        assert wanted.specifier.contains(str(book[wanted.name].specifier)[2:]), wanted.name
