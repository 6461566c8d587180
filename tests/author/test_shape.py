"""The shape of every chapter: a main path that fits, the rest folded and never missed."""

import pytest

import fake_checkout
from workbook import paths
from workbook.author import gaps, shape
from workbook.author.parts import FOLDED, parts

STEMS = sorted(path.stem for path in (paths.ROOT / "notebooks").glob("*.ipynb"))


def test_every_chapter_has_its_shape():
    assert STEMS
    assert [said for stem in STEMS for said in gaps.unshapely(stem)] == []


def chapter(*cells, minutes=1, seconds=None):
    """An nbformat dict of markdown (str) and code ([source], or [source, text that is shown])."""
    made = fake_checkout.notebook(
        [("code", one[0], []) if isinstance(one, list) else ("markdown", one, []) for one in cells]
    )
    for cell, one in zip(made["cells"], cells, strict=True):
        if "## Deeper" in one:
            cell["metadata"][FOLDED] = True
        if isinstance(one, list) and one[1:]:
            cell["outputs"] = [{"output_type": "execute_result", "data": {"text/plain": [one[1]]}}]
    made["metadata"]["workbook"] = {"minutes": minutes, "seconds": seconds or {}}
    return made


def deeper(*cells, minutes="1 minute"):
    return [f"## Deeper: more ({minutes})", *cells, "## Then"]


def found(*cells, **about):
    return shape.findings(chapter(*cells, **about))


def test_a_section_reaches_to_the_next_heading_of_its_level():
    cells = [
        "# 1. A",
        "### Deeper: x (3 minutes)",
        ["a"],
        "#### b",
        "```\n# no heading\n```",
        "### c",
        ["d"],
        "## Deeper: y",
    ]
    main, x, y = parts(chapter(*cells))
    assert [number for number, _ in main.cells] == [0, 5, 6]
    assert [number for number, _ in x.cells] == [1, 2, 3, 4]
    assert (main.title, main.minutes, x.title, x.minutes, y.title, y.minutes) == ("", 1, "x", 3, "y", None)


def test_the_foot_is_in_no_part():
    made = chapter("# 1. A", "## Deeper: x (3 minutes)", "foot")
    made["cells"][-1]["metadata"]["tags"] = ["links"]
    assert [len(part.cells) for part in parts(made)] == [1, 1]


def test_a_short_chapter_has_its_shape():
    assert found("# 1. A", ["x = 1"], *deeper(["y = x"])) == []


@pytest.mark.parametrize(
    ("cells", "minutes", "said"),
    [
        (["word " * 1601], 8, "the main path has 1601 words, at most 1600"),
        ([["1"]] * 46, 5, "the main path has 46 cells, at most 45"),
        ([["1\n" * 406]], 41, "the main path has 41 minutes, at most 40"),
        (["word " * 2000], 8, "the main path takes 10 minutes and says 8"),
        (["word " * 1000], 4, "the main path takes 5 minutes and says 4"),
        (deeper("word " * 1000, minutes="4 minutes"), 1, "'Deeper: more' takes 5 minutes and says 4"),
        (["## Deeper: more", "## Then"], 1, "'Deeper: more' takes 1 minute and says nothing"),
    ],
)
def test_sizes(cells, minutes, said):
    assert said in "\n".join(found(*cells, minutes=minutes))


def test_sizes_that_fit():
    assert found("word " * 1600, minutes=8) == found("word " * 1600, minutes=9) == found(*[["1"]] * 45, minutes=5) == []
    assert found("word " * 100, *deeper("word " * 9000, minutes="45 minutes")) == []


def test_a_section_is_folded_and_ends_before_the_foot():
    made = chapter("# 1. A", *deeper(["1"]))
    made["cells"][1]["metadata"] = {}
    assert "cell 1: 'Deeper: more' is not folded" in shape.findings(made)[0]
    assert "ends the chapter" in found("# 1. A", *deeper(["1"])[:-1])[0]
    assert found(*deeper(["1"])[:-1], "text\n\n## Then") == [
        "cell 2: begin a cell with the heading that ends 'Deeper: more'"
    ]
    assert "cells of their own" in found("## Deeper: more (1 minute)\n\n### a", "## b")[0]


@pytest.mark.parametrize(
    ("before", "inside", "after", "said"),
    [
        ("", "x = 1", "x", "'x', which is made in 'Deeper: more'"),
        ("", "import x.y", "x", "'x', which is made"),
        ("", "def x(): pass", "def f():\n    return x()", "'x', which is made"),
        ("", "with a as x: pass", "[x for y in z]", "'x', which is made"),
        ("", "x = 1", "x += 1", "'x', which is made"),
        ("", "x = 1", "x = x + 1", "'x', which is made"),
        ("", "def f():\n    global x\n    x = 1", "x", "'x', which is made"),
        ("x = 0", "x = 1", "x", "'x', which is changed in 'Deeper: more'"),
        ("x = 0", "for x in y: pass", "z(x)", "'x', which is changed"),
        ("", "x = await y", "x", "'x', which is made"),
        ("", "x = 1", "x = 2\nx", None),
        ("", "x = 1", "for x in y: z(x)", None),
        ("", "x = 1", "[x for x in y]", None),
        ("", "x = 1", "def f(x):\n    return x", None),
        ("", "x = 1", "a.x", None),
        ("x = 0", "x", "x", None),
        ("", "[x for x in y]", "x", None),
        ("", "x =", "x", None),
    ],
)
def test_the_main_path_needs_nothing_of_a_section(before, inside, after, said):
    sentences = found([before], *deeper([inside]), [after])
    assert (said in sentences[0] and len(sentences) == 1) if said else sentences == []


@pytest.mark.parametrize("shown", ["True", "False", "(True, False)", "(2, True)", "(200,\n 'x')"])
def test_a_bare_value_is_found(shown):
    assert found(["x", shown]) == ["cell 0 shows a bare value: say what it is, in a Claim, a Table or an f-string"]


def test_other_values_are_not_bare():
    assert found(["x", "'True'"], ["x", "[True]"], ["x", "Holds: it is so"], ["x", "(an object)"], ["x", "1"]) == []
    assert "bare" in found(["x, y", "(<Response>, 1)"])[0]


def test_long_waits_are_announced():
    wait = "cell 1 takes 5 seconds: "
    assert found("a", ["x"], seconds={"c1": 2}) == []
    assert found("a", ["x"], seconds={"c1": 5})[-1] == wait + "write 'takes about 5 seconds' before it"
    assert found("It takes about 4 seconds.", ["x"], seconds={"c1": 5}) == []
    assert found("It takes about 2 seconds.", ["x"], seconds={"c1": 5})[-1].startswith(wait + "it is said")
    assert found("Guess. This takes up to 5 seconds.", ["predict(...)"], ["x"], seconds={"c2": 5}) == []
    assert found("It takes about 5 seconds.", ["y"], ["x"], seconds={"c2": 5})[-1].startswith("cell 2 takes 5")
    assert found(["# takes about 5 seconds\nx"], seconds={"c0": 5}) == []


def test_what_raises_and_what_was_never_timed_is_found():
    made = chapter(["x"])
    made["cells"][0]["metadata"]["tags"] = ["raises-exception"]
    del made["metadata"]["workbook"]["seconds"]
    unknown, tagged = shape.findings(made)
    assert "it is not known how long" in unknown and "catch what it raises, and print it" in tagged
