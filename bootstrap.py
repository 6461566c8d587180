"""Make the environment in .venv, mend it, or find that it is ready: ``python3 bootstrap.py``.

Any Python from 3.8 on can run this; it looks for one that the workbook can use, or lets uv bring one.
``PYTHON=/path/to/python`` in the environment chooses. What is made is recorded in a stamp, written last:
what was interrupted is begun again.

    python3 bootstrap.py             make whatever is missing
    python3 bootstrap.py --ready     exit code 0 if nothing is missing; fast, says nothing
    python3 bootstrap.py --uv ...    run uv with these arguments
"""

# Python 2 must be able to read this far, and to say so: no f-strings in this file.
from __future__ import print_function

import json
import os
import sys

UV = "0.13.9"  # what pip installs where there is no uv
OLDEST_UV = (0, 8)  # with `uv venv --clear`
OLDEST, NEWEST = (3, 11), (3, 13)  # every pin has a wheel for these
BRING = "3.13"
WINDOWS = os.name == "nt"
NAMES = ["python3", "python3.13", "python3.12", "python3.11", "python"] + (["py"] if WINDOWS else [])

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "Scripts", "python.exe") if WINDOWS else os.path.join(VENV, "bin", "python")
# The packages of this checkout, and the folder that each is in.
OWN = {"sandboxes": os.path.join(ROOT, "sandboxes", "src"), "workbook": ROOT}
STAMP = os.path.join(VENV, "workbook-stamp.json")
TOOLS = os.path.join(ROOT, ".uv")
OWN_UV = os.path.join(TOOLS, "bin", "uv.exe" if WINDOWS else "uv")
AGAIN = "Then call this again."

# Run by each Python that is looked at.
PROBE = """
import importlib.util, json, platform, sys, sysconfig
workbook = importlib.util.find_spec("workbook")
print(json.dumps({
    "version": list(sys.version_info[:3]), "executable": sys.executable, "base": sys.base_prefix,
    "base_executable": getattr(sys, "_base_executable", sys.executable),
    "wheels": sys.implementation.name == "cpython" and sys.maxsize > 2**32
              and not sysconfig.get_config_var("Py_GIL_DISABLED"),
    "machine": [sys.platform, platform.machine()],
    "ensurepip": bool(importlib.util.find_spec("ensurepip")),
    "packages": sysconfig.get_path("purelib"), "workbook": workbook and workbook.origin,
}))
"""


def say(text):
    print(text)
    sys.stdout.flush()


# What is there


def contents():
    """All that decides what is installed."""
    found = []
    for name in ("requirements.txt", "pyproject.toml", "sandboxes/pyproject.toml", "bootstrap.py"):
        with open(os.path.join(ROOT, name), "rb") as file:
            found.append(file.read().decode("utf-8", "replace").replace("\r\n", "\n"))
    return found


def place():
    """Where the environment is and which Python it stands on; None where that Python has gone."""
    try:
        real = os.path.realpath(PYTHON)
        status = os.stat(real)
    except OSError:
        return None
    return [ROOT, real, status.st_size, int(status.st_mtime)]


def read_stamp():
    """``{"by": "uv" or "pip", "place": ..., "contents": ...}``, or None where no set-up was finished."""
    try:
        with open(STAMP) as file:
            return json.load(file)
    except (OSError, IOError, ValueError):
        return None


def write_stamp(by):
    with open(STAMP, "w") as file:
        json.dump({"by": by, "place": place(), "contents": contents()}, file)


def is_ready():
    stamp = read_stamp()
    return bool(stamp) and stamp["place"] == place() and stamp["contents"] == contents()


if sys.argv[1:] == ["--ready"] and __name__ == "__main__":
    # PYTHON may ask for another one: that needs a closer look.
    sys.exit(0 if is_ready() and not os.environ.get("PYTHON") else 1)

if sys.version_info < (3, 8):
    sys.exit(
        "bootstrap.py needs Python 3.8 or newer, and this is %d.%d: try `python3 bootstrap.py`." % sys.version_info[:2]
    )

import contextlib
import glob
import importlib.util
import re
import shutil
import subprocess
import time


class Trouble(Exception):
    """Why the environment could not be made and what to do, in a sentence or two."""


def probe(python):
    """What ``python`` says of itself, or None if it does not run: a shim may have nothing behind it."""
    try:
        done = subprocess.run(
            [python, "-I", "-c", PROBE], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=30
        )
        return json.loads(done.stdout.decode("utf-8", "surrogateescape").strip().splitlines()[-1])
    except (OSError, ValueError, IndexError, subprocess.TimeoutExpired):
        return None


def is_suitable(found):
    return found["wheels"] and oldest(found) <= tuple(found["version"][:2]) <= NEWEST


def oldest(found):
    # SecantusDB has no package for these; mongoeco, which stands in for it, needs 3.13.
    without = [["darwin", "x86_64"], ["win32", "ARM64"]]
    return NEWEST if found["machine"] in without else OLDEST


def dotted(version):
    return ".".join(map(str, version))


