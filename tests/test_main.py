import os
import subprocess
import sys
import types

import pytest

from workbook import __main__ as command_line
from workbook import doctor, exercises, progress


def test_doctor(monkeypatch):
    monkeypatch.setattr(doctor, "main", lambda: 1)
    assert command_line.main(["doctor"]) == 1


def test_progress(monkeypatch, capsys):
    monkeypatch.setattr(progress, "show", lambda: "0 of 2 exercises done")
    assert command_line.main(["progress"]) == 0
    assert capsys.readouterr().out == "0 of 2 exercises done\n"


@pytest.mark.parametrize("arguments", [[], ["--check"]])
def test_exercises(monkeypatch, arguments):
    monkeypatch.setattr(exercises, "main", lambda given: (given, 5))
    assert command_line.main(["exercises", *arguments]) == (arguments, 5)


def test_sandbox_gets_its_arguments_as_they_are(monkeypatch):
    fake = types.ModuleType("workbook.sandbox")
    fake.main = lambda given: given
    monkeypatch.setitem(sys.modules, "workbook.sandbox", fake)
    monkeypatch.setattr("workbook.sandbox", fake, raising=False)
    assert command_line.main(["sandbox", "--port", "5", "rethinkdb", "--help"]) == [
        "--port", "5", "rethinkdb", "--help",
    ]  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="exec as POSIX knows it")
@pytest.mark.parametrize(("user", "more"), [(1000, []), (0, ["--allow-root"])])
def test_lab_becomes_jupyterlab_in_the_checkout(monkeypatch, user, more):
    calls = []
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(os, "execv", lambda *given: calls.append(given))
    monkeypatch.setattr(subprocess, "call", lambda command: 0)
    command_line.main(["lab", "--no-browser"])
    [(program, command)] = calls
    assert program == sys.executable and command[:3] == [program, "-m", "jupyterlab"]
    assert command[3:] == [
        f"--ServerApp.root_dir={command_line.ROOT}",
        "--LabApp.default_url=/lab/tree/notebooks/ch00_start_here.ipynb",
        "--no-browser",
        *more,
    ]
    assert (command_line.ROOT / "workbook" / "__main__.py").exists()


def run(*arguments):
    command = [sys.executable, "-m", "workbook", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=command_line.ROOT)


def test_unknown_and_missing_commands_list_the_known_ones():
    unknown = run("bogus")
    assert unknown.returncode == 2 and "invalid choice: 'bogus'" in unknown.stderr
    assert "doctor" in unknown.stderr
    assert run().returncode == 2
    assert "unrecognized arguments: --fast" in run("doctor", "--fast").stderr


def test_help_and_version():
    assert "lab" in run("--help").stdout
    assert run("doctor", "--help").stdout.startswith("usage: workbook doctor")
    assert run("exercises", "--help").stdout.startswith("usage: workbook exercises")
    assert run("--version").stdout.strip()


def test_a_command_imports_only_what_it_needs():
    code = (
        "import sys; from workbook import __main__\n"
        "heavy = {'flask', 'httpx', 'nbformat', 'jupyter_client', 'workbook.exercises'}\n"
        "sys.exit(len(heavy & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=command_line.ROOT).returncode == 0
