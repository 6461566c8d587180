"""A learner's own copy: what is new arrives, and nothing that they wrote is ever lost."""

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock
from urllib.parse import unquote

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

import fake_checkout
from fake_checkout import STEM
from workbook import learner, notebooks, pages
from workbook.author import outputs
from workbook.learner import FolderError

ROOT = Path(__file__).parent.parent


def write_pages(root, stem, text, title="Twice"):
    """The three pages of a chapter, with outputs, ``text`` in each of them."""
    for room, heading in [("notebooks", f"{int(stem[2:4])}. {title}"), ("exercises", "E"), ("solutions", "S")]:
        cells = [
            ("markdown", f"# {heading}\n\nSee [the `first`](../notebooks/{STEM}.ipynb), {text}.", []),
            ("code", f"answer = '{text}'", []),
        ]
        fake_checkout.write_solutions(root, cells, stem, room)


@pytest.fixture
def root(tmp_path):
    for room in ("notebooks", "exercises", "solutions"):
        (tmp_path / "checkout" / room).mkdir(parents=True)
    write_pages(tmp_path / "checkout", STEM, "version 1")
    return tmp_path / "checkout"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "mine"


def edit(path, text="mine"):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][-1]["source"] = [text]
    path.write_text(json.dumps(notebook), encoding="utf-8")


def seen(folder):
    """Every file of a learner's: {name: bytes}."""
    paths = [path for path in folder.rglob("*") if path.is_file() and learner.HIDDEN not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


EXERCISES = "1 Exercises.ipynb"
ALL = ["1 Exercises.ipynb", "1 Twice.ipynb", "solutions/Solutions 1.ipynb"]


def test_the_first_copy(root, folder):
    assert learner.copy(folder, root) == [f"Your copy is in {folder}: 3 notebooks."]
    assert sorted(seen(folder)) == ALL
    for name, text in seen(folder).items():
        notebook = json.loads(text)
        code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code), name
        # What Lab would add, or the notebook would be "changed" as soon as it is opened.
        assert notebook["metadata"]["language_info"]["pygments_lexer"] == "ipython3"
        assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    before = seen(folder)
    assert learner.copy(folder, root) == [f"Your copy in {folder} is up to date."]
    assert seen(folder) == before


def test_names_are_good_on_every_system_and_tell_tabs_apart():
    known = pages.load(ROOT).values()
    names = [learner.name(page) for page in known]
    assert len({name.lower() for name in names}) == len(names)
    assert {"0 Start here.ipynb", "3 One connection.ipynb", "3 Exercises.ipynb"} <= set(names)
    assert "solutions/Solutions 3.ipynb" in names
    odd = pages.Page("notebooks", "ch12_odd", 'What? A "b" <c> d|e: f*\\...')
    for name in [*names, learner.name(odd)]:
        assert re.fullmatch(r"(solutions/)?[^<>:\"/\\|?*`\x00-\x1f]+[^. ]\.ipynb", name), name


def test_links_lead_to_the_copies(folder):
    learner.copy(folder, ROOT)
    targets = 0
    for name in seen(folder):
        for cell in learner._read(folder / name)["cells"]:
            if cell["cell_type"] != "markdown":
                continue
            for text, target in re.findall(r"(?<!`)\[([^\[\]]*)\]\(([^)\s]+)\)", notebooks.text(cell)):
                assert "`" not in text, "Lab does not show it as a link"
                if "://" not in target:
                    targets += 1
                    file = unquote(target.partition("#")[0])
                    assert (folder / name).parent.joinpath(file).is_file(), (name, target)
    assert targets > 200


def test_no_cell_depends_on_where_its_notebook_is():
    for page in pages.load(ROOT).values():
        code = [cell for cell in notebooks.read(ROOT / page.path)["cells"] if cell["cell_type"] == "code"]
        assert not [cell for cell in code if "../" in notebooks.text(cell)], page.path


