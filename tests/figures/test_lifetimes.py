import base64
import html
import itertools
import re
from xml.etree import ElementTree

import pytest

from workbook import Lifetimes

PLACES = ["g", "session", "global"]
CHART = Lifetimes(
    PLACES,
    [["Ada", 1, 1, 1], ["Ada again", 1, 2, 2], ["Bob", 1, 1, 3], ["<restart>", 1, 3, 1]],
)


def picture(chart):
    markup = chart._repr_html_()
    return markup, ElementTree.fromstring(base64.b64decode(re.search(r"base64,([^\"]+)", markup)[1]))


def test_text_has_a_bar_for_each_life_and_a_number_for_each_visit():
    assert repr(CHART).splitlines() == [
        "         Ada  Ada again  Bob  <restart>",
        "g        [1]  [1]        [1]  [1]",
        "session  [1----2---------------3]",
        "                         [1]",
        "global   [1----2----------3]  [1]",
    ]


def test_picture_says_the_same():
    markup, svg = picture(CHART)
    assert html.unescape(re.search(r'alt="([^"]*)"', markup)[1]) == f"Lifetimes.\n{CHART!r}"
    texts = [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == [
        *("Ada", "Ada again", "Bob", "<restart>"),
        *("g", "1", "1", "1", "1", "session", "1", "2", "3", "1", "global", "1", "2", "3", "1"),
    ]
    bars = [bar for bar in svg.iter() if bar.get("class") == "bar"]
    assert len(bars) == 8
    assert len({bar.get("y") for bar in bars}) == 4


def test_lives_do_not_touch():
    _, svg = picture(CHART)
    edges = {}
    for bar in svg.iter():
        if bar.get("class") == "bar":
            left = float(bar.get("x"))
            edges.setdefault(bar.get("y"), []).append((left, left + float(bar.get("width"))))
    for spans in edges.values():
        assert all(before[1] < after[0] for before, after in itertools.pairwise(spans))


def test_light_and_dark():
    data = re.search(r"base64,([^\"]+)", CHART._repr_html_())[1]
    assert "prefers-color-scheme: dark" in base64.b64decode(data).decode()


def test_a_count_out_of_order():
    with pytest.raises(ValueError, match="session: 3 goes on from no earlier 2"):
        Lifetimes(["session"], [["Ada", 1], ["Ada", 3]])


@pytest.mark.parametrize("row", [["Ada", 1], ["Ada", 1, 1, 1]])
def test_a_row_that_does_not_fit(row):
    with pytest.raises(ValueError, match="argument 2 is"):
        Lifetimes(["g", "session"], [row])
