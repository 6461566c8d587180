import pytest
from svgs import NAME, alt, faults, pictures, texts, words

from workbook import Bars
from workbook.figures.svg import WIDE

CHART = Bars("Round trips <each>", "ms", [("pool", 1), ("a & b", 4), ("none", 0)])


def test_text_has_every_label_value_and_a_bar_in_proportion():
    assert repr(CHART).splitlines() == [
        "Round trips <each>",
        f"pool   {'#' * 10} 1 ms",
        f"a & b  {'#' * 40} 4 ms",
        "none   0 ms",
    ]


def test_picture_is_in_proportion():
    for svg in pictures(CHART._repr_html_()).values():
        none, one, four = sorted(
            float(bar.get("width")) for bar in svg.iter(f"{NAME}rect") if bar.get("class") == "bar"
        )
        assert none == 0 and four == pytest.approx(4 * one, rel=0.01)


def test_every_value_is_written_with_its_unit():
    markup = CHART._repr_html_()
    assert words(markup) == repr(CHART)
    assert alt(markup) == "Bar chart. Round trips <each>. pool: 1 ms; a & b: 4 ms; none: 0 ms."
    rows = ["pool", "1 ms", "a & b", "4 ms", "none", "0 ms"]
    assert texts(pictures(markup)[WIDE]) == ["Round trips <each>", *rows]


@pytest.mark.parametrize("rows", [[], [("all", 0)], [("x" * 300, 3), ("\u00e9", 2)]])
def test_nothing_to_draw_and_too_much(rows):
    chart = Bars("title " * 40, "ms", rows)
    assert repr(chart).isascii() and max(map(len, repr(chart).splitlines())) <= 100
    assert all(faults(svg) == [] for svg in pictures(chart._repr_html_()).values())


def test_no_negative_bars():
    with pytest.raises(ValueError, match="shorter"):
        Bars("Debt", "euro", [("mine", -1)])
