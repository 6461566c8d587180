import base64
import html
import re
from xml.etree import ElementTree

import pytest

from workbook import Bars

CHART = Bars("Round trips <each>", "20 ms each", [("pool", 1), ("a & b", 4), ("none", 0)])


def picture(chart):
    markup = chart._repr_html_()
    data = re.search(r"base64,([^\"]+)", markup)[1]
    return markup, ElementTree.fromstring(base64.b64decode(data))


def test_text_has_every_label_value_and_a_bar_in_proportion():
    assert repr(CHART).splitlines() == [
        "Round trips <each> (20 ms each)",
        f"pool   {'#' * 10} 1",
        f"a & b  {'#' * 40} 4",
        "none   0",
    ]


def test_picture_is_well_formed_and_in_proportion():
    _, svg = picture(CHART)
    widths = [float(bar.get("width")) for bar in svg.iter() if bar.get("class") == "bar"]
    assert widths == [100, 400, 0]


def test_every_value_is_written_beside_its_bar_and_in_the_alt_text():
    markup, svg = picture(CHART)
    texts = [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["Round trips <each>", "20 ms each", "pool", "1", "a & b", "4", "none", "0"]
    alt = html.unescape(re.search(r'alt="([^"]*)"', markup)[1])
    assert alt == "Bar chart. Round trips <each> (20 ms each). pool: 1; a & b: 4; none: 0."


def test_light_and_dark():
    assert (
        "prefers-color-scheme: dark" in base64.b64decode(re.search(r"base64,([^\"]+)", CHART._repr_html_())[1]).decode()
    )


@pytest.mark.parametrize("rows", [[], [("all", 0)]])
def test_nothing_to_draw(rows):
    chart = Bars("Nothing", "units", rows)
    assert repr(chart).startswith("Nothing (units)")
    picture(chart)


def test_no_negative_bars():
    with pytest.raises(ValueError, match="shorter"):
        Bars("Debt", "euro", [("mine", -1)])
