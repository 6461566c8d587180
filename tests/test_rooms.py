"""The order of the rooms in workbook/: what a module imports stands in its own room or on a floor below."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import workbook

ROOT = Path(workbook.__file__).parent
# From the ground up. The rooms of one floor know nothing of each other.
FLOORS = [
    ["paths", "files", "surroundings", "finding"],
    ["child", "notebooks"],
    ["pages", "figures", "drivers", "commands"],
    ["learner", "databases", "running"],
    ["exercises", "tracing", "jukebox"],
    ["author", "doctor"],
    ["__init__", "__main__"],
]
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def arrows(root):
    """{module: the modules that it imports, at its top or in a function}, named as in ``figures.svg``."""
    known = {}
    for path in root.rglob("*.py"):
        *rooms, name = path.relative_to(root).with_suffix("").parts
        known[".".join(rooms if rooms and name == "__init__" else [*rooms, name])] = path
    return {module: imported(path, known) for module, path in known.items()}


def imported(path, known):
    """Those of the modules ``known`` that a file imports; ``__init__`` where it comes in by the front door."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: write imports with the name of their room"
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            # What is no module is a name in one.
            names |= {name if name.removeprefix("workbook.") in known else node.module for name in whole}
    inside = {name.removeprefix("workbook.") for name in names if name.startswith("workbook.")}
    return (inside | ({"__init__"} if "workbook" in names else set())) & known.keys()


def room(module):
    return module.partition(".")[0]


def upward(found):
    """The imports that lead to a floor above, or to another room of the same one."""
    return [
        f"{module} imports {other}"
        for module, others in found.items()
        for other in others
        if room(other) != room(module) and FLOOR[room(other)] >= FLOOR[room(module)]
    ]


def test_every_module_has_a_room():
    assert {room(module) for module in arrows(ROOT)} == FLOOR.keys()


def test_no_arrow_leads_up():
    assert upward(arrows(ROOT)) == []


def test_no_module_imports_itself_by_way_of_others():
    TopologicalSorter(arrows(ROOT)).prepare()  # CycleError names the circle


@pytest.fixture
def house(tmp_path):
    """A function that makes a package of modules, {"figures/svg": source}."""

    def build(modules):
        for name, source in modules.items():
            path = tmp_path / f"{name}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(source, encoding="utf-8")
        return tmp_path

    return build


@pytest.mark.parametrize(
    "source",
    [
        "from workbook.exercises import progress",
        "from workbook.exercises.progress import load",
        "import workbook.exercises.progress",
        "def look():\n    from workbook.exercises import progress",
        "from workbook.drivers import relay",
        "from workbook import Wire",
    ],
)
def test_an_arrow_that_leads_up_is_seen(house, source):
    built = house({"figures/svg": source, "exercises/progress": "", "drivers/relay": "", "__init__": ""})
    assert [arrow.partition(" ")[0] for arrow in upward(arrows(built))] == ["figures.svg"]


def test_a_circle_is_seen(house):
    built = house(
        {
            "figures/svg": "from workbook.figures import bars",
            "figures/bars": "def f():\n    import workbook.figures.svg",
        }
    )
    with pytest.raises(CycleError):
        TopologicalSorter(arrows(built)).prepare()
