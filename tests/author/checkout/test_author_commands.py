import pytest
from click.testing import CliRunner

import fake_checkout
from fake_checkout import STEM
from workbook import notebooks
from workbook.author import outputs
from workbook.author.commands import author


def call(*arguments):
    return CliRunner().invoke(author, arguments)


def test_new_says_what_it_wrote_and_what_comes_next(root):
    said = call("new", "ch14_caching").output.splitlines()
    assert said[0] == "notebooks/ch14_caching.ipynb" and "README.md" in said
    assert said[-1].endswith("`workbook author check ch14_caching`.")
    assert "exists already" in call("new", "ch14_caching").output


def test_check_says_what_is_missing(root):
    assert call("check").output == call("check", STEM).output == "Nothing is missing.\n"
    (root / "checks" / f"{STEM}.py").unlink()
    (root / "exercises" / "ch02_gone.ipynb").write_text("{}")
    found = call("check", STEM)
    assert found.exit_code == 1 and f"checks/{STEM}.py is missing: write it\n" in found.output
    assert "ch02_gone" not in found.output and "ch02_gone.ipynb comes from no solutions" in call("check").output


@pytest.mark.parametrize("command", ["check", "outputs", "starters"])
def test_unknown_chapters_are_refused(root, command):
    said = call(command, "ch15_x")
    assert said.exit_code == 2 and f"There are: ch00_start, {STEM}. `workbook author new ch15_x`" in said.output


def test_outputs_runs_what_a_change_touches(root, monkeypatch):
    ran = []
    monkeypatch.setattr(outputs, "store", lambda path: bool(ran.append(path.stem)))
    fake_checkout.write_chapter(root, [("markdown", f"# 2. More of {STEM}", []), ("code", "1", [])], "ch02_more")
    fake_checkout.write_chapter(root, [("markdown", "# 3. Most", []), ("code", f'launch("{STEM}")', [])], "ch03_most")
    said = call("outputs", STEM).output.splitlines()
    assert said[0] == f"links  notebooks/{STEM}.ipynb"
    assert said[-3:] == [
        f"1 of 3  notebooks/{STEM}.ipynb: same, 0 s",
        "2 of 3  notebooks/ch03_most.ipynb: same, 0 s",
        f"3 of 3  solutions/{STEM}.ipynb: same, 0 s",
    ]
    ran.clear()
    assert call("outputs", "ch02_more").exit_code == 0 and ran == ["ch02_more"]
    ran.clear()
    assert call("outputs", "--all").exit_code == 0 and len(ran) == 5
    ran.clear()
    assert call("outputs").exit_code == 2 and ran == []


def test_minutes_are_said_where_they_stand(root):
    chapter = root / "notebooks" / f"{STEM}.ipynb"
    said = call("minutes", STEM).output.splitlines()
    assert said[2].split() == [STEM, "44", "2", "295", "1", "0", "30.2", "30"]
    assert call("minutes", STEM, "--write").output.splitlines() == said
    cells = notebooks.read(chapter)
    begin = {"cell_type": "markdown", "id": "d", "metadata": {}, "source": "## Deeper: more (9 minutes)\n\nMore."}
    cells["cells"][4:4] = [begin]
    cells["metadata"]["workbook"]["instructor"] *= 3
    notebooks.write(chapter, notebooks.dumps(cells))
    wrote = call("minutes", STEM, "--write").output.splitlines()
    assert wrote[:3] == [f"wrote notebooks/{STEM}.ipynb", "wrote README.md", "wrote notebooks/ch00_start.ipynb"]
    assert wrote[-1].split() == ["more", "5", "1", "294", "0", "0", "29.4", "29"]
    written = notebooks.read(chapter)
    assert "**Time.** 1 minute, 29 minutes more for the sections headed *Deeper*, and 5 for the" in chapter.read_text()
    assert notebooks.text(written["cells"][4]) == "## Deeper: more (29 minutes)\n\nMore."
    assert written["cells"][4]["metadata"] == {"jp-MarkdownHeadingCollapsed": True}
    assert f"| `{STEM}` | twice | 1 |\n" in (root / "README.md").read_text()
    assert "How much? | 1 |" in (root / "notebooks" / "ch00_start.ipynb").read_text()


def test_starters_are_written_unless_somebody_wrote_there(root):
    path = root / "exercises" / f"{STEM}.ipynb"
    assert call("starters", STEM).output == f"same  exercises/{STEM}.ipynb\n"
    generated = path.read_text()
    path.write_text(generated.replace("your turn", "mine"))
    assert "somebody has written here" in call("starters").output and "mine" in path.read_text()
    assert call("starters", "--force").output == f"wrote exercises/{STEM}.ipynb\n"
    assert path.read_text() == generated
