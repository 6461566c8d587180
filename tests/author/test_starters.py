import json
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest

import fake_checkout
from fake_checkout import CELLS, STEM, cells, change
from workbook import notebooks, paths
from workbook.author import outputs, starters
from workbook.exercises import chapters
from workbook.exercises.chapters import ExerciseError


def test_starter_hides_the_solution_and_keeps_the_rest(root):
    made = starters.starter(chapters.load(STEM))
    sources = [cell["source"] for cell in made["cells"]]
    opening = sources.pop(0)
    assert opening.startswith("# Exercises 1: twice\n\nTwo exercises, 5 minutes. Write in the cells")
    assert 'hint("ch01_fake", "double")' in opening and "What is here" not in opening
    assert sources == [
        "from workbook import check",
        "Write `double`.",
        'def double(number):\n    """Twice the number."""\n    ...  # your turn',
        'check("ch01_fake", "double", double)',
        "half = ...  # your turn",
        'other = 1\ncheck("ch01_fake", "half", half)',
        "---\n\n- Chapter: [1. Twice, and half](../notebooks/ch01_fake.ipynb)\n"
        "- After an honest try: [Solutions 1](../solutions/ch01_fake.ipynb)\n- [Glossary](../docs/book/glossary.md)",
    ]
    assert made["metadata"] == {"kernelspec": notebooks.KERNEL}
    assert [cell["id"] for cell in made["cells"]] == ["c0", "c2", "c3", "c4", "c5", "c8", "c9", "links"]
    assert made["cells"][3]["metadata"] == {"tags": ["keep-me"]}
    nbformat.validate(made)


@pytest.fixture
def own_package(root):
    """The kernel is to import this package and look for checks beside it."""
    shutil.copytree(Path(paths.__file__).parent, root / "workbook")


def write(*stems, force=False):
    """What ``starters.write`` changed."""
    return [path.name for path, changed in starters.write(stems, force) if changed]


def test_write_runs_the_starter_and_a_second_time_changes_nothing(root, own_package):
    path = root / "exercises" / f"{STEM}.ipynb"
    assert write() == [path.name]
    first = path.read_bytes()
    made = json.loads(first)
    shown = [cell["outputs"][0]["data"] for cell in made["cells"] if cell.get("outputs")]
    assert ["".join(data["text/plain"]).splitlines()[0] for data in shown] == [
        "double: not attempted",
        "half: not attempted",
    ]
    counts = [cell["execution_count"] for cell in made["cells"] if cell["cell_type"] == "code"]
    assert counts == [1, 2, 3, 4, 5]
    assert made["metadata"] == {"kernelspec": notebooks.KERNEL}
    assert not (root.parent / "progress.json").exists()
    assert starters.differences() == []
    assert write() == []
    assert path.read_bytes() == first

    for old, new in [("your turn", "my turn"), ('"c0"', '"d0"'), ("python3", "python4"), ("keep-me", "x")]:
        path.write_bytes(first)
        change(path, old, new)
        assert "differs from" in starters.differences()[0]
    made["metadata"]["language_info"] = {"name": "python"}  # as Jupyter does when it saves
    path.write_text(json.dumps(made))
    assert starters.differences() == []
    path.write_bytes(first)
    change(path, '"execution_count": 3', '"execution_count": null')
    assert "not run" in starters.differences()[0]
    path.unlink()
    assert "differs from" in starters.differences()[0]


def test_write_spares_what_somebody_wrote(root, monkeypatch):
    """Unless git keeps it: its index is what can be brought back."""
    monkeypatch.setattr(outputs, "execute", lambda notebook, folder: notebooks.dumps(notebook))

    def git(*arguments):
        subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *arguments], cwd=root, check=True)

    path = root / "exercises" / f"{STEM}.ipynb"
    write()
    generated = path.read_text()
    git("init", "--quiet")
    change(path, "...  # your turn", "return 2 * number")
    answered = path.read_text()
    with pytest.raises(ExerciseError, match=rf"exercises/{STEM}.ipynb: somebody.*git diff.*--force"):
        write()
    assert path.read_text() == answered
    git("add", ".")
    assert write() == [path.name] and path.read_text() == generated
    path.write_text("{")
    with pytest.raises(ExerciseError, match="somebody has written"):
        write(STEM)
    assert write(STEM, force=True) == [path.name]
    # Saved by Jupyter, which adds to the metadata: nobody has written anything.
    git("add", ".")
    notebook = json.loads(generated)
    notebook["metadata"]["language_info"] = {"name": "python"}
    path.write_text(json.dumps(notebook))
    change(root / "solutions" / f"{STEM}.ipynb", "other = 1", "other = 2")
    assert write() == [path.name]


def test_write_touches_none_if_it_must_not_touch_one(root):
    fake_checkout.write_chapter(root, [CELLS[0]], "ch02_more")
    fake_checkout.write_solutions(
        root,
        json.loads(json.dumps(CELLS).replace(STEM, "ch02_more").replace("Solutions 1", "Solutions 2")),
        "ch02_more",
    )
    path = root / "exercises" / "ch02_more.ipynb"
    path.write_text("mine")
    with pytest.raises(ExerciseError, match="exercises/ch02_more.ipynb: somebody"):
        write()
    assert path.read_text() == "mine" and not (root / "exercises" / f"{STEM}.ipynb").exists()


def test_write_refuses_a_starter_that_does_not_run(root, own_package):
    fake_checkout.write_solutions(root, cells((9, f'half + 1\ncheck("{STEM}", "half", half)')))
    with pytest.raises(ExerciseError, match="ch01_fake.ipynb does not run through: TypeError"):
        write()
