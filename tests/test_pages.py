"""Every page leads to the next, and no link leads nowhere."""

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

import fake_checkout
from fake_checkout import STEM
from workbook import notebooks, pages
from workbook.author import glossary, outputs
from workbook.exercises import chapters
from workbook.pages import Page

ROOT = Path(__file__).parent.parent
PAGES = pages.load(ROOT)
ANCHORS = {term.anchor for term in glossary.terms(ROOT)}
START = PAGES["notebooks", "ch00_start_here"]


GLOSSARY = "[Glossary](../docs/book/glossary.md)"


def prose(page):
    cells = notebooks.read(ROOT / page.path)["cells"]
    return "\n".join(notebooks.text(cell) for cell in cells if cell["cell_type"] == "markdown")


def cells_of(page):
    cells = notebooks.read(ROOT / page.path)["cells"]
    return [cell | {"source": notebooks.text(cell)} for cell in cells]


@pytest.fixture(params=PAGES.values(), ids=lambda page: page.path)
def page(request):
    return request.param


def test_what_is_generated_is_up_to_date(page):
    assert pages.dress(page, PAGES, cells_of(page)) == cells_of(page)


def test_links_lead_somewhere(page):
    written = re.sub(r"```.*?```|`[^`]*`", "code", prose(page), flags=re.S)
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", written) if "://" not in target]
    assert targets
    for target in targets:
        file, _, anchor = target.partition("#")
        found = ROOT / page.room / unquote(file)
        assert found.is_file(), target
        if found == ROOT / page.room / ".." / pages.GLOSSARY.path and anchor:
            assert anchor in ANCHORS, target


def test_a_solution_is_not_in_the_way(page):
    linked = {other.room for _, other in pages.links(page, PAGES)}
    assert ("solutions" in linked) == (page.room == "exercises")
    assert "](../solutions/" not in prose(page) or page.room == "exercises"


def test_next_leads_through_all_chapters_and_previous_back():
    def walk(page, word):
        seen = []
        while page:
            seen.append(page)
            page = dict(pages.links(page, PAGES)).get(word)
        return seen

    chapters = [page for page in PAGES.values() if page.room == "notebooks"]
    assert walk(START, "Next") == chapters and len(chapters) > 11
    assert walk(chapters[-1], "Previous") == chapters[::-1]


def test_the_start_page_leads_to_every_chapter_and_says_its_minutes():
    rows = re.findall(r"^\| \[(?:\d+|Capstone)\. [^]`]+\]\((\w+)\.ipynb\) \|.*\| (\d+) \|$", prose(START), re.M)
    minutes = [
        (page.stem, str(notebooks.read(ROOT / page.path)["metadata"]["workbook"]["minutes"]))
        for page in PAGES.values()
        if page.room == "notebooks" and page != START
    ]
    assert rows == minutes


@pytest.mark.parametrize("stem", chapters.stems())
def test_a_chapter_says_how_long_its_exercises_take(stem):
    minutes = chapters.load(stem).minutes
    assert f"and {minutes} for the exercises." in prose(PAGES["notebooks", stem])
    assert f" exercises, {minutes} minutes. " in prose(PAGES["exercises", stem])


@pytest.mark.parametrize("stem", chapters.stems())
def test_the_three_pages_of_a_chapter_can_be_told_apart(stem):
    for room in ("exercises", "solutions"):
        assert prose(PAGES[room, stem]).startswith(f"# {PAGES[room, stem].label}: ")
    assert prose(PAGES["notebooks", stem]).startswith(f"# {PAGES['notebooks', stem].mark}. ")
    assert "your turn" not in prose(PAGES["solutions", stem])


@pytest.fixture
def root(tmp_path):
    return fake_checkout.make(tmp_path / "checkout")


def test_titles_come_from_headings_else_from_names(root):
    assert pages.load(root)["notebooks", STEM].label == "1. Twice, and half"
    (root / "notebooks" / f"{STEM}.ipynb").write_text("{")
    assert pages.load(root)["notebooks", STEM].label == "1. Fake"
    (root / "notebooks" / f"{STEM}.ipynb").unlink()
    assert {page.label for page in pages.load(root).values()} == {"Exercises 1", "Solutions 1"}
    assert START.label == "Start here"


def test_refresh_writes_feet_and_nothing_else(root):
    fake_checkout.write_chapter(root, [("markdown", "# 2. More", []), ("code", "1", [])], "ch02_more")
    before = json.loads((root / "notebooks" / "ch02_more.ipynb").read_text())
    assert [page.stem for page in outputs.refresh([], root)] == [STEM, STEM, "ch02_more"]
    after = json.loads((root / "notebooks" / "ch02_more.ipynb").read_text())
    foot = after["cells"].pop()
    assert after == before
    assert "".join(foot["source"]) == f"---\n\n- Previous: [1. Twice, and half]({STEM}.ipynb)\n- {GLOSSARY}"
    assert outputs.refresh([], root) == []
    solved = (root / "solutions" / f"{STEM}.ipynb").read_text()
    assert pages.SOLVED in solved and "What is here" not in solved


def test_code_and_emphasis_in_a_sentence():
    assert pages.inline("*this* one, `2 *a* 3`, 2*a*3, f(*a, *b)") == (
        "<em>this</em> one, <code>2 *a* 3</code>, 2*a*3, f(*a, *b)"
    )
    assert pages.inline("`a < b` & `c`, a ` alone") == "<code>a &lt; b</code> &amp; <code>c</code>, a ` alone"
    assert Page("exercises", "ch07_x", "X").label == "Exercises 7"
