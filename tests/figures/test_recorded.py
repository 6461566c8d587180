import json

import pytest

from workbook import Measured, paths
from workbook.figures.recorded import write

ROWS = [{"way": "a list", "ms": 1895, "MB": 171.5}, {"way": "a <stream>", "ms": 11, "MB": 0.5}]


@pytest.fixture
def recorded(tmp_path):
    write("ch99", "10 rows, median of 5", ["flask"], ROWS, tmp_path)
    return Measured("ch99", tmp_path)


def test_what_was_written_is_read(recorded):
    assert (recorded.about, recorded.rows) == ("10 rows, median of 5", ROWS)
    assert list(recorded.versions) == ["Python", "flask"]
    assert recorded["MB"] == {"a list": 171.5, "a <stream>": 0.5}


def test_table_says_with_what_it_was_measured(recorded):
    recorded.versions = {"Python": "3.11.1", "flask": "3.1.3"}
    assert repr(recorded).splitlines() == [
        "way         ms    MB",
        "----------  ----  -----",
        "a list      1895  171.5",
        "a <stream>  11    0.5",
        "Recorded: 10 rows, median of 5. Python 3.11.1, flask 3.1.3.",
    ]
    assert "a &lt;stream&gt;" in recorded._repr_html_()
    assert ">Recorded: 10 rows, median of 5. Python 3.11.1, flask 3.1.3.</p>" in recorded._repr_html_()


def test_a_column_as_bars(recorded):
    assert repr(recorded.bars("MB", "Memory")).splitlines()[0] == "Memory"
    assert recorded.bars("MB").unit == "MB"
    assert recorded.bars("ms").rows == [("a list", 1895), ("a <stream>", 11)]


def test_the_unit_is_a_part_of_the_name(tmp_path):
    write("ch99", "10 rows", ["flask"], [{"way": "a list", "ms, loopback": 1, "sockets, loopback": 2}], tmp_path)
    recorded = Measured("ch99", tmp_path)
    assert recorded.bars("ms, loopback").unit == "ms"
    assert recorded.bars("sockets, loopback").unit == "sockets, loopback"


def test_nothing_recorded_under_that_name(tmp_path):
    with pytest.raises(FileNotFoundError):
        Measured("ch98", tmp_path)


def test_no_such_column(recorded):
    with pytest.raises(KeyError, match="GB"):
        recorded["GB"]


@pytest.mark.parametrize("path", sorted(paths.RECORDED.glob("*.json")), ids=lambda path: path.stem)
def test_records_of_this_checkout_are_whole(path):
    recorded = Measured(path.stem)
    assert all(list(row) == list(recorded.rows[0]) for row in recorded.rows)
    assert set(json.loads(path.read_text(encoding="utf-8"))) == {"about", "versions", "rows"}
    repr(recorded)
