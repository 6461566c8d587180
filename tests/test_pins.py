"""One exact pin for each package, and everything that names a version agrees with it."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
PINS = [
    Requirement(line)
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
HERE = {pin.name: pin for pin in PINS if pin.marker is None or pin.marker.evaluate()}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def pinned(pin):
    return re.fullmatch(r"==([\w.+!]+)", str(pin.specifier))[1]


def test_every_pin_is_exact_and_names_no_host():
    assert all(pinned(pin) and pin.url is None for pin in PINS)
    assert "://" not in (ROOT / "requirements.txt").read_text(encoding="utf-8")


def test_installed_versions_are_the_pins():
    assert {name: version(name) for name in HERE} == {name: pinned(pin) for name, pin in HERE.items()}


def test_pins_are_within_the_ranges_of_the_project():
    for line in PROJECT["dependencies"]:
        wanted = Requirement(line)
        assert wanted.specifier.contains(pinned(HERE[wanted.name])), line


def test_pins_cover_other_systems():
    markers = " ".join(str(pin.marker) for pin in PINS if pin.marker)
    assert "win32" in markers and "darwin" in markers


def test_conda_takes_python_from_its_channel_and_the_rest_from_the_pins():
    python, pip, rest = CONDA["dependencies"]
    assert python.replace(" ", "") == "python" + PROJECT["requires-python"]
    assert pip == "pip"
    assert rest == {"pip": ["--requirement requirements.txt", "--editable ."]}
