import json

import fake_checkout
from workbook.author import outputs


def test_execute_leaves_the_learners_progress_alone(root, monkeypatch):
    code = "from workbook import progress\nprogress.record('ch', 'x', 'done')\nprogress.get('ch', 'x')['attempts']"
    text = outputs.execute(fake_checkout.notebook([("code", code, [])]), root / "exercises")
    [output] = json.loads(text)["cells"][0]["outputs"]
    assert output["data"] == {"text/plain": ["1"]}
    assert not (root.parent / "progress.json").exists()
