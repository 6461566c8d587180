"""The front door: what notebooks, solutions and checks import, each loaded when it is first asked for.

``__init__.pyi`` says the same to type checkers and editors. Nothing behind the door comes in by it.
"""

import sys
from importlib import import_module

# A room behind the door -> the names that it has for those in front of it; "" is a module as a whole.
_ROOMS = {
    "databases": [""],
    "doctor": [""],
    "drivers.relay": ["Wire"],
    "exercises.checking": ["NotYet", "check", "exercise", "hint", "solution"],
    "exercises.for_checks": ["call_at_once", "check_app", "compare_predictions", "request_at_once"],
    "exercises.prediction": ["predict"],
    "exercises.progress": ["", "not_recorded"],
    "figures.bars": ["Bars"],
    "figures.claim": ["Claim"],
    "figures.excerpt": ["source"],
    "figures.lifetimes": ["Lifetimes"],
    "figures.recorded": ["Measured"],
    "figures.table": ["Table"],
    "figures.timeline": ["Timeline"],
    "paths": ["APPS"],
    "running.launch": ["LaunchError", "launch"],
    "running.recorder": ["Recorder"],
}
_places = {name or room.rpartition(".")[2]: (room, name) for room, names in _ROOMS.items() for name in names}
__all__ = list(_places)


def __getattr__(name):
    if name not in _places:
        raise AttributeError(f"module 'workbook' has no attribute {name!r}")
    room, inside = _places[name]
    found = import_module(f"workbook.{room}")
    globals()[name] = found = getattr(found, inside) if inside else found
    return found


def __dir__():
    return sorted({*globals(), *__all__})


if "ipykernel" in sys.modules:
    # A learner's kernel, before its first cell goes on. Elsewhere an import changes nothing.
    from workbook.surroundings import make_plain

    make_plain()