def test_how_links_change(root, folder):
    cells = [
        ("markdown", "# 1. Twice", []),
        (
            "markdown",
            f"[`a` b](../exercises/{STEM}.ipynb) `[c](../exercises/{STEM}.ipynb)` [d](https://d.example/#`) "
            "[e](../apps/e.py) [f](#f)\n\n```\n[g](../docs/g.md)\n```",
            [],
        ),
    ]
    fake_checkout.write_chapter(root, cells)
    learner.copy(folder, root)
    _, guard, cell = notebooks.read(folder / "1 Twice.ipynb")["cells"]
    assert guard["metadata"] == {"jupyter": {"source_hidden": True}, "tags": ["kernel"]}
    assert notebooks.text(cell) == (
        f"[a b](1%20Exercises.ipynb) `[c](../exercises/{STEM}.ipynb)` [d](https://d.example/#`) "
        "e [f](#f)\n\n```\n[g](../docs/g.md)\n```"
    )


def test_a_kernel_without_the_workbook_is_told_in_one_sentence(monkeypatch):
    guard = learner.GUARD.format(name=".venv")
    exec(guard, {})
    monkeypatch.setitem(sys.modules, "workbook.pages", None)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    with pytest.raises(Exception, match="This kernel does not know the workbook") as caught:
        exec(guard, {})
    [line] = caught.value._render_traceback_()
    assert ".venv" in line and line.count(".") == 2 and line.endswith("Select Kernel.")


def test_what_is_new_arrives_and_what_is_the_learners_stays(root, folder):
    learner.copy(folder, root)
    edit(folder / EXERCISES)
    mine = (folder / EXERCISES).read_bytes()
    (folder / "1 Twice.ipynb").unlink()
    assert learner.copy(folder, root) == [f"New in {folder}: 1 Twice.ipynb."]
    write_pages(root, STEM, "version 2")
    write_pages(root, "ch02_more", "version 1", "More")
    assert learner.copy(folder, root) == [
        f"New in {folder}: 2 More.ipynb, 2 Exercises.ipynb, solutions/Solutions 2.ipynb.",
        "Brought up to date, since you had not changed them: 2.",
        "You changed 1 Exercises.ipynb, and there is a new version of it: yours is as it was, "
        "the new one is beside it as 1 Exercises (new version).ipynb.",
    ]
    now = seen(folder)
    assert now[EXERCISES] == mine
    assert b"version 2" in now["1 Exercises (new version).ipynb"] and b"version 2" in now["1 Twice.ipynb"]
    (folder / "1 Exercises (new version).ipynb").unlink()
    assert learner.copy(folder, root) == [f"Your copy in {folder} is up to date."]  # once, not again


def test_a_new_version_never_replaces_one_that_the_learner_changed(root, folder):
    learner.copy(folder, root)
    edit(folder / EXERCISES)
    write_pages(root, STEM, "version 2")
    learner.copy(folder, root)
    write_pages(root, STEM, "version 3")
    learner.copy(folder, root)
    assert b"version 3" in seen(folder)["1 Exercises (new version).ipynb"]
    edit(folder / "1 Exercises (new version).ipynb", "also mine")
    write_pages(root, STEM, "version 4")
    learner.copy(folder, root)
    now = seen(folder)
    assert b"also mine" in now["1 Exercises (new version).ipynb"]
    assert b"version 4" in now["1 Exercises (new version 2).ipynb"]