def pythons():
    """``[(name, what it says of itself)]`` of those on PATH that run, in order of preference."""
    found = [(name, probe(shutil.which(name))) for name in NAMES if shutil.which(name)]
    return [(name, python) for name, python in found if python]


def asked_python():
    """The Python of ``PYTHON=``, or None; Trouble if it cannot be used."""
    name = os.environ.get("PYTHON")
    if not name:
        return None
    path = shutil.which(os.path.expanduser(name))
    found = path and probe(os.path.abspath(path))
    if found and is_suitable(found):
        return found
    is_what = "is Python " + dotted(found["version"]) if found else "is no Python 3 that runs"
    if found and not found["wheels"]:
        is_what += ", but not the usual CPython of 64 bits"
    others = sorted({python["executable"] for _, python in pythons() if is_suitable(python)})
    here = "Suitable here: " + ", ".join(others) if others else "None was found here"
    raise Trouble(
        "PYTHON={} {}; the workbook needs 3.11 to 3.13. {}. Without PYTHON= one is found or brought.".format(
            name, is_what, here
        )
    )


# Programs that are run


def run(command, draws_bars=False, **environ):
    """True if ``command`` ends well. What it prints is shown; a line every 10 s says that it is still alive.

    ``draws_bars``: on a terminal it shows its progress itself.
    """
    says = not (draws_bars and sys.stderr.isatty())
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ, **environ))
    while True:
        try:
            return process.wait(timeout=10) == 0
        except subprocess.TimeoutExpired:
            if says:
                say("  ... still at work, {:.0f} s".format(time.monotonic() - start))
        except KeyboardInterrupt:
            process.wait()
            raise


