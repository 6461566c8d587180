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

import pytest

from workbook import notebooks, paths

ROOT = paths.ROOT
NOBODY = "http://127.0.0.1:9"  # a proxy that is not there
MACHINES = {
    "nothing set": {},
    "proxy": {spelt: NOBODY for name in ("http_proxy", "https_proxy", "all_proxy") for spelt in (name, name.upper())},
    "proxy of another kind": {"all_proxy": "socks5://127.0.0.1:9", "ALL_PROXY": "socks5://127.0.0.1:9"},
    "debugging": {"FLASK_DEBUG": "1", "FLASK_APP": "mine.py", "FLASK_SONG": '"mine"'},
    "colours": {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "PY_COLORS": "1", "PYTHON_COLORS": "1"},
    "no locale": {"LC_ALL": "C"},
    "no home": {"HOME": None},
}
# The part of a chapter that prints and logs, runs commands and speaks HTTP: so many code cells.
CHAPTERS = {"notebooks/ch06_many_backends": 10, "solutions/ch04_teardown": 99}


@pytest.fixture
def run(tmp_path):
    """A function that runs a program on machines of those names, all in one -> what it printed, as JSON."""

    def run(program, *machines):
        checkout = ROOT
        if "no locale" in machines:
            checkout = tmp_path / "Jürgens Übungen – 早い"
            for room in ("workbook", "apps", "checks", "sandboxes/src"):
                shutil.copytree(ROOT / room, checkout / room)
            for notebook in CHAPTERS:
                path = checkout / f"{notebook}.ipynb"
                path.parent.mkdir(exist_ok=True)
                shutil.copy(ROOT / f"{notebook}.ipynb", path)
        environ = {name: os.environ.get(name) for name in ("PATH", "SYSTEMROOT")}
        environ |= {
            "HOME": str(tmp_path),
            "PYTHONPATH": os.pathsep.join([str(checkout), str(checkout / "sandboxes" / "src")]),
        }
        for machine in machines:
            environ |= MACHINES[machine]
        done = subprocess.run(
            [sys.executable, "-c", program],
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
from tempfile import TemporaryDirectory
from workbook import launch
from workbook.running.launch import LaunchError

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
folder = TemporaryDirectory()
path, broken = Path(folder.name) / "bücher.py", Path(folder.name) / "broken.py"
path.write_text(APP, encoding="utf-8")
broken.write_text("create_app = lambda: 1 / 0", encoding="utf-8")
try:
    launch(broken)
except LaunchError as error:
    refused = str(error).splitlines()
with launch(path) as first, launch(path, name="second", OTHER=first.url) as app:
    replies = [app.get(path).status for path in ("/", "/other", "/fails")]
    print(json.dumps({
        "broken": [refused[0], refused[-1]],
        "replies": replies,
        "other": app.get("/other").json(),
        "printed": first.log,
        "traceback": [line for line in app.log.splitlines() if "1 / 0" in line or "ZeroDivision" in line],
        "command": app.flask("routes").exit_code,
    }))
'''


# Several at a time: each process takes its second. They do not touch the same variables.
TOGETHER = [("proxy", "debugging", "colours"), ("no locale", "no home", "proxy of another kind")]


@pytest.mark.parametrize("machines", [("nothing set",), *TOGETHER], ids=" and ".join)
def test_the_launcher(run, machines):
    assert run(LAUNCHER, *machines) == {
        "broken": ["Traceback (most recent call last):", "ZeroDivisionError: division by zero"],
        "replies": [200, 200, 500],
        "other": {"debug": False, "song": None},
        "printed": "früh gefragtfrüh gefragt",
        "traceback": ["    return 1 / 0", "ZeroDivisionError: division by zero"],
        "command": 0,
    }


CELLS = f"""
import json
from pathlib import Path
from workbook import notebooks
from workbook.author import outputs

done = {{}}
for name, count in {CHAPTERS}.items():
    path = Path.cwd() / f"{{name}}.ipynb"
    notebook = notebooks.read(path)
    code = [number for number, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "code"]
    del notebook["cells"][code[:count][-1] + 1 :]
    done[name] = json.loads(outputs.execute(notebook, path.parent))["cells"]
print(json.dumps(done))
"""


@pytest.mark.parametrize("machines", TOGETHER, ids=" and ".join)
def test_the_cells(run, machines):
    done = run(CELLS, *machines)
    assert list(done) == list(CHAPTERS)
    for name, cells in done.items():
        stored = notebooks.read(ROOT / f"{name}.ipynb")["cells"]
        assert cells and cells == stored[: len(cells)]


@pytest.mark.parametrize("room", ["workbook", "checks", "apps"])
def test_no_file_is_read_or_written_in_the_encoding_of_a_locale(room):
    for path in (ROOT / room).rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and (what := _text(call)):
                assert "encoding" in {keyword.arg for keyword in call.keywords}, f"{path}, line {call.lineno}: {what}"


def _text(call):
    """What a call does with text that is not in memory, if it does."""
    name = ast.unparse(call.func).rpartition(".")[2]
    if name in ("read_text", "write_text"):
        return name
    if isinstance(call.func, ast.Name) and name == "open":
        return "" if any("b" in ast.unparse(mode) for mode in call.args[1:2]) else name
    if ast.unparse(call.func).startswith("subprocess."):
        return "text" if {"text", "universal_newlines"} & {keyword.arg for keyword in call.keywords} else ""
    return ""
