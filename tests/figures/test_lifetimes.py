import pytest
from svgs import NAME, alt, faults, pictures, texts, words

from workbook import Lifetimes
from workbook.figures.svg import NARROW, WIDE

PLACES = ["g", "session", "global"]
CHART = Lifetimes(
    PLACES,
    [["Ada", 1, 1, 1], ["Ada again", 1, 2, 2], ["Bob", 1, 1, 3], ["<restart>", 1, 3, 1]],
)


def test_text_tells_each_life():
    assert repr(CHART).splitlines() == [
        "g: 4 lives",
        "  Ada 1",
        "  Ada again 1",
        "  Bob 1",
        "  <restart> 1",
        "session: 2 lives",
        "  Ada 1 - Ada again 2 - <restart> 3",
        "  Bob 1",
        "global: 2 lives",
        "  Ada 1 - Ada again 2 - Bob 3",
        "  <restart> 1",
    ]


def test_picture_says_the_same():
    markup = CHART._repr_html_()
    assert words(markup) == repr(CHART)
    assert alt(markup) == "Lifetimes during 4 visits. Lives of each place: g 4, session 2, global 2."
    for svg in pictures(markup).values():
        assert sorted(texts(svg)) == sorted(
            [*PLACES, "Ada", "Ada again", "Bob", "<restart>", *"1111", *"1231", *"1231"]
        )
        assert faults(svg) == []


def test_a_rail_for_each_life_a_mark_for_each_visit():
    svg = pictures(CHART._repr_html_())[WIDE]
    rails = [box for box in svg.iter(f"{NAME}rect") if box.get("class") == "dot"]
    assert len(rails) == 4 + 2 + 2
    assert sorted(float(rail.get("height")) for rail in rails) == [0] * 6 + [60, 90]
    marks = [mark.get("class") for mark in svg.iter(f"{NAME}circle")]
    assert (marks.count("dot"), marks.count("use")) == (8, 4)


def test_lives_that_overlap_are_side_by_side():
    svg = pictures(CHART._repr_html_())[WIDE]
    rails = {float(box.get("x")) for box in svg.iter(f"{NAME}rect") if box.get("class") == "dot"}
    assert len(rails) == 4  # g, two sessions, global


@pytest.mark.parametrize("places", [1, 12])
def test_long_names_and_many_places(places):
    names = [f"{'place ' * 30}{number}" for number in range(places)]
    chart = Lifetimes(names, [["visit " * 60, *[1] * places], ["\u00e9", *[2] * places]])
    assert repr(chart).isascii() and max(map(len, repr(chart).splitlines())) <= 100
    for width, svg in pictures(chart._repr_html_()).items():
        assert width in (NARROW, WIDE) and faults(svg) == []


def test_a_count_out_of_order():
    with pytest.raises(ValueError, match="session: 3 goes on from no earlier 2"):
        Lifetimes(["session"], [["Ada", 1], ["Ada", 3]])


@pytest.mark.parametrize("row", [["Ada", 1], ["Ada", 1, 1, 1]])
def test_a_row_that_does_not_fit(row):
    with pytest.raises(ValueError, match="argument 2 is"):
        Lifetimes(["g", "session"], [row])
