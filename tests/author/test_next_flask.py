"""The page on the next Flask: which cells it names, and that their chapters tell of it."""

import json

import pytest
from click.testing import CliRunner

import fake_checkout
from fake_checkout import STEM
from workbook import Measured, pages, paths
from workbook.author import gaps, next_flask, outputs
from workbook.author.commands import author
from workbook.author.next_flask import Difference
from workbook.pages import Page

TWO = (
    "GET /\n  app context 1\n    request context\n       1. view  index() opens\n            mongodb 1\n"
    "     2. teardown  closes"
)
ONE = "GET /\n  app context 1\n     1. view  index() opens mongodb 1\n     2. teardown  closes"
GROUP = """\
  + Exception Group Traceback (most recent call last):
  |   File "/somewhere/x.py", line 1
  | ExceptionGroup: two (1 sub-exception)
  +-+---------------- 1 ----------------
    | ValueError: no
"""
PICTURE = "<div><img alt='x' src='y'></div>"


def cells(*shown):
    made = fake_checkout.notebook(
        [("markdown", "## Why\n\n```\n# no heading\n```", [])] + [("code", "x = 1\nx", [])] * len(shown)
    )
    for cell, said in zip(made["cells"][1:], shown, strict=True):
        if isinstance(said, tuple):
            data = {"text/plain": [said[0]], "text/html": [said[1]]}
            cell["outputs"] = [{"output_type": "execute_result", "data": data}]
        elif isinstance(said, Exception):
            cell["outputs"] = [{"output_type": "error", "ename": type(said).__name__, "evalue": str(said)}]
        elif said is not None:
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": [said]}]
    return made["cells"]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("302", "303", "told"),
        ("302", None, "told"),
        ("503 SERVICE UNAVAILABLE", "503 Service Unavailable", "cased"),
        ((TWO, PICTURE), (ONE, PICTURE), "pictures"),
        ((TWO, PICTURE), (ONE.replace("closes", "leaks"), PICTURE), "told"),
        (TWO, ONE, "told"),
        ("1", GROUP, "told"),
        (("a", "<table>"), ("b", "<table>"), "told"),
        ("'A'", TypeError("no"), "told"),
    ],
)
def test_what_differs_is_found(before, after, kind):
    [found] = next_flask.differences(cells("same", before), cells("same", after))
    assert (found.heading, found.code, found.kind) == ("Why", "x = 1\nx", kind)
    assert found.failed == (isinstance(after, Exception) or after is GROUP)
    assert after is not GROUP or found.after == "ExceptionGroup: two (1 sub-exception)\nValueError: no"


def test_a_picture_is_told_by_its_steps():
    [found] = next_flask.differences(cells((TWO, PICTURE)), cells((ONE.replace("closes", "leaks"), PICTURE)))
    page = Page("notebooks", STEM, "Twice")
    said = next_flask.render({page: [found]}, 1, "Flask 3", "Flask 4")
    assert said.endswith("```text\n2. teardown closes\n```\n\n```text\n2. teardown leaks\n```\n")


def test_what_is_the_same_is_not():
    assert next_flask.differences(cells("same", ("a", "<p>")), cells("same", ("a", "<b>"))) == []


def test_the_page(root):
    before, after = [*"abcdefgh", "same", "302"], [*"ABCDEFG", "same", "303"]
    page = pages.load(root)["notebooks", STEM]
    found = {
        page: [
            Difference("Why", "get()", "\n".join(before), "\n".join(after), "told", False),
            Difference("How", "1 / 0", "x", "TypeError: no", "told", True),
            Difference("How", "get()", "A", "a", "cased", False),
        ]
    }
    said = next_flask.render(found, 9, "Flask 3", "Flask 4")
    assert "Here that was Flask 4,\nand the book is about Flask 3." in said
    assert "3 of 9 cells show something else there. In 2 of them" in said and "fail there: 1." in said
    assert f'is "503 Service Unavailable". | [1](../../notebooks/{STEM}.ipynb): 1 |' in said
    assert "All else in it is the same. |  |" in said
    assert f"## [1. Twice, and half](../../notebooks/{STEM}.ipynb)\n\nIn *Why*:\n\n```python\nget()\n```\n" in said
    assert "```text\na\nb\nc\nd\ne\nf\n...\n```\n\n```text\nA\nB\nC\nD\nE\nF\n...\n```\n" in said
    assert "\nIn *How*, where the cell fails:\n" in said


def test_chapters_that_are_named_tell_of_it(root, monkeypatch):
    monkeypatch.setattr(outputs, "execute", lambda notebook, folder, allow_errors: json.dumps(changed))
    (root / "docs" / "book").mkdir(parents=True)
    (root / next_flask.LOOK).parent.mkdir(parents=True)
    (root / next_flask.LOOK).write_text("print('{}')")
    (root / "docs" / "measured").mkdir()
    (root / "requirements.txt").write_text("flask==0.1\nwerkzeug==0.2 ; extra\n")
    fake_checkout.write_chapter(root, [("markdown", "# 1. Twice", []), ("code", "1", [])])
    changed = fake_checkout.notebook([("markdown", "# 1. Twice", []), ("code", "1", [])])
    assert "the book is about Flask 0.1" in next_flask.measure(root) and next_flask.untold(root) == []
    changed["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
    said = CliRunner().invoke(author, ["next"]).output
    assert said.startswith("wrote docs/book/next_flask.md\nnotebooks/ch01_fake.ipynb: tell what changes")
    assert next_flask.untold(root) == [STEM]
    assert f"notebooks/{STEM}.ipynb: tell what changes in the next release" in gaps.unshapely(STEM)[-1]
    fake_checkout.write_chapter(root, [("markdown", "# 1. Twice\n\nOn the next release it is x.", [])])
    assert next_flask.untold(root) == []


def test_what_an_app_relies_on_is_recorded(root):
    (root / next_flask.LOOK).parent.mkdir(parents=True)
    (root / next_flask.LOOK).write_text('print(\'{"redirect()": "303"}\')')
    (root / "docs" / "measured").mkdir(parents=True)
    next_flask.record(root)
    recorded = Measured(next_flask.RECORD, root / "docs" / "measured")
    assert recorded["found"] == {"redirect()": "303"}
    assert recorded.versions.keys() == {"Python", "flask", "werkzeug"}


def test_an_older_flask_writes_no_page(root, monkeypatch):
    (root / "requirements.txt").write_text("flask==99\nwerkzeug==99\n")
    monkeypatch.setattr(outputs, "execute", lambda notebook, folder, allow_errors: json.dumps(notebook))
    assert CliRunner().invoke(author, ["next"]).output.startswith("# What the next Flask changes")
    assert not (root / next_flask.PAGE).exists()


def test_the_chapters_of_this_book_tell_of_it():
    assert next_flask.untold(paths.ROOT) == []
