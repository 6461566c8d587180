import json
import os
import subprocess
import sys

import fake_checkout
import pytest
from fake_checkout import STEM

from workbook import paths, progress


@pytest.fixture(autouse=True)
def path(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBOOK_PROGRESS", str(tmp_path / "mine" / "progress.json"))
    monkeypatch.setattr(progress, "_unsaved", {})
    return tmp_path / "mine" / "progress.json"


def test_the_place_is_the_learners_own_unless_chosen(path, monkeypatch):
    assert progress.location() == path
    monkeypatch.setenv("WORKBOOK_PROGRESS", "here.json")
    assert progress.location() == paths.ROOT / "here.json"
    monkeypatch.delenv("WORKBOOK_PROGRESS")
    assert progress.location().parent.name == "flask-lifetimes-workbook"
    assert paths.ROOT not in progress.location().parents


def test_records_add_up(path):
    assert progress.get(STEM, "half") == progress.EMPTY
    assert progress.record(STEM, "half", "not yet") == ""
    progress.record(STEM, "half", hints=2)
    progress.record(STEM, "half", hints=1)
    progress.record(STEM, "half", "done")
    progress.record(STEM, "half", "not yet", solution=True)
    progress.record(STEM, "other", hints=1)
    assert progress.get(STEM, "half") == {"outcome": "done", "attempts": 3, "hints": 2, "solution": True}
    assert json.loads(path.read_text())["exercises"][STEM]["other"]["hints"] == 1
    assert sorted(os.listdir(path.parent)) == ["progress.json", "progress.json.lock"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"exercises": 1}',
        '{"exercises": {"a": 1}}',
        '{"exercises": {"a": {"b": {}}}}',
        '{"exercises": {"a": {"b": {"outcome": "great", "attempts": 1, "hints": 0, "solution": true}}}}',
        '{"exercises": {"a": {"b": {"outcome": "done", "attempts": "x", "hints": 0, "solution": true}}}}',
        b"\xff\xfe",
    ],
)
def test_a_broken_file_is_put_aside(path, text):
    text = text if isinstance(text, bytes) else text.encode()
    path.parent.mkdir()
    for number in [1, 2]:
        path.write_bytes(text)
        assert progress.get(STEM, "half") == progress.EMPTY
        assert "is not a progress file" in progress.trouble()
        assert "could not be read" in repr(progress.show())
        assert path.read_bytes() == text  # looking changes nothing
        note = progress.record(STEM, "half", "done")
        aside = path.with_name(f"progress.json.broken-{number}")
        assert str(aside) in note and aside.read_bytes() == text
        assert progress.get(STEM, "half")["outcome"] == "done"


def test_an_unwritable_place_is_remembered_until_it_works(path):
    path.parent.write_text("a file where the folder should be")
    assert "could not be saved" in progress.record(STEM, "half", "done")
    assert "could not be saved" in progress.record(STEM, "half", "not yet")
    assert progress.get(STEM, "half")["attempts"] == 2
    assert progress.get(STEM, "half")["outcome"] == "done"
    assert progress.trouble()
    path.parent.unlink()
    assert progress.record(STEM, "half", hints=1) == ""
    assert progress.trouble() == ""
    stored = {"outcome": "done", "attempts": 2, "hints": 1, "solution": False}
    assert progress.load()[STEM]["half"] == progress.get(STEM, "half") == stored
    progress.record(STEM, "half", "done")
    assert progress.load()[STEM]["half"]["attempts"] == 3


def test_a_write_that_fails_leaves_the_old_file(path, monkeypatch):
    progress.record(STEM, "half", "done")
    before = path.read_bytes()

    def replace(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", replace)
    assert "No space left on device" in progress.record(STEM, "half", "not yet")
    assert path.read_bytes() == before
    assert sorted(os.listdir(path.parent)) == ["progress.json", "progress.json.lock"]


def test_a_lock_that_is_never_released_costs_a_note(path, monkeypatch):
    monkeypatch.setattr(progress, "LOCK_SECONDS", 0.05)
    with progress._locked():
        assert "another process keeps it locked" in progress.record(STEM, "half", "done")
    assert progress.get(STEM, "half")["outcome"] == "done"


def test_two_kernels_at_once_lose_nothing():
    code = (
        "import sys; from workbook import progress\n"
        "for number in range(40): progress.record('ch', 'shared', 'not yet')\n"
        "for number in range(20): progress.record('ch', f'{sys.argv[1]}-{number}', 'done')\n"
    )
    kernels = [
        subprocess.Popen([sys.executable, "-c", code, name], cwd=paths.ROOT) for name in "abc"
    ]
    assert [kernel.wait(60) for kernel in kernels] == [0, 0, 0]
    stored = progress.load()["ch"]
    assert stored["shared"]["attempts"] == 120
    assert len(stored) == 61


def test_each_chapter_is_a_row_with_a_bar(root, monkeypatch):
    for stem in ["ch02_more", "ch10_most"]:
        cells = json.loads(json.dumps(fake_checkout.CELLS).replace(STEM, stem))
        fake_checkout.write_solutions(root, cells, stem)
    progress.record(STEM, "half", "done")
    progress.record("ch02_more", "half", "not yet")
    progress.record("ch99_gone", "half", "done")
    monkeypatch.chdir(root / "notebooks")
    shown = progress.show()
    assert repr(shown) == (
        "1. Twice, and half  [#-]  1 of 2\n"
        "Exercises 2         [--]  0 of 2\n"
        "Exercises 10        [--]  0 of 2\n"
        "1 of 6 exercises done"
    )
    page = shown._repr_html_()
    assert '<a href="ch01_fake.ipynb">1. Twice, and half</a>' in page
    assert '<progress value="1" max="2"' in page and ">1 of 2<" in page and "1 of 6 exercises done" in page
    (root / "exercises" / f"{STEM}.ipynb").write_text("{}")
    assert '<a href="../exercises/ch01_fake.ipynb">Exercises 1</a>' in progress.show()._repr_html_()
    monkeypatch.chdir(root.parent)  # from there no link would lead anywhere
    assert "href" not in shown._repr_html_() and "1. Twice, and half" in shown._repr_html_()


def test_details_show_each_exercise(root):
    progress.record(STEM, "half", "not yet", hints=1)
    progress.record(STEM, "half", "done", solution=True)
    table = progress.show([STEM], details=True)
    assert repr(table) == (
        "1. Twice, and half  [#-]  1 of 2\n"
        "  double  not attempted\n"
        "  half    done           2 tries, 1 hint, solution shown\n"
        "1 of 2 exercises done"
    )
    page = table._repr_html_()
    assert ">done<" in page and ">not attempted<" in page and "2 tries, 1 hint, solution shown" in page


def test_nothing_is_recorded_where_that_was_said():
    with progress.unrecorded():
        assert not progress.is_recorded()
        assert progress.record(STEM, "half", "done") == ""
    assert progress.load() == {} and progress.is_recorded()