def test_the_glossary_comes_along(root, folder):
    source = root / pages.GLOSSARY.path
    source.parent.mkdir(parents=True)
    source.write_text(f"# Glossary\n\n## `g`\n\nA place ([chapter 1](../../notebooks/{STEM}.ipynb)).\n")
    prose = "See [`g`](../docs/book/glossary.md#g)."
    fake_checkout.write_chapter(root, [("markdown", "# 1. Twice", []), ("markdown", prose, [])])
    assert learner.copy(folder, root) == [f"Your copy is in {folder}: 3 notebooks."]
    assert "See [g](Glossary.md#g)." in seen(folder)["1 Twice.ipynb"].decode()
    assert seen(folder)["Glossary.md"].decode().endswith("A place ([chapter 1](1%20Twice.ipynb)).\n")
    assert learner.copy(folder, root) == [f"Your copy in {folder} is up to date."]
    source.write_text("# Glossary, longer")
    assert learner.copy(folder, root) == ["Brought up to date, since you had not changed them: 1."]
    (folder / "Glossary.md").write_text("mine")
    source.write_text("# Glossary, shorter")
    assert "the new one is beside it as Glossary (new version).md" in learner.copy(folder, root)[0]
    assert seen(folder)["Glossary.md"] == b"mine"
    assert seen(folder)["Glossary (new version).md"] == b"# Glossary, shorter"
    assert learner.find("Glossary.md", root) == learner.find("glossary", root) == [pages.GLOSSARY]
    (folder / "Glossary.md").write_bytes(b"\xff")
    assert "is broken" in learner.copy(folder, root)[0]
    learner.reset([pages.GLOSSARY], folder, root)
    assert seen(folder)["Glossary.md"] == b"# Glossary, shorter"


def test_a_new_neighbour_is_no_new_version(root, folder):
    """The foot of a page changes with the chapters around it; nobody needs a second file for that."""
    outputs.refresh([], root)
    learner.copy(folder, root)
    edit(folder / "1 Twice.ipynb")
    write_pages(root, "ch02_more", "version 1")
    outputs.refresh([], root)
    assert "1 Twice.ipynb" not in "".join(learner.copy(folder, root))
    assert "2%20Twice.ipynb" in seen(folder)["solutions/Solutions 1.ipynb"].decode()


def test_a_saved_or_run_notebook_is_not_changed(root, folder):
    learner.copy(folder, root)
    notebook = json.loads((folder / EXERCISES).read_text())
    notebook["cells"][-1] |= {
        "execution_count": 7,
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "x"}],
    }
    notebook["metadata"] |= {"more": 1}
    (folder / EXERCISES).write_text(json.dumps(notebook))
    write_pages(root, STEM, "version 2")
    learner.copy(folder, root)
    assert sorted(seen(folder)) == ALL and b"version 2" in seen(folder)[EXERCISES]


def test_a_title_may_change_the_name_stays(root, folder):
    learner.copy(folder, root)
    edit(folder / EXERCISES)
    write_pages(root, STEM, "version 1", "Thrice")
    assert sorted(seen(folder)) == ALL
    learner.copy(folder, root)
    assert b"1. Thrice" in seen(folder)["1 Twice.ipynb"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 5}', '{"cells": [{}]}', '{"cells": [5]}', "\xff"])
def test_what_cannot_be_read_is_the_learners(root, folder, text):
    learner.copy(folder, root)
    (folder / EXERCISES).write_text(text, encoding="latin-1")
    [said] = learner.copy(folder, root)
    assert said.startswith("1 Exercises.ipynb is broken, or a link") and 'reset "1 Exercises"' in said
    write_pages(root, STEM, "version 2")
    learner.copy(folder, root)
    assert seen(folder)[EXERCISES] == text.encode("latin-1")
    assert b"version 2" in seen(folder)["1 Exercises (new version).ipynb"]


@pytest.mark.parametrize(
    "text",
    [None, "", "{", "[]", '{"files": 5}', '{"files": {"exercises/ch01_fake.ipynb": {}}}',
     '{"files": {"exercises/ch01_fake.ipynb": {"name": "../out.ipynb", "ours": [], "given": []}}}',
     '{"files": {"exercises/ch01_fake.ipynb": {"name": "x.ipynb", "ours": 5, "given": []}}}'],
)  # fmt: skip
def test_a_lost_or_broken_state_loses_nothing(root, folder, text):
    learner.copy(folder, root)
    edit(folder / EXERCISES)
    before = seen(folder)
    state = folder / learner.HIDDEN / "state.json"
    state.unlink() if text is None else state.write_text(text)
    learner.copy(folder, root)
    after = seen(folder)
    assert {name: after.pop(name) for name in before} == before
    assert list(after) == ["1 Exercises (new version).ipynb"]
    write_pages(root, STEM, "version 2")
    learner.copy(folder, root)
    assert b"version 2" in seen(folder)["1 Twice.ipynb"]  # it has learned what is ours


