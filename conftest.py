import functools
import gc
import os
import re
import signal
import sys
import tempfile
from pathlib import Path

import nbval.kernel
import pytest
from xdist.scheduler import LoadScopeScheduling

from workbook import notebooks
from workbook.surroundings import make_plain

# Tests run on every machine as in a learner's kernel.
make_plain()
# A shell that starts a run in its background has it, and all that it starts, ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
# A test run, and the kernels it starts, never touch the learner's own progress.
_folder = tempfile.TemporaryDirectory(prefix="workbook-")
os.environ["WORKBOOK_PROGRESS"] = os.path.join(_folder.name, "progress.json")
nbval.kernel.KernelManager = functools.partial(nbval.kernel.KernelManager, **notebooks.without_ports(_folder.name))
known_spec = nbval.kernel.NbvalKernelspecManager.get_kernel_spec


def without_debugger(manager, name):
    """Nobody asks for it here, and each kernel would pay a quarter of its start for it."""
    begin = "import sys; sys.modules['debugpy'] = None; import ipykernel.kernelapp as app; app.launch_new_instance()"
    spec = known_spec(manager, name)
    spec.argv = [sys.executable, "-c", begin, "-f", "{connection_file}"]
    return spec


nbval.kernel.NbvalKernelspecManager.get_kernel_spec = without_debugger

# Begun first, so that at the end no worker is left alone with one of them.
LONGEST = [
    "notebooks/ch08",
    "tests/test_postgresql",
    "tests/test_exercises.py::test_exercise_is_proved_three_ways[ch06",
    "tests/test_exercises.py::test_exercise_is_proved_three_ways[ch07",
    "tests/test_exercises.py::test_exercise_is_proved_three_ways[ch08",
    "notebooks/capstone",
    "notebooks/ch09",
    "notebooks/ch07",
    "notebooks/ch10",
    "notebooks/ch11",
    "notebooks/ch13",
    "tests/apps/test_capstone",
    "tests/apps/test_ch07",
    "tests/fuzz/",
    "tests/running/test_launch",
    "tests/test_bootstrap",
    "tests/test_hostile",
    "tests/test_copied_apps",
    "tests/test_silent_servers",
    "tests/test_any_order",
    "sandboxes/tests/cassandra/test_cassandra_golden",
    "tests/test_exercises.py::test_exercise_is_proved_three_ways[ch09",
    "tests/apps/test_ch09",
    "tests/apps/test_mongodb_killed",
    "sandboxes/tests/cassandra/",
    "notebooks/",
    "tests/apps/",
    "tests/test_exercises",
    "sandboxes/tests/",
]


def pytest_configure(config):
    # Here, so that it counts wherever pytest is called from.
    config.option.nbval_sanitize_with = str(Path(__file__).parent / "tests" / "own_figures.cfg")


def pytest_collection_modifyitems(items):
    def place(item):
        return next((n for n, begin in enumerate(LONGEST) if item.nodeid.startswith(begin)), len(LONGEST))

    items.sort(key=place)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    # Around it all, for the process that only hands out the tests collects nothing, and has it switched off as well.
    done = yield
    # Thousands of items live as long as the run: gc.collect(), which proofs call, need not look at them again.
    gc.freeze()
    gc.enable()
    return done


def pytest_runtest_teardown(item, nextitem):
    # Nor at what a file has imported.
    if nextitem is not None and nextitem.path != item.path:
        gc.collect()
        gc.freeze()


def pytest_xdist_make_scheduler(config, log):
    config.option.loadscopereorder = False  # in the order of LONGEST
    return Chapters(config, log)


class Chapters(LoadScopeScheduling):
    """What shares a kernel or fixtures stays together: a file; of the exercises' proofs, a chapter."""

    def _split_scope(self, nodeid):
        chapter, alone = r"test_exercises\.py::\w+\[(?:ch\d\d|capstone)", r"test_(any_order|hostile)\.py::.*"
        apart = re.match(rf"tests/(?:{chapter}|{alone})", nodeid)
        return apart[0] if apart else nodeid.partition("::")[0]
