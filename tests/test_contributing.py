"""CONTRIBUTING, CHANGELOG, CITATION and the workflows agree with what is there."""

import re
import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from workbook.author.commands import author

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def workflow(name):
    return yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8"))


def commands(job):
    return [step["run"] for step in job["steps"] if "run" in step]


def test_the_guide_fits_on_one_page():
    assert len(GUIDE.splitlines()) <= 100


def test_commands_of_the_guide_exist():
    targets = set(re.findall(r"`make (\w+)", GUIDE))
    assert {"test", "lint", "pins", "book", "next"} <= targets
    assert all(re.search(rf"^{target}: ", MAKEFILE, re.M) for target in targets)
    assert set(re.findall(r"workbook author (\w+)", GUIDE)) == set(author.commands)


def test_paths_of_the_guide_exist():
    # ch14_caching and STEM are for the reader to fill in.
    paths = re.findall(r"`((?:\w+/)+[\w.]*|\w+\.(?:toml|yaml|md))`", GUIDE)
    assert len(paths) > 5
    for path in paths:
        assert "ch14_" in path or "STEM" in path or (ROOT / path).exists(), path


def test_the_tools_of_lint_are_pinned_within_their_ranges():
    lines = (ROOT / "requirements-lint.txt").read_text(encoding="utf-8").splitlines()
    pins = {pin.name: pin.specifier for pin in map(Requirement, lines)}
    assert all(re.fullmatch(r"==[\w.]+", str(pin)) for pin in pins.values())
    for wanted in map(Requirement, PYPROJECT["dependency-groups"]["lint"]):
        assert wanted.specifier.contains(str(pins[wanted.name]).removeprefix("=="))


def test_workflows_test_every_python_on_three_systems():
    jobs = workflow("test")["jobs"]
    matrix = jobs["test"]["strategy"]["matrix"]
    pythons = SpecifierSet(PROJECT["requires-python"])
    assert matrix["python"] == [f"3.{minor}" for minor in range(20) if pythons.contains(f"3.{minor}.9")]
    assert {system.partition("-")[0] for system in matrix["system"]} == {"ubuntu", "macos", "windows"}
    assert {job: commands(jobs[job]) for job in jobs} == {
        job: [f"make {job}"] for job in ("test", "lint", "browser", "next")
    }
    assert [job for job in jobs if jobs[job].get("continue-on-error")] == ["next"]
    assert commands(workflow("book")["jobs"]["make"]) == ["make book"]


def test_the_version_is_in_one_place_and_the_changelog_knows_it():
    assert "version" not in CITATION
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[(.+?)\](?: - (\d{4}-\d\d-\d\d))?$", changelog, re.M)
    assert headings[0] == ("Unreleased", "") and all(date for _, date in headings[1:])
    first = re.findall(r"^This will be (.+), the first release", changelog, re.M)
    assert [*first, *(version for version, _ in headings[1:])][0] == PROJECT["version"]


def test_the_citation_names_whom_the_licence_names():
    [holder] = re.findall(r"^Copyright \(c\) \d+ (.+)$", (ROOT / "LICENSE").read_text(encoding="utf-8"), re.M)
    assert [person["name"].lower() for person in CITATION["authors"]] == [holder]
    assert CITATION["license"] == PROJECT["license"]
    assert CITATION["title"] in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[0]