@pytest.mark.parametrize("place", ["", ".", "notebooks", "exercises/deeper", "new", "mine-to-notebooks"])
def test_the_checkout_is_not_for_learners(root, tmp_path, place):
    (tmp_path / "mine-to-notebooks").symlink_to(root / "notebooks")
    folder = tmp_path / place if place.startswith("mine") else root / place
    before = seen(root)
    with pytest.raises(FolderError, match="belongs to the checkout: choose `work`"):
        learner.copy(folder, root)
    assert seen(root) == before and not (root / "new").exists()


def test_work_in_the_checkout_is(root):
    assert len(learner.copy(root / "work", root)) == 1


def test_places_that_do_not_do(root, tmp_path, folder):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    for place in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / "circle"):
        with pytest.raises(FolderError, match="--folder"):
            learner.copy(place, root)
    folder.mkdir()
    (folder / "solutions").symlink_to(root / "solutions")
    before = seen(root)
    with pytest.raises(FolderError, match="leads out of your folder: remove that link"):
        learner.copy(folder, root)
    assert seen(root) == before


def test_a_link_in_the_place_of_a_notebook_is_left_alone(root, folder):
    learner.copy(folder, root)
    original = root / "exercises" / f"{STEM}.ipynb"
    (folder / EXERCISES).unlink()
    (folder / EXERCISES).symlink_to(original)
    write_pages(root, STEM, "version 2")
    before = original.read_bytes()
    assert "is broken, or a link" in "".join(learner.copy(folder, root))
    assert (folder / EXERCISES).is_symlink() and original.read_bytes() == before


def test_two_at_once(root, folder):
    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(lambda _: learner.copy(folder, root), range(8)))
    assert sorted(seen(folder)) == ALL
    assert sum("3 notebooks" in text for [text] in said) == 1


def test_reset_keeps_what_there_was(root, folder):
    learner.copy(folder, root)
    for answer in ("first", "second"):
        edit(folder / EXERCISES, answer)
        [(page, path)] = learner.changed(learner.find("1", root), folder, root)
        assert path == folder / EXERCISES
        learner.reset([page], folder, root)
    now = seen(folder)
    assert b"version 1" in now[EXERCISES]
    assert b"first" in now["1 Exercises (before reset).ipynb"]
    assert b"second" in now["1 Exercises (before reset 2).ipynb"]
    assert learner.changed(learner.find("1", root), folder, root) == []
    (folder / "1 Twice.ipynb").unlink()
    assert learner.reset(learner.find(STEM, root), folder, root) == ["1 Twice.ipynb is as it came."]


@pytest.mark.parametrize(
    ("word", "rooms"),
    [
        (STEM, ["notebooks", "exercises"]),
        ("1", ["notebooks", "exercises"]),
        ("ch01", ["notebooks", "exercises"]),
        ("1 Exercises", ["exercises"]),
        ("1 exercises.ipynb", ["exercises"]),
        ("work/1 Twice.ipynb", ["notebooks"]),
        ("solutions/Solutions 1", ["solutions"]),
    ],
)
def test_what_can_be_reset(root, word, rooms):
    assert [page.room for page in learner.find(word, root)] == rooms


@pytest.mark.parametrize("word", ["capstone", "Capstone", "capstone_jukebox"])
def test_the_capstone_has_no_number(word):
    assert [page.room for page in learner.find(word, ROOT)] == ["notebooks", "exercises"]


def test_who_asks_for_another_is_told_what_there_is(root):
    with pytest.raises(FolderError, match="no '99'. There are: 1 Twice. Give a chapter's number"):
        learner.find("99", root)


