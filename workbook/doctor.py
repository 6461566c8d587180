"""Look whether this machine is ready, and say what to do where it is not.

Imports of what may be missing stand inside the functions: a doctor that falls ill with
its patient is of no use.
"""

import html
import importlib
import importlib.metadata
import os
import shlex
import shutil
import socket
import sys
import tempfile
import time
import warnings
from collections import namedtuple
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INSTALL = shlex.join([sys.executable, "-m", "pip", "install", "-r", str(ROOT / "requirements.txt")])
DRIVERS = ["rethinkdb", "pymongo", "cassandra.cluster"]  # what `import` calls them
SERVERS = [
    ("RethinkDB", "RETHINKDB_HOST", "RETHINKDB_PORT", 28015),
    ("Cassandra", "CASSANDRA_CONTACT_POINTS", "CASSANDRA_PORT", 9042),
]
CHILDREN = ["workbook.serve", "sandboxes", "workbook.child", "workbook.mongod"]
GRACE = 2.0
ROOM = 4  # MB that the chapters need on disk
PLACES_OF_ORPHANS = {"systemd", "launchd", "init", "tini", "dumb-init", "docker-init"}

# what: the same words on every machine where all is well. detail: what was found.
# fix: the command that mends it, or "" if there is nothing to mend.
Finding = namedtuple("Finding", "what detail fix")


def examine():
    """Everything that can be in the way: a list of Findings, in a fixed order. Never raises."""
    findings = []
    for look in [_python, _packages, _kernel, _drivers, _loopback, _stale, *_servers(), _mongodb, _progress]:
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
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
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
    for name in DRIVERS:
        try:
            importlib.import_module(name)
        except Exception as error:
            return Finding(_drivers.__doc__, f"{name}: {type(error).__name__}: {error}", INSTALL)
    return Finding(_drivers.__doc__, ", ".join(DRIVERS), "")


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
    for option, what in zip(command, command[1:]):
        if option == "-m" and what in CHILDREN:
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


def _servers():
    """One look per database: a configured server answers, or the sandbox stands in for it."""
    return [lambda server=server: _server(*server) for server in SERVERS]


def _server(label, host_name, port_name, default):
    what = f"{label} can be reached"
    host, port = os.environ.get(host_name), os.environ.get(port_name) or str(default)
    if not host:
        return Finding(what, f"the sandbox; {host_name} is not set", "")
    back = f"`unset {host_name} {port_name}` for the sandbox"
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        fix = f"`export {port_name}={default}`, or {back}"
        return Finding(what, f"{port_name} is {port!r}, not a port from 1 to 65535", fix)
    host = host.split(",")[0].strip()  # of several contact points the workbook takes the first
    try:
        with socket.create_connection((host, int(port)), timeout=2):
            return Finding(what, f"{host}:{port}", "")
    except OSError as error:
        return Finding(what, f"{host}:{port}: {error}", f"`docker compose up -d`, or {back}")


def _mongodb():
    """MongoDB can be reached"""
    uri = os.environ.get("MONGODB_URI")
    if uri:
        from pymongo import MongoClient

        try:
            with MongoClient(uri, serverSelectionTimeoutMS=2000) as client:
                client.admin.command("ping")
            return Finding(_mongodb.__doc__, "the server of MONGODB_URI", "")
        except Exception as error:
            fix = "`docker compose up -d`, or `unset MONGODB_URI` for the sandbox"
            return Finding(_mongodb.__doc__, f"{type(error).__name__}: {str(error)[:80]}", fix)
    from workbook import databases

    try:
        program = databases.mongod()
    except LookupError as error:
        fix = (
            "`conda install conda-forge::mongodb` puts a `mongod` on PATH; or `docker compose up -d mongodb`, "
            f"then {_set('MONGODB_URI')}mongodb://127.0.0.1:27017"
        )
        if os.environ.get("WORKBOOK_MONGOD"):
            fix = "`unset WORKBOOK_MONGOD` for the sandbox"
        return Finding(_mongodb.__doc__, str(error), fix)
    name, folder = program or databases.mongodb_package(), tempfile.gettempdir()
    free = shutil.disk_usage(folder).free / 2**20
    if free < ROOM:
        detail = f"{name} keeps its files in {folder}, where only {free:.1f} MB are free"
        return Finding(_mongodb.__doc__, detail, f"free {ROOM} MB there, or {_set('TMPDIR')}another folder")
    return Finding(_mongodb.__doc__, f"{name}; MONGODB_URI is not set", "")


def _progress():
    """your progress can be saved"""
    from workbook import progress

    trouble = progress.trouble() or _full(progress.location().parent)
    fix = f"{_set('WORKBOOK_PROGRESS')}{shlex.quote(str(Path.home() / 'workbook-progress.json'))}"
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


def _set(name):
    return f"export {name}=" if os.name == "posix" else f"set {name}="
