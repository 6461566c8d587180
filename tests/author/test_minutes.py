"""The model of minutes, and what is written by it."""

import pytest

from fake_checkout import notebook
from workbook.author import minutes
from workbook.author.minutes import Load


def load(*cells, outputs=(), seconds=0):
    made = notebook(cells)
    made["cells"][0]["outputs"] = list(outputs)
    made["metadata"]["workbook"]["seconds"] = {"c0": seconds}
    [(_, found)] = minutes.loads(made)
    return found


@pytest.mark.parametrize(
    ("prose", "words"),
    [
        ("# 3. One connection\n\nIt is *lazy*.", 6),
        ("The method `db.init_app(app)` is called.", 5),
        ("See [the next chapter](ch04_teardown.ipynb), ![a picture](a.svg) or <b>this</b>.", 6),
        ("| a | b |\n|---|---|\n| one two | three |", 5),
        ("Before:\n\n```python\nx = 1\n```\n\nAfter.", 2),
    ],
)
def test_words(prose, words):
    assert minutes.words(prose) == words


def test_code_predictions_and_waiting():
    assert load(("code", "a = 1\n\n# why\nb = 2", [])) == Load(cells=1, lines=3)
    assert load(("code", 'predict("...")', [])) == Load(predictions=1)
    assert load(("code", "x", []), seconds=7) == Load(cells=1, lines=1, seconds=7)
    assert load(("markdown", "See\n```\nx = 1\n```", [])) == Load(words=1, lines=1)
    assert Load(400, 9, 30, 4, 60).minutes == 2 + 3 + 2 + 1


def shown(**data):
    return {"output_type": "execute_result", "data": {f"text/{kind}": said for kind, said in data.items()}}


@pytest.mark.parametrize(
    ("output", "lines"),
    [
        (shown(plain="a\nb\n\n---"), 2),
        (shown(plain=["a\n"] * 40), minutes.LONGEST),
        (shown(plain="a\n" * 40, html="<p><img alt='x' src='y'></p>"), minutes.PICTURE),
        (shown(plain="a\n" * 20, markdown="```python\n" + "a\n" * 20 + "```"), 20),
        ({"output_type": "stream", "text": ["a\n", "b"]}, 2),
        ({"output_type": "error", "traceback": ["a: b"]}, 1),
    ],
)
def test_outputs(output, lines):
    assert load(("code", "", []), outputs=[output]).lines == lines


def test_what_fits():
    assert [minute for minute in range(60) if Load(words=200 * 20).fits(minute)] == [17, 18, 19, 20, 21, 22, 23]
    assert [minute for minute in range(9) if Load(words=300).fits(minute)] == [2]
    assert [minute for minute in range(9) if Load(words=9).fits(minute)] == [1]


@pytest.mark.parametrize(
    ("parts", "total", "shares"),
    [([5, 10, 8, 7], 21, [3, 7, 6, 5]), ([1, 1, 1], 4, [2, 1, 1]), ([30], 7, [7]), ([], 7, []), ([50, 1], 10, [9, 1])],
)
def test_shares(parts, total, shares):
    assert minutes.shares(parts, total) == shares
