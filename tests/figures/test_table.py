from workbook import Table


def test_text_is_aligned():
    table = Table(["request", "opened"], [["GET /", 1], ["GET /songs", 10]])
    assert repr(table) == "request     opened\n----------  ------\nGET /       1\nGET /songs  10"


def test_html_is_escaped_and_rows_have_headings():
    markup = Table(["a<b", "n"], [["x&y", 1]])._repr_html_()
    assert '<th scope="col" style="text-align: left">a&lt;b</th>' in markup
    assert '<th scope="row" style="text-align: left">x&amp;y</th>' in markup
