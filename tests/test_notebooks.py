"""What every notebook must be, besides passing nbval."""

import ast
import itertools
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("notebooks", "apps", "solutions", "exercises", "checks")
NOTEBOOKS = sorted(path for room in ("notebooks", "solutions", "exercises") for path in (ROOT / room).glob("*.ipynb"))
CHAPTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))
OPENING = ("What you will do", "What you will be able to do", "What you need", "Time")
CLOSING = ("In short", "On your own", "At work", "Further reading")
# A start page has no exercises and no lesson.
START = "ch00_start_here"


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def name(path):
    return f"{path.parent.name}/{path.stem}"


def cells(notebook, kind):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == kind]


def text(cell):
    return "".join(cell["source"])


@pytest.fixture(params=NOTEBOOKS, ids=name)
def notebook(request):
    return read(request.param)


@pytest.fixture(params=CHAPTERS, ids=name)
def chapter(request):
    return request.param.stem, read(request.param)


def test_every_chapter_is_in_every_room():
    found = {room: {path.stem for path in (ROOT / room).glob("c[ah]*_*") if path.stem != START} for room in ROOMS}
    assert found["notebooks"]
    assert all(stems == found["notebooks"] for stems in found.values()), found


def test_every_code_cell_was_run(notebook):
    # nbval does not compare a cell without an execution count, and says nothing.
    counts = [cell["execution_count"] for cell in cells(notebook, "code")]
    assert counts == list(range(1, len(counts) + 1))


def test_nothing_is_skipped_or_ignored(notebook):
    for cell in cells(notebook, "code"):
        assert set(cell["metadata"].get("tags", [])) <= {"raises-exception", "solution"}
        assert "NBVAL_" not in text(cell)


def test_expected_errors_are_real_ones(notebook):
    for cell in cells(notebook, "code"):
        failed = any(output["output_type"] == "error" for output in cell["outputs"])
        assert failed == ("raises-exception" in cell["metadata"].get("tags", [])), text(cell)
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                # Stored by `workbook author outputs`, which leaves out the frames and their paths.
                assert output["traceback"] == [f"{output['ename']}: {output['evalue']}"]


@pytest.mark.parametrize("path", [path for path in NOTEBOOKS if path.parent.name != "solutions"], ids=name)
def test_cells_are_short(path):
    lengths = sorted(sum(bool(line.strip()) for line in text(cell).splitlines()) for cell in cells(read(path), "code"))
    assert lengths[len(lengths) // 2] <= 6
    assert lengths[-1] <= 15


def test_headings_are_in_order(notebook):
    levels = [
        len(match[1])
        for cell in cells(notebook, "markdown")
        for match in re.finditer(r"^(#+) ", re.sub(r"```.*?```", "", text(cell), flags=re.S), re.M)
    ]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_pictures_have_alt_text(notebook):
    for cell in cells(notebook, "markdown"):
        assert "![](" not in text(cell)
        for image in re.findall(r"<img[^>]*>", text(cell)):
            assert re.search(r'alt="[^"]+"', image)


def test_words(notebook):
    prose = "\n".join(text(cell) for cell in cells(notebook, "markdown"))
    assert not re.findall(r"\b(?:simply|obviously|of course)\b", prose, re.I)
    assert not re.findall("[\U0001f000-\U0001faff\u2600-\u27bf]", prose)


def test_nothing_of_one_machine_is_in_it(notebook):
    stored = json.dumps(notebook)
    assert not re.findall(r"(?<![\w.])/(?:home|root|Users|tmp|work)/", stored)
    assert not re.findall(r"127\.0\.0\.1:\d{4,5}", stored)
    # What the doctor says of a machine that is not well.
    assert not re.findall(r"kill \d+", stored)


def test_links_between_rooms_lead_somewhere(notebook):
    for cell in cells(notebook, "markdown"):
        for target in re.findall(r"`((?:notebooks|apps|exercises|solutions|workbook)/[\w/.]+)`", text(cell)):
            assert (ROOT / target).exists(), target


def test_opening_and_closing(chapter):
    stem, notebook = chapter
    prose = "\n".join(text(cell) for cell in cells(notebook, "markdown"))
    if stem != START:
        places = [prose.find(f"**{words}") for words in OPENING] + [prose.find(f"## {words}") for words in CLOSING]
        assert -1 not in places and places == sorted(places)


def is_prompt(cell):
    return cell["cell_type"] == "markdown" and "predict first" in text(cell).lower()


def is_prediction(cell):
    return cell["cell_type"] == "code" and "predict(" in text(cell)


def answers(cell):
    """What the one call of a cell, predict(...) on one line, is given."""
    assert "\n" not in text(cell)
    call = ast.parse(text(cell), mode="eval").body
    assert call.func.id == "predict"
    return [ast.literal_eval(value) for value in [*call.args, *(keyword.value for keyword in call.keywords)]]


def test_every_prompt_has_a_cell_for_the_prediction(chapter):
    stem, notebook = chapter
    if stem != START:
        prompts = [number for number, cell in enumerate(notebook["cells"]) if is_prompt(cell)]
        predictions = [number for number, cell in enumerate(notebook["cells"]) if is_prediction(cell)]
        assert prompts and predictions == [number + 1 for number in prompts]
        for number in prompts:
            prompt, prediction, outcome = notebook["cells"][number : number + 3]
            assert text(prompt).lower().count("predict first") == 1
            assert answers(prediction) and set(answers(prediction)) <= {..., "..."}
            assert prediction["outputs"] == []
            # This is the cell that shows the prediction, so it must show what happens.
            assert outcome.get("outputs"), text(prompt)


def test_metadata_for_the_instructor(chapter):
    stem, notebook = chapter
    about = notebook["metadata"]["workbook"]
    sections = about["instructor"]
    assert about["objectives"] and sections
    assert sum(section["minutes"] for section in sections) == about["minutes"]
    for section in sections:
        assert all(section[key] for key in ("section", "ask", "demo", "watch_for"))
    if stem != START:
        assert 10 <= about["minutes"] <= 45


def test_apps_are_plain_flask():
    for path in (ROOT / "apps").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                assert "workbook" not in [alias.name.partition(".")[0] for alias in node.names], path
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").partition(".")[0] != "workbook", path
            if isinstance(node, ast.Call):
                assert "debug" not in [keyword.arg for keyword in node.keywords], path
