import re

from workbook import Table
from workbook.figures.svg import WIDE


def test_text_is_aligned():
    table = Table(["request", "opened"], [["GET /", 1], ["GET /songs", 10]])
    assert repr(table) == "request     opened\n----------  ------\nGET /       1\nGET /songs  10"


def test_html_is_escaped_and_rows_have_headings():
    markup = Table(["a<b", "n"], [["x&y", 1]])._repr_html_()
    assert re.search(r'<th scope="col" style="[^"]*">a&lt;b</th>', markup)
    assert re.search(r'<th scope="row" style="[^"]*">x&amp;y</th>', markup)


def test_a_table_is_no_wider_than_a_picture():
    assert f"max-width: min({WIDE}px, 100%)" in Table(["a"], [["x" * 300]])._repr_html_()


def test_a_column_without_a_name_has_no_heading():
    assert "<tr><td></td><th" in Table(["", "n"], [["x", 1]])._repr_html_()
