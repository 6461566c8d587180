"""``workbook trace`` as a whole: the app of the page in the book, bad input, what is left running."""

import json
import re
import signal
import socket
import subprocess
import sys

import httpx
import psutil
import pytest
from click.testing import CliRunner

from workbook.__main__ import main
from workbook.paths import ROOT
from workbook.tracing.findings import KINDS

PAGE = (ROOT / "docs" / "book" / "trace.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", PAGE, re.DOTALL)
BAD = {
    "import_fails.py": "from flask import Flask\nimport nothing_of_this_name\n",
    "factory_fails.py": "def create_app():\n    raise RuntimeError('no settings')\n",
    "no_app.py": "x = 1\n",
    "leaves.py": "import sys\nsys.exit('no licence')\n",
    "asks.py": "name = input('name? ')\n",
    "script.py": """
import argparse, os, sys
from flask import Flask, session
parser = argparse.ArgumentParser()
parser.add_argument("--mode", default="none")
app = Flask(__name__)
app.config.update(SECRET_KEY="for tests", SESSION_COOKIE_SECURE=True, MODE=parser.parse_args().mode)

@app.post("/login")
def login():
    session["user"] = "ann"
    print('{"ready": 1}', flush=True)
    os.system("echo from a child of its own")
    return ""

@app.get("/me")
def me():
    return {"user": session["user"], "mode": app.config["MODE"]}

app.run(port=1)
""",
    "slow.py": """
import os, time
from flask import Flask
app = Flask(__name__)

@app.get("/slow")
def slow():
    time.sleep(60)

@app.get("/ends")
def ends():
    os._exit(7)

@app.get("/endless")
def endless():
    def parts():
        while True:
            yield "."
            time.sleep(0.01)
    return parts()

@app.get("/says")
def says():
    return {"config": app.config["WANTED"], "env": os.environ["WANTED"]}
""",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("traced")
    (folder / "notes.py").write_text(BLOCKS[0][1], encoding="utf-8")
    for name, source in BAD.items():
        (folder / name).write_text(source, encoding="utf-8")
    return folder


def command(*arguments):
    return [sys.executable, "-m", "workbook", "trace", *arguments]


def run(folder, *arguments):
    return subprocess.run(command(*arguments), cwd=folder, capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def traced(folder):
    """The run that the page shows, with all three reports."""
    shown = BLOCKS[1][1].replace("workbook trace ", "")
    arguments = [a or b or c for a, b, c in re.findall(r"'([^']*)'|\"([^\"]*)\"|(\S+)", shown)]
    return run(folder, *arguments, "--json", "report.json", "--html", "report.html", "--fail-on", "leaked,lost")


def test_the_page_shows_what_the_command_writes(traced):
    assert BLOCKS[2][1] in traced.stdout
    assert (traced.returncode, traced.stderr) == (1, "")
    assert max(map(len, traced.stdout.splitlines())) <= 100


def test_the_json_has_what_the_page_says(traced, folder):
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    section = PAGE.partition("## The report as JSON")[2].partition("\n## ")[0]
    rows = [row.split("|")[1:3] for row in section.splitlines() if row.startswith("| `")]
    told = {name: about for names, about in rows for name in re.findall(r"`(\w+)`", names)}
    assert told.keys() == report.keys()
    for name in ("connections", "findings", "routes", "hooks"):
        entry = report[name] if name == "connections" else report[name][0]
        assert entry.keys() <= set(re.findall(r"`(\w+)`", told[name]))
    assert [finding["kind"] for finding in report["findings"]] == ["eager", "leaked"]
    assert (report["schema"], report["requests"], report["connections"]["opened"]) == (1, 3, 4)


def test_the_page_of_html_needs_nothing_else(traced, folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert all(link.startswith("data:") for link in re.findall(r"""(?:src|srcset|href)=["']([^"']*)""", page))
    assert "search() (notes.py:26) opens a sqlite connection that nobody closes" in page
    assert page.count("<picture>") == 1


def test_the_page_names_every_kind_and_option():
    kinds = re.findall(r"^\| `(\w+)` \|", PAGE.partition("## What it finds")[2].partition("\n## ")[0], re.MULTILINE)
    assert sorted(kinds) == sorted(KINDS)
    for option in main.commands["trace"].params:
        assert option.name == "app" or any(name in PAGE for name in option.opts)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["not_there"], 2, r"Error: Could not import 'not_there'\.\n"),
        (["no_app"], 2, r"Error: Failed to find Flask application .*\n"),
        (["factory_fails"], 2, r"Traceback .*:\n  File \".*factory_fails.py\", line 2, .*\n(.*\n)+RuntimeError: .*\n"),
        (["import_fails"], 2, r"(.*\n)+ModuleNotFoundError: No module named 'nothing_of_this_name'\n\n?"),
        (["leaves"], 2, r"Traceback (.*\n)+SystemExit: no licence\nError: The app ended its process while .*\n"),
        (["asks"], 2, r"name\? Traceback (.*\n)+EOFError: .*\n"),
    ],
)
def test_an_app_that_cannot_be_loaded(folder, arguments, code, said):
    ended = run(folder, *arguments, "-r", "GET /")
    assert (ended.returncode, ended.stdout) == (code, "")
    assert re.fullmatch(said, ended.stderr)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/slow", "GET /slow was not answered within 1 s.\n"),
        ("/endless", "answered for 1 s, and its body had not ended. 1 request after it was not sent.\n"),
        ("/ends", "The app's process ended with code 7. 1 request after it was not sent.\n"),
    ],
)
def test_a_request_that_gets_no_response(folder, path, said):
    later = ["-r", "GET /"] if path != "/slow" else []
    ended = run(folder, "slow", "-r", f"GET {path}", *later, "--timeout", "30" if path == "/ends" else "1")
    assert ended.returncode == 3
    assert said in ended.stdout.replace("\n  ", " ")


