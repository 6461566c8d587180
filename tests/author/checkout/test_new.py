import pytest

from fake_checkout import STEM
from workbook import notebooks
from workbook.author import gaps, outputs, proof, starters
from workbook.author.new import NAMES, lay_out
from workbook.exercises.chapters import load
from workbook.notebooks import NotebookError

NEW = "ch14_caching"


def everything(root):
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_every_room_is_laid_out(root):
    before = everything(root)
    made = lay_out(NEW)
    after = everything(root)
    assert made[-2:] == ["README.md", "notebooks/ch00_start.ipynb"]
    assert {path for path in after if after[path] != before.get(path)} == set(made)
    # What is left is for its author: to write half an hour, three wrong answers, and whatever says TODO.
    [*starters.write([NEW])], [outputs.store(path) for path in root.glob(f"*/{NEW}.ipynb")], outputs.refresh([], root)
    found = [said for said in gaps.missing(NEW) if "TODO" not in said]
    assert found.pop(0).startswith(f"notebooks/{NEW}.ipynb: the main path takes 1 minute and says 30: ")
    assert found == [
        f"{NEW}: {name!r} has 1 wrong answers: write at least three in tests/wrong_answers/{NEW}/{name}/"
        for name in NAMES
    ]


def test_rows_come_in_the_order_of_chapters(root):
    lay_out("ch14_caching")
    lay_out("ch05_more")
    rows = [line for line in (root / "README.md").read_text().splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == ["ch00_start", STEM, "ch05_more", "ch14_caching"]
    assert (root / "README.md").read_text().endswith("| 30 |\n\nMore.\n")
    start = notebooks.text(notebooks.read(root / "notebooks" / "ch00_start.ipynb")["cells"][1])
    assert [line[3:6] for line in start.splitlines() if line.startswith("| [")] == ["1. ", "5. ", "14."]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_laid_out_works(root, name):
    lay_out(NEW)
    chapter = load(NEW)
    known = chapter.exercise(name)
    [wrong] = proof.answers("wrong", NEW, name)
    cards = [proof.run(chapter, name, code) for code in (known.starter, known.solution, wrong.code)]
    assert [card.outcome for card in cards] == ["not attempted", "done", "not yet"]
    assert cards[2].hint == wrong.said


def test_the_app_answers_and_its_test_fails(root, monkeypatch):
    lay_out(NEW)
    monkeypatch.syspath_prepend(root / "apps")
    monkeypatch.syspath_prepend(root / "tests" / "apps")
    import ch14_caching
    import test_ch14_caching

    client = ch14_caching.create_app().test_client()
    assert client.get("/").json == {"service": NEW}
    with pytest.raises(AssertionError):
        test_ch14_caching.test_what_the_chapter_claims(client)


@pytest.mark.parametrize("there", [f"apps/{NEW}/__init__.py", f"checks/{NEW}.py", "notebooks/ch14_other.ipynb"])
def test_what_exists_is_not_touched(root, there):
    (root / there).parent.mkdir(exist_ok=True)
    (root / there).write_text("mine")
    before = everything(root)
    with pytest.raises(NotebookError, match=f"^{there}: exists already"):
        lay_out(NEW)
    assert everything(root) == before


@pytest.mark.parametrize("stem", ["caching", "ch1_caching", "ch14", "ch14_", "ch14_Caching", "ch14_a-b", "../ch14_a"])
def test_a_name_that_is_none_is_refused(root, stem):
    before = everything(root)
    with pytest.raises(NotebookError, match="is no name of a chapter"):
        lay_out(stem)
    assert everything(root) == before


def test_without_a_table_nothing_is_written(root):
    (root / "README.md").write_text("# Fake")
    before = everything(root)
    with pytest.raises(NotebookError, match="README.md has no table of chapters"):
        lay_out(NEW)
    assert everything(root) == before
