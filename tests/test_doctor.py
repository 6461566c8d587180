import importlib.metadata
import os
import re
import shlex
import socket
import subprocess
import sys
import time
import types
import warnings
from multiprocessing import spawn

import psutil
import pytest

from workbook import doctor, paths


@pytest.fixture(autouse=True)
def machine(tmp_path, monkeypatch, no_servers_of_the_shell):
    """A machine on which all is well, whatever runs on this one."""
    monkeypatch.setenv("WORKBOOK_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    installed = [("flask", "")] + [("werkzeug", " ; python_version >= '3.11'")]
    pins = [f"{name}=={importlib.metadata.version(name)}{marker}" for name, marker in installed]
    pins += ["# a comment", "", "never-heard-of-it==1 ; python_version < '3'"]
    (tmp_path / "requirements.txt").write_text("\n".join(pins))
    monkeypatch.setattr(psutil, "process_iter", lambda attributes: [])
    return tmp_path


def found(name):
    """The finding of one look."""
    return getattr(doctor, name)()


def test_where_all_is_well_the_notebook_shows_the_same_everywhere(capsys):
    assert repr(doctor.show()) == (
        "[ok]  Python 3.11 to 3.13\n"
        "[ok]  packages are those of requirements.txt\n"
        "[ok]  notebooks run in this environment\n"
        "[ok]  database drivers can be imported\n"
        "[ok]  apps can listen on 127.0.0.1\n"
        "[ok]  no process of an earlier session is left\n"
        "[ok]  RethinkDB can be reached\n"
        "[ok]  Cassandra can be reached\n"
        "[ok]  MongoDB can be reached\n"
        "[ok]  SQLite or PostgreSQL can be reached\n"
        "[ok]  your progress can be saved"
    )
    assert doctor.show()._repr_html_().count("<strong>[ok]</strong>") == 11
    assert doctor.main() == 0
    assert "all 2\n" in capsys.readouterr().out


def test_this_environment_is_the_pinned_one(monkeypatch):
    monkeypatch.setattr(paths, "ROOT", paths.APPS.parent)
    assert found("_packages").fix == ""


@pytest.mark.parametrize("version", [(3, 10, 4), (3, 14, 0)])
def test_python_that_does_not_fit(monkeypatch, version):
    monkeypatch.setattr(sys, "version_info", version)
    finding = found("_python")
    assert finding.detail.startswith("3.1") and "make lab" in finding.fix


def test_packages_missing_and_different(machine):
    (machine / "requirements.txt").write_text("flask==1.0\nnever-heard-of-it==1\n-r other\nclick==0.1\nrich==0\n")
    finding = found("_packages")
    flask = importlib.metadata.version("flask")
    assert f"flask is {flask}, not ==1.0, never-heard-of-it is missing, click is" in finding.detail
    assert finding.detail.endswith(" and 1 more")
    assert finding.fix == doctor.INSTALL and "-m pip install -r" in finding.fix


def test_a_kernel_of_another_python(machine, monkeypatch):
    kernels = machine / "jupyter" / "kernels" / "python3"
    kernels.mkdir(parents=True)
    (kernels / "kernel.json").write_text(
        '{"argv": ["/opt/other/bin/python"], "display_name": "x", "language": "python"}'
    )
    monkeypatch.setenv("JUPYTER_PATH", str(machine / "jupyter"))
    finding = found("_kernel")
    assert "/opt/other/bin/python" in finding.detail and "ipykernel install" in finding.fix


def test_a_driver_that_cannot_be_imported(monkeypatch):
    drivers = [types.SimpleNamespace(PACKAGE=name) for name in ["json", "never_heard_of_it"]]
    monkeypatch.setattr(doctor, "DRIVERS", drivers)
    finding = found("_drivers")
    assert finding.detail.startswith("never_heard_of_it: ModuleNotFoundError") and finding.fix


def test_no_loopback(monkeypatch):
    def refuse(*_):
        raise OSError(99, "Cannot assign requested address")

    monkeypatch.setattr(socket, "create_server", refuse)
    finding = found("_loopback")
    assert "Cannot assign" in finding.detail and finding.fix


def process(*command, pid=10, parent=1, name="x", user=None):
    above = types.SimpleNamespace(pid=parent, name=lambda: name) if parent else None
    info = {"pid": pid, "cmdline": list(command), "username": user or psutil.Process().username()}
    return types.SimpleNamespace(pid=pid, info=info, parent=lambda: above)


WORKER = [os.fsdecode(word) for word in spawn.get_command_line(pipe_handle=7)]


@pytest.mark.parametrize(
    ("one", "stale"),
    [
        (process("python", "-m", "workbook.running.serve", "ch03"), True),
        (process("python", "-u", "-m", "sandboxes", "rethinkdb", "--follow-parent", parent=None), True),
        (process("python", "-m", "sandboxes", "rethinkdb", "--port", "28015"), False),
        (process("python", "-m", "workbook.running.serve", parent=99, name="systemd"), True),
        (process("python", "-m", "workbook.running.serve", parent=99, name="python3"), False),
        (process("python", "-m", "workbook.running.serve", user="somebody else"), False),
        (process("python", "-m", "workbook", "sandbox"), False),
        (process(sys.executable, "-c", "from multiprocessing.resource_tracker import main;main(7)"), True),
        (process(*WORKER), True),
        (process("/opt/python", *WORKER[1:]), False),
        (process(sys.executable, "-c", "import multiprocessing"), False),
        (process(sys.executable, "-c"), False),
        (process("grep", "workbook.running.serve"), False),
        (process("python", "-m"), False),
        (process(), False),
    ],
)
def test_stale_processes(monkeypatch, one, stale):
    monkeypatch.setattr(psutil, "process_iter", lambda attributes: [one])
    monkeypatch.setattr(psutil, "pid_exists", lambda pid: True)
    monkeypatch.setattr(doctor, "GRACE", 0.2)
    finding = found("_stale")
    assert bool(finding.fix) is stale
    assert finding.fix.endswith(" 10") is stale


def test_an_orphan_that_goes_in_time_is_not_stale(monkeypatch):
    monkeypatch.setattr(psutil, "process_iter", lambda attributes: [process("python", "-m", "workbook.running.serve")])
    monkeypatch.setattr(psutil, "pid_exists", lambda pid: False)
    assert found("_stale").fix == ""


@pytest.mark.skipif(os.name != "posix", reason="orphans as POSIX knows them")
def test_a_real_orphan_is_seen(machine, monkeypatch):
    monkeypatch.undo()
    (machine / "workbook" / "running").mkdir(parents=True)
    (machine / "workbook" / "__init__.py").touch()
    (machine / "workbook" / "running" / "__init__.py").touch()
    (machine / "workbook" / "running" / "serve.py").write_text("import time; time.sleep(30)")
    start = f"exec >/dev/null 2>&1 </dev/null; {shlex.quote(sys.executable)} -m workbook.running.serve & echo $! > pid"
    subprocess.run(["sh", "-c", start], cwd=machine, check=True)
    orphan = psutil.Process(int((machine / "pid").read_text()))
    try:
        for _ in range(100):
            finding = found("_stale")
            if re.search(rf"\b{orphan.pid}\b", finding.fix):
                break
            time.sleep(0.05)
        else:
            pytest.fail(f"not seen: {finding}, {orphan.cmdline()}, {orphan.parent()}")
    finally:
        orphan.kill()


def test_progress_that_cannot_be_saved(machine, monkeypatch):
    (machine / "file").write_text("")
    monkeypatch.setenv("WORKBOOK_PROGRESS", str(machine / "file" / "progress.json"))
    assert "WORKBOOK_PROGRESS=" in found("_progress").fix


@pytest.mark.skipif(os.name != "posix", reason="limits as POSIX knows them")
def test_progress_that_cannot_be_saved_on_a_full_disk():
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        finding = found("_progress")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "File too large" in finding.detail and "WORKBOOK_PROGRESS=" in finding.fix


def test_a_home_that_is_not_there_is_no_warning(machine, monkeypatch):
    monkeypatch.setenv("HOME", str(machine / "nobody"))
    monkeypatch.delenv("IPYTHONDIR", raising=False)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert doctor.show().ok
    assert not caught


def test_one_line_each_and_exit_code_1(monkeypatch, capsys):
    def _python():
        """Python 3.11 to 3.13"""
        raise RuntimeError("first\nsecond")

    monkeypatch.setattr(doctor, "_python", _python)
    assert doctor.main() == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 11
    assert lines[0] == f"[fix] Python 3.11 to 3.13: RuntimeError: first second  ->  {doctor.INSTALL}"
    page = doctor.show()._repr_html_()
    assert page.count("[fix]") == 1 and "RuntimeError: first second" in page
