"""Look whether this machine is ready, and say what to do where it is not.

Imports of what may be missing stand inside the functions: a doctor that falls ill with
its patient is of no use.
"""

import html
import importlib
import importlib.metadata
import itertools
import os
import shlex
import socket
import sys
import tempfile
import time
import warnings
from pathlib import Path

from workbook import paths
from workbook.drivers.registry import DRIVERS
from workbook.finding import Finding, setting

INSTALL = shlex.join([sys.executable, "-m", "pip", "install", "-r", str(paths.ROOT / "requirements.txt")])
CHILDREN = ["workbook.running.serve", "sandboxes", "workbook.child", "workbook.drivers.mongod"]
GRACE = 2.0
PLACES_OF_ORPHANS = {"systemd", "launchd", "init", "tini", "dumb-init", "docker-init"}


def examine():
    """Everything that can be in the way: a list of Findings, in a fixed order. Never raises."""
    findings = []
    servers = [driver.look for driver in DRIVERS]
    for look in [_python, _packages, _kernel, _drivers, _loopback, _stale, *servers, _progress]:
        try:
            with warnings.catch_warnings():
                # IPython warns of a home that cannot be written to, and works.
                warnings.simplefilter("ignore")
                findings.append(look())
        except Exception as error:
            what = look.__doc__ or "this machine could be examined"
            findings.append(Finding(what, f"{type(error).__name__}: {error}", INSTALL))
    return findings


class Report:
    """Findings as text and as HTML; where all is well both are the same on every machine."""

    def __init__(self, findings, details=False):
        self.findings, self.details = findings, details
        self.ok = not any(finding.fix for finding in findings)

    def _lines(self):
        for what, detail, fix in self.findings:
            detail = f": {detail}" if detail and (fix or self.details) else ""
            # One line each, whatever an exception had to say.
            yield "fix" if fix else "ok", " ".join(f"{what}{detail}".split()), fix

    def __repr__(self):
        lines = []
        for word, text, fix in self._lines():
            mark, also = f"[{word}]", f"  ->  {fix}" if fix else ""
            lines.append(f"{mark:5} {text}{also}")
        return "\n".join(lines)

    def _repr_html_(self):
        items = []
        for word, text, fix in self._lines():
            also = f"<br><code>{html.escape(fix)}</code>" if fix else ""
            items.append(f"<li><strong>[{word}]</strong> {html.escape(text)}{also}</li>")
        return f'<ul style="list-style: none; padding-left: 0">{"".join(items)}</ul>'


def show():
    """The Report for a notebook."""
    return Report(examine())


def main():
    """``workbook doctor``: print the Report with details; 1 if something needs to be fixed."""
    report = Report(examine(), details=True)
    print(report)
    return 0 if report.ok else 1


def _python():
    """Python 3.11 to 3.13"""
    found = ".".join(map(str, sys.version_info[:3]))
    fix = "" if (3, 11) <= sys.version_info[:2] <= (3, 13) else "`make lab` finds or brings one that fits, in .venv"
    return Finding(_python.__doc__, f"{found}, {sys.executable}", fix)


def _packages():
    """packages are those of requirements.txt"""
    from packaging.requirements import Requirement

    wrong, count = [], 0
    for line in (paths.ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        line = line.split("#")[0].strip()
        if not line or line.startswith("-"):
            continue
        wanted = Requirement(line)
        if wanted.marker and not wanted.marker.evaluate():
            continue
        count += 1
        try:
            found = importlib.metadata.version(wanted.name)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(f"{wanted.name} is missing")
            continue
        if not wanted.specifier.contains(found, prereleases=True):
            wrong.append(f"{wanted.name} is {found}, not {wanted.specifier}")
    detail = ", ".join(wrong[:3]) + (f" and {len(wrong) - 3} more" if len(wrong) > 3 else "")
    return Finding(_packages.__doc__, detail or f"all {count}", INSTALL if wrong else "")


def _kernel():
    """notebooks run in this environment"""
    from jupyter_client.manager import KernelManager

    program = Path(KernelManager(kernel_name="python3").format_kernel_cmd()[0])
    # The folders: in one bin/ python and python3 are the same, and the link of a virtual
    # environment points to a Python outside of it.
    if program.parent.resolve() == Path(sys.executable).parent.resolve():
        return Finding(_kernel.__doc__, str(program), "")
    fix = f"{shlex.quote(sys.executable)} -m ipykernel install --sys-prefix"
    return Finding(_kernel.__doc__, f"the kernel `python3` would start {program}", fix)


def _drivers():
    """database drivers can be imported"""
    names = [driver.PACKAGE for driver in DRIVERS]
    for name in names:
        try:
            importlib.import_module(name)
        except Exception as error:
            return Finding(_drivers.__doc__, f"{name}: {type(error).__name__}: {error}", INSTALL)
    return Finding(_drivers.__doc__, ", ".join(names), "")


def _loopback():
    """apps can listen on 127.0.0.1"""
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            with socket.create_connection(("127.0.0.1", port), timeout=2):
                return Finding(_loopback.__doc__, f"tried port {port}", "")
    except OSError as error:
        linux = sys.platform == "linux"
        fix = "ip link set lo up" if linux else "allow Python in the firewall's settings"
        return Finding(_loopback.__doc__, str(error), fix)


def _stale():
    """no process of an earlier session is left"""
    import psutil

    orphans = []
    mine = psutil.Process().username()
    for process in psutil.process_iter(["pid", "cmdline", "username"]):
        command = process.info["cmdline"] or []
        if _is_ours(command) and process.info["username"] == mine and _is_orphan(process):
            orphans.append(process.pid)
    # A child ends at most GRACE seconds after its parent; what stays longer is stale.
    deadline = time.monotonic() + GRACE
    while orphans and time.monotonic() < deadline:
        time.sleep(0.1)
        orphans = [pid for pid in orphans if psutil.pid_exists(pid)]
    if not orphans:
        return Finding(_stale.__doc__, "", "")
    kill = "kill" if os.name == "posix" else "taskkill /F /PID"
    pids = (" " if os.name == "posix" else " /PID ").join(map(str, orphans))
    return Finding(_stale.__doc__, f"{len(orphans)} still there", f"{kill} {pids}")


def _is_ours(command):
    for option, what in itertools.pairwise(command):
        # A sandbox that somebody started by hand may outlive the shell.
        if option == "-m" and what in CHILDREN and (what != "sandboxes" or "--follow-parent" in command):
            return True
        # What a process pool of this environment's Python may leave.
        if option == "-c" and what.startswith("from multiprocessing.") and command[0] == sys.executable:
            return True
    return False


def _is_orphan(process):
    import psutil

    try:
        parent = process.parent()
        return parent is None or parent.pid == 1 or parent.name() in PLACES_OF_ORPHANS
    except psutil.Error:
        return False  # it ended while it was looked at


def _progress():
    """your progress can be saved"""
    from workbook.exercises import progress

    trouble = progress.trouble() or _full(progress.location().parent)
    fix = f"{setting('WORKBOOK_PROGRESS')}{shlex.quote(str(Path.home() / 'workbook-progress.json'))}"
    return Finding(_progress.__doc__, trouble or str(progress.location()), fix if trouble else "")


def _full(folder):
    """Why not even a byte can be written there, "" if one can: on a full disk an empty file still can be."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
            file.flush()
        return ""
    except OSError as error:
        return str(error)
