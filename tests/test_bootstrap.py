"""bootstrap.py with Pythons and uvs that are small scripts: what it chooses, makes, mends and says."""

import ast
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

import bootstrap

ROOT = Path(__file__).parent.parent
BASE = os.path.realpath(sys.executable)
MAKE = shutil.which("make")

# What `python -m venv --without-pip` makes, in a tenth of the time.
VENV = """
PATH=/usr/bin:/bin
for folder; do :; done
rm -rf "$folder"; mkdir -p "$folder/bin" "$folder/$PACKAGES/pip"; touch "$folder/$PACKAGES/pip/__main__.py"
ln -s "$BASE" "$folder/bin/python"
printf "home = %s\\ninclude-system-site-packages = false\\n" "${BASE%/*}" > "$folder/pyvenv.cfg"
"""
PACKAGES = "lib/python{}.{}/site-packages".format(*sys.version_info)
UV = f"""#!/bin/sh
if [ "$1" = --version ]; then echo uv 0.13.9; exit; fi
echo "$@" >> "$UV_LOG"
if [ "$1" = venv ]; then {VENV} fi
if [ "$1" = pip ]; then exec /bin/sh -c "$UV_PIP"; fi
"""

Told = namedtuple("Told", "code text uv")


class Checkout:
    """A small checkout and the PATH of a machine: a folder with the scripts that ``program`` puts there."""

    def __init__(self, folder):
        self.root, self.path, self.log = folder / "a checkout", folder / "bin", folder / "uv.log"
        self.path.mkdir()
        (self.root / "workbook").mkdir(parents=True)
        (self.root / "workbook" / "__init__.py").touch()
        for name in ("bootstrap.py", "Makefile"):
            shutil.copy(ROOT / name, self.root)
        (self.root / "sandboxes" / "src").mkdir(parents=True)
        for name in ("requirements.txt", "pyproject.toml", "sandboxes/pyproject.toml"):
            (self.root / name).write_text("# as it was\n")

    @property
    def python(self):
        return self.root / ".venv" / "bin" / "python"

    def program(self, name, script):
        path = self.path / name
        path.write_text(script)
        path.chmod(0o755)
        return str(path)

    def fake_python(self, name, version, **different):
        """A program that says of itself what a Python of that version would; its path."""
        path = str(self.path / name)
        told = {
            "version": version, "executable": path, "base": "/opt/" + name, "base_executable": path, "wheels": True,
            "machine": ["linux", "x86_64"], "ensurepip": True, "workbook": None, **different,
        }  # fmt: skip
        return self.program(name, f"#!/bin/sh\necho '{json.dumps(told)}'\n")

    def environ(self, **different):
        return {
            "PATH": str(self.path), "HOME": str(self.root), "BASE": BASE, "PACKAGES": PACKAGES,
            "UV_LOG": str(self.log), "UV_PIP": "true", **different,
        }  # fmt: skip

    def run(self, *arguments, command=(BASE, "bootstrap.py"), **environ):
        """Its exit code, all that it printed, and the calls of uv."""
        self.log.unlink(missing_ok=True)
        done = subprocess.run(
            [*command, *arguments], cwd=self.root, env=self.environ(**environ),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        return Told(done.returncode, done.stdout, self.log.read_text().splitlines() if self.log.exists() else [])

    def make(self, *arguments, **environ):
        return self.run(*arguments, command=(MAKE,), **environ)

    @property
    def ready(self):
        return self.run("--ready").code == 0

    def own_code(self):
        """Where the environment finds the workbook."""
        command = [self.python, "-I", "-c", "import workbook; print(workbook.__file__)"]
        return Path(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip())


@pytest.fixture
def checkout(tmp_path):
    checkout = Checkout(tmp_path)
    checkout.program("uv", UV)
    return checkout


@pytest.fixture
def made(checkout):
    checkout.fake_python("python3", [3, 11, 7])
    assert checkout.run().code == 0
    return checkout


def chosen(told):
    """What uv was told to make the environment with."""
    return re.search(r"^venv .*--python (\S+)", "\n".join(told.uv), re.M)[1]


def test_the_first_that_fits_is_taken(checkout):
    checkout.fake_python("python3", [3, 10, 13])
    fits = checkout.fake_python("python3.12", [3, 12, 1])
    checkout.fake_python("python3.11", [3, 11, 7])
    told = checkout.run()
    assert (told.code, chosen(told)) == (0, fits)
    assert "Python 3.12.1" in told.text and checkout.ready


@pytest.mark.parametrize(
    ("version", "different", "why"),
    [
        ([3, 10, 13], {}, "python3 is 3.10.13"),
        ([3, 14, 0], {}, "python3 is 3.14.0"),
        ([3, 13, 0], {"wheels": False}, "python3 is 3.13.0"),  # another implementation, 32 bits, no GIL
        ([3, 12, 1], {"machine": ["darwin", "x86_64"]}, "python3 is 3.12.1"),
    ],
)
def test_uv_brings_one_where_none_fits(checkout, version, different, why):
    checkout.fake_python("python3", version, **different)
    told = checkout.run()
    assert (told.code, chosen(told)) == (0, "3.13")
    assert f"({why}): uv brings Python 3.13" in told.text


def test_an_intel_mac_takes_3_13(checkout):
    checkout.fake_python("python3", [3, 12, 1], machine=["darwin", "x86_64"])
    fits = checkout.fake_python("python3.13", [3, 13, 0], machine=["darwin", "x86_64"])
    assert chosen(checkout.run()) == fits


def test_a_shim_with_nothing_behind_it_is_passed_over(checkout):
    checkout.program("python3", "#!/bin/sh\necho 'pyenv: python3: command not found' >&2\nexit 127\n")
    told = checkout.run()
    assert chosen(told) == "3.13" and "there is none" in told.text


def test_make_finds_any_python_and_hands_the_choice_on(checkout):
    checkout.program("python3", "#!/bin/sh\nexit 127\n")
    checkout.program("python", '#!/bin/sh\nexec "$BASE" "$@"\n')
    told = checkout.make("setup", f"PYTHON={checkout.fake_python('mine', [3, 12, 1])}")
    assert told.code == 0 and chosen(told).endswith("mine")
    assert checkout.make("setup").uv == []
    other = checkout.fake_python("other", [3, 13, 1])
    assert chosen(checkout.make("setup", f"PYTHON={other}")) == other


def test_make_takes_a_python_that_is_not_on_path(checkout):
    assert chosen(checkout.make("setup", f"PYTHON={BASE}")) == BASE


def test_make_without_a_python_asks_uv_for_one(checkout):
    told = checkout.make("setup")
    assert told.uv == ["python install 3.13", "run --quiet --no-project --python 3.13 bootstrap.py"]


def test_make_with_neither_says_what_to_install(checkout):
    (checkout.path / "uv").unlink()
    told = checkout.make("setup")
    assert told.code == 2 and "install Python 3.13, or uv" in told.text


def test_python_that_is_asked_for(made):
    other = made.fake_python("other", [3, 12, 1])
    told = made.run(PYTHON=other)
    assert chosen(told) == other
    assert f"stands on Python {'.'.join(map(str, sys.version_info[:3]))}, PYTHON= asks for 3.12.1" in told.text
    assert made.run(PYTHON=BASE).uv == []  # the one that it stands on


@pytest.mark.parametrize(
    ("version", "different", "why"),
    [
        ([3, 10, 13], {}, "is Python 3.10.13"),
        ([3, 13, 0], {"wheels": False}, "is Python 3.13.0, but not the usual CPython"),
    ],
)
def test_python_that_cannot_be_used(made, version, different, why):
    asked = made.fake_python("asked", version, **different)
    told = made.run(PYTHON=asked)
    assert told.code == 1 and told.uv == []
    assert f"PYTHON={asked} {why}" in told.text and f"Suitable here: {made.path / 'python3'}." in told.text
    assert "PYTHON=nosuch is no Python 3 that runs" in made.run(PYTHON="nosuch").text
    assert made.ready


def test_nothing_to_do(made):
    told = made.make("setup")
    assert told.code == 0 and told.uv == []
    assert made.own_code() == made.root / "workbook" / "__init__.py"


def test_the_commands_are_relocatable(checkout):
    checkout.fake_python("python3", [3, 11, 7])
    assert "--relocatable" in checkout.run().uv[0]


def test_a_moved_checkout_takes_its_environment_along(made):
    made.root = made.root.rename(made.root.parent / "it's here, ü, now for a$b")
    assert not made.ready
    told = made.run()
    assert told.uv == [] and "moved or copied" in told.text
    assert made.ready
    assert made.own_code() == made.root / "workbook" / "__init__.py"


def test_a_copied_checkout_runs_its_own_code(made):
    original, made.root = made.root, made.root.parent / "copy"
    shutil.copytree(original, made.root, symlinks=True)
    assert made.own_code() == made.root / "workbook" / "__init__.py"
    assert made.run().code == 0 and made.ready


def test_an_environment_that_runs_other_code_is_made_anew(made):
    [link] = made.root.glob(".venv/lib/*/site-packages/workbook.pth")
    (made.root.parent / "original" / "workbook").mkdir(parents=True)
    (made.root.parent / "original" / "workbook" / "__init__.py").touch()
    link.write_text(str(made.root.parent / "original"))
    made.root = made.root.rename(made.root.parent / "copy")
    assert "it is made anew" in made.run().text
    assert made.own_code() == made.root / "workbook" / "__init__.py"


def test_a_python_that_has_gone(made):
    made.python.unlink()
    assert not made.ready
    told = made.run()
    assert "has gone: it is made anew" in told.text and made.ready


def test_an_interrupted_set_up_is_begun_again(checkout):
    checkout.fake_python("python3", [3, 11, 7])
    assert checkout.run(UV_PIP="kill -9 $PPID").code == -9
    assert checkout.python.exists() and not checkout.ready
    told = checkout.run()
    assert "was not finished: it is made anew" in told.text and told.uv[0].startswith("venv")
    assert checkout.ready


def test_other_packages_without_a_new_environment(made):
    (made.root / "requirements.txt").write_text("# another\n")
    assert not made.ready
    told = made.run()
    assert [call.split()[0] for call in told.uv] == ["pip"] and made.ready


def test_an_interrupted_change_is_begun_again(made):
    (made.root / "requirements.txt").write_text("# another\n")
    assert made.run(UV_PIP="kill -9 $PPID").code == -9
    (made.root / "requirements.txt").write_text("# as it was\n")
    assert not made.ready


def test_pip_where_uv_cannot(checkout):
    checkout.fake_python("python3", [3, 11, 7], base_executable=checkout.program("with_venv", "#!/bin/sh\n" + VENV))
    told = checkout.run(UV_PIP="exit 2")
    assert told.code == 0 and "pip installs, which takes longer" in told.text
    assert checkout.ready
    checkout.root = checkout.root.rename(checkout.root.parent / "moved")
    told = checkout.run(UV_PIP="exit 2")  # the commands of pip have the old path in them
    assert "it is made anew" in told.text and checkout.ready


def test_a_failure_says_what_to_do(checkout):
    checkout.fake_python("python3", [3, 11, 7], base_executable=checkout.program("without_venv", "#!/bin/sh\nexit 1\n"))
    told = checkout.run(UV_PIP="exit 2")
    assert told.code == 1 and not checkout.ready
    assert "could not be installed. " in told.text.splitlines()[-1]
    checkout.fake_python("python3", [3, 10, 13])
    checkout.program("uv", UV.replace("= venv ]; then", "= venv ]; then exit 2;"))
    told = checkout.run()
    assert told.code == 1 and "uv could not bring a Python" in told.text.splitlines()[-1]


def test_one_set_up_at_a_time(made):
    (made.root / "requirements.txt").write_text("# another\n")
    with open(made.root / ".uv" / "lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = subprocess.Popen(
            [BASE, "bootstrap.py"], cwd=made.root, env=made.environ(), stdout=subprocess.PIPE, text=True
        )
        assert "Another set-up is at work" in second.stdout.readline()
        assert not made.ready
    assert ".venv is ready" in second.communicate()[0]
    assert made.ready


def test_what_is_wrong_when_an_installation_fails(monkeypatch):
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(bootstrap.shutil, "disk_usage", lambda folder: usage(10**12))
    assert "HTTPS_PROXY" in bootstrap.advice({"ensurepip": True})
    assert "apt install python3-venv" in bootstrap.advice({"ensurepip": False})
    monkeypatch.setattr(bootstrap.shutil, "disk_usage", lambda folder: usage(7 * 10**6))
    assert "Only 7 MB are free" in bootstrap.advice({"ensurepip": True})


def test_an_index_that_pip_was_told_of_is_uvs_too(checkout, monkeypatch):
    lines = [
        ":env:.index-url='index of the environment'", "global.cert='/etc/company.pem'",
        "global.extra-index-url='\\none\\ntwo'", "global.index-url='index of the file'", "global.timeout='60'",
    ]  # fmt: skip
    pip = checkout.program("pip", "#!/bin/sh\ncat <<'END'\n" + "\n".join(lines) + "\nEND\n")
    monkeypatch.setattr(bootstrap, "own_pip", lambda: [pip])
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.delenv("UV_INDEX", raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", "chosen")
    assert bootstrap.settings_of_pip() == {"UV_DEFAULT_INDEX": "index of the environment", "UV_INDEX": "one two"}


@pytest.mark.parametrize(("told", "used"), [("uv 0.7.22", False), ("uv 0.8.0 (x86_64)", True), ("UV data, 1.4", False)])
def test_a_uv_that_is_too_old_or_something_else_is_passed_over(checkout, monkeypatch, told, used):
    uv = checkout.program("uv", f"#!/bin/sh\necho '{told}'\n")
    monkeypatch.setenv("PATH", f"{checkout.path}:{os.environ['PATH']}")
    monkeypatch.setattr(bootstrap, "OWN_UV", str(checkout.path / "own"))
    monkeypatch.setattr(bootstrap, "pip_install", lambda *arguments: False)
    found = bootstrap.find_uv()
    assert (found[0] if found else None) == (uv if used else None)


def test_an_old_python_is_told_so(checkout):
    start = "import runpy, sys; sys.version_info = (3, 7, 16, 'final', 0); "
    start += "runpy.run_path('bootstrap.py', run_name='__main__')"
    told = checkout.run("-c", start, command=(BASE,))
    assert told.code == 1 and "needs Python 3.8 or newer, and this is 3.7" in told.text


def test_python_2_can_read_it():
    tree = ast.parse((ROOT / "bootstrap.py").read_text(encoding="ascii"))
    unknown = (ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.Nonlocal, ast.AsyncFunctionDef, ast.YieldFrom)
    for node in ast.walk(tree):
        assert not isinstance(node, unknown), ast.unparse(node)
        if isinstance(node, ast.Raise):
            assert node.cause is None
        if isinstance(node, ast.arguments):
            assert not node.kwonlyargs and not node.posonlyargs


def test_every_target_makes_sure_of_the_environment_first():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    rules = re.findall(r"^([a-z]+):(.*)\n((?:\t.*\n)+)", makefile, re.M)
    users = {target: needs.split("#")[0].split() for target, needs, recipe in rules if "$(PY) " in recipe}
    assert {"lab", "test", "doctor", "pins"} <= set(users)
    assert {target for target, needs in users.items() if needs != ["ready"]} == {"ready"}
    # A command's first line names the folder that it was made in; `python -m` does not.
    assert "bin/workbook" not in makefile