def test_html_links_fit_where_the_notebook_runs(root, folder, monkeypatch):
    learner.copy(folder, root)
    page = pages.load(root)["notebooks", STEM]
    for place, target in [
        (folder, "1%20Twice.ipynb"),
        (folder / "solutions", "../1%20Twice.ipynb"),
        (root / "notebooks", f"{STEM}.ipynb"),
        (root / "exercises", f"../notebooks/{STEM}.ipynb"),
    ]:
        monkeypatch.chdir(place)
        assert learner.Links(root).to(page) == f'<a href="{target}">1. Twice</a>'
    monkeypatch.chdir(root.parent)
    assert learner.Links(root).to(page) == "1. Twice"


def test_a_learners_day(tmp_path):
    """Clone, copy, three exercises half done, a pull with news in two of them and a new chapter."""

    def git(*arguments, at):
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        done = subprocess.run(["git", *who, *arguments], cwd=at, check=True, capture_output=True, text=True)
        return done.stdout

    origin, clone = tmp_path / "origin", tmp_path / "clone"
    for room in ("notebooks", "exercises", "solutions"):
        (origin / room).mkdir(parents=True)
    for number in (1, 2, 3):
        write_pages(origin, f"ch0{number}_fake", "version 1", f"Part {number}")
    (origin / ".gitignore").write_text("/work/\n")
    git("init", "--quiet", at=origin)
    git("add", ".", at=origin)
    git("commit", "--quiet", "-m", "one", at=origin)
    git("clone", "--quiet", str(origin), str(clone), at=tmp_path)
    folder = clone / "work"
    learner.copy(folder, clone)
    for number in (1, 2, 3):
        edit(folder / f"{number} Exercises.ipynb", f"answer {number}")
    answers = {name: text for name, text in seen(folder).items() if "Exercises" in name}
    for stem in ("ch01_fake", "ch02_fake"):
        write_pages(origin, stem, "version 2", f"Part {stem[3]}")
    write_pages(origin, "ch04_fake", "version 1", "Part 4")
    git("add", ".", at=origin)
    git("commit", "--quiet", "-m", "two", at=origin)
    git("pull", "--quiet", at=clone)
    said = "\n".join(learner.copy(folder, clone))
    now = seen(folder)
    assert {name: now[name] for name in answers} == answers
    assert "4 Part 4.ipynb" in now and b"version 2" in now["1 Part 1.ipynb"]
    assert [number for number in (1, 2, 3) if f"{number} Exercises (new version).ipynb" in now] == [1, 2]
    assert said.count("yours is as it was") == 2 and "New in" in said
    assert git("status", "--porcelain", at=clone) == ""


class Full(OSError):
    """The disk, at a moment of our choosing."""


@contextlib.contextmanager
def full_after(writes):
    """Let so many writes succeed, then fail: before the text is there, or before it has its name."""
    real, left = os.replace, [writes]

    def replace(*paths):
        left[0] -= 1
        if left[0] < 0:
            raise Full(28, "No space left on device")
        real(*paths)

    with mock.patch.object(os, "replace", replace):
        yield


@pytest.mark.parametrize("writes", range(7))
@pytest.mark.parametrize("version", ["version 2", "version 3"])
def test_a_copy_that_broke_off_is_finished_by_the_next(root, folder, writes, version):
    learner.copy(folder, root)
    edit(folder / EXERCISES)
    write_pages(root, STEM, "version 2")
    with full_after(writes), pytest.raises(FolderError, match="No space left on device.*try again"):
        learner.copy(folder, root)
    write_pages(root, STEM, version)
    learner.copy(folder, root)
    now = seen(folder)
    assert version.encode() in now["1 Twice.ipynb"] and version.encode() in now["solutions/Solutions 1.ipynb"]
    assert b"mine" in now[EXERCISES] and version.encode() in now["1 Exercises (new version).ipynb"]
    assert len(now) == 4


NAMES = st.sampled_from([f"{number} {kind}.ipynb" for number in (1, 2) for kind in ("Twice", "Exercises")])


