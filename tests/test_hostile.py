"""The launcher and the cells of two chapters on machines that are not like ours.

Each runs in a process of its own with an environment made from nothing: what this machine happens
to set (PYTHONUNBUFFERED, a locale, a terminal) helps nobody here.
"""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workbook import notebooks, paths

ROOT = paths.ROOT
NOBODY = "http://127.0.0.1:9"  # a proxy that is not there
MACHINES = {
    "nothing set": {},
    "proxy": {
        spelt: NOBODY for name in ("http_proxy", "https_proxy", "all_proxy") for spelt in (name, name.upper())
    },
    "proxy of another kind": {"all_proxy": "socks5://127.0.0.1:9", "ALL_PROXY": "socks5://127.0.0.1:9"},
    "debugging": {"FLASK_DEBUG": "1", "FLASK_ENV": "development", "FLASK_APP": "mine.py", "FLASK_SONG": '"mine"'},
    "colours": {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "PY_COLORS": "1", "PYTHON_COLORS": "1"},
    "no locale": {"LC_ALL": "C"},
    "no home": {"HOME": None},
}
# The part of a chapter that prints and logs, runs commands and speaks HTTP: so many code cells.
CHAPTERS = {"notebooks/ch03_one_connection": 13, "notebooks/ch06_many_backends": 24, "solutions/ch04_teardown": 99}


@pytest.fixture(params=MACHINES)
def run(request, tmp_path):
    """A function that runs a program there -> what it printed, as JSON."""
    checkout = ROOT
    if request.param == "no locale":
        checkout = tmp_path / "Jürgens Übungen – 早い"
        for room in ("workbook", "apps", "checks"):
            shutil.copytree(ROOT / room, checkout / room, ignore=shutil.ignore_patterns("__pycache__"))
        for notebook in CHAPTERS:
            path = checkout / f"{notebook}.ipynb"
            path.parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / f"{notebook}.ipynb", path)
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    environ = {"HOME": str(tmp_path), **kept, "PYTHONPATH": str(checkout), **MACHINES[request.param]}

    def run(program, *arguments):
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            env={name: value for name, value in environ.items() if value is not None},
            cwd=checkout,
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


LAUNCHER = '''
import json
from pathlib import Path
from workbook import launch

APP = """
import httpx
from flask import Flask

def create_app():
    app = Flask("hostile")
    app.config.from_prefixed_env()

    @app.get("/")
    def index():
        print("früh gefragt", end="")
        return {"debug": app.debug, "song": app.config.get("SONG")}

    @app.get("/other")
    def other():
        return httpx.get(app.config["OTHER"]).json()

    @app.get("/fails")
    def fails():
        return 1 / 0

    return app
"""
path = Path(__import__("tempfile").mkdtemp()) / "bücher.py"
path.write_text(APP, encoding="utf-8")
with launch(path) as first, launch(path, name="second", OTHER=first.url) as app:
    replies = [app.get(path).status for path in ("/", "/other", "/fails")]
    print(json.dumps({
        "replies": replies,
        "other": app.get("/other").json(),
        "printed": first.log,
        "own line": [line for line in app.log.splitlines() if "return 1 / 0" in line],
        "last line": app.log.splitlines()[-1],
        "commands": app.flask("routes").exit_code,
    }))
'''


def test_the_launcher(run):
    assert run(LAUNCHER) == {
        "replies": [200, 200, 500],
        "other": {"debug": False, "song": None},
        "printed": "früh gefragtfrüh gefragt",
        "own line": ["    return 1 / 0"],
        "last line": "ZeroDivisionError: division by zero",
        "commands": 0,
    }


CELLS = """
import json, sys
from pathlib import Path
from workbook import notebooks
from workbook.author import outputs

print("[")
for name, count in json.loads(sys.argv[1]).items():
    path = Path.cwd() / f"{name}.ipynb"
    notebook = notebooks.read(path)
    code = [number for number, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "code"]
    del notebook["cells"][code[:count][-1] + 1 :]
    print(json.dumps([name, json.loads(outputs.execute(notebook, path.parent))["cells"]]))
    print(",")
print("null]")
"""


def test_the_cells_of_two_chapters(run):
    for name, cells in filter(None, run(CELLS, json.dumps(CHAPTERS))):
        stored = notebooks.read(ROOT / f"{name}.ipynb")["cells"]
        for cell, expected in zip(cells, stored, strict=False):
            assert cell == expected


@pytest.mark.parametrize("room", ["workbook", "checks", "apps"])
def test_no_file_is_read_or_written_in_the_encoding_of_a_locale(room):
    for path in (ROOT / room).rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "attr", getattr(call.func, "id", None))
            given = {keyword.arg for keyword in call.keywords}
            if name in ("read_text", "write_text"):
                assert "encoding" in given, f"{path}, line {call.lineno}"
            if getattr(call.func, "id", None) == "open":
                binary = any("b" in getattr(argument, "value", "") for argument in call.args[1:2])
                assert binary or "encoding" in given, f"{path}, line {call.lineno}"
            assert not {"text", "universal_newlines"} & given or "encoding" in given, f"{path}, line {call.lineno}"
