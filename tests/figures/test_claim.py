"""A claim: its words are compared, the reader's own figures are shown."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbval.plugin import get_sanitize_patterns

import fake_checkout
from workbook import Claim, paths
from workbook.figures.claim import OWN

ROOT = Path(paths.__file__).parent.parent
WORDS = "the eighth visitor waits about as long as the first"


def claim(first=0.5, last=0.512345):
    return Claim(WORDS, last <= 1.2 * first, seconds={"first": first, "last": last})


def shown(claim):
    return claim._repr_mimebundle_()


def test_what_is_compared_is_the_same_for_other_figures():
    one, other = shown(claim()), shown(claim(2, 2.1))
    assert one["text/plain"] == other["text/plain"] == f"Holds: {WORDS}"
    assert one["text/html"] != other["text/html"]
    assert OWN.sub("", one["text/html"]) == OWN.sub("", other["text/html"])


def test_the_readers_figures_are_shown_with_their_unit():
    seen = re.sub("<[^>]*>", "", shown(claim())["text/html"])
    assert seen == f"Holds: {WORDS}seconds: first 0.5, last 0.512"
    assert repr(claim()) == f"Holds: {WORDS}\n  seconds: first 0.5, last 0.512"  # in plain Python


def test_a_claim_that_fails_says_so_in_its_text():
    said = f"Does NOT hold here: {WORDS}\n  seconds: first 0.5, last 4.01"
    assert shown(claim(last=4.0123))["text/plain"] == repr(claim(last=4.0123)) == said


@pytest.mark.parametrize(
    ("figure", "text"),
    [(1234567, "1,234,567"), (0.000123456, "0.000123"), (1234.5, "1,234"), (99.96, "100"), (0, "0"), ("no", "no")],
)
def test_figures_are_short(figure, text):
    assert repr(Claim("it is so", True, rows_a_second=figure)).endswith(f"\n  rows a second: {text}")


def test_nothing_of_it_is_markup():
    html = shown(Claim("a < b", True, ms={"<i>": "<b>"}))["text/html"]
    assert "a &lt; b" in html and "&lt;i&gt; " in html and "&lt;b&gt;</span>" in html and "<i>" not in html


def test_what_holds_is_true_or_false():
    with pytest.raises(TypeError, match="True or False, not 0.3"):
        Claim("it is so", 0.3, seconds=0.3)


def test_a_claim_without_figures_is_none():
    for figures in ({}, {"seconds": {}}):
        with pytest.raises(ValueError, match='show the figures that "it is so"'):
            Claim("it is so", True, **figures)


def test_nbval_is_told_of_the_same_mark():
    assert [*get_sanitize_patterns((ROOT / "tests" / "own_figures.cfg").read_text())] == [
        (OWN.pattern, '<span class="own"></span>')
    ]


def stored(code, claim):
    cell = fake_checkout.notebook([("code", code, [])])["cells"][0]
    outputs = [{"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": shown(claim)}]
    return cell | {"outputs": outputs}


def test_nbval_compares_all_but_the_figures(tmp_path):
    holds = "from workbook import Claim\nClaim('it is so', {}, seconds={})"
    before = Claim("it is so", True, seconds=0.1)
    cells = {
        "other figures": stored(holds.format(True, 0.2), before),
        "it fails": stored(holds.format(False, 0.1), before),
        "other words": stored(holds.format(True, 0.1), Claim("it was so", True, seconds=0.1)),
        "another unit": stored(holds.format(True, 0.1), Claim("it is so", True, ms=0.1)),
        "another name": stored(holds.format(True, {"a": 0.1}), Claim("it is so", True, seconds={"b": 0.1})),
        "more figures": stored(holds.format(True, {"a": 1, "b": 2}), Claim("it is so", True, seconds={"a": 1})),
    }
    notebook = fake_checkout.notebook([]) | {
        "cells": [cell | {"id": f"c{number}"} for number, cell in enumerate(cells.values())]
    }
    (tmp_path / "claims.ipynb").write_text(json.dumps(notebook))
    (tmp_path / "tests").mkdir()
    for name in ("conftest.py", "pyproject.toml", "tests/own_figures.cfg"):
        shutil.copy(ROOT / name, tmp_path / name)
    command = [sys.executable, "-m", "pytest", "-n0", "-rA", "claims.ipynb"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8").stdout
    verdicts = re.findall(r"^(PASSED|FAILED) .*::Cell \d", said, re.M)
    expected = dict.fromkeys(cells, "FAILED") | {"other figures": "PASSED"}
    assert sorted(verdicts) == sorted(expected.values()) and "PASSED claims.ipynb::Cell 0" in said, said
