"""``from workbook import ...``: what is behind the door comes when it is asked for."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import workbook
from workbook import paths

STUB = Path(workbook.__file__).with_suffix(".pyi")


def loaded(code):
    """The modules that a program adds to those that Python itself begins with."""
    program = f"import importlib, sys\nbefore = set(sys.modules)\n{code}\nprint(*set(sys.modules) - before)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", cwd=paths.ROOT, check=True
    )
    return set(done.stdout.split())


def test_the_door_alone_imports_nothing():
    assert loaded("import workbook") == {"workbook"}


@pytest.mark.parametrize(
    ("code", "spared"),
    [
        ("import workbook.child", {"flask", "httpx", "IPython", "nbformat", "jupyter_client", "click"}),
        ("import workbook.running.serve", {"flask", "httpx", "IPython", "nbformat", "jupyter_client", "click"}),
        (
            "from workbook.running import recorder",
            {"httpx", "IPython", "nbformat", "pymongo", "rethinkdb", "cassandra", "lz4"},
        ),
        ("from workbook import Table, Bars, source", {"flask", "httpx", "nbformat"}),
        ("from workbook import databases", {"flask", "httpx", "nbformat", "pymongo", "rethinkdb", "cassandra"}),
        ("from workbook import check, hint, solution", {"httpx", "nbformat", "pymongo", "rethinkdb", "cassandra"}),
        ("from workbook import launch", {"flask", "nbformat", "jupyter_client"}),
    ],
)
def test_what_comes_with_a_name(code, spared):
    assert not spared & {name.partition(".")[0] for name in loaded(code)}


def test_every_name_is_there_and_is_what_the_stub_says():
    named = {}
    for node in ast.parse(STUB.read_text(encoding="utf-8")).body:
        for alias in node.names:
            assert alias.name == alias.asname
            named[alias.name] = node.module
    assert sorted(named) == sorted(workbook.__all__)
    for name, module in named.items():
        namespace = {}
        exec(f"from {module} import {name} as found", namespace)
        assert getattr(workbook, name) is namespace["found"], name


def test_a_name_stays_what_it_is_when_all_is_loaded():
    code = (
        "from workbook.running import launch\nfrom workbook.exercises import checking, prediction\n"
        "from workbook import *\nassert callable(launch) and callable(check) and callable(predict), launch"
    )
    assert "workbook.running.launch" in loaded(code)


def test_a_name_that_is_not_there():
    with pytest.raises(ImportError, match="cannot import name 'lunch'"):
        from workbook import lunch  # noqa: F401
    assert "launch" in dir(workbook)


ROOMS = ["notebooks", "solutions", "exercises", "checks"]


@pytest.mark.parametrize("room", ROOMS)
def test_whoever_comes_from_outside_comes_by_the_door(room):
    found = []
    for path in sorted((paths.ROOT / room).glob("c[ah]*_*")):
        text = path.read_text(encoding="utf-8")
        cells = [text] if path.suffix == ".py" else _code(json.loads(text))
        for node in (node for cell in cells for node in ast.walk(ast.parse(cell))):
            modules = [node.module] if isinstance(node, ast.ImportFrom) else []
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            found += [module for module in modules if module.partition(".")[0] == "workbook"]
            if isinstance(node, ast.ImportFrom) and node.module == "workbook":
                assert {alias.name for alias in node.names} <= set(workbook.__all__), path
    assert set(found) == {"workbook"}


def _code(notebook):
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
