"""One exact pin for each package, and everything that names a version agrees with it."""

import ast
import json
import re
import sys
import tomllib
from importlib.metadata import packages_distributions, version
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import bootstrap

ROOT = Path(__file__).parent.parent
PINS = [
    Requirement(line)
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
HERE = {pin.name: pin for pin in PINS if pin.marker is None or pin.marker.evaluate()}
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
# The sandboxes are a distribution of this repository: nobody pins them.
OWN = "database-sandboxes"
SANDBOXES = tomllib.loads((ROOT / "sandboxes" / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ALL = [Requirement(line) for line in PROJECT["dependencies"]]
DECLARED = [wanted for wanted in ALL if wanted.name != OWN]
TEST = [Requirement(line) for line in PYPROJECT["dependency-groups"]["test"]]
PYTHONS = SpecifierSet(PROJECT["requires-python"])
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def pinned(pin):
    return re.fullmatch(r"==([\w.+!]+)", str(pin.specifier))[1]


def test_every_pin_is_exact_and_names_no_host():
    assert all(pinned(pin) and pin.url is None for pin in PINS)
    assert "://" not in (ROOT / "requirements.txt").read_text(encoding="utf-8")


def test_installed_versions_are_the_pins():
    assert {name: version(name) for name in HERE} == {name: pinned(pin) for name, pin in HERE.items()}


def test_pins_are_within_the_ranges_of_the_project():
    pins = {pin.name: pinned(pin) for pin in PINS}
    for wanted in [*DECLARED, *TEST, *map(Requirement, SANDBOXES["dependencies"])]:
        assert wanted.specifier.contains(pins[wanted.name]), wanted


def test_pins_cover_other_systems():
    markers = " ".join(str(pin.marker) for pin in PINS if pin.marker)
    assert "win32" in markers and "darwin" in markers


def test_conda_takes_python_from_its_channel_and_the_rest_from_the_pins():
    python, pip, rest = CONDA["dependencies"]
    assert python.replace(" ", "") == "python" + PROJECT["requires-python"]
    assert pip == "pip"
    assert rest == {"pip": ["--requirement requirements.txt", "--editable ./sandboxes", "--editable ."]}


def test_the_same_pythons_everywhere():
    versions = [(3, minor) for minor in range(8, 20)]
    supported = [version for version in versions if PYTHONS.contains("{}.{}.9".format(*version))]
    assert supported == [version for version in versions if bootstrap.OLDEST <= version <= bootstrap.NEWEST]
    assert "{}.{}".format(*bootstrap.NEWEST) == bootstrap.BRING
    image = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))["image"]
    assert PYTHONS.contains(image.rpartition(":")[2])
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "Python {}.{} to {}.{}".format(*bootstrap.OLDEST, *bootstrap.NEWEST) in readme


def test_what_the_workbook_imports_is_declared():
    tops = {distribution: set() for distribution in (wanted.name for wanted in DECLARED)}
    for package, distributions in packages_distributions().items():
        for distribution in distributions:
            tops.setdefault(re.sub(r"[-_.]+", "-", distribution).lower(), set()).add(package)
    declared = {package for wanted in DECLARED for package in tops[wanted.name]}
    # Flask's own: whoever has Flask has these, in versions that fit it.
    declared |= {"click", "jinja2", "werkzeug", "workbook"}
    # Imported only where pytest is: its plugin.
    lent = {"pytest"}
    assert SANDBOXES["name"] == OWN and OWN in [wanted.name for wanted in ALL]
    declared |= {"sandboxes"}
    # Only there where SecantusDB is not.
    declared |= {"mongoeco"}
    assert imported(ROOT / "workbook") - sys.stdlib_module_names - lent <= declared
    tests = {package for wanted in TEST for package in tops[wanted.name]}
    assert imported(ROOT / "workbook") & tests == lent


def imported(folder):
    """The top names of all that the modules in ``folder`` import."""
    names = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add(node.module.partition(".")[0])
    return names
