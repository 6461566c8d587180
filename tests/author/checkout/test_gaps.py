import shutil

import pytest

from fake_checkout import STEM
from workbook.author import gaps

CHAPTER = f"notebooks/{STEM}.ipynb"
APP_TEST = f"tests/apps/test_{STEM}.py"
MINUTES = '"minutes": 30,\n   "objectives"'


def test_nothing_is_missing_in_this_checkout():
    assert gaps.missing() == []


def test_nothing_is_missing(root):
    assert gaps.missing() == gaps.missing(STEM) == gaps.missing("ch00_start") == []


@pytest.mark.parametrize("path", [CHAPTER, APP_TEST, f"apps/{STEM}", f"solutions/{STEM}.ipynb", f"checks/{STEM}.py"])
def test_what_is_not_there_is_named(root, path):
    gone = root / path
    shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    file = f"{path}/__init__.py" if path.startswith("apps") else path
    assert f"{file} is missing: write it" in gaps.missing(STEM)
    assert STEM in gaps.chapters()


def edit(root, path, old, new):
    text = (root / path).read_text(encoding="utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        (CHAPTER, MINUTES, MINUTES.replace("30", "90"), "say in its metadata how many minutes it takes, 10 to 45"),
        (CHAPTER, MINUTES, MINUTES.replace("30", "25"), "its notes take 30 minutes, the chapter 25: make them agree"),
        (CHAPTER, MINUTES, MINUTES.replace("30", "25"), f"README.md: write a row | `{STEM}` | ... | 25 |"),
        (CHAPTER, MINUTES, MINUTES.replace("30", "25"), f"ch00_start.ipynb: write a row | [1. Title]({STEM}.ipynb)"),
        (CHAPTER, '"objectives"', '"goals"', "say in its metadata what a reader can do afterwards"),
        (CHAPTER, '"instructor"', '"teacher"', "write notes for the instructor into its metadata"),
        (CHAPTER, '"demo": "x"', '"demo": ""', "section 1 of the notes for the instructor lacks demo"),
        (CHAPTER, "# 1. Twice, and half", "# Twice", "begin with the heading '# 1. Title'"),
        (CHAPTER, "**What you need.**", "You need", "write '**What you need.** ...' into its opening"),
        (CHAPTER, "## At work", "At work", "write a section '## At work'"),
        (CHAPTER, "Predict first", "Look", "let the reader guess"),
        (CHAPTER, '"predict(...)"', '"..."', "cell 1 asks to predict: write a cell predict(...) after it"),
        (CHAPTER, "**Time.** 30 minutes", "**Time.** 25 minutes", "say in its opening '**Time.** 30 minutes'"),
        (CHAPTER, "and 5 for the", "and more for the", "say in its opening 'and 5 for the exercises.'"),
        (
            CHAPTER,
            '"execution_count": 1',
            '"execution_count": null',
            "has cells that were not run: run `workbook",
        ),
        (CHAPTER, "- Previous", "- Before", f"{CHAPTER} has other links than it should: run `workbook author outputs"),
        (CHAPTER, "## At work", "## At work: TODO: more.", f"{CHAPTER}, cell 5: TODO: more"),
        (CHAPTER, '"ask": "x"', '"ask": "TODO: ask"', f"{CHAPTER}, metadata: TODO: ask"),
        (f"solutions/{STEM}.ipynb", '"minutes"', '"hours"', "say in its metadata how many minutes the exercises take"),
        (f"apps/{STEM}/__init__.py", "create_app", "make_app", f"apps/{STEM}/__init__.py: define create_app()"),
        (f"apps/{STEM}/__init__.py", "pass", "(", f"apps/{STEM}/__init__.py, line 2: "),
        (APP_TEST, "def test_it", "def it", f"{APP_TEST}: write a test of what is claimed"),
        (f"tests/wrong_answers/{STEM}/half/inverse.py", "The", "TODO: the", "inverse.py, line 1: TODO: the other way"),
        (f"checks/{STEM}.py", "def half", "def third", "'half' has no check"),
        ("README.md", "| twice |", "| TODO |", f"README.md, line 6: say what {STEM} is about in place of TODO"),
        ("notebooks/ch00_start.ipynb", "How much?", "TODO", f"cell 1: say what {STEM} is about in place of TODO"),
        (f"exercises/{STEM}.ipynb", "your turn", "mine", f"exercises/{STEM}.ipynb differs from"),
    ],
)
def test_what_a_chapter_lacks_is_said(root, path, old, new, said):
    edit(root, path, old, new)
    found = gaps.missing(STEM)
    assert said in "\n".join(found)
    assert set(found) <= set(gaps.missing())
    assert not any(STEM in sentence for sentence in gaps.missing("ch00_start"))


@pytest.mark.parametrize("room", ["notebooks", "solutions"])
def test_a_broken_notebook_is_named_once(root, room):
    (root / room / f"{STEM}.ipynb").write_text("[]")
    said = f"{room}/{STEM}.ipynb cannot be read: it is no notebook"
    assert gaps.missing(STEM).count(said) == gaps.missing().count(said) == 1


def test_a_start_page_needs_no_exercises(root):
    for path in ("notebooks/ch00_start.ipynb", "README.md"):
        edit(root, path, "30", "10")
    assert "README.md: write a row" in gaps.missing(STEM)[0]
    [said] = gaps.missing("ch00_start")
    assert said.startswith("notebooks/ch00_start.ipynb: the main path takes 29 minutes and says 10: ")
    assert gaps.missing("ch07_nowhere")[0] == "notebooks/ch07_nowhere.ipynb is missing: write it"