def uv_version(uv):
    """``(0, 13, 9)``, or None if this is no uv."""
    try:
        told = subprocess.run([uv, "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.match(br"uv (\d+)\.(\d+)\.(\d+)", told.stdout)
    return match and tuple(map(int, match.groups()))


def find_uv():
    """``(path, environment)`` of uv: from PATH, else from .uv, where pip puts it; None if it is not to be had."""
    # As pip does: trust what this machine trusts, so that a company's proxy is no stranger.
    environ = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}
    uv = shutil.which("uv")
    if uv and (uv_version(uv) or (0,)) >= OLDEST_UV:
        return uv, environ
    if uv_version(OWN_UV) != tuple(map(int, UV.split("."))):
        say("Fetching uv {}, which installs the rest.".format(UV))
        if not pip_install("--target", TOOLS, "--upgrade", "--no-user", "--only-binary", "uv", "uv==" + UV):
            return None
    environ.update(settings_of_pip())
    return (OWN_UV, environ) if uv_version(OWN_UV) else None


def own_pip():
    """The command of a pip for the Python that runs this, or None: Debian's has none without python3-venv."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    if importlib.util.find_spec("ensurepip"):
        import ensurepip

        wheels = glob.glob(os.path.join(os.path.dirname(ensurepip.__file__), "_bundled", "pip-*.whl"))
        if wheels:
            return [sys.executable, os.path.join(wheels[0], "pip")]
    return None


def pip_install(*arguments):
    pip = own_pip()
    if pip is None:
        return False
    options = ["install", "--quiet", "--disable-pip-version-check", "--retries", "1"]
    return run(pip + options + list(arguments), PIP_REQUIRE_VIRTUALENV="0", PIP_ROOT_USER_ACTION="ignore")


def settings_of_pip():
    """The index that pip was told to use, as uv's variables: uv does not read pip's files."""
    pip = own_pip()
    if pip is None:
        return {}
    told = subprocess.run(pip + ["config", "list"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    lines = told.stdout.decode("utf-8", "replace").splitlines()
    values = {}
    for line in sorted(lines, key=lambda line: line.startswith(":env:")):  # the environment has the last word
        key, _, value = line.partition("=")
        values[key.rpartition(".")[2]] = " ".join(value.strip("'\"").replace("\\n", " ").split())
    names = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "cert": "SSL_CERT_FILE"}
    return {names[key]: values[key] for key in names if key in values and names[key] not in os.environ}


# What is to be done


@contextlib.contextmanager
def alone():
    """One set-up at a time in this folder; the system lets go of the lock when its holder ends."""
    os.makedirs(TOOLS, exist_ok=True)
    with open(os.path.join(TOOLS, "lock"), "a") as file:
        waits = False
        while not try_lock(file):
            if not waits:
                say("Another set-up is at work in this folder; waiting for it.")
                waits = True
            time.sleep(0.2)
        yield


def try_lock(file):
    try:
        if WINDOWS:
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        pass  # a file system without locks
    return True


def set_up():
    """Leave a ready environment in .venv; Trouble if that cannot be."""
    asked = asked_python()
    stamp = read_stamp()
    here = probe(PYTHON) if stamp else None
    if asked and here and [asked["version"], asked["base"]] != [here["version"], here["base"]]:
        versions = dotted(here["version"]), dotted(asked["version"])
        say(".venv stands on Python {}, PYTHON= asks for {}: it is made anew.".format(*versions))
    elif stamp and is_ready():
        return
    elif stamp and is_at_home(stamp, here):
        if stamp["contents"] == contents():
            say("This checkout was moved or copied; its environment works here as well.")
            write_stamp(stamp["by"])
            return
        say("What is to be installed has changed: .venv follows.")
        return make(here, keep=stamp["by"] == "uv")
    elif stamp:
        say("This checkout was moved or copied, or the Python of .venv has gone: it is made anew.")
    elif os.path.exists(VENV):
        say(".venv was not finished: it is made anew.")
    make(asked or first_suitable())


def is_at_home(stamp, here):
    """Whether this environment runs and holds this checkout's workbook, wherever it was made."""
    if not here or not here["workbook"] or not is_suitable(here):
        return False
    if stamp["by"] == "pip" and (stamp["place"] or [None])[0] != ROOT:
        return False  # pip writes absolute paths into the commands
    return os.path.realpath(here["workbook"]) == os.path.realpath(os.path.join(ROOT, "workbook", "__init__.py"))


def first_suitable():
    """What the first suitable Python on PATH says of itself, or None."""
    found = pythons()
    suitable = [python for _, python in found if is_suitable(python)]
    if suitable:
        return suitable[0]
    names = ", ".join("{} is {}".format(name, dotted(python["version"])) for name, python in found)
    say("No Python 3.11 to 3.13 on PATH ({}): uv brings Python {}.".format(names or "there is none", BRING))
    return None


def make(base, keep=False):
    """Fill .venv, made anew unless ``keep``, on ``base`` or (None) on a Python that uv brings."""
    start = time.monotonic()
    if base:
        say("Setting up .venv with Python {} ({}).".format(dotted(base["version"]), base["base_executable"]))
    uv = find_uv()
    if os.path.exists(STAMP):
        os.remove(STAMP)
    made = uv and (keep or make_with_uv(uv, base))
    if base is None:
        if not made:
            either = "install Python 3.13, or let uv reach GitHub or UV_PYTHON_INSTALL_MIRROR"
            raise Trouble("uv could not bring a Python. " + advice(or_else=either))
        base = probe(PYTHON)
    by = "uv"
    if not made or not install_with_uv(uv):
        by = "pip"
        say("uv could not be used; pip installs, which takes longer.")
        if not make_with_pip(base):
            raise Trouble("The packages could not be installed. " + advice(base))
    # Relative, so that a checkout that is moved or copied runs its own code, whatever its path is made of.
    packages = probe(PYTHON)["packages"]
    for name, folder in OWN.items():
        with open(os.path.join(packages, name + ".pth"), "w") as file:
            file.write(os.path.relpath(folder, packages) + "\n")
    write_stamp(by)
    say(".venv is ready ({:.0f} s).".format(time.monotonic() - start))


def make_with_uv(uv, base):
    path, environ = uv
    quiet = ["--quiet"] if base else []  # otherwise a Python is downloaded
    python = base["executable"] if base else BRING
    venv = [path, "venv"] + quiet + ["--clear", "--relocatable", "--python", python, VENV]
    return run(venv, draws_bars=True, **environ)


def install_with_uv(uv):
    path, environ = uv
    # pip is for learners: %pip, and Lab's list of extensions.
    packages = ["--requirement", "requirements.txt", "--editable", "./sandboxes", "--editable", ".", "pip"]
    return run([path, "pip", "install", "--python", PYTHON] + packages, draws_bars=True, **environ)


def make_with_pip(base):
    install = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
    return (
        run([base["base_executable"], "-m", "venv", "--clear", VENV])
        and run(install + ["--requirement", "requirements.txt"])
        and run(install + ["--no-deps", "--editable", "./sandboxes", "--editable", "."])
    )


def advice(base=None, or_else=None):
    """What to do where an installation failed: the disk, the Python or the network."""
    for folder in (ROOT, os.path.expanduser("~")):
        free = shutil.disk_usage(folder).free // 10**6
        if free < 1000:
            return "Only {} MB are free on the disk of {}: make room for 1 GB. {}".format(free, folder, AGAIN)
    if not (base["ensurepip"] if base else own_pip()):
        return "This Python lacks venv: `sudo apt install python3-venv` on Debian and Ubuntu. " + AGAIN
    return (
        "Is there a network? Behind a proxy set HTTPS_PROXY; an index of your own belongs into "
        "pip's configuration or UV_DEFAULT_INDEX{}. {}".format("; or " + or_else if or_else else "", AGAIN)
    )


def main(arguments):
    sys.stdout.reconfigure(errors="backslashreplace")  # a path may hold what the terminal cannot show
    try:
        with alone():
            if arguments[:1] != ["--uv"]:
                set_up()
                return 0
            uv = find_uv()
            if uv is None:
                raise Trouble("uv could not be fetched. " + advice())
            return subprocess.call([uv[0]] + arguments[1:], env=dict(os.environ, **uv[1]))
    except (Trouble, OSError) as trouble:
        return "bootstrap.py: {}".format(trouble)
    except KeyboardInterrupt:
        return "Stopped. The next call begins again."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
