import json

import pytest

import fake_checkout
from workbook.author import outputs
from workbook.notebooks import NotebookError


def test_execute_leaves_the_learners_progress_alone(root, monkeypatch):
    code = "from workbook import progress\nprogress.record('ch', 'x', 'done')\nprogress.get('ch', 'x')['attempts']"
    text = outputs.execute(fake_checkout.notebook([("code", code, [])]), root / "exercises")
    [output] = json.loads(text)["cells"][0]["outputs"]
    assert output["data"] == {"text/plain": ["1"]}
    assert not (root.parent / "progress.json").exists()


def test_figures_and_seconds_stay_unless_they_changed(root):
    code = "import time\nfrom workbook import Claim\nx = {}\ntime.sleep(x)\nClaim('it is so', {}, seconds=time.time())"
    made = fake_checkout.notebook([("code", code.format(1.1, True), []), ("code", "1", [])])
    once = json.loads(outputs.execute(made, root / "notebooks"))
    assert once["metadata"]["workbook"]["seconds"] == {"c0": 2}
    assert once["cells"][0]["metadata"] == {}
    twice = json.loads(outputs.execute(once, root / "notebooks"))
    assert twice == once
    twice["cells"][0]["source"] = code.format(0, True)
    changed = json.loads(outputs.execute(twice, root / "notebooks"))
    assert changed["metadata"]["workbook"]["seconds"] == {}
    assert changed["cells"][0]["outputs"] == once["cells"][0]["outputs"]


def test_a_claim_that_does_not_hold_is_not_stored(root):
    code = "from workbook import Claim\nClaim('it is so', False, seconds=3)"
    made = fake_checkout.notebook([("code", code, [])])
    with pytest.raises(NotebookError, match=r"claims what does not hold here: .*it is so"):
        outputs.execute(made, root / "notebooks")


def test_cells_that_fail_are_part_of_the_outputs_on_request(root):
    made = fake_checkout.notebook([("code", "1 / 0", []), ("code", "", []), ("code", "2", [])])
    failed, _, after = json.loads(outputs.execute(made, root / "notebooks", allow_errors=True))["cells"]
    assert failed["outputs"][0]["traceback"] == ["ZeroDivisionError: division by zero"]
    assert after["outputs"][0]["data"] == {"text/plain": ["2"]}


@pytest.mark.parametrize(
    ("known", "found", "lasting"), [(0, 0, 0), (0, 2, 2), (5, 4, 4), (5, 6, 5), (5, 11, 5), (5, 12, 12), (3, 0, 0)]
)
def test_the_least_that_was_seen_lasts(known, found, lasting):
    assert outputs._lasting(known, found) == lasting
