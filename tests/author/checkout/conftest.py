"""A checkout with a start page, a README and one finished chapter, for the tests of the author's tools."""

import pytest

import fake_checkout
from fake_checkout import STEM
from workbook import notebooks, paths
from workbook.author import outputs, starters

README = (
    "# Fake\n\n| chapter | about | minutes |\n|---|---|---|\n"
    f"| `ch00_start` | the map | 30 |\n| `{STEM}` | twice | 30 |\n\nMore.\n"
)
MAP = f"| chapter | puzzle | minutes |\n|---|---|---|\n| [1. Twice, and half]({STEM}.ipynb) | How much? | 30 |\n\nMore."
OPENING = (
    "# 1. Twice, and half\n\n**What you will do.** x\n\n**What you will be able to do.** x\n\n"
    "**What you need.** x\n\n**Time.** 30 minutes, and 5 for the exercises."
)
LONG = ("code", "\n".join(["x = 1"] * 294), [])  # half an hour to read
CELLS = [
    ("markdown", OPENING, []),
    ("markdown", "## The puzzle\n\n**Predict first.** How much?", []),
    ("code", "predict(...)", []),
    ("code", f'launch("{STEM}")', []),
    LONG,
    ("markdown", "## In short\n\n## On your own\n\n## At work\n\n## Further reading", []),
]


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Its root; nothing is executed, a run only numbers the cells."""
    root = fake_checkout.make(tmp_path / "checkout")
    (root / "README.md").write_text(README, encoding="utf-8")
    app, test = root / "apps" / STEM / "__init__.py", root / "tests" / "apps" / f"test_{STEM}.py"
    for path, text in {app: "def create_app():\n    pass\n", test: "def test_it():\n    pass\n"}.items():
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    fake_checkout.write_chapter(root, CELLS)
    fake_checkout.write_chapter(root, [("markdown", "# Start here", []), ("markdown", MAP, []), LONG], "ch00_start")
    for stem in ("ch00_start", STEM):
        change(root / "notebooks" / f"{stem}.ipynb", about)
    monkeypatch.setattr(paths, "ROOT", root)
    monkeypatch.setattr(outputs, "execute", run)
    outputs.refresh([], root)
    list(starters.write(root=root))
    return root


def about(notebook):
    section = {"section": "The puzzle", "minutes": 30, "ask": "x", "demo": "x", "watch_for": "x"}
    known = {"minutes": 30, "objectives": ["double a number"], "instructor": [section], "seconds": {}}
    notebook["metadata"]["workbook"] = known


def run(notebook, folder):
    for number, cell in enumerate(notebook["cells"], 1):
        if cell["cell_type"] == "code":
            cell["execution_count"] = number
    notebook["metadata"].get("workbook", {})["seconds"] = {}
    return notebooks.dumps(notebook)


def change(path, how):
    """Let ``how`` change the notebook at ``path``."""
    notebook = notebooks.read(path)
    how(notebook)
    notebooks.write(path, notebooks.dumps(notebook))
