"""A child process ends when it should, and leaves nothing behind."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from processes import left_running
from workbook.child import Child

posix = pytest.mark.skipif(os.name != "posix", reason="processes as POSIX knows them")


@pytest.fixture
def start(tmp_path, monkeypatch):
    """A function that starts a Child which runs this source; each is stopped in the end."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    children = []

    def start(source):
        (tmp_path / "its_module.py").write_text(source, encoding="utf-8")
        children.append(Child("its_module"))
        return children[-1]

    yield start
    for child in children:
        child.process.kill()
        child.stop()


@pytest.fixture
def parent():
    """A function that runs a program, and gives its process and the words of its first line."""
    started = []

    def run(program):
        process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process, process.stdout.readline().split()

    yield run
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def test_one_that_does_not_listen_is_killed(start):
    child = start("import sys, time\nprint('up', file=sys.stderr, flush=True)\ntime.sleep(60)")
    child.wait_for_line("up", timeout=60)
    child.stop()
    assert not child.running


def test_one_that_listens_ends_by_itself(start):
    child = start("""
import sys, time
from sandboxes.parent import follow_parent
follow_parent()
print("up", file=sys.stderr, flush=True)
time.sleep(60)
""")
    child.wait_for_line("up", timeout=60)
    child.stop()
    assert child.process.returncode == 0  # not killed


@posix
def test_one_whose_stdin_somebody_else_keeps_open_ends_with_its_parent(parent):
    process, pids = parent("""
import subprocess, time
from workbook.child import Child
child = Child("sandboxes", "rethinkdb", "--follow-parent")
child.wait_for("port")
keeper = subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL, pass_fds=[child.process.stdin.fileno()])
print(child.pid, keeper.pid, flush=True)
time.sleep(60)
""")
    child, keeper = map(psutil.Process, map(int, pids))
    try:
        process.kill()
        process.wait()
        assert not left_running([child], seconds=10)
        assert keeper.is_running()
    finally:
        keeper.kill()


def test_a_foreign_server_takes_its_folder_with_it_when_its_parent_is_killed(parent):
    process, [pid, folder] = parent("""
import time
from workbook import databases
from workbook.drivers import servers
databases.mongodb("x")
child = servers.sandboxes["mongodb"][0]
print(child.pid, child.wait_for("folder")["folder"], flush=True)
time.sleep(60)
""")
    assert Path(folder).is_dir()
    process.kill()
    assert not left_running([psutil.Process(int(pid))], seconds=10)
    assert not Path(folder).exists()


@pytest.mark.parametrize("then", ["databases.mongodb('y')", "sys.exit()"])
def test_a_foreign_server_that_was_killed_leaves_no_folder(parent, then):
    process, [folder] = parent(f"""
import sys, time
from workbook import databases
from workbook.drivers import servers
databases.mongodb("x")
child = servers.sandboxes["mongodb"][0]
print(next(report["folder"] for report in child._reports if "folder" in report), flush=True)
child.process.kill()
child.process.wait()
{then}
print("done", flush=True)
time.sleep(60)
""")
    process.stdout.readline()  # done, or the end of the program
    assert not Path(folder).exists()


def test_a_report_that_nobody_asks_for_keeps_nobody_from_the_next(start):
    child = start("""
from sandboxes.parent import follow_parent
from workbook import child
report = child.take_stdout()
report({"other": 1})
print("said")
report({"key": 1})
report({"key": 2})
follow_parent(lambda message: child.answer_sync(report, message["sync"]))
import time
time.sleep(60)
""")
    assert child.wait_for("key", 2) == {"key": 2}
    assert child.wait_for("key") == {"key": 1}
    child.sync()
    assert child.log == "said\n"
    with pytest.raises(TimeoutError, match="no 'key' from the child process in 0.1 s"):
        child.wait_for("key", timeout=0.1)
