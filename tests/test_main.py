import json
import os
import subprocess
import sys
import types

import pytest
from click.testing import CliRunner

from fake_checkout import STEM
from workbook import __main__ as command_line
from workbook import doctor, learner, notebooks, paths, progress
from workbook.author import outputs


def call(*arguments, **settings):
    """The Result of a command, called in this process."""
    return CliRunner().invoke(command_line.main, [str(argument) for argument in arguments], **settings)


@pytest.fixture
def root(root, monkeypatch):
    monkeypatch.setattr(outputs, "execute", lambda notebook, folder: notebooks.dumps(notebook))
    return root


def test_doctor(monkeypatch):
    monkeypatch.setattr(doctor, "main", lambda: 1)
    assert call("doctor").exit_code == 1


def test_progress(root):
    progress.record(STEM, "half", "done")
    assert call("progress").output == "1. Twice, and half  [#-]  1 of 2\n1 of 2 exercises done\n"
    for arguments in [["--all"], [STEM]]:
        assert "  half    done           1 try\n" in call("progress", *arguments).output


def test_copy_reset_and_what_goes_wrong(root, tmp_path):
    call("author", "starters")
    folder = tmp_path / "mine"
    assert call("copy", "--folder", folder).output == f"Your copy is in {folder}: 3 notebooks.\n"
    mine = folder / "1 Exercises.ipynb"
    came = mine.read_bytes()
    mine.write_text("mine")
    asked = call("reset", "1", "--folder", folder, input="n\n")
    assert asked.exit_code == 1 and "Put back 1 Exercises.ipynb? " in asked.output
    assert mine.read_text() == "mine"
    said = call("reset", "1 Exercises", "--folder", folder, "--yes").output
    assert said == "1 Exercises.ipynb is as it came; what you had is in 1 Exercises (before reset).ipynb.\n"
    assert mine.read_bytes() == came
    assert call("reset", STEM, "--folder", folder).output == "Nothing to do: it is as it came.\n"
    unknown = call("reset", "ch99_nope", "--folder", folder)
    assert unknown.exit_code == 1 and "There are: 1 Twice, and half." in unknown.output
    refused = call("copy", "--folder", root / "notebooks")
    assert refused.exit_code == 1 and refused.output.startswith("Error: ") and "--folder" in refused.output


def test_the_folder_is_work_unless_another_is_chosen():
    options = {option.name: option for option in command_line.main.commands["copy"].params}
    assert options["folder"].default == paths.ROOT / "work"
    ignored = (paths.ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "/work/" in ignored


def test_sandbox_gets_its_arguments_as_they_are(monkeypatch):
    fake = types.ModuleType("sandboxes.__main__")
    given = []
    fake.main = lambda arguments, name: given.append((arguments, name)) or 5
    monkeypatch.setitem(sys.modules, "sandboxes.__main__", fake)
    assert call("sandbox", "--port", "5", "rethinkdb", "--help").exit_code == 5
    assert given == [(["--port", "5", "rethinkdb", "--help"], "workbook sandbox")]


@pytest.mark.skipif(os.name != "posix", reason="exec as POSIX knows it")
@pytest.mark.parametrize(("user", "more"), [(1000, []), (0, ["--allow-root"])])
def test_lab_becomes_jupyterlab_in_the_learners_folder(root, tmp_path, monkeypatch, user, more):
    call("author", "starters")
    calls = []
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(os, "execv", lambda *given: calls.append(given))
    monkeypatch.setattr(subprocess, "call", lambda command: 0)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "chosen")
    folder = tmp_path / "mine"
    call("lab", "--no-browser", "--folder", folder, "--port", "8999", "--LabApp.default_url=/lab")
    [(program, command)] = calls
    assert program == sys.executable and command[:3] == [program, "-m", "jupyterlab"]
    assert command[3:] == [
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.workspaces_dir={folder / '.workbook' / 'workspaces'}",
        *["--no-browser", "--port", "8999", "--LabApp.default_url=/lab"],
        *more,
    ]
    assert (folder / "1 Exercises.ipynb").exists()
    # Ours last: what somebody has chosen on this machine counts more.
    *others, last = os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert others[0] == "chosen" and os.path.expanduser("~/.jupyter") in others
    assert last == str(paths.LAB_SETTINGS)
    calls.clear()
    call("lab", "--folder", folder)
    assert "--LabApp.default_url=/lab/tree/1%20Twice%2C%20and%20half.ipynb" in calls[0][1]


def test_the_settings_for_lab_are_settings_that_it_has():
    settings = json.loads((paths.LAB_SETTINGS / "labconfig" / "default_setting_overrides.json").read_text())
    schemas = os.path.join(sys.prefix, "share", "jupyter", "lab", "schemas")
    for plugin, chosen in settings.items():
        package, name = plugin.split(":")
        with open(os.path.join(schemas, package, f"{name}.json"), encoding="utf-8") as file:
            assert chosen.keys() <= json.load(file)["properties"].keys()


def run(*arguments, **settings):
    command = [sys.executable, "-m", "workbook", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=paths.ROOT, **settings)


def test_unknown_names_list_the_known_ones():
    unknown = run("bogus")
    assert unknown.returncode == 2 and "no command 'bogus'. There are: lab, copy, reset," in unknown.stderr
    assert run("notes", "nosuch").returncode == 2
    for command in (["notes"], ["progress"], ["author", "check"]):
        unknown = call(*command, "nosuch").output
        assert "there is no 'nosuch'. There are: " in unknown and "ch03_one_connection" in unknown
    assert "No such option '--fast'" in call("doctor", "--fast").output


@pytest.mark.parametrize("command", command_line.main.commands)
def test_every_command_has_help(command):
    # argparse prints the sandbox's, click all others.
    assert call(command, "--help").output.lower().startswith(f"usage: workbook {command}")


def test_help_and_version():
    assert "lab" in run("--help").stdout
    assert run("--version").stdout.strip()


def test_an_interrupt_has_no_traceback(root, monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(learner, "copy", interrupted)
    stopped = call("copy")
    assert stopped.exit_code == 1 and stopped.output.strip() == "Aborted!"


def test_notes_are_those_of_the_notebooks():
    printed = call("notes", "ch03_one_connection").output
    assert printed.startswith("ch03_one_connection: ") and "    Ask: " in printed


def test_a_command_imports_only_what_it_needs():
    code = (
        "import sys; from workbook import __main__\n"
        "heavy = {'flask', 'httpx', 'nbformat', 'jupyter_client', 'workbook.exercises', 'workbook.author.problems'}\n"
        "sys.exit(len(heavy & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=paths.ROOT).returncode == 0