class AnyOrder(RuleBasedStateMachine):
    """Whatever a learner, their disk and the authors do, in whatever order."""

    def __init__(self):
        super().__init__()
        self.place = tempfile.TemporaryDirectory()
        self.root, self.folder = Path(self.place.name) / "checkout", Path(self.place.name) / "mine"
        for room in ("notebooks", "exercises", "solutions"):
            (self.root / room).mkdir(parents=True)
        self.versions, self.answers, self.unknown, self.count = {}, {}, set(), 0
        self.publish(1)
        self.copy()

    def teardown(self):
        self.place.cleanup()

    def next(self, what):
        self.count += 1
        return f"{what} {self.count}."

    @rule(number=st.sampled_from([1, 2]))
    def publish(self, number):
        self.versions[number] = self.next("version")
        write_pages(self.root, f"ch0{number}_fake", self.versions[number])

    @rule(name=NAMES)
    def answer(self, name):
        if (self.folder / name).is_file():
            with contextlib.suppress(ValueError, TypeError):  # it is broken
                edit(self.folder / name, self.next("answer"))
                self.answers[name] = (self.folder / name).read_bytes()

    @rule(name=NAMES, text=st.sampled_from(["", "{", '{"cells": [1]}']))
    def break_it(self, name, text):
        (self.folder / name).write_text(text)
        self.answers[name] = text.encode()

    @rule(name=NAMES)
    def delete(self, name):
        (self.folder / name).unlink(missing_ok=True)
        self.answers.pop(name, None)

    @rule(name=NAMES)
    def rename(self, name):
        if (self.folder / name).is_file():
            other = f"{self.next('kept')}ipynb"
            (self.folder / name).rename(self.folder / other)
            self.answers[other] = (self.folder / other).read_bytes()
            self.answers.pop(name, None)

    @rule(text=st.sampled_from([None, "{", '{"files": {}}']))
    def lose_the_state(self, text):
        state = self.folder / learner.HIDDEN / "state.json"
        state.unlink(missing_ok=True) if text is None else state.write_text(text)
        self.unknown = set(seen(self.folder))

    @rule(writes=st.integers(0, 14))
    def copy_on_a_full_disk(self, writes):
        with full_after(writes), contextlib.suppress(FolderError):
            learner.copy(self.folder, self.root)

    @rule(name=NAMES, writes=st.integers(0, 3))
    def reset(self, name, writes):
        with contextlib.suppress(FolderError):
            page = learner.find(name, self.root)
            before = (self.folder / name).read_bytes() if (self.folder / name).exists() else None
            with full_after(writes), contextlib.suppress(FolderError):
                learner.reset(page, self.folder, self.root)
            if (name in self.answers and not (self.folder / name).exists()) or before != self.read(name):
                kept = [other for other, text in seen(self.folder).items() if text == before]
                if self.answers.pop(name, None) is not None:
                    assert kept, "what was there before a reset is kept"
                    self.answers[kept[-1]] = before

    def read(self, name):
        return (self.folder / name).read_bytes() if (self.folder / name).exists() else None

    @rule()
    def copy(self):
        learner.copy(self.folder, self.root)
        after = seen(self.folder)
        for number, version in self.versions.items():
            for name in (f"{number} Twice.ipynb", f"{number} Exercises.ipynb"):
                if version.encode() in after.get(name, b""):
                    self.unknown.discard(name)
                elif name in self.unknown:  # it counts as the learner's until it is recognised
                    assert any(version.encode() in text for text in after.values())
                else:
                    assert name in self.answers, "what the learner left alone is up to date"
        learner.copy(self.folder, self.root)
        assert seen(self.folder) == after, "a second copy has nothing to do"

    @invariant()
    def nothing_is_lost(self):
        now = seen(self.folder)
        for name, text in self.answers.items():
            assert now.get(name) == text, f"{name} was the learner's"

    @invariant()
    def nothing_is_half_written(self):
        left = [path for path in self.folder.rglob("*") if re.search(r"\.[0-9a-f]{8}$", path.name)]
        assert left == []


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=25, stateful_step_count=12, deadline=None, derandomize=True)