def test_a_script_that_others_start_with_python(folder):
    """It parses its command line, runs a server when it is imported, prints, and has a cookie for HTTPS alone."""
    ended = run(folder, "script", "-r", "POST /login", "-r", "GET /me", "--json", "-")
    report = json.loads(ended.stdout)
    assert [(row["path"], row["status"]) for row in report["routes"]] == [("/login", 200), ("/me", 200)]
    assert "Ignoring a call to 'app.run()'" in ended.stderr
    assert '{"ready": 1}\nfrom a child of its own\n' in ended.stderr
    assert ended.returncode == 0


def test_a_port_that_is_taken(folder):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = run(folder, "notes", "--port", str(taken.getsockname()[1]))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "is in use by another program" in ended.stderr
    assert ended.stderr.endswith("The app was loaded, and its server did not start.\n")


def test_settings_reach_the_app(folder):
    given = ["--config", "WANTED=[1]", "--env", "WANTED=2", "--cwd", str(folder)]
    ended = run(folder.parent, "slow", *given, "-r", "GET /says", "--times", "2", "-r", "GET /nothing", "--json", "-")
    report = json.loads(ended.stdout)
    assert [(row["path"], row["status"], row["times"]) for row in report["routes"]] == [
        ("/says", 200, 2),
        ("/nothing", 404, 2),
    ]
    assert report["notes"] == ["GET /nothing was answered 404: the app has no such route."]


def test_it_serves_until_ctrl_c(folder):
    process = subprocess.Popen(
        command("notes"), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    address = re.search(r"http://\S+", process.stderr.readline())[0]
    assert httpx.get(f"{address}/health", trust_env=False).text == "up"
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    report, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    assert "GET /health  200" in report
    assert children and psutil.wait_procs(children, timeout=5)[1] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--request", "things"], "'things' has no path that begins with /."),
        (["--request", "/things"], "does not begin with a method"),
        (["--env", "NAME"], "'NAME' is not KEY=VALUE."),
        (["--config", "=1"], "'=1' is not KEY=VALUE."),
        (["--fail-on", "leaks"], "there is no 'leaks'. There are: leaked, unused,"),
        (["--cwd", "/nowhere"], "does not exist"),
        (["--json", "/nowhere/report.json"], "is no file in a folder that is there."),
        (["--html", "/"], "is no file in a folder that is there."),
    ],
)
def test_what_is_not_understood(arguments, said):
    result = CliRunner().invoke(main, ["trace", "notes", *arguments])
    assert (result.exit_code, said in result.output) == (2, True)
