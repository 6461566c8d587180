import pytest
from fake_checkout import STEM

from workbook.exercises import chapters


def test_load_finds_the_exercises(root):
    chapter = chapters.load(STEM)
    assert chapter.minutes == 5
    assert [(x.name, x.cell, x.check) for x in chapter.exercises] == [("double", 4, 5), ("half", 8, 9)]
    assert chapter.exercise("double").solution == "result = number + number\nreturn result"
    assert chapter.exercise("double").why == "Adding is enough."
    with pytest.raises(KeyError):
        chapter.exercise("treble")


def test_fill_indents_like_the_solution(root):
    double = chapters.load(STEM).exercise("double")
    assert double.fill("if number:\n    return 1").endswith("\n    if number:\n        return 1")
