"""The page on the next Flask: which cells it names, and that their chapters tell of it."""

import pytest

import fake_checkout
from fake_checkout import STEM
from not_yet import NOT_YET
from workbook import pages, paths
from workbook.author import next_flask, outputs
from workbook.author.next_flask import Difference

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
        (("two\nopened 1, closed 1", PICTURE), ("one\nopened 1, closed 1", PICTURE), "pictures"),
        (("two\nopened 1, closed 1", PICTURE), ("one\nopened 1, closed 0", PICTURE), "told"),
        (("a", "<table>"), ("b", "<table>"), "told"),
        ("'A'", TypeError("no"), "told"),
    ],
)
def test_what_differs_is_found(before, after, kind):
    [found] = next_flask.differences(cells("same", before), cells("same", after))
    assert (found.heading, found.code, found.kind) == ("Why", "x = 1\nx", kind)
    assert found.failed == isinstance(after, Exception)


def test_what_is_the_same_is_not():
    assert next_flask.differences(cells("same", ("a", "<p>")), cells("same", ("a", "<b>"))) == []


def test_the_page(root, monkeypatch):
    before = [*"abcdefgh", "same", "302"]
    page = pages.load(root)["notebooks", STEM]
    found = {
        page: [
            Difference("Why", "get()", "\n".join(before), "\n".join([*"ABCDEFG", "same", "303"]), "told", False),
            Difference("How", "1 / 0", "x", "TypeError: no", "told", True),
            Difference("How", "get()", "A", "a", "cased", False),
        ]
    }
    said = next_flask.render(found, 9, "Flask 3", "Flask 4")
    assert "Here that was Flask 4, and the book is about Flask 3." in said
    assert "3 of 9 cells show something else there. In 2 of them" in said and "1 of\nthem fail there" in said
    assert f'is "503 Service Unavailable". | [1](../../notebooks/{STEM}.ipynb): 1 |' in said
    assert "Its counts are the same. |  |" in said
    assert f"## [1. Twice, and half](../../notebooks/{STEM}.ipynb)\n\nIn *Why*:\n\n```python\nget()\n```\n" in said
    assert (
        "```text\na\nb\nc\nd\ne\nf\n...\n```\n\n```text\nA\nB\nC\nD\nE\nF\n...\n```\n\nIn *How*, where the cell fails:\n"
        in said
    )


def test_chapters_that_are_named_tell_of_it(root, monkeypatch):
    monkeypatch.setattr(outputs, "execute", lambda notebook, folder, allow_errors: fake_checkout.json.dumps(changed))
    (root / "docs" / "book").mkdir(parents=True)
    fake_checkout.write_chapter(root, [("markdown", "# 1. Twice", []), ("code", "1", [])])
    assert next_flask.untold(root) == []
    changed = fake_checkout.notebook([("markdown", "# 1. Twice", []), ("code", "1", [])])
    assert next_flask.write(root, "Flask 3") and next_flask.untold(root) == []
    changed["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
    assert next_flask.write(root, "Flask 3") and not next_flask.write(root, "Flask 3")
    assert next_flask.untold(root) == [STEM]
    fake_checkout.write_chapter(root, [("markdown", "# 1. Twice\n\nOn the next release it is x.", [])])
    assert next_flask.untold(root) == []


def test_the_chapters_of_this_book_tell_of_it():
    assert [stem for stem in next_flask.untold(paths.ROOT) if stem not in NOT_YET] == []
